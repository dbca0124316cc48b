"""The doctor among several hubs: real hubs in a real database, a real Redis, a clock that goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from handraise.finding import Finding
from handraise.neighbours import neighbours
from leads import clock
from leads.database import Database
from leads.settings import Settings
from tests.databases import ensure_tables, new_database
from tests.redis_server import RedisServer
from tests.waiting import PATIENCE
from tests.webhook.hub import QUICK
from webhook.hubs import Hubs

type Start = Callable[[str], Hubs]


@pytest.fixture
async def settings(tmp_path: Path) -> Settings:
    made = Settings(data=tmp_path)
    ensure_tables(made.database)
    return made


@pytest.fixture
async def start(settings: Settings) -> AsyncIterator[Start]:
    """Lets a hub of this name beat until the end of the test."""
    database = Database(settings.database)
    running: list[tuple[Hubs, asyncio.Task[None]]] = []

    def begin(name: str) -> Hubs:
        hubs = Hubs(database, name, QUICK)
        running.append((hubs, asyncio.create_task(hubs.run())))
        return hubs

    yield begin
    for hubs, task in running:
        hubs.stop()
        await task
    await database.close()


async def examine(settings: Settings, patience: float = 8.0) -> dict[str, Finding]:
    return {finding.name: finding for finding in await neighbours(settings, patience)}


async def both_there(one: Hubs, other: Hubs) -> None:
    async with asyncio.timeout(PATIENCE):
        while not (one.is_alive(other.name) and other.is_alive(one.name)):
            await asyncio.sleep(0.02)


async def test_nobody_is_there(settings: Settings) -> None:
    found = await examine(settings)
    assert {finding.state for finding in found.values()} == {"ok"}
    assert found["hubs"].text == "none is alive"


async def test_two_hubs_live_without_redis(settings: Settings, start: Start) -> None:
    await both_there(start("hub-1"), start("hub-2"))
    found = await examine(settings)
    assert (found["hubs"].state, found["hubs"].text) == ("ok", "alive: hub-1, hub-2")
    assert found["redis"].state == "warning" and "HANDRAISE_REDIS_URL" in found["redis"].fix


async def test_a_hub_that_was_killed_is_silent(settings: Settings, start: Start) -> None:
    gone = start("hub-2")
    await both_there(start("hub-1"), gone)
    gone.stop()  # and no goodbye
    found = await examine(settings, patience=1.5)
    assert found["hubs"].state == "warning"
    assert found["hubs"].text == "alive: hub-1; silent: hub-2"


async def test_redis_answers_and_goes_away(settings: Settings, redis_server: RedisServer) -> None:
    with_redis = settings.model_copy(update={"redis_url": redis_server.url})
    assert (await examine(with_redis))["redis"].text == "answers"
    await redis_server.stop()
    assert (await examine(with_redis))["redis"].state == "warning"


async def test_an_address_of_redis_that_is_none(settings: Settings) -> None:
    found = await examine(settings.model_copy(update={"redis_url": "nonsense"}))
    assert found["redis"].state == "warning" and "ValueError" in found["redis"].text


@pytest.mark.parametrize(("hours", "said"), [(1, "3600 s behind"), (-1, "3600 s ahead of"), (0, "within")])
async def test_the_clock_of_another_machine(postgres: str, monkeypatch: pytest.MonkeyPatch, hours: int, said: str) -> None:
    url = await new_database(postgres)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=hours))
    found = (await examine(Settings(database_url=url)))["clock"]
    assert found.state == ("warning" if hours else "ok")
    assert said in found.text
