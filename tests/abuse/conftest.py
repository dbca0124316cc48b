"""What all attacks share: how large they are, where their figures go, a hub and a bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.abuse.report import RESULTS
from tests.abuse.site import site as site
from tests.faults.results import NewScenario, Result, Scale, Scenario
from tests.webhook.conftest import StartHub as StartHub
from tests.webhook.conftest import bot as bot
from tests.webhook.conftest import hub as hub
from tests.webhook.conftest import new_hub as new_hub


@pytest.fixture(scope="session")
def scale(request: pytest.FixtureRequest) -> Scale:
    return Scale(bool(request.config.getoption("--full-abuse")))


@pytest.fixture
def scenario(scale: Scale, tmp_path: Path) -> NewScenario:
    """``scenario(id, promise, how it is attacked, pass line)``; only full runs change the figures that are published."""

    def make(id: str, promise: str, test: str, pass_line: str) -> Scenario:
        return Scenario((RESULTS if scale.full else tmp_path) / f"{id}.json", Result(id, promise, test, pass_line))

    return make
