"""R1, R18: the hub is killed again and again; whatever was acknowledged is there, once, in order."""

from __future__ import annotations

import asyncio
import time
from statistics import quantiles

import pytest

from tests.faults.conftest import NewScenario, Scale
from tests.faults.results import Scenario
from tests.faults.world import World

pytestmark = pytest.mark.timeout(600)


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[-1] if len(values) > 1 else (values or [0.0])[0]


async def judged(world: World, it: Scenario, *, complete: bool = True) -> None:
    """Let the checker compare everything, and keep its counts as figures."""
    verdict = await world.verdict(complete=complete)
    for kind in verdict.KINDS:
        it.must(kind, verdict.counts[kind], why="; ".join(verdict.cases[:3]))
    for name, count in verdict.checked.items():
        it.tell(f"{name} compared", count)


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
        await world.settle(120)
        await judged(world, it)
        it.time("resumed p95", p95(back), 2.0)
        it.tell("start p95", p95(starts), "s")
