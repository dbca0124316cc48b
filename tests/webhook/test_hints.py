"""Hints between hubs: who is heard, and how long anybody is waited for."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from leads.database import Database
from tests.databases import new_database, new_file
from tests.faults.hubs import HubProcess
from tests.redis_server import RedisServer
from tests.waiting import PATIENCE
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import Visitor
from tests.webhook.conftest import StartHub
from tests.webhook.hub import quick
from tests.webhook.test_several_hubs import inside
from webhook.confirms import Confirms
from webhook.hub import Hub
from webhook.seal import LONGEST, Batch, Seal, shared_seal


def full(confirms: Confirms) -> bool:
    return confirms.full


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_only_who_has_the_key_is_understood() -> None:
    seal, other = Seal("a" * 64), Seal("b" * 64)
    batch = Batch("hub", 7, [["news", "c", 3, False]], {"other": 4})
    raw = seal.close(batch)
    assert seal.open(raw) == batch
    assert other.open(raw) is None
    assert seal.channel != other.channel and "a" * 64 not in seal.channel
    for changed in (raw[:-1], raw + b" ", raw[1:], raw[:40] + b"x" + raw[41:], raw[32:], b"", b"x" * 10, b"\0" * 64, "text", 3, None):
        assert seal.open(changed) is None
    for body in (b"[]", b"nonsense", orjson.dumps({"sender": "hub"}), b"3"):
        assert seal.open(seal._sign(body) + body) is None  # signed by a hub of another version
    long = b"[" + b"1," * LONGEST + b"1]"
    assert seal.open(seal._sign(long) + long) is None


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_all_hubs_of_an_installation_have_the_same_key(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = new_file(tmp_path / "hub.db") if kind == "sqlite" else await new_database(request.getfixturevalue("postgres"))
    databases = [Database(url) for _ in range(4)]
    seals = await asyncio.gather(*(shared_seal(database) for database in databases))
    assert len({seal.channel for seal in seals}) == 1
    assert seals[0].open(seals[1].close(Batch("hub", 1, []))) == Batch("hub", 1, [])
    for database in databases:
        await database.close()


def test_nobody_is_waited_for_who_has_never_confirmed() -> None:
    confirms = Confirms(most=10, patience=1.0)
    for number in range(100):
        confirms.sent(number, 10)
    assert not full(confirms)


def test_the_slowest_peer_sets_the_pace_until_it_is_deaf() -> None:
    time = Time()
    confirms = Confirms(most=10, patience=1.0, monotonic=time)
    confirms.heard("fast", 0)
    confirms.heard("slow", 0)
    confirms.sent(1, 6)
    assert not full(confirms)
    confirms.sent(2, 6)
    confirms.heard("fast", 2)
    assert full(confirms)
    confirms.heard("slow", 1)
    assert not full(confirms)
    confirms.sent(3, 6)
    confirms.heard("fast", 3)
    assert full(confirms)
    time.now += 1.1
    assert not full(confirms)  # it is deaf
    confirms.sent(4, 100)
    assert full(confirms)
    confirms.heard("fast", 4)
    assert not full(confirms)
    confirms.heard("slow", 4)  # it hears again, and is waited for again
    confirms.sent(5, 100)
    confirms.heard("fast", 5)
    assert full(confirms)
    confirms.clear()
    assert not full(confirms)


@pytest.fixture
async def process(postgres: str, redis_server: RedisServer, tmp_path: Path, bot: BotServer) -> AsyncIterator[HubProcess]:
    hub = await HubProcess(tmp_path, await new_database(postgres), bot.url, redis_url=redis_server.url).start()
    yield hub
    await hub.stop()


async def test_who_is_far_behind_is_waited_for(process: HubProcess, new_hub: StartHub) -> None:
    """A frozen hub confirms nothing: whoever commits waits for it, here for as long as it takes, and it has everything in the end."""
    hub = await new_hub(
        database_url=process.settings["database_url"],
        redis_url=process.settings["redis_url"],
        tuning=quick(hints_outstanding=1, deaf_peer_seconds=600, dead_seconds=600),
    )
    async with asyncio.timeout(60):
        while len(inside(hub).hubs.alive()) < 2 or not inside(hub).hints.live:
            await asyncio.sleep(0.02)
    visitor = await hub.visitor()
    other = Visitor(process.url)
    hub.clients.append(other)
    await other.connect(auth={"v": 1, "site": "demo"})
    await other.join(visitor.token, 1)
    for number in range(5):
        await visitor.say(f"line {number}")
        await other.hears(f"line {number}", author="visitor")
    await inside(hub).relay.room()
    process.send(signal.SIGSTOP)
    inside(hub).hints.tell("news", visitor.conversation_id, 1, False)
    async with asyncio.timeout(PATIENCE):
        while not await waits(inside(hub)):
            await asyncio.sleep(0.02)
            inside(hub).hints.tell("news", visitor.conversation_id, 1, False)
    process.send(signal.SIGCONT)
    async with asyncio.timeout(PATIENCE):
        await inside(hub).relay.room()


async def waits(hub: Hub) -> bool:
    """Whether it takes longer than any confirmation should."""
    try:
        async with asyncio.timeout(0.5):
            await hub.relay.room()
    except TimeoutError:
        return True
    return False
