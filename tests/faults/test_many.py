"""R7, R14, R19, R20: several hubs on one PostgreSQL with Redis; hubs are restarted, Redis goes, two bots serve one conversation."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.databases import new_database
from tests.faults.conftest import NewScenario, Scale
from tests.faults.figures import judged, p95
from tests.faults.hubs import HubProcess
from tests.faults.postgres import Postgres
from tests.faults.visitors import FakeVisitor
from tests.faults.world import World
from tests.redis_server import RedisServer
from tests.webhook.bot_server import BotServer

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def many_postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.end()


@pytest.fixture
async def many(many_postgres: Postgres, tmp_path: Path, scale: Scale) -> AsyncIterator[World]:
    """A world on PostgreSQL, without a hub yet."""
    made = World(tmp_path, await new_database(many_postgres.url))
    made.longest_wait = scale.of(made.longest_wait, 1.5)
    await made.begin()
    yield made
    await made.end()


async def start_hubs(world: World, count: int, redis_server: RedisServer, **settings: str) -> list[HubProcess]:
    """Hubs that know each other."""
    hubs = [world.new_hub(name=f"hub{number}", redis_url=redis_server.url, **settings) for number in range(count)]
    for hub in hubs:
        hub.launch()
    await asyncio.gather(*(hub.healthy() for hub in hubs))
    return hubs


async def pairs(world: World, count: int) -> list[tuple[FakeVisitor, FakeVisitor]]:
    """Visitors with two tabs each, at different hubs."""
    hubs = world.hubs
    firsts = await world.crowd(count)
    seconds = [world.visitor(hubs[(place + 1) % len(hubs)].url, token=tab.token) for place, tab in enumerate(firsts)]
    await asyncio.gather(*(tab.joined(60) for tab in seconds))
    return list(zip(firsts, seconds, strict=True))


def crossing(couples: list[tuple[FakeVisitor, FakeVisitor]], since: float, until: float) -> list[tuple[float, float]]:
    """For each line written in that time: when, and how long until the tab at the other hub showed it."""
    found = []
    for first, second in couples:
        for writer, reader in ((first, second), (second, first)):
            for one in reader.log.shown:
                written = writer.written.get(one.client_msg_id or "")
                if written is not None and since <= written < until:
                    found.append((written, one.at - written))
    return sorted(found)


@pytest.mark.full
@pytest.mark.alone
async def test_r7_hubs_are_restarted_one_after_the_other(
    many: World, redis_server: RedisServer, scenario: NewScenario, scale: Scale
) -> None:
    count, visitors, rate = scale.of(3, 2), scale.of(1_000, 15), scale.of(20, 5)
    with scenario(
        "R7",
        "An update of the hubs is hardly noticed",
        f"{count} hubs on PostgreSQL restarted one after the other under load, {visitors} visitors, {rate} lines a second",
        "all back within 30 s; less than 0.1 % errors; 0 lost",
    ) as it:
        hubs = await start_hubs(many, count, redis_server)
        up = set(hubs)
        for _ in range(visitors):
            tab = many.visitor()
            tab.url = lambda: many.luck.choice(sorted(up, key=id)).url  # a balancer that knows who is healthy
        await asyncio.gather(*(tab.joined(120) for tab in many.visitors))
        talking = asyncio.create_task(many.talk(10_000, rate))
        longest, stopping = 0.0, list[float]()
        for hub in hubs:
            up.discard(hub)
            begun = time.monotonic()
            assert await hub.stop() == 0, hub.tail()
            stopping.append(time.monotonic() - begun)
            await asyncio.gather(*(tab.until(lambda one: one.is_in, 90) for tab in many.visitors))
            longest = max(longest, time.monotonic() - begun)
            await hub.start()
            up.add(hub)
        talking.cancel()
        await many.settle()
        await judged(many, it)
        sent = sum(len(tab.log.sent) for tab in many.visitors)
        refused = sum(sum(tab.refusals.values()) for tab in many.visitors)
        it.time("longest until all were back", longest, 30.0)
        it.time("longest until a hub had ended", max(stopping))
        it.time("errors", 100 * refused / max(1, sent), 0.1, "%")
        it.tell("lines", sent)


@pytest.mark.alone
async def test_r14_two_hubs_and_two_bots_serve_one_conversation(
    many: World, redis_server: RedisServer, scenario: NewScenario, scale: Scale
) -> None:
    rounds, conversations = scale.of(10, 3), scale.of(50, 6)
    with scenario(
        "R14",
        "One turn of a conversation at a time, over all hubs and bots",
        f"two tabs at two hubs write at once, {rounds * conversations} pairs of lines, two bots",
        "0 turns at the same time; 0 lost, 0 answered twice",
    ) as it:
        other = BotServer()
        other.running, other.most_at_once = many.bot.running, many.bot.most_at_once
        await other.start()
        try:
            many.bot.before = other.before = lambda turn: asyncio.sleep(0.02)  # long enough to overlap
            await start_hubs(many, 2, redis_server, bot_url=f"{many.bot.url},{other.url}")
            couples = await pairs(many, conversations)
            for _ in range(rounds):
                for couple in couples:
                    for tab in couple:
                        many.speak(tab)
                await many.settle()
            await judged(many, it)
            it.must("turns of one conversation at once", max(many.bot.most_at_once.values()), 1)
            served = len(many.bot.turns) + len(other.turns)
            it.tell("turns", served)
            assert served >= rounds * conversations * 2
            assert len(other.turns) and len(many.bot.turns), "one of the bots had nothing to do"
        finally:
            await other.stop()


@pytest.mark.full
async def test_r19_redis_is_stopped(many: World, redis_server: RedisServer, scenario: NewScenario, scale: Scale) -> None:
    visitors, rate, away, count = scale.of(100, 8), scale.of(20, 5), scale.of(120.0, 4.0), scale.of(3, 2)
    with scenario(
        "R19",
        "Without Redis hubs are slower together, and lose nothing",
        f"Redis is stopped for {away:g} s, {count} hubs, {visitors} visitors with a tab at each of two hubs, {rate} lines a second",
        "from hub to hub p95 3 s; 0 lost; hints again within 65 s",
    ) as it:
        await start_hubs(many, count, redis_server)
        couples = await pairs(many, visitors)
        talking = asyncio.create_task(many.talk(10_000, rate))
        begun = time.monotonic()
        await asyncio.sleep(2)
        await redis_server.stop()
        stopped = time.monotonic()
        await asyncio.sleep(away)  # the fault
        await redis_server.start()
        started = time.monotonic()
        while await redis_server.subscribers() < count and time.monotonic() - started < 65:
            await asyncio.sleep(0.05)
        back = time.monotonic() - started
        await asyncio.sleep(2)
        talking.cancel()
        ended = time.monotonic()
        await many.settle()
        await judged(many, it)
        it.time("from hub to hub p95 with Redis", p95([one for _, one in crossing(couples, begun, stopped)]))
        it.time("without", p95([one for _, one in crossing(couples, stopped, started)]), 3.0)
        it.time("hints again after", back, 65.0)
        it.time("then p95", p95([one for _, one in crossing(couples, started + back, ended)]), 3.0)


@pytest.mark.full
async def test_r20_subscriptions_are_killed(many: World, redis_server: RedisServer, scenario: NewScenario, scale: Scale) -> None:
    visitors, rate, times, count = scale.of(100, 6), scale.of(20, 5), scale.of(5, 1), scale.of(3, 2)
    with scenario(
        "R20",
        "A hub notices that it has become deaf",
        f"CLIENT KILL of all subscriptions and a message of 40 MB into every channel, {times} times, {count} hubs",
        "every hub listens again within 15 s; 0 lost",
    ) as it:
        await start_hubs(many, count, redis_server)
        couples = await pairs(many, visitors)
        talking = asyncio.create_task(many.talk(10_000, rate))
        begun = time.monotonic()
        again = []
        for _ in range(times):
            await asyncio.sleep(1)
            await redis_server.shake(40 * 2**20)
            shaken = time.monotonic()
            while await redis_server.subscribers() < count and time.monotonic() - shaken < 60:
                await asyncio.sleep(0.02)
            again.append(time.monotonic() - shaken)
        talking.cancel()
        ended = time.monotonic()
        await many.settle()
        await judged(many, it)
        it.time("all listen again after", max(again), 15.0)
        it.time("from hub to hub p95", p95([one for _, one in crossing(couples, begun, ended)]), 3.0)
