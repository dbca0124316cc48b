"""A real Chromium in the test's own loop, and a page on another origin that carries the widget."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import BrowserContext

WIDGET = Path(__file__).resolve().parents[2] / "widget"

# In every page and frame: script that was let in calls ran(), and what a policy stopped is told.
_EARS = """
window.ran = (what) => window.tell('ran', String(what ?? location.href));
window.alert = window.ran;
addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample, sourceFile, lineNumber }) => {
  window.tell('stopped', `${effectiveDirective} ${blockedURI} ${sample} ${sourceFile}:${lineNumber}`);
});
"""


@dataclass
class Heard:
    """What the browser's pages told: scripts that ran, and what their policies stopped."""

    ran: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def listen(context: BrowserContext) -> Heard:
    """Hear everything that happens in pages of this context from now on."""
    heard = Heard()

    async def tell(_source: Any, kind: str, text: str) -> None:
        getattr(heard, kind).append(text)

    await context.expose_binding("tell", tell)
    await context.add_init_script(_EARS)
    context.on("page", lambda page: page.on("pageerror", lambda error: heard.errors.append(str(error))))
    return heard


@asynccontextmanager
async def serve(port: int, pages: dict[str, str]) -> AsyncIterator[None]:
    """Pages of somebody's site: path → HTML."""

    async def page(request: web.Request) -> web.Response:
        found = pages.get(request.path)
        return web.Response(text=found or "", content_type="text/html", status=200 if found else 404)

    app = web.Application()
    app.router.add_get("/{path:.*}", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()
