"""N1, N2: three hubs on three hosts with networks of their own; cables are pulled out, and nobody is told."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from handraise.ports import free_port
from tests.databases import new_database
from tests.faults.conftest import NewScenario, Scale
from tests.faults.figures import judged, p95
from tests.faults.hosts import PRIVATE, PUBLIC, Host, Network, possible
from tests.faults.hubs import ROOT, HubProcess
from tests.faults.postgres import Postgres
from tests.faults.visitors import FakeVisitor
from tests.faults.world import World
from tests.redis_server import RedisServer
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]

HERE = f"{PRIVATE}.1"  # database, Redis and bot
LOOK_SECONDS = 0.5  # as often as a balancer asks for health
HOLDING = """
import asyncio, sys
from sqlalchemy import text
from leads.database import Database
async def hold(url, id):
    async with Database(url).write() as session:
        await session.execute(text("SELECT 1 FROM conversations WHERE id = :id FOR UPDATE"), {"id": id})
        print("held", flush=True)
        await asyncio.Event().wait()
asyncio.run(hold(*sys.argv[1:]))
"""


@dataclass
class Hosts:
    """The world, its hosts, and a balancer in front that knows which hubs are healthy."""

    world: World
    hosts: list[Host]
    healthy: dict[HubProcess, bool] = field(default_factory=dict)
    ill: dict[HubProcess, float] = field(default_factory=dict)  # since when
    well: dict[HubProcess, float] = field(default_factory=dict)

    def visitor(self, first: HubProcess) -> FakeVisitor:
        """A visitor at one hub, who comes back to whichever is healthy."""
        tab = self.world.visitor(first.url)

        def url() -> str:
            return self.world.luck.choice([hub for hub, is_well in self.healthy.items() if is_well] or [first]).url

        tab.url = lambda: url() if tab.joins else first.url
        return tab

    async def look(self, hub: HubProcess) -> None:
        """Ask one hub how it is, for ever."""
        while True:
            status = 0
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with self.world.http.get(f"{hub.url}/health", timeout=aiohttp.ClientTimeout(total=4)) as answer:
                    status = answer.status
            if (status == 200) != self.healthy.get(hub):
                self.healthy[hub] = status == 200
                (self.well if status == 200 else self.ill)[hub] = time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)


@pytest.fixture
async def three(tmp_path: Path, scale: Scale) -> AsyncIterator[Hosts]:
    """Three hosts with a hub each; database, Redis and bot on a fourth, which is this machine."""
    if not possible():
        pytest.skip("needs network namespaces: root, Linux and ip(8)")
    with Network.of(3) as hosts:
        postgres = Postgres(HERE)
        redis = await RedisServer(tmp_path, HERE).start()
        world = World(tmp_path, await new_database(postgres.url))
        world.bot.host = HERE
        world.http.headers["X-Forwarded-For"] = "127.0.0.1"  # a proxy that stands for everybody
        await world.begin()
        made = Hosts(world, hosts)
        for host in hosts:
            port, address = free_port(), host.address(PUBLIC)
            url = f"http://{address}:{port}"
            hub = world.new_hub(
                name=host.name,
                port=port,
                host=address,
                public_url=url,
                redis_url=redis.url,
                proxies=f"{PUBLIC}.1",
            )
            hub.before, hub.host = host.words, address
            hub.launch()
        await asyncio.gather(*(hub.healthy() for hub in world.hubs))
        looks = [asyncio.create_task(made.look(hub)) for hub in world.hubs]
        yield made
        for host in hosts:
            for network in (PUBLIC, PRIVATE):
                host.plug(network)
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
        await world.end()
        await redis.stop()
        postgres.end()


def acked_of(tabs: list[FakeVisitor], since: float, until: float) -> list[float]:
    """How long acknowledgements of lines written in that time took."""
    return [
        seconds
        for tab in tabs
        for written, seconds in zip((tab.written[one] for one in tab.log.acked if one in tab.written), tab.ack_seconds, strict=False)
        if since <= written < until
    ]


async def seconds_of(work: Awaitable[object]) -> float:
    """How long something took; for ever when it did not come to an end."""
    begun = time.monotonic()
    with suppress(AssertionError):
        await work
        return time.monotonic() - begun
    return 999.0


async def hold(host: Host, database_url: str, conversation_id: str) -> asyncio.subprocess.Process:
    """A program at that host in the middle of a transaction: the chat's row is locked."""
    words = [*host.words, sys.executable, "-c", HOLDING, database_url, conversation_id]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"held\n"
    return process


async def test_n1_a_host_loses_the_database(three: Hosts, scenario: NewScenario, scale: Scale) -> None:
    each, rate, away = scale.of(30, 4), scale.of(20, 5), scale.of(40.0, 15.0)
    with scenario(
        "N1",
        "A host that is cut off from the database holds nobody up",
        f"three hubs on three hosts (network namespaces); the cable of one to database, Redis and bots is out for {away:g} s, "
        f"{3 * each} visitors, {rate} lines a second",
        "its health says so within 5 s; others as before; well again within 10 s without a restart; 0 lost",
    ) as it:
        world = three.world
        cut = world.hubs[2]
        tabs = {hub: [three.visitor(hub) for _ in range(each)] for hub in world.hubs}
        others = tabs[world.hubs[0]] + tabs[world.hubs[1]]
        await asyncio.gather(*(tab.joined(60) for tab in world.visitors))
        talking = asyncio.create_task(world.talk(10_000, rate))
        begun = time.monotonic()
        await asyncio.sleep(scale.of(10, 3))
        pulled = time.monotonic()
        three.hosts[2].unplug(PRIVATE)
        await asyncio.sleep(away)  # the fault
        three.hosts[2].plug(PRIVATE)
        back = time.monotonic()
        async with asyncio.timeout(60):
            while not three.healthy[cut]:
                await asyncio.sleep(0.05)
        await asyncio.sleep(scale.of(5, 2))
        talking.cancel()
        settled = await world.settle()
        it.time("health said so after", three.ill.get(cut, pulled + 999) - pulled, 5.0)
        it.time("well again after", three.well[cut] - back, 10.0)
        it.time("acknowledged at the others p95 before", p95(acked_of(others, begun, pulled)))
        it.time("meanwhile", p95(acked_of(others, pulled, back)), 1.0)
        it.time("everything sent, answered and shown after", settled)
        it.tell("told to try again", sum(sum(tab.refusals.values()) for tab in world.visitors))
        await judged(world, it)


async def test_n2_a_host_is_gone(three: Hosts, scenario: NewScenario, scale: Scale) -> None:
    each, rate, away = scale.of(30, 4), scale.of(20, 5), scale.of(75.0, 55.0)
    with scenario(
        "N2",
        "A host that falls silent loses nothing, and its visitors go on at another",
        f"three hubs on three hosts (network namespaces); both cables of one are out for {away:g} s in the middle of turns "
        f"and of a transaction, "
        f"{3 * each} visitors, {rate} lines a second",
        "visitors are back within 50 s; its turns are answered, its locks free within 15 s; 0 lost, 0 twice",
    ) as it:
        world = three.world
        gone = world.hubs[1]
        tabs = {hub: [three.visitor(hub) for _ in range(each)] for hub in world.hubs}
        await asyncio.gather(*(tab.joined(60) for tab in world.visitors))
        held = world.visitor(gone.url)  # a visitor of the silent host with a second tab elsewhere
        await held.joined()
        second = world.visitor(world.hubs[0].url, token=held.token)
        await second.joined()
        talking = asyncio.create_task(world.talk(10_000, rate))
        await asyncio.sleep(scale.of(5, 2))
        locked = tabs[world.hubs[0]][0]
        holder = await hold(three.hosts[1], world.database_url, locked.log.conversation_id)
        world.bot.before = lambda turn: asyncio.sleep(1.0)  # the host falls silent in the middle of a turn
        said = world.speak(held)
        await held.until(lambda tab: said in tab.log.acked and any(one.client_msg_id == said for one in tab.log.shown))
        text = next(one.text for one in held.log.shown if one.client_msg_id == said)
        async with asyncio.timeout(PATIENCE), world.bot.arrived:
            await world.bot.arrived.wait_for(lambda: any(turn.get("text") == text for turn in world.bot.turns))
        pulled = time.monotonic()
        for network in (PUBLIC, PRIVATE):
            three.hosts[1].unplug(network)
        into_locked = world.speak(locked)
        waits = [
            second.sees(f"You said: {text}", "bot", 60),
            locked.until(lambda tab: into_locked in tab.log.acked, 60),
        ]
        answered, freed = await asyncio.gather(*(seconds_of(wait) for wait in waits))
        holder.kill()
        await holder.wait()
        world.bot.before = None
        await asyncio.sleep(max(0.0, away - (time.monotonic() - pulled)))  # the fault
        came_back = [min((one for one in tab.joins if one > pulled), default=pulled + 999) - pulled for tab in tabs[gone]]
        for network in (PUBLIC, PRIVATE):
            three.hosts[1].plug(network)
        back = time.monotonic()
        async with asyncio.timeout(60):
            while not three.healthy[gone]:
                await asyncio.sleep(0.05)
        await asyncio.sleep(scale.of(5, 2))
        talking.cancel()
        settled = await world.settle()
        it.time("its visitors were at another hub after", max(came_back), 50.0)
        it.time("a turn it had was answered after", answered, 15.0)
        it.time("a chat that it held a lock on took a line after", freed, 15.0)
        it.time("well again after", three.well[gone] - back, 10.0)
        it.time("everything sent, answered and shown after", settled)
        await judged(world, it)
