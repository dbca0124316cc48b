"""`python -m webhook`: run the hub until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import sys
from typing import Any

from aiohttp import web

from leads import schema
from leads.database import Database, DatabaseUnavailable
from leads.errors import FileProblem
from leads.key_register import ready_keys
from leads.quiet_logs import quiet_logging
from leads.settings import Settings, SettingsError, load_settings
from webhook.app import HUB, make_app
from webhook.collector import short_collections
from webhook.errors import refusals
from webhook.pace import Pace

KEEPALIVE_SECONDS = 15.0  # also for who has not sent a whole head yet
LINGER_SECONDS = 2.0  # for the rest of a body that nobody reads
SHUTDOWN_SECONDS = 5.0
SWITCH_SECONDS = 0.0001  # a thread that reads a message or hashes a password gives way to the event loop after so long, not after 5 ms
REFUSALS_PER_MINUTE = 60.0  # written down; who provokes more shall not fill the disk
BACKLOG = 1024  # connections that wait to be let in: after a restart everybody comes at once, and who finds no room waits for seconds


class CannotStart(Exception):
    """The hub cannot start; the message says why and what to do."""


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        CannotStart, FileProblem, SettingsError: nothing was served.
    """
    await check_schema(settings)
    database = Database(settings.database, cipher=settings.cipher)
    try:
        await _check_keys(database)
        app = await make_app(settings, database)
        runner = web.AppRunner(
            app,
            access_log=None,
            keepalive_timeout=KEEPALIVE_SECONDS,
            lingering_time=LINGER_SECONDS,
            shutdown_timeout=SHUTDOWN_SECONDS,
        )
        await runner.setup()
        try:
            async with short_collections(app[HUB].server.connections):
                await _listen(runner, settings)
                await _stop_signal()
        finally:
            await runner.cleanup()
    finally:
        await database.close()


async def check_schema(settings: Settings) -> None:
    """Refuse a database that is newer or older than this code.

    Raises:
        CannotStart: with what to do.
    """
    try:
        if not await schema.is_current(settings.database):
            raise CannotStart("The database does not have the tables of this version. Run handraise up, which brings it up to date.")
    except (schema.SchemaTooNew, DatabaseUnavailable) as error:
        raise CannotStart(f"The database cannot be used: {error}") from error


async def _check_keys(database: Database) -> None:
    try:
        await ready_keys(database)
    except DatabaseUnavailable as error:
        raise CannotStart(f"The database cannot be used: {error}") from error


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=BACKLOG, reuse_port=settings.shares_port or None).start()
        if settings.shares_port:
            await web.TCPSite(runner, "127.0.0.1", settings.health_port).start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            ports = f"Port {settings.port} or {settings.health_port}" if settings.shares_port else f"Port {settings.port}"
            raise CannotStart(f"{ports} is taken. Stop what uses it, or set HANDRAISE_PORT to another.") from error
        raise CannotStart(f"The hub cannot listen on {settings.host}:{settings.port}: {error.strerror}.") from error
    logging.getLogger("webhook").info("the hub serves %s", settings.url)


async def _stop_signal() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def main() -> int:
    """The exit code: 0 after an orderly stop, 1 when it could not start."""
    quiet_logging()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        settings = load_settings()
        refusals.addFilter(Pace(REFUSALS_PER_MINUTE))
        _run(serve(settings))
    except (SettingsError, CannotStart, FileProblem) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _run(work: Any) -> None:
    """On uvloop where it is installed."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


if __name__ == "__main__":
    sys.exit(main())
