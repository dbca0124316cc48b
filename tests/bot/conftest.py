"""The running bot: one model, one action server, one database for all tests of this folder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from actions.__main__ import load
from leads.database import Database
from leads.store import LeadStore
from tests.bot import processes
from tests.bot.driver import Visitor, create_tables

Meet = Callable[[], Coroutine[Any, Any, Visitor]]


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
    url = f"sqlite+aiosqlite:///{folder / 'handraise.db'}"
    asyncio.run(_create(url))
    actions = processes.start_actions(folder, url)
    try:
        bot = processes.start_bot(folder, model, actions.url)
        try:
            yield Running(folder, bot, actions, url)
        finally:
            bot.stop()
    finally:
        actions.stop()


@pytest.fixture
async def meet(running: Running) -> AsyncIterator[Meet]:
    """Makes visitors."""
    database = Database(running.database_url)
    store = LeadStore(database, *load(processes.ROOT / "bot"))
    async with aiohttp.ClientSession() as http:

        async def make() -> Visitor:
            return await Visitor(http, running.bot.url, database, store).begin()

        yield make
    await database.close()


async def _create(url: str) -> None:
    database = Database(url)
    await create_tables(database)
    await database.close()
