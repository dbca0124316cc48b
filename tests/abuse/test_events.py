"""Every socket event with whatever hypothesis finds: never an inner error, never another visitor's words."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest
import socketio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from leads.reading import warm
from tests.abuse.payloads import anything, payloads
from tests.faults.results import NewScenario, Scale
from tests.waiting import PATIENCE, until
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import Client, Visitor, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.app import HUB
from webhook.schemas import RasaMessage

MARK = "canary-7f3a"
CODES = {"internal", "unavailable"}  # what no input may lead to

Json = dict[str, Any]


@dataclass
class Scene:
    """A hub with a visitor who has something to hide, one who attacks, and an agent."""

    hub: RunningHub
    victim: Visitor
    attacker: Visitor
    ids: list[str]
    events: dict[str, dict[str, type[BaseModel]]]


@pytest.fixture
async def scene(new_hub: StartHub, bot: BotServer) -> Scene:
    hub = await new_hub(tuning=quick(signals_per_minute=10**6, signal_burst=10**6, messages_per_minute=10**6, message_burst=10**6))
    victim, attacker = await hub.visitor(), await hub.visitor()
    await asyncio.to_thread(
        warm, hub.questions
    )  # else the first contact form reads all tables, with a slow machine in more than ten seconds
    await victim.say(f"my name is {MARK}")
    await victim.ok(
        "contact", {"client_msg_id": new_id(), "name": MARK, "email": f"{MARK}@example.com", "message": MARK, "consent": victim.consent}
    )
    spaces = hub.runner.app[HUB].server.namespace_handlers if hub.runner.app else {}
    tables = {name: {event: entry[0] for event, entry in spaces[name].events.items()} for name in ("/visitor", "/agent")}
    choices = [
        choice["id"]
        for tab in (victim, attacker)
        for entry in (await tab.ok("sync", {"last_seq": 0}))["entries"]
        for choice in entry["choices"]
    ]
    ids = [
        victim.conversation_id,
        attacker.conversation_id,
        *choices,
        new_id(),
        victim.token or "",
        "budget",
        "company_size",
        "industry",
        "demo",
        "en",
    ]
    return Scene(hub, victim, attacker, [one for one in ids if one], tables)


def cases(table: dict[str, type[BaseModel]], ids: list[str]) -> st.SearchStrategy[tuple[str, Any]]:
    """An event with a payload; now and then one that does not exist."""
    known = [st.tuples(st.just(name), payloads(schema, ids)) for name, schema in table.items()]
    strange = st.tuples(
        st.one_of(st.sampled_from(["", "connect", "disconnect", "entry", "state", "*", "__class__"]), st.text(max_size=12)), anything
    )
    return st.one_of(*known, *known, strange)


async def answer_to(client: Client, event: str, payload: Any) -> Any:
    return await client.sio.call(event, payload, namespace=client.namespace, timeout=PATIENCE)


async def test_every_event_bears_every_payload(scene: Scene, scenario: NewScenario, scale: Scale, caplog: pytest.LogCaptureFixture) -> None:
    tries = scale.of(700, 60)
    with scenario(
        "F1",
        "No payload of any event leads to an inner error, or shows a visitor what belongs to another",
        f"hypothesis makes {tries} payloads for each namespace from the hub's own tables ({sum(map(len, scene.events.values()))} events): "
        "fitting ones with real ids of other people, spoiled ones, anything; and Rasa's two events",
        "0 inner errors, 0 connections lost, 0 words of another visitor",
    ) as it:
        inner: list[str] = []
        leaks: list[str] = []
        agent = await scene.hub.agent()
        for client, space in ((scene.attacker, "/visitor"), (agent, "/agent")):
            spent = await attack(client, scene.events[space], scene.ids, tries, inner, leaks if space == "/visitor" else [])
            it.tell(f"payloads at {space}", spent)
        leaks += [str(one)[:200] for one in scene.attacker.events if MARK in json.dumps(one, default=str)]
        it.tell("payloads by the Rasa protocol", await by_rasa(scene, tries, inner, leaks))
        inner += [record.getMessage()[:300] for record in caplog.records if "failed, id" in record.getMessage()]
        it.must("inner errors", len(inner), why="; ".join(inner[:3]))
        it.must("words of another visitor", len(leaks), why="; ".join(leaks[:3]))


async def attack(client: Client, table: dict[str, type[BaseModel]], ids: list[str], tries: int, inner: list[str], leaks: list[str]) -> int:
    """Send them all."""
    spent = 0
    for event, payload in examples(cases(table, ids), tries):
        answer = await client.sio.call(event, payload, namespace=client.namespace, timeout=PATIENCE)
        told = json.dumps(answer)
        spent += 1
        if not isinstance(answer, dict) or (not answer["ok"] and answer["error"]["code"] in CODES):
            inner.append(f"{event!r} {payload!r:.300} → {told:.200}")
        if MARK in told:
            leaks.append(f"{event!r} {payload!r:.300} → {told:.200}")
    return spent


async def by_rasa(scene: Scene, tries: int, inner: list[str], leaks: list[str]) -> int:
    """Rasa's protocol has no acknowledgements: what went wrong stands in the hub's log, what leaked in what it says."""
    tab = socketio.AsyncClient(reconnection=False, handle_sigint=False)
    heard: list[str] = []
    tab.on("*", lambda event, *data: heard.append(json.dumps(data)))
    await tab.connect(scene.hub.url, transports=["websocket"], headers={"Origin": scene.hub.url})
    events = st.sampled_from(["session_request", "user_uttered", "connect", "x"])
    cases = examples(st.tuples(events, st.one_of(payloads(RasaMessage, scene.ids), anything)), tries)
    for event, payload in cases:
        await tab.emit(event, payload)
    await tab.emit("session_request", {"session_id": "a-session-of-the-end"})

    async def at_the_end() -> bool:
        return any("a-session-of-the-end" in one for one in heard)

    await until(at_the_end, 90)
    inner += [one for one in heard if "went wrong on our side" in one]
    leaks += [one[:200] for one in heard if MARK in one]
    await tab.disconnect()
    return len(cases)


def examples[T](strategy: st.SearchStrategy[T], count: int) -> list[T]:
    """So many examples, the same ones in every quick run."""
    found: list[T] = []

    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=count < 100,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(example: T) -> None:
        found.append(example)

    collect()
    return found
