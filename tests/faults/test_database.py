"""R15, R16, R17: the database is locked, gone, or has no room. Nothing is acknowledged that is not stored."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests import small_disk as disks
from tests.databases import new_database
from tests.faults.conftest import NewScenario, Scale
from tests.faults.figures import judged, percentile
from tests.faults.postgres import Postgres
from tests.faults.world import World

pytestmark = pytest.mark.timeout(900)


async def test_r15_somebody_holds_the_write_lock(world: World, scenario: NewScenario, scale: Scale) -> None:
    visitors, rate, held = scale.of(200, 10), scale.of(20, 4), scale.of(8.0, 2.0)
    with scenario(
        "R15",
        "A locked database delays, but loses nothing",
        f"another program holds SQLite's write lock for {held:g} s, {visitors} visitors, {rate} lines a second",
        "no false acknowledgement; acknowledged p99 10 s; 0 lost",
    ) as it:
        await world.start_hub()
        await world.crowd(visitors)
        talking = asyncio.create_task(world.talk(10_000, rate))
        await asyncio.sleep(1)
        await asyncio.to_thread(_hold_lock, world.folder / "hub.db", held)
        released = time.monotonic()
        await asyncio.sleep(1)
        talking.cancel()
        await world.settle()
        await judged(world, it)
        it.time("acknowledged p99", percentile([one for tab in world.visitors for one in tab.ack_seconds], 99), 10.0)
        it.time("all clear after the release", time.monotonic() - released)
        it.tell("told to try again", sum(tab.refusals["unavailable"] for tab in world.visitors))


def _hold_lock(file: Path, seconds: float) -> None:
    connection = sqlite3.connect(file, timeout=30, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    time.sleep(seconds)  # the fault
    connection.execute("ROLLBACK")
    connection.close()


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that may be stopped."""
    server = Postgres()
    yield server
    server.end()


@pytest.fixture
async def on_postgres(own_postgres: Postgres, tmp_path: Path, scale: Scale) -> AsyncIterator[World]:
    made = World(tmp_path, await new_database(own_postgres.url))
    made.longest_wait = scale.of(made.longest_wait, 1.5)
    await made.begin()
    yield made
    await made.end()


@pytest.mark.full
async def test_r16_postgresql_is_stopped(on_postgres: World, own_postgres: Postgres, scenario: NewScenario, scale: Scale) -> None:
    world, visitors, rate, away = on_postgres, scale.of(200, 10), scale.of(20, 4), scale.of(60.0, 2.0)
    with scenario(
        "R16",
        "PostgreSQL may go and come back",
        f"PostgreSQL is stopped for {away:g} s under load, {visitors} visitors, {rate} lines a second",
        "refused, never falsely acknowledged; unhealthy within 5 s; everything goes on 10 s after the start, without a restart",
    ) as it:
        hub = await world.start_hub()
        await world.crowd(visitors)
        talking = asyncio.create_task(world.talk(10_000, rate))
        await asyncio.sleep(1)
        await asyncio.to_thread(own_postgres.stop)
        stopped = time.monotonic()
        while await hub.health() == 200:
            await asyncio.sleep(0.05)
        unhealthy = time.monotonic() - stopped
        await asyncio.sleep(max(0.0, away - unhealthy))  # the fault
        acked = sum(len(tab.log.acked) for tab in world.visitors)
        await asyncio.to_thread(own_postgres.start)
        started = time.monotonic()
        while sum(len(tab.log.acked) for tab in world.visitors) == acked:
            await asyncio.sleep(0.02)
        first = time.monotonic() - started
        await hub.healthy(60)
        healthy = time.monotonic() - started
        talking.cancel()
        await world.settle()
        await judged(world, it)
        it.must("hub ended", int(hub.process is None or hub.process.poll() is not None))
        it.time("unhealthy after", unhealthy, 5.0)
        it.time("first line stored after the start", first, 10.0)
        it.time("healthy after the start", healthy, 10.0)
        it.tell("told to try again", sum(tab.refusals["unavailable"] for tab in world.visitors))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    with ExitStack() as stack:
        try:
            place = stack.enter_context(disks.small_disk(tmp_path / "disk"))
        except disks.NoDisk as reason:
            pytest.skip(str(reason))
        yield place


async def test_r17_the_disk_is_full(small_disk: Path, tmp_path: Path, scenario: NewScenario, scale: Scale) -> None:
    visitors, rate, full = scale.of(100, 6), scale.of(20, 4), scale.of(20.0, 2.0)
    with scenario(
        "R17",
        "A full disk loses nothing that was acknowledged",
        f"4 KB left on the disk of the database for {full:g} s, then freed; {visitors} visitors, {rate} lines a second",
        "no false acknowledgement; reading works; goes on without a restart",
    ) as it:
        world = await World(tmp_path, f"sqlite+aiosqlite:///{small_disk / 'hub.db'}").begin()
        world.longest_wait = scale.of(world.longest_wait, 1.5)
        try:
            hub = await world.start_hub()
            tabs = await world.crowd(visitors)
            for tab in tabs:
                await world.first_word(tab)
            talking = asyncio.create_task(world.talk(10_000, rate))
            filler = small_disk / "filler"
            await asyncio.to_thread(disks.fill, filler, 4096)
            filled = time.monotonic()
            await asyncio.sleep(full)  # the fault
            again = world.visitor(token=tabs[0].token)
            await again.joined(20)
            read = again.screen.last_seq
            filler.unlink()
            freed = time.monotonic()
            said = world.speak(tabs[0])
            await tabs[0].until(lambda tab: said in tab.log.acked, 60)
            stored = time.monotonic() - freed
            talking.cancel()
            await world.settle()
            await judged(world, it)
            it.must("hub ended", int(hub.process is None or hub.process.poll() is not None))
            it.must("entries that could not be read", int(read < 2))
            it.time("stored again after", stored, 10.0)
            it.tell("told to try again", sum(tab.refusals["unavailable"] for tab in world.visitors))
            assert freed - filled >= full
        finally:
            await world.end()
