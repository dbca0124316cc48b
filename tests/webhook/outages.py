"""Bots that are away or broken, up to the moment that a test begins with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from leads.models import Turn
from tests.waiting import until
from tests.webhook.bot_server import BotServer, Json
from tests.webhook.clients import Visitor
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick

AWAY = quick(away_seconds=0.4)


async def kept_for_an_absent_bot(new_hub: StartHub, bot: BotServer, **settings: Any) -> tuple[RunningHub, Visitor, Json]:
    """A hub, a visitor whose "Hello?" waits for the bot, and the notice that says so."""
    await bot.stop()
    hub = await new_hub(tuning=AWAY, **settings)
    visitor = await hub.visitor()
    await visitor.say("Hello?")
    return hub, visitor, await visitor.notice("bot_away")


async def given_up(hub: RunningHub, count: int = 1) -> None:
    """So many turns have failed for good. What visitors are told of it depends on whether they had been told that the bot is away."""

    async def failed() -> bool:
        async with hub.database.read() as session:
            return await session.scalar(select(func.count()).select_from(Turn).where(Turn.state == "failed")) == count

    await until(failed)
