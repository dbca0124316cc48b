"""A bot that can misbehave, and a hub that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.webhook.bot_server import BotServer
from tests.webhook.hub import RunningHub, start_hub

StartHub = Callable[..., Awaitable[RunningHub]]


@pytest.fixture
async def bot() -> AsyncIterator[BotServer]:
    server = await BotServer().start()
    yield server
    await server.stop()


@pytest.fixture
async def new_hub(tmp_path: Path, bot: BotServer) -> AsyncIterator[StartHub]:
    """Starts hubs that end with the test."""
    running: list[RunningHub] = []

    async def start(**options: Any) -> RunningHub:
        hub = await start_hub(tmp_path, **{"bot_url": bot.url, **options})
        running.append(hub)
        return hub

    yield start
    for hub in running:
        await hub.close()


@pytest.fixture
async def hub(new_hub: StartHub) -> RunningHub:
    return await new_hub()
