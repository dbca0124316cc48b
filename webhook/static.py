"""Built apps and demo pages: a fixed set of files, looked up by name, never by a path from outside."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from html import escape
from pathlib import Path
from secrets import token_urlsafe

from aiohttp import web

from leads.site_settings import is_key
from webhook.errors import NotFound, NotHere
from webhook.guards import failure
from webhook.loaders import CROSSING
from webhook.policies import NONCE, console_headers, frame_headers
from webhook.sites import Sites

_YEAR = "public, max-age=31536000, immutable"  # the name holds a hash of the content
_SOON = "public, max-age=300"
_NEVER = "no-cache"
CHAT_CONSENT = "__HANDRAISE_CHAT_CONSENT__"  # in the page of the visitor's window
_HIDDEN_NAMES = (".", "_")

# The same words whether the site or the page is unknown: nobody finds out which sites there are.
_NOT_HERE = (
    'there is no chat "{key}" that {page} may show. Check data-site in the script line, '
    "and the origins of that site in the settings of Handraise (sites or allowed_origins)."
)
NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Not built yet</title>
<style>body{font:16px/1.5 system-ui;margin:15vh auto;max-width:34em;padding:0 1em}code{background:#eee;padding:.1em .3em}</style>
<h1>This page is not built yet</h1>
<p>Run <code>make up</code>, or <code>npm ci &amp;&amp; npm run build</code> in the folder <code>widget</code>, then reload.</p></html>"""


class StaticFiles:
    """Serves `widget/`; looks at the folder on every request, so that a build needs no restart."""

    def __init__(self, widget: Path, sites: Sites, url: str) -> None:
        self._widget = widget
        self._sites = sites
        self._url = url

    def routes(self, *, demo: bool) -> list[web.RouteDef]:
        """What to serve."""
        routes = [
            web.get("/widget.js", self.loader),
            web.get("/widget/frame", self.frame),
            web.get("/widget/site.json", self.site),
            web.get("/widget/assets/{name}", self.widget_asset),
            web.get("/console", self.console),
            web.get("/console/assets/{name}", self.console_asset),
            web.get("/console/{rest:(?!api/).*}", self.console),
        ]
        if demo:
            routes += [
                web.get("/", self.demo),
                web.get("/{page:[a-z]+}", self.demo),
                web.get("/{name:demo[.]css}", self.demo_file),
                web.get("/demo/{name}", self.demo_file),
            ]
        return routes

    async def loader(self, request: web.Request) -> web.StreamResponse:
        """The one script of customers' pages."""
        path = self._widget / "visitor" / "dist" / "loader.js"
        if not path.is_file():
            text = "console.error('Handraise: the widget is not built yet. Run make up.');"
            return web.Response(text=text, content_type="text/javascript", headers={"Cache-Control": _NEVER, **CROSSING})
        return _file(path, _SOON, CROSSING)

    async def frame(self, request: web.Request) -> web.StreamResponse:
        """The visitor's window; only pages of its site may show it."""
        site = self._sites.find(_key(request))
        if site is None:
            raise NotFound("There is no such chat.")
        asked = site.texts().site.chat_consent
        headers = frame_headers(self._url, site.origins)
        return _page(self._widget / "visitor" / "dist" / "frame.html", headers, {CHAT_CONSENT: asked.mark if asked else ""})

    async def site(self, request: web.Request) -> web.StreamResponse:
        """How the widget looks, for the loader on a page of the site; any other page learns only that it is none."""
        headers = {"Cache-Control": _NEVER, "Vary": "Origin", "Cross-Origin-Resource-Policy": "cross-origin"}
        key, origin = _key(request), request.headers.get("Origin")
        site = self._sites.find(key)
        if site is None or (origin is not None and origin not in site.origins):
            refused = NotHere(_NOT_HERE.format(key=key, page=origin or "this page"))
            return failure(refused, "GET /widget/site.json", {**headers, "Access-Control-Allow-Origin": "*"})
        if origin is not None:
            headers["Access-Control-Allow-Origin"] = origin
        return web.json_response({"site": site.texts().site.json(request.query.get("lang"))}, headers=headers)

    async def widget_asset(self, request: web.Request) -> web.StreamResponse:
        """A script or style of the visitor's window."""
        return _named(self._widget / "visitor" / "dist" / "assets", request.match_info["name"], _YEAR)

    async def console(self, request: web.Request) -> web.StreamResponse:
        """The console, whatever its own address says; its few files beside the page by name."""
        folder, rest = self._widget / "console" / "dist", request.match_info.get("rest", "")
        if "." in rest and "/" not in rest:
            return _named(folder, rest, _SOON)
        nonce = token_urlsafe(16)
        return _page(folder / "index.html", console_headers(self._url, nonce), {NONCE: nonce})

    async def console_asset(self, request: web.Request) -> web.StreamResponse:
        """A script or style of the console."""
        return _named(self._widget / "console" / "dist" / "assets", request.match_info["name"], _YEAR)

    async def demo(self, request: web.Request) -> web.StreamResponse:
        """A landing page that shows the widget as a customer's would."""
        name = request.match_info.get("page", "index")
        return _named(self._widget / "demo", f"{name}.html", _NEVER)

    async def demo_file(self, request: web.Request) -> web.StreamResponse:
        """Its styles and pictures."""
        return _named(self._widget / "demo", request.match_info["name"], _SOON)


def _key(request: web.Request) -> str:
    """The site that the page names; one that cannot be a key is no site."""
    key = request.query.get("site", "default")
    return key if is_key(key) else ""


def _page(path: Path, headers: dict[str, str], blanks: Mapping[str, str]) -> web.StreamResponse:
    """A built page with its policy and what its script looks for in it: its nonce, or the consent that the site asks for."""
    if not path.is_file():
        return web.Response(text=NOT_BUILT, content_type="text/html", status=503, headers={"Cache-Control": _NEVER})
    text = path.read_text(encoding="utf-8")
    for blank, value in blanks.items():
        text = text.replace(blank, escape(value))
    return web.Response(text=text, content_type="text/html", headers={"Cache-Control": _NEVER, **headers})


def _named(folder: Path, name: str, caching: str) -> web.StreamResponse:
    """A file directly in the folder; the name is compared with those that are there."""
    if folder.is_dir() and not name.startswith(_HIDDEN_NAMES):
        for entry in folder.iterdir():
            if entry.name == name and entry.is_file() and not entry.is_symlink():
                return _file(entry, caching, {})
    raise NotFound("There is no such page.")


def _file(path: Path, caching: str, headers: dict[str, str]) -> web.StreamResponse:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return web.FileResponse(path, headers={"Content-Type": kind, "Cache-Control": caching, **headers})
