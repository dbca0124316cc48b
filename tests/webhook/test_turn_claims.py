"""Turns of one conversation are run by one hub at a time, and by another one when that hub is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from leads.clock import now
from leads.models import Conversation, HubProcess, Turn
from tests.databases import new_database
from tests.waiting import until
from tests.webhook.bot_server import BotServer
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.app import HUB

PAIRS = 60


@pytest.fixture
async def other_bot() -> AsyncIterator[BotServer]:
    server = await BotServer().start()
    yield server
    await server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
async def hubs(
    request: pytest.FixtureRequest, tmp_path: Path, new_hub: StartHub, bot: BotServer, other_bot: BotServer
) -> AsyncIterator[list[RunningHub]]:
    """Two hubs on one database with two bots."""
    on_server = request.param == "postgresql"
    url = await new_database(request.getfixturevalue("postgres")) if on_server else f"sqlite:///{tmp_path / 'shared.db'}"
    both = f"{bot.url},{other_bot.url}"
    tuning = quick(message_burst=5000, away_seconds=600)  # who is told that the bot is away is answered only once
    yield [await new_hub(hub_name=name, database_url=url, bot_url=both, tuning=tuning) for name in ("one", "two")]


@pytest.mark.long
async def test_two_hubs_never_run_two_turns_of_one_conversation(hubs: list[RunningHub], bot: BotServer, other_bot: BotServer) -> None:
    first = await hubs[0].visitor()
    second = await hubs[1].visitor(token=first.token)
    said = [f"{tab} {number}" for number in range(PAIRS) for tab in ("left", "right")]
    for number in range(PAIRS):
        await asyncio.gather(first.say(f"left {number}"), second.say(f"right {number}"))
    await _until_all_ended(hubs[0])
    bots = [bot, other_bot]
    served = [turn["text"] for one in bots for turn in one.turns]
    assert sorted(served) == sorted(said), "each turn was run once"
    assert [bool(one.turns) for one in bots].count(True) == 1, "by the same bot"
    assert max(count for one in bots for count in one.most_at_once.values()) == 1
    async with hubs[0].database.read() as session:
        assert await session.scalar(select(Conversation.served_by)) is None


async def test_what_a_dead_hub_had_is_taken_over(hubs: list[RunningHub], bot: BotServer) -> None:
    visitor = await hubs[0].visitor()
    left = Turn(id="left", conversation_id=visitor.conversation_id, seq=1, payload={"text": "Hello?"}, epoch=0, created_at=now())
    async with hubs[0].database.write() as session:
        session.add(HubProcess(name="dead", instance="x", beats=5, started_at=now()))
        session.add(left)
        await session.execute(update(Conversation).values(served_by="dead"))
    await _until_all_ended(hubs[0])
    answer = await visitor.ok("sync", {"last_seq": 1})
    assert [entry["text"] for entry in answer["entries"]] == ["You said: Hello?"]


async def test_what_a_hub_had_is_taken_over_as_soon_as_it_is_found_dead(new_hub: StartHub, bot: BotServer, tmp_path: Path) -> None:
    """Not only at the next look at what was left behind: the visitor waits since the hub died."""
    shared = f"sqlite:///{tmp_path / 'shared.db'}"
    hub = await new_hub(hub_name="one", database_url=shared, tuning=quick(turns_seconds=600))
    visitor = await hub.visitor()
    left = Turn(id="left", conversation_id=visitor.conversation_id, seq=1, payload={"text": "Hello?"}, epoch=0, created_at=now())
    async with hub.database.write() as session:
        session.add(HubProcess(name="dead", instance="x", beats=5, started_at=now()))
        session.add(left)
        await session.execute(update(Conversation).values(served_by="dead"))
    await visitor.entry(lambda entry: entry["text"] == "You said: Hello?", 60)


async def test_a_claim_that_comes_too_late_is_given_back(hubs: list[RunningHub], monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = await hubs[0].visitor()
    left = Turn(id="left", conversation_id=visitor.conversation_id, seq=1, payload={"text": "Hello?"}, epoch=0, created_at=now())
    rows = hubs[1].runner.app[HUB].turns._rows
    claim = rows._claim

    async def late(conversation_id: str) -> bool:
        async with hubs[0].database.write() as session:  # the first hub has just served it
            await session.execute(update(Turn).values(state="done"))
        return await claim(conversation_id)

    monkeypatch.setattr(rows, "_claim", late)
    async with hubs[0].database.write() as session:
        session.add(HubProcess(name="three", instance="x", beats=5, started_at=now()))
        await session.execute(update(Conversation).values(served_by="three"))
    async with hubs[0].database.write() as session:
        session.add(left)
    await rows.next(visitor.conversation_id, 60, 3600)
    await _until_all_ended(hubs[0])
    await rows.next(visitor.conversation_id, 60, 3600)
    async with hubs[0].database.read() as session:
        assert await session.scalar(select(Conversation.served_by)) != "two"


async def _until_all_ended(hub: RunningHub) -> None:
    waiting = select(func.count()).select_from(Turn).where(Turn.state == "pending")

    async def ended() -> bool:
        async with hub.database.read() as session:
            return not await session.scalar(waiting)

    await until(ended, 60)
