"""Visitors of the running bot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from actions.__main__ import load
from leads.database import Database
from leads.store import LeadStore
from tests.bot import processes
from tests.bot.driver import Visitor
from tests.bot.running import Running

Meet = Callable[[], Coroutine[Any, Any, Visitor]]


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
