"""Lines that are sent without waiting for answers: stored in their order, with everything else in its place between them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from leads.clock import now
from leads.database import DatabaseUnavailable
from tests.databases import new_database, new_file
from tests.webhook.clients import Visitor, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import quick
from webhook.append_plan import Request, Stored
from webhook.appends import Appends
from webhook.log import News
from webhook.underway import MOST


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return new_file(tmp_path / "lines.db")
    return await new_database(request.getfixturevalue("postgres"))


async def pour(visitor: Visitor, count: int, name: str = "line") -> list[dict[str, Any]]:
    """Many lines at once; their acknowledgements."""
    return list(await asyncio.gather(*(visitor.say(f"{name} {number}") for number in range(count))))


def typed(visitor: Visitor) -> list[str]:
    """What the visitor's own tab was shown of its lines, in the order it was shown."""
    return [entry["text"] for entry in visitor.entries() if entry["author"] == "visitor"]


async def test_from_the_first_word_on_they_keep_their_order(database_url: str, new_hub: StartHub) -> None:
    hub = await new_hub(database_url=database_url)
    visitor = await hub.visitor()
    count = 3 * MOST  # more than may be under way
    seqs = [ack["seq"] for ack in await pour(visitor, count)]
    assert seqs == sorted(set(seqs)) and len(seqs) == count
    await visitor.hears(f"line {count - 1}", author="visitor")
    assert typed(visitor) == [f"line {number}" for number in range(count)]


async def test_what_is_no_line_waits_for_the_lines_before_it(database_url: str, new_hub: StartHub) -> None:
    hub = await new_hub(database_url=database_url)
    visitor = await hub.visitor()
    await visitor.say("begin")
    *acks, synced, after = await asyncio.gather(
        *(visitor.say(f"line {number}") for number in range(5)), visitor.ok("sync", {"last_seq": 0}), visitor.say("after")
    )
    assert [ack["seq"] for ack in acks] == [entry["seq"] for entry in synced["entries"] if entry["text"].startswith("line")]
    assert after["seq"] > acks[-1]["seq"]


async def test_a_refusal_between_them_refuses_itself_only(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(messages_per_minute=1, message_burst=4))
    visitor = await hub.visitor()
    await visitor.say("begin")
    payloads: Sequence[Any] = ({"client_msg_id": new_id()}, ["no"], {"client_msg_id": new_id(), "text": "x", "sid": "other"})
    *bad, first, second, third, fourth = await asyncio.gather(
        *(visitor.call("message", payload) for payload in payloads),
        *(visitor.call("message", {"client_msg_id": new_id(), "text": f"{number}"}) for number in range(4)),
    )
    assert [answer["error"]["code"] for answer in bad] == ["invalid"] * 3
    assert first["ok"] and second["ok"] and third["ok"] and fourth["error"]["code"] == "too_fast"
    assert fourth["error"]["retry_after"] > 0


async def test_a_closed_chat_is_opened_again_once(database_url: str, new_hub: StartHub) -> None:
    hub = await new_hub(database_url=database_url)
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say("begin")
    state = await agent.accept(visitor.conversation_id)
    await agent.ok("close", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    seqs = [ack["seq"] for ack in await pour(visitor, 12)]
    assert seqs == sorted(set(seqs))
    await visitor.hears("line 11", author="visitor")
    assert typed(visitor) == ["begin", *(f"line {number}" for number in range(12))]
    assert len([entry for entry in visitor.entries() if entry["data"].get("reason") == "reopened"]) == 1


async def test_who_leaves_in_the_middle_has_lost_nothing_from_between(new_hub: StartHub) -> None:
    hub = await new_hub()
    visitor = await hub.visitor()
    await visitor.say("begin")
    for number in range(20):
        await visitor.sio.emit("message", {"client_msg_id": new_id(), "text": f"line {number}"}, namespace="/visitor")
    await visitor.ok("typing", {"on": True})  # heard after all of them
    await visitor.close()
    again = await hub.visitor(join=False)
    entries = (await again.join(visitor.token))["entries"]
    assert [entry["text"] for entry in entries if entry["text"].startswith("line")] == [f"line {number}" for number in range(20)]


class Scripted:
    """A store that gives what it is told to, one batch at a time, and remembers what it was given."""

    def __init__(self, *outcomes: list[Stored | None] | Exception) -> None:
        self.outcomes = list(outcomes)
        self.given: list[list[str]] = []
        self.go = asyncio.Event()

    async def write(self, requests: Sequence[Request]) -> list[Stored | None]:
        self.given.append([request.text for request in requests])
        outcome = self.outcomes.pop(0)
        await self.go.wait()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def close(self) -> None:
        self.go.set()


async def _nothing(*_given: News) -> None:
    """Nobody looks."""


def _note(found: list[tuple[str, Any]], text: str, outcome: Any) -> None:
    found.append((text, outcome))


async def ends(store: Scripted, first: list[Request], behind: list[Request]) -> list[tuple[str, Any]]:
    """How a batch and what waits behind it end, in the order in which they end."""
    found: list[tuple[str, Any]] = []
    appends = Appends(store, _nothing, _nothing, lambda conversation_id: None)
    for number, request in enumerate([*first, *behind]):
        if number == len(first):
            while not store.given:
                await asyncio.sleep(0)
        appends.put(request, partial(_note, found, request.text))
    store.go.set()
    await appends.stop()
    return found


async def test_lines_behind_one_that_goes_the_long_way_go_it_behind_it() -> None:
    stored = Stored(1, now())
    store = Scripted([None, stored], [stored])
    first, behind = [Request("a", "1", "a1"), Request("b", "1", "b1")], [Request("a", "2", "a2"), Request("b", "2", "b2")]
    assert await ends(store, first, behind) == [("a1", None), ("a2", None), ("b1", stored), ("b2", stored)]
    assert store.given == [["a1", "b1"], ["b2"]]


async def test_lines_behind_one_that_was_not_stored_are_not_stored_before_it() -> None:
    stored = Stored(1, now())
    store = Scripted(DatabaseUnavailable("away"), [stored])
    found = await ends(store, [Request("a", "1", "a1")], [Request("a", "2", "a2"), Request("b", "1", "b1")])
    assert [(text, type(outcome).__name__) for text, outcome in found] == [
        ("a1", "DatabaseUnavailable"),
        ("a2", "DatabaseUnavailable"),
        ("b1", "Stored"),
    ]
    assert store.given == [["a1"], ["b1"]]
