"""The web application: the hub, its routes and its background tasks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from aiohttp import web
from sqlalchemy import text

from leads.database import Database, DatabaseUnavailable
from leads.settings import Settings
from webhook import policies
from webhook.append_stores import Store, store_for
from webhook.console import ConsoleTable, console_table, version
from webhook.console_routes import guarded
from webhook.crowds import crowds
from webhook.csp_reports import CspReports
from webhook.guards import errors, handshakes, plain_headers
from webhook.hub import Hub, build_hub
from webhook.loaders import Loaders
from webhook.proxies import callers
from webhook.static import StaticFiles
from webhook.tuning import Tuning

log = logging.getLogger(__name__)

HUB = web.AppKey("hub", Hub)
LOADERS = web.AppKey("loaders", Loaders)
REPORTS = web.AppKey("reports", CspReports)
TABLE = web.AppKey("table", ConsoleTable)
WIDGET = Path(__file__).resolve().parent.parent / "widget"


async def make_app(
    settings: Settings,
    database: Database,
    *,
    tuning: Tuning | None = None,
    widget: Path = WIDGET,
    store: Callable[[Database], Store] = store_for,
) -> web.Application:
    """The application, ready for a runner; the database stays the caller's. ``store`` is where plain lines go.

    Raises:
        FileProblem: a file that people edit is wrong.
    """
    tuning = tuning or Tuning()
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(limit=0))
    try:
        hub = build_hub(settings, database, tuning, session, store)
    except BaseException:
        await session.close()
        raise
    middlewares = [
        callers(settings.proxies),
        plain_headers(policies.plain_headers(settings.url.startswith("https://"))),
        errors(),
        handshakes(tuning, hub.counts),
        crowds(tuning),
    ]
    app = web.Application(middlewares=middlewares, client_max_size=tuning.body_bytes)
    app[HUB] = hub
    hub.server.attach(app)
    app[REPORTS] = CspReports()
    files = StaticFiles(widget, hub.sites, settings.url)
    app.router.add_get("/health", health)
    app[TABLE] = table = console_table(hub, settings)
    app.router.add_routes(guarded(table.routes, hub.door.auth, frozenset(settings.own_origins)))
    app.router.add_routes(app[REPORTS].routes())
    app[LOADERS] = Loaders(database, widget)
    app.router.add_routes(app[LOADERS].routes())
    app.router.add_routes(files.routes(demo=settings.demo))

    app.cleanup_ctx.append(_background)
    app.on_shutdown.append(_close_sockets)
    return app


async def openapi(settings: Settings) -> dict[str, Any]:
    """What the hub of these settings would serve as its description; nothing is started, and no database is needed.

    Raises:
        FileProblem: a file that people edit is wrong.
    """
    database = Database(settings.database, cipher=settings.cipher)
    try:
        app = await make_app(settings, database)
        try:
            return app[TABLE].description()
        finally:
            await app[HUB].bots.close()  # it was built, not started
    finally:
        await database.close()


async def health(request: web.Request) -> web.Response:
    """Whether the hub can do its work; the bot may be away, the database may not."""
    hub = request.app[HUB]
    try:
        async with asyncio.timeout(3), hub.database.read() as session:
            await session.execute(text("SELECT 1 FROM conversations LIMIT 1"))
        database = True
    except (DatabaseUnavailable, TimeoutError, Exception):
        database = False
    there, bots = hub.bots.count_online
    body = {
        "ok": database,
        "database": database,
        "bot": hub.bots.online,
        "bots": {"there": there, "all": bots},
        "hints": hub.hints.live,
        "hub": hub.hubs.name,
        "hubs": len(hub.hubs.alive()),
        "version": version(),
    }
    return web.json_response(body, status=200 if database else 503, headers={"Cache-Control": "no-store"})


async def _background(app: web.Application) -> AsyncIterator[None]:
    hub = app[HUB]
    await hub.hubs.try_beat()
    await app[LOADERS].try_keep()
    watch = asyncio.create_task(hub.bots.watch(), name="watch")
    tasks = [asyncio.create_task(part.run(), name="background") for part in _background_parts(hub)]
    yield
    watch.cancel()
    for part in _background_parts(hub):
        part.stop()
    await hub.bots.close()
    await hub.turns.stop()
    await hub.around.stop()
    await hub.visits.stop()
    await hub.appends.stop()
    await asyncio.gather(watch, *tasks, return_exceptions=True)
    await hub.hubs.leave()


class BackgroundPart(Protocol):
    """What works beside the requests until it is told to stop."""

    def run(self) -> Coroutine[Any, Any, None]:
        """Work until :meth:`stop`."""

    def stop(self) -> None:
        """End after what is being done."""


def _background_parts(hub: Hub) -> tuple[BackgroundPart, ...]:
    return (
        hub.briefing,
        hub.sweep,
        hub.hubs,
        hub.hints,
        hub.relay,
        hub.presence,
        hub.rings,
        hub.reconciler,
        hub.rescorer,
        hub.counts,
        hub.erasing,
        hub.viewings,
        hub.retaining,
    )


async def _close_sockets(app: web.Application) -> None:
    server = app[HUB].server
    await server.close_all()
    with suppress(Exception):
        await server.shutdown()
