"""What `handraise doctor` says about several hubs: which live, whether Redis answers, whether the clocks agree."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select

from handraise.finding import Finding
from leads import clock
from leads.database import Database, DatabaseUnavailable
from leads.models import HubProcess
from leads.settings import Settings

REDIS_SECONDS = 2.0
PATIENCE_SECONDS = 8.0  # as long as hubs themselves wait before they take one for dead
LARGE_SKEW = timedelta(seconds=5)


async def neighbours(settings: Settings, patience: float = PATIENCE_SECONDS) -> list[Finding]:
    """Look at Redis, at the hubs in the database, and at the clock; the database has to be reachable."""
    database = Database(settings.database)
    try:
        before = await _beats(database)
        living, silent = await _watch(database, before, patience)
        skew = None if settings.database.startswith("sqlite") else await _skew(database)
    except DatabaseUnavailable as error:
        return [Finding("hubs", "warning", f"Could not be read: {error}", "Check the database.")]
    finally:
        await database.close()
    return [_hubs(living, silent), await _redis(settings, len(living)), _clock(skew)]


async def _beats(database: Database) -> dict[str, int]:
    async with database.read() as session:
        rows = await session.execute(select(HubProcess.name, HubProcess.beats))
        return {name: beats for name, beats in rows}


async def _watch(database: Database, before: dict[str, int], patience: float) -> tuple[list[str], list[str]]:
    """The hubs whose count goes up, and those whose count stands still for so long."""
    end = time.monotonic() + patience
    living: set[str] = set()
    while living != set(before) and time.monotonic() < end:
        await asyncio.sleep(0.2)
        now = await _beats(database)
        before = {name: beats for name, beats in before.items() if name in now}  # whoever said goodbye is not silent
        living = (living | {name for name, beats in before.items() if now[name] != beats}) & set(before)
    return sorted(living), sorted(set(before) - living)


def _hubs(living: list[str], silent: list[str]) -> Finding:
    text = f"alive: {', '.join(living)}" if living else "none is alive"
    if silent:
        return Finding(
            "hubs", "warning", f"{text}; silent: {', '.join(silent)}", "Start them again, or wait: others took over what they did."
        )
    return Finding("hubs", "ok", text)


async def _redis(settings: Settings, hubs: int) -> Finding:
    if not settings.redis_url:
        if hubs > 1:
            return Finding(
                "redis", "warning", "Not set: hubs look at the database every second or two.", "Set HANDRAISE_REDIS_URL for quicker lines."
            )
        return Finding("redis", "ok", "not set; one hub does not need it")
    try:
        async with asyncio.timeout(REDIS_SECONDS), Redis.from_url(settings.redis_url, protocol=2) as client:
            await client.ping()
    except (RedisError, OSError, TimeoutError, ValueError) as error:
        text = f"Does not answer ({type(error).__name__}): hubs look at the database every second or two."
        return Finding("redis", "warning", text, "Check HANDRAISE_REDIS_URL and that the server runs.")
    return Finding("redis", "ok", "answers")


async def _skew(database: Database) -> timedelta:
    """How far the database's clock is ahead of this machine's, as near as the way there and back allows."""
    async with database.read() as session:
        begun = clock.now()
        theirs: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
        ended = clock.now()
    return theirs - (begun + (ended - begun) / 2)


def _clock(skew: timedelta | None) -> Finding:
    if skew is None:
        return Finding("clock", "ok", "the database is on this machine")
    seconds = skew.total_seconds()
    if abs(skew) > LARGE_SKEW:
        which = "ahead of" if seconds > 0 else "behind"
        fix = "Set both by chrony or systemd-timesyncd: deadlines and the times that people see come from these clocks."
        return Finding("clock", "warning", f"The database's clock is {abs(seconds):.0f} s {which} this machine's.", fix)
    return Finding("clock", "ok", f"within {abs(seconds):.1f} s of the database's")
