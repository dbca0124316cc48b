"""What all scenarios share: how large they are, where their figures go, real parts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from leads.settings import load_settings
from tests.faults.results import KEPT, Result, Scenario
from tests.faults.world import World

NewScenario = Callable[[str, str, str, str], Scenario]


@dataclass(frozen=True)
class Scale:
    """How large the scenarios are: the full figures with ``make faults``, a small version of the same in every run of the tests."""

    full: bool

    def of[T](self, full: T, short: T) -> T:
        return full if self.full else short


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    return Scale(bool(request.config.getoption("--full-faults")))


@pytest.fixture
def scenario(scale: Scale) -> NewScenario:
    """``scenario(id, promise, how it is tested, pass line)``; only full runs change the figures that are published."""
    file = KEPT if scale.full else Path(load_settings().data) / "faults-short.json"

    def make(id: str, promise: str, test: str, pass_line: str) -> Scenario:
        return Scenario(file, Result(id, promise, test, pass_line))

    return make


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Scenarios that only make sense in full are left out otherwise."""
    if not config.getoption("--full-faults"):
        for item in items:
            if item.get_closest_marker("full"):
                item.add_marker(pytest.mark.skip(reason="part of make faults"))


@pytest.fixture
async def world(tmp_path: Path, scale: Scale) -> AsyncIterator[World]:
    """A world on SQLite, without a hub yet."""
    made = await World(tmp_path, f"sqlite+aiosqlite:///{tmp_path / 'hub.db'}").begin()
    made.longest_wait = scale.of(made.longest_wait, 1.5)
    yield made
    await made.end()
