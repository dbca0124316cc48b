"""The running bot: one model, one action server, one database for all tests that a worker gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bot import processes
from tests.databases import new_file


@dataclass(frozen=True)
class Running:
    """Addresses of the parts and of the database."""

    folder: Path
    bot: processes.Part
    actions: processes.Part
    database_url: str


@pytest.fixture(scope="session")
def model() -> Path:
    """A trained model of the present bot."""
    return processes.train()


@pytest.fixture(scope="session")
def running(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Bot and actions with a SQLite file."""
    folder = tmp_path_factory.mktemp("bot")
    url = new_file(folder / "handraise.db")
    actions = processes.launch_actions(folder, url)
    try:
        bot = processes.launch_bot(folder, model, actions.url)
        try:
            yield Running(folder, bot.ready(), actions.ready(), url)
        finally:
            bot.stop()
    finally:
        actions.stop()
