"""`handraise doctor`: looks at every part and names what is wrong and what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import AsyncIterator

import aiohttp

from handraise import model
from handraise.bot_files import problems
from handraise.encryption import finding as encryption
from handraise.finding import Finding
from handraise.neighbours import neighbours
from handraise.node import WIDGET, npm_command
from handraise.parts import answers
from handraise.prepare import APPS, BOT_PYTHON
from handraise.steps import Failure
from leads import schema
from leads.settings import Settings

SMALL_DISK = 1_000_000_000


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at environment, files, model, database and the running parts, one after the other."""
    yield Finding("python", "ok", sys.version.split()[0])
    yield _node()
    yield _built()
    yield _bot_environment()
    yield _files(settings)
    yield _model(settings)
    yield _disk(settings)
    database = await _database(settings)
    yield database
    if database.state == "ok":
        yield await encryption(settings)
        for finding in await neighbours(settings):
            yield finding
    for finding in await _running(settings):
        yield finding


def _node() -> Finding:
    try:
        npm, _environment = npm_command()
    except Failure as failure:
        return Finding("node", "warning", failure.what, failure.fix)
    return Finding("node", "ok", npm[0])


def _built() -> Finding:
    missing = [app for app in APPS if not (WIDGET / app / "dist").is_dir()]
    if missing:
        return Finding("widget", "error", f"Not built: {', '.join(missing)}.", "Run handraise prepare.")
    return Finding("widget", "ok", "built")


def _bot_environment() -> Finding:
    if not BOT_PYTHON.exists():
        return Finding("bot environment", "error", "Not there yet.", "Run handraise prepare.")
    return Finding("bot environment", "ok", str(BOT_PYTHON.resolve().name))


def _files(settings: Settings) -> Finding:
    found = problems(settings.bot_files)
    if found:
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        return Finding("bot files", "error", f"{found[0]}{more}", "Run handraise check for all of them.")
    return Finding("bot files", "ok", "no problem found")


def _model(settings: Settings) -> Finding:
    found = model.find(settings.bot_files, settings.data)
    unsigned = model.strangers(settings.data)
    if unsigned:
        names = ", ".join(path.name for path in unsigned)
        fix = "They are not loaded. Remove them if you do not know where they come from, then run handraise train."
        return Finding("model", "error", f"Not signed by this installation, or altered since: {names}.", fix)
    if found is None:
        return Finding("model", "error", "No model has been trained.", "Run handraise train.")
    if not found.fits:
        return Finding("model", "warning", f"{found.path.name} is older than the bot's files.", "Run handraise train.")
    return Finding("model", "ok", found.path.name)


def _disk(settings: Settings) -> Finding:
    folder = settings.data if settings.data.exists() else settings.data.absolute().parent
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free at {settings.data}"
    if free < SMALL_DISK:
        return Finding("disk", "warning", text, "Make room: when the disk is full, messages are refused.")
    return Finding("disk", "ok", text)


async def _database(settings: Settings) -> Finding:
    try:
        current = await schema.is_current(settings.database)
    except schema.SchemaTooNew as error:
        return Finding("database", "error", str(error), "Use the Handraise version that wrote this database.")
    except schema.DatabaseUnavailable as error:
        return Finding("database", "error", f"Out of reach: {error}", "Check HANDRAISE_DATABASE_URL and that the server runs.")
    if not current:
        return Finding("database", "warning", "Not at the revision of this code.", "Run handraise up, it migrates; make a backup first.")
    return Finding("database", "ok", "reachable, at the revision of this code")


async def _running(settings: Settings) -> list[Finding]:
    """Ask the hub about itself and the bots; nothing is wrong when nothing runs."""
    url = f"http://127.0.0.1:{settings.health_port or settings.port}/health"
    if not await answers(url):
        return [Finding("hub", "warning", f"Nothing answers at {url}.", "Run make up to start it.")]
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        health = await response.json()
    return [Finding("hub", "ok", f"{health['hub']} answers at {url}"), _bots(health["bots"]["there"], health["bots"]["all"], settings)]


def _bots(there: int, count: int, settings: Settings) -> Finding:
    """What the hub knows of its bots."""
    fix = f"Look at {settings.data}/logs/bot*.log, or at the log of the service."
    if not there:
        return Finding("bot", "error", "The hub does not reach the bot." if count == 1 else "The hub reaches none of its bots.", fix)
    if there < count:
        return Finding("bot", "warning", f"The hub reaches {there} of {count} bots.", fix)
    return Finding("bot", "ok", "answers" if count == 1 else f"all {count} answer")
