"""Several hubs on one database: whoever is connected where sees the same, with hints or without."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from handraise.ports import free_port
from leads.models import Conversation
from tests.databases import ensure_tables, new_database
from tests.faults.hubs import HubProcess
from tests.redis_server import RedisServer
from tests.waiting import PATIENCE
from tests.webhook.bot_server import BotServer, Json
from tests.webhook.clients import Client, Visitor
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.app import HUB
from webhook.hub import Hub
from webhook.seal import Batch, shared_seal

HINTS_ONLY = quick(poll_seconds=60, quick_poll_seconds=60, turns_seconds=60)

type NewHubs = Callable[..., Awaitable[list[RunningHub]]]


def inside(hub: RunningHub) -> Hub:
    return hub.runner.app[HUB]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.02)


async def know_each_other(hubs: list[RunningHub], *, hints: bool) -> None:
    await until(lambda: all(len(inside(hub).hubs.alive()) == len(hubs) and inside(hub).hints.live == hints for hub in hubs))


def all_subscribed_after(hubs: list[RunningHub], before: list[int]) -> bool:
    return all(now > then for now, then in zip(subscriptions(hubs), before, strict=True))


def subscriptions(hubs: list[RunningHub]) -> list[int]:
    return [inside(hub).hints.subscriptions for hub in hubs]


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub.db'}"
    return await new_database(request.getfixturevalue("postgres"))


@pytest.fixture
def new_hubs(new_hub: StartHub, database_url: str) -> NewHubs:
    async def start(count: int, **options: Any) -> list[RunningHub]:
        hubs = [await new_hub(**{"database_url": database_url, "ring_seconds": 60, **options}) for _ in range(count)]
        await know_each_other(hubs, hints=bool(options.get("redis_url")))
        return hubs

    return start


@pytest.fixture(params=["hints", "polling"])
async def three(request: pytest.FixtureRequest, new_hubs: NewHubs, redis_server: RedisServer) -> list[RunningHub]:
    """Three hubs that hear hints, and hear nothing else; or that poll only."""
    if request.param == "polling":
        return await new_hubs(3)
    return await new_hubs(3, redis_url=redis_server.url, tuning=HINTS_ONLY)


def seqs(client: Client) -> list[int]:
    return [data["entry"]["seq"] for data in client.got("entry")]


async def call_a_person(bot: BotServer, hub: RunningHub, visitor: Visitor) -> None:
    async def call(turn: Json) -> None:
        await hub.leads.request_handoff(turn["conversation_id"], "human")

    bot.before = call
    await visitor.say("A person please")
    await visitor.holder("human")
    bot.before = None


async def test_everybody_sees_the_same_in_the_same_order(three: list[RunningHub], bot: BotServer) -> None:
    a, b, c = three
    visitor = await a.visitor()
    second = await c.visitor(token=visitor.token, last_seq=1)
    agent = await b.agent()
    await call_a_person(bot, a, visitor)
    state = await agent.accept(visitor.conversation_id)
    opened = await agent.open(visitor.conversation_id)
    shown = opened["state"]["last_seq"]
    await second.wait("state", lambda data: data["holder"] == "agent" and data["agent"]["name"] == "Mara")
    await asyncio.gather(
        *(tab.say(f"line {number}") for number in range(20) for tab in (visitor, second)),
        *(agent.reply(state, f"answer {number}", 9999) for number in range(20)),
    )
    last = shown + 60
    for client in (visitor, second, agent):
        await client.wait("entry", lambda data: data["entry"]["seq"] == last)
    assert seqs(visitor) == seqs(second) == list(range(2, last + 1))
    assert seqs(agent) == list(range(shown + 1, last + 1))
    assert visitor.entries() == second.entries()
    assert visitor.entries()[shown - 1 :] == [data["entry"] for data in agent.got("entry")]


async def test_what_was_not_told_is_found_by_the_next_that_is_committed_here(new_hubs: NewHubs) -> None:
    """Neither hints nor polls: the hub sees the gap in front of its own entry."""
    a, b = await new_hubs(2, tuning=HINTS_ONLY)
    await until(lambda: all(inside(hub).hubs.alive() == {a.settings.name, b.settings.name} for hub in (a, b)))
    visitor = await a.visitor()
    other = await b.visitor(token=visitor.token, last_seq=1)
    for number in range(3):
        await visitor.say(f"line {number}")
        await visitor.hears(f"You said: line {number}")
    assert seqs(other) == []
    await other.say("mine")
    await other.hears("mine", author="visitor")
    assert seqs(other)[:7] == list(range(2, 9))


async def test_who_joins_in_the_middle_misses_nothing(three: list[RunningHub]) -> None:
    a, b, _c = three
    visitor = await a.visitor()

    async def come(number: int) -> None:
        tab = await b.visitor(token=visitor.token, join=False)
        joined = await tab.join(visitor.token)
        given = [entry["seq"] for entry in joined["entries"]]
        await tab.entry(lambda entry: entry["text"] == "the last one", 30)
        assert sorted({*given, *seqs(tab)}) == list(range(1, max(seqs(tab)) + 1)), number

    async def talk() -> None:
        for number in range(12):
            await visitor.say(f"line {number}")
        await visitor.say("the last one")

    await asyncio.gather(talk(), *(come(number) for number in range(8)))


async def test_typing_crosses(new_hubs: NewHubs, redis_server: RedisServer, bot: BotServer) -> None:
    a, b = await new_hubs(2, redis_url=redis_server.url, tuning=HINTS_ONLY)
    visitor = await a.visitor()
    agent = await b.agent()
    await call_a_person(bot, a, visitor)
    await agent.accept(visitor.conversation_id)
    await agent.open(visitor.conversation_id)
    await visitor.holder("accepted")
    await visitor.ok("typing", {"on": True})
    await agent.wait("typing", lambda data: data["who"] == "visitor" and data["on"])
    await agent.ok("typing", {"conversation_id": visitor.conversation_id, "on": True})
    await visitor.wait("typing", lambda data: data == {"who": "agent", "name": "Mara", "on": True})


async def test_rows_of_the_inbox_cross(three: list[RunningHub]) -> None:
    a, b, _c = three
    agent = await b.agent()
    visitor = await a.visitor()
    await visitor.say("Hello there")
    await agent.wait("summary", lambda row: "Hello there" in row["last_text"] and row["visitor_online"])
    assert (await b.agent("otto@example.com")).joined["inbox"][0]["visitor_online"]
    agent.events.clear()
    await visitor.close()
    await agent.wait("summary", lambda row: row["conversation_id"] == visitor.conversation_id and not row["visitor_online"])


async def test_redis_stops_in_the_middle_and_comes_back(new_hubs: NewHubs, redis_server: RedisServer) -> None:
    a, b = hubs = await new_hubs(2, redis_url=redis_server.url, tuning=quick(poll_seconds=60))
    visitor = await a.visitor()
    other = await b.visitor(token=visitor.token, last_seq=1)
    await visitor.say("with hints")
    await other.hears("with hints", author="visitor")
    await redis_server.stop()
    await visitor.say("without")
    await other.hears("without", author="visitor")
    await know_each_other(hubs, hints=False)
    await redis_server.start()
    await know_each_other(hubs, hints=True)
    await visitor.say("with hints again")
    await other.hears("with hints again", author="visitor")
    await until(lambda: seqs(visitor) == seqs(other))
    assert seqs(other) == list(range(2, len(seqs(other)) + 2))


async def test_a_redis_that_hangs_holds_nobody_up(new_hubs: NewHubs, redis_server: RedisServer) -> None:
    a, b = hubs = await new_hubs(2, redis_url=redis_server.url, tuning=quick(poll_seconds=60, hint_seconds=0.3, deaf_seconds=1))
    visitor = await a.visitor()
    other = await b.visitor(token=visitor.token, last_seq=1)
    redis_server.pause()
    for number in range(5):
        await visitor.say(f"line {number}")
    await other.hears("line 4", author="visitor")
    await until(lambda: not inside(b).hints.live)
    await visitor.say("without hints")
    await other.hears("without hints", author="visitor")
    redis_server.go_on()
    await know_each_other(hubs, hints=True)
    await visitor.say("back")
    await other.hears("back", author="visitor")


async def test_a_hub_that_alone_has_lost_redis_is_looked_for_in_the_database(
    new_hub: StartHub, redis_server: RedisServer, database_url: str
) -> None:
    """The others hear each other and themselves, and nothing from it: its lines must not wait for the slow look."""
    tuning = quick(poll_seconds=600)
    deaf = await new_hub(database_url=database_url, redis_url=f"redis://127.0.0.1:{free_port()}/0", tuning=tuning)
    well = await new_hub(database_url=database_url, redis_url=redis_server.url, tuning=tuning)
    await until(lambda: inside(well).hints.live and len(inside(well).hubs.alive()) == 2)
    visitor = await deaf.visitor()
    other = await well.visitor(token=visitor.token, last_seq=1)
    for number in range(3):
        await visitor.say(f"line {number}")
        await other.hears(f"line {number}", author="visitor")
    await until(lambda: inside(well).hints.live)  # a machine that stood still for a moment takes them for late


async def test_a_batch_that_is_missing_is_noticed_with_the_next_one(
    new_hub: StartHub, redis_server: RedisServer, database_url: str
) -> None:
    """A sender that could not publish for a moment goes on counting: what it told of is looked for at once."""
    tuning = quick(poll_seconds=600, quick_poll_seconds=600)
    quiet = await new_hub(database_url=database_url, tuning=tuning)
    well = await new_hub(database_url=database_url, redis_url=redis_server.url, tuning=tuning)
    await until(lambda: inside(well).hints.live and len(inside(well).hubs.alive()) == 2)
    visitor = await quiet.visitor()
    other = await well.visitor(token=visitor.token, last_seq=1)
    seal = await shared_seal(well.database)
    for number in range(3):
        await redis_server.command("PUBLISH", seal.channel, seal.close(Batch("a sender", 3 * number + 1)))
        await visitor.say(f"line {number}")
        await redis_server.command("PUBLISH", seal.channel, seal.close(Batch("a sender", 3 * number + 3)))
        await other.hears(f"line {number}", author="visitor")


async def test_a_hub_starts_without_its_redis_and_finds_it_later(new_hub: StartHub, redis_server: RedisServer) -> None:
    await redis_server.stop()
    hub = await new_hub(redis_url=redis_server.url)
    visitor = await hub.visitor()
    await visitor.say("Hello")
    assert not inside(hub).hints.live
    await redis_server.start()
    await until(lambda: inside(hub).hints.live)


async def test_connections_that_somebody_cuts_are_made_anew(new_hubs: NewHubs, redis_server: RedisServer) -> None:
    a, b = hubs = await new_hubs(2, redis_url=redis_server.url, tuning=HINTS_ONLY)
    visitor = await a.visitor()
    other = await b.visitor(token=visitor.token, last_seq=1)
    for number in range(3):
        before = subscriptions(hubs)
        assert await redis_server.command("CLIENT", "KILL", "TYPE", "pubsub") == 2
        await until(partial(all_subscribed_after, hubs, before))
        await know_each_other(hubs, hints=True)
        await visitor.say(f"line {number}")
        await other.hears(f"line {number}", author="visitor")


async def test_what_others_write_into_redis_is_not_heard(
    new_hubs: NewHubs, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    a, b = hubs = await new_hubs(2, redis_url=redis_server.url, tuning=HINTS_ONLY)
    visitor = await a.visitor()
    other = await b.visitor(token=visitor.token, last_seq=1)
    (channel,) = await redis_server.command("PUBSUB", "CHANNELS")
    forged = orjson.dumps(["f" * 32, 1, [["typing", visitor.conversation_id, "forged", True]], {}])
    listening = {"method": "emit", "event": "entry", "data": {"entry": {"text": "forged"}}, "namespace": "/visitor", "room": None}
    for message in (
        forged,
        b"0" * 32 + forged,
        pickle.dumps(listening),
        orjson.dumps(listening),
        b"",
        b"[",
        b"\xff" * 100,
        b"x" * 40_000_000,
    ):
        for name in (channel, b"socketio"):
            await redis_server.command("PUBLISH", name, message)
    await know_each_other(hubs, hints=True)
    await visitor.say("Hello")
    await other.hears("Hello", author="visitor")
    assert "forged" not in str(other.events)
    assert "Traceback" not in caplog.text


async def test_nothing_that_was_said_is_in_redis(new_hubs: NewHubs, redis_server: RedisServer, bot: BotServer) -> None:
    a, b = await new_hubs(2, redis_url=redis_server.url, tuning=HINTS_ONLY)
    (channel,) = await redis_server.command("PUBSUB", "CHANNELS")
    async with redis_server.hearing(channel) as messages:
        visitor = await a.visitor()
        agent = await b.agent("secretname@example.com")
        await call_a_person(bot, a, visitor)
        state = await agent.accept(visitor.conversation_id)
        await agent.open(visitor.conversation_id)
        await agent.ok("typing", {"conversation_id": visitor.conversation_id, "on": True})
        await agent.reply(state, "a secret answer", 9999)
        await visitor.hears("a secret answer", author="agent")
        await until(lambda: any(visitor.conversation_id.encode() in message for message in messages))
    heard = b"".join(messages).lower()
    assert b"person please" not in heard and b"secret" not in heard


@pytest.fixture
async def process(tmp_path: Path, database_url: str, bot: BotServer) -> AsyncIterator[HubProcess]:
    """A hub as a process of its own, which can be killed."""
    ensure_tables(database_url)
    hub = HubProcess(tmp_path, database_url, bot.url, ring_seconds=60)
    yield hub
    await hub.stop()


async def test_visitors_of_a_killed_hub_are_gone_when_it_is_found_dead(new_hubs: NewHubs, process: HubProcess) -> None:
    b, _c = await new_hubs(2, tuning=quick(dead_seconds=4))
    await process.start()
    agent = await b.agent()
    visitor = await talk_to(process, b.clients)
    await agent.wait("summary", lambda row: "Hello" in row["last_text"] and row["visitor_online"])
    agent.events.clear()
    await process.kill()
    await agent.wait("summary", lambda row: row["conversation_id"] == visitor.conversation_id and not row["visitor_online"])
    assert not inside(b).hubs.is_alive(process.name)
    tab = await b.visitor(token=visitor.token)
    await tab.say("Here again")
    await agent.wait("summary", lambda row: "Here again" in row["last_text"] and row["visitor_online"])


async def test_a_restart_under_the_same_name_takes_over_at_once(new_hubs: NewHubs, process: HubProcess) -> None:
    (b,) = await new_hubs(1, tuning=quick(dead_seconds=600))
    await process.start()
    agent = await b.agent()
    visitor = await talk_to(process, b.clients)
    await agent.wait("summary", lambda row: "Hello" in row["last_text"] and row["visitor_online"])
    agent.events.clear()
    await process.kill()
    await process.start()
    await agent.wait("summary", lambda row: row["conversation_id"] == visitor.conversation_id and not row["visitor_online"])
    assert inside(b).hubs.is_alive(process.name)


async def talk_to(process: HubProcess, closed_later: list[Client]) -> Visitor:
    visitor = Visitor(process.url)
    closed_later.append(visitor)
    await visitor.connect(auth={"v": 1, "site": "demo"})
    await visitor.join()
    await visitor.say("Hello")
    return visitor


async def test_other_peoples_widgets_at_two_hubs_get_each_line_once(three: list[RunningHub]) -> None:
    a, b, _c = three
    session_id = "s" * 32
    tabs = []
    for hub in (a, b):
        tab = Client(hub.url, "/")
        await tab.connect()
        hub.clients.append(tab)
        await tab.sio.emit("session_request", {"session_id": session_id})
        await tab.wait("session_confirm")
        tabs.append(tab)
    first, second = tabs
    for number in range(3):
        await first.sio.emit("user_uttered", {"message": f"line {number}", "session_id": session_id})
        for tab in tabs:
            await tab.wait("bot_uttered", partial(says, f"You said: line {number}"))
    lines = [f"You said: line {number}" for number in range(3)]
    for tab in tabs:
        assert [data["text"] for data in tab.got("bot_uttered") if data["text"].startswith("You said")] == lines
    await second.close()
    await until(lambda: not inside(b).visits.room.everything())
    await first.sio.emit("user_uttered", {"message": "alone", "session_id": session_id})
    await first.wait("bot_uttered", partial(says, "You said: alone"))
    await all_delivered(a)
    back = Client(b.url, "/")
    await back.connect()
    b.clients.append(back)
    await back.sio.emit("session_request", {"session_id": session_id})
    await back.wait("session_confirm")
    await first.sio.emit("user_uttered", {"message": "again", "session_id": session_id})
    await back.wait("bot_uttered", partial(says, "You said: again"))
    assert [data["text"] for data in back.got("bot_uttered")] == ["You said: again"]


async def all_delivered(hub: RunningHub) -> None:
    behind = select(Conversation.id).where(Conversation.delivered_seq < Conversation.last_seq)
    async with asyncio.timeout(PATIENCE):
        while True:
            async with hub.database.read() as session:
                if not (await session.scalars(behind)).all():
                    return
            await asyncio.sleep(0.02)


def says(text: str, data: Json) -> bool:
    return bool(data["text"] == text)
