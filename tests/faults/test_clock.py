"""R30: the machine's clock jumps by an hour, forth and back."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from struct import pack

import pytest

from tests.faults.conftest import NewScenario, Scale
from tests.faults.figures import judged
from tests.faults.world import World

pytestmark = pytest.mark.timeout(900)
SHIFTED = Path(__file__).parent / "shifted"


@pytest.mark.full
async def test_r30_the_clock_jumps(world: World, scenario: NewScenario, scale: Scale) -> None:
    visitors, agents, rate, seconds = scale.of(100, 8), scale.of(5, 2), scale.of(20, 4), scale.of(10.0, 2.0)
    with scenario(
        "R30",
        "A wrong clock changes neither order nor who holds a chat",
        f"the hub's clock jumps +1 h, back, -1 h, back, each for {seconds:g} s, {visitors} visitors, {agents} agents with two chats each",
        "order unaffected; nobody signed out, no chat taken away",
    ) as it:
        offset = world.folder / "offset"
        offset.write_bytes(pack("d", 0))
        hub = world.new_hub()
        hub.more_environment = {"PYTHONPATH": str(SHIFTED), "CLOCK_OFFSET_FILE": str(offset)}
        await hub.start()
        await world.crowd(visitors)
        await world.staff(agents, each=2)
        talking = asyncio.create_task(world.talk(10_000, rate))
        for jump in (0, 3600, 0, -3600, 0):
            with offset.open("r+b") as file:
                file.write(pack("d", jump))
            await asyncio.sleep(seconds)  # the fault
        talking.cancel()
        await world.settle()
        await judged(world, it)
        times = await world.times()
        assert max(times) - min(times) > timedelta(hours=1.9), "the hub's clock did not jump"
        taken = [desk for agent in world.agents for desk in agent.desks.values() if desk.state["holder"] != "agent"]
        it.must("chats taken from their agent", len(taken))
        it.must("agents signed out", sum(name == "signed_out" for agent in world.agents for _, name, _ in agent.events))
        it.must("visitors with another conversation", sum(len(tab.conversations) > 1 for tab in world.visitors))
        it.must("calls missed or lost", sum(len(tab.shown("agent_lost")) + len(tab.shown("missed")) for tab in world.visitors))
