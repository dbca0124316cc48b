"""R31, by hand (`make soak`): base load for an hour; what grows, grows without end."""

from __future__ import annotations

import asyncio
import time

import psutil
import pytest

from tests.faults.conftest import NewScenario
from tests.faults.figures import judged
from tests.faults.world import World

WARM_SHARE = 0.2  # of the time, in which caches fill


@pytest.mark.timeout(0)
async def test_r31_an_hour_at_base_load(shared: World, scenario: NewScenario, request: pytest.FixtureRequest) -> None:
    minutes = float(request.config.getoption("--soak"))
    if not minutes:
        pytest.skip("run by hand: make soak")
    with scenario(
        "R31",
        "Nothing grows while it runs",
        f"200 visitors, 10 agents, 20 lines a second for {minutes:g} minutes",
        "memory grows by less than 1 MB an hour after the start; files and connections stay; 0 lost",
    ) as it:
        await shared.crowd(200)
        await shared.staff(10, each=2)
        hub = psutil.Process(shared.hub.pid)
        talking = asyncio.create_task(shared.talk(minutes * 60, 20))
        begun, samples = time.monotonic(), list[tuple[float, int, int]]()
        while not talking.done():
            samples.append(((time.monotonic() - begun) / 3600, shared.hub.memory(), hub.num_fds()))
            await asyncio.wait([talking], timeout=10)
        await shared.settle()
        await judged(shared, it)
        warm = samples[int(len(samples) * WARM_SHARE) :]
        it.time("memory per hour", _slope([(hour, size / 2**20) for hour, size, _ in warm]), 1.0, "MB")
        it.time("open files more than at the start", max(files for *_, files in warm[-6:]) - warm[0][2], 5, "")


def _slope(points: list[tuple[float, float]]) -> float:
    """The least-squares slope."""
    middle_x, middle_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0
