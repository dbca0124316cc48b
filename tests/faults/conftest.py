"""What all scenarios share: how large they are, where their figures go, real parts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from handraise.ports import free_port
from tests.faults.hubs import HubProcess
from tests.faults.results import KEPT, Result, Scenario
from tests.faults.results import NewScenario as NewScenario
from tests.faults.results import Scale as Scale
from tests.faults.world import World


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    return Scale(bool(request.config.getoption("--full-faults")))


@pytest.fixture
def scenario(scale: Scale, tmp_path: Path) -> NewScenario:
    """``scenario(id, promise, how it is tested, pass line)``; only full runs change the figures that are published."""
    file = KEPT if scale.full else tmp_path / "figures.json"

    def make(id: str, promise: str, test: str, pass_line: str) -> Scenario:
        return Scenario(file, Result(id, promise, test, pass_line))

    return make


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    """One hub on SQLite for all scenarios that leave it alive; started by the first of them."""
    folder = tmp_path_factory.mktemp("standing")
    hub = HubProcess(folder, f"sqlite+aiosqlite:///{folder / 'hub.db'}", f"http://127.0.0.1:{free_port()}", agent_grace=3)
    yield hub
    if hub.process is not None:
        hub.end()


@pytest.fixture
async def shared(standing: HubProcess, tmp_path: Path, scale: Scale) -> AsyncIterator[World]:
    """A world at the standing hub, with a bot of its own; in full, where hubs get more to do, at a hub of its own."""
    made = World(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'hub.db'}" if scale.full else standing.settings["database_url"])
    made.longest_wait = scale.of(made.longest_wait, 1.5)
    if scale.full:
        await made.begin()
        await made.start_hub(agent_grace=3)
    else:
        made.bot.port = int(standing.settings["bot_url"].rsplit(":", 1)[1])
        await made.begin()
        await made.hub_for_all(standing)
    await made.bot_is(True)
    yield made
    await made.end()


@pytest.fixture
async def world(tmp_path: Path, scale: Scale) -> AsyncIterator[World]:
    """A world on SQLite, without a hub yet."""
    made = await World(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'hub.db'}").begin()
    made.longest_wait = scale.of(made.longest_wait, 1.5)
    yield made
    await made.end()
