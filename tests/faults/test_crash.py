"""R1, R18: processes are killed again and again; whatever was acknowledged is there, once, in order."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from pathlib import Path

import pytest

from leads import schema
from tests.faults.conftest import NewScenario, Scale
from tests.faults.figures import judged, p95
from tests.faults.world import World
from tests.faults.writers import PAIRS, Writers

pytestmark = pytest.mark.timeout(900)


@pytest.mark.long
@pytest.mark.alone
async def test_r1_the_hub_is_killed_at_random(world: World, scenario: NewScenario, scale: Scale) -> None:
    kills, visitors, agents, rate = scale.of(30, 2), scale.of(200, 12), scale.of(10, 2), scale.of(20, 8)
    with scenario(
        "R1",
        "Nothing acknowledged is lost when the hub dies",
        f"kill -9 of the hub {kills} times at random, {visitors} visitors, {agents} agents, {rate} lines a second",
        "0 lost, 0 twice, 0 gaps; resumed p95 2 s after the start",
    ) as it:
        hub = await world.start_hub()
        await world.crowd(visitors)
        await world.staff(agents, each=2)
        talking = asyncio.create_task(world.talk(10_000, rate))
        starts, back = [], []
        for number in range(kills):
            await asyncio.sleep(world.luck.uniform(0.2, 2.0))  # the fault comes at random
            await hub.kill()
            begun = time.monotonic()
            await hub.start()
            starts.append(time.monotonic() - begun)
            if scale.full or number == kills - 1:
                back += await world.resumed(begun)
        talking.cancel()
        await world.settle()
        await judged(world, it)
        it.time("resumed p95", p95(back), 2.0)
        it.tell("start p95", p95(starts), "s")


@pytest.mark.timeout(900)
@pytest.mark.alone
async def test_r18_killed_in_the_middle_of_commits(tmp_path: Path, scenario: NewScenario, scale: Scale) -> None:
    kills = scale.of(200, 15)
    with scenario(
        "R18",
        "A commit is all or nothing, whenever the process dies",
        f"a process that commits without pause is killed {kills} times at random; integrity_check after each",
        "ok every time; all acknowledged rows there",
    ) as it:
        file = tmp_path / "writes.db"
        await schema.upgrade(f"sqlite+aiosqlite:///{file}")
        writers, luck = Writers(file), random.Random(18)
        acknowledged = damaged = missing = torn = 0
        try:
            for _ in range(kills):
                told = await asyncio.to_thread(writers.run_and_kill, luck.uniform(0.0, 0.2))
                with sqlite3.connect(file) as connection:
                    damaged += connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
                    stored = {row[0] for row in connection.execute("SELECT client_msg_id FROM entries")}
                    pairs = connection.execute(PAIRS).fetchone()[0]
                connection.close()
                acknowledged += len(told)
                missing += len(told - stored)
                torn += pairs
        finally:
            writers.end()
        it.must("integrity_check not ok", damaged)
        it.must("acknowledged rows missing", missing)
        it.must("transactions stored in part", torn)
        it.tell("acknowledged", acknowledged)
