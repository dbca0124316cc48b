"""Versions of the script on customers' pages, each at an address of its own that never changes what it gives."""

from __future__ import annotations

import logging
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256, sha384
from pathlib import Path

from aiohttp import web

from leads import clock
from leads.database import Database, DatabaseUnavailable
from leads.loader_rows import WidgetLoader
from webhook.errors import NotFound

log = logging.getLogger(__name__)

CROSSING = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}  # it is the same for everybody
_ALWAYS = {"Cache-Control": "public, max-age=31536000, immutable"}


@dataclass(frozen=True)
class Version:
    """A loader: its name in the address, and what `integrity` must say."""

    name: str
    integrity: str
    body: str


def version_of(body: str) -> Version:
    """The version that these bytes are."""
    data = body.encode()
    return Version(sha256(data).hexdigest()[:32], f"sha384-{b64encode(sha384(data).digest()).decode()}", body)


class Loaders:
    """Keeps every version in the database, so that all hubs have it, also after an update."""

    def __init__(self, database: Database, widget: Path) -> None:
        self._database = database
        self._path = widget / "visitor" / "dist" / "loader.js"

    def routes(self) -> list[web.RouteDef]:
        """Where pages find them."""
        return [web.get("/widget/{name:[0-9a-f]{32}}.js", self.serve)]

    async def keep(self) -> Version | None:
        """Store the version that is built now; None when there is none.

        Raises:
            DatabaseUnavailable: it was not stored.
        """
        if not self._path.is_file():
            return None
        version = version_of(self._path.read_text(encoding="utf-8"))
        async with self._database.write() as session:
            if await session.get(WidgetLoader, version.name) is None:
                session.add(WidgetLoader(name=version.name, body=version.body, made_at=clock.now()))
        return version

    async def try_keep(self) -> None:
        """The same when a hub starts, which nothing may stop."""
        try:
            await self.keep()
        except DatabaseUnavailable as error:
            log.warning("the version of the loader was not kept: %s", error)

    async def serve(self, request: web.Request) -> web.Response:
        """One version, for ever the same."""
        async with self._database.read() as session:
            found = await session.get(WidgetLoader, request.match_info["name"])
        if found is None:
            raise NotFound("There is no such version of the loader. handraise embed prints the line with the present one.")
        return web.Response(text=found.body, content_type="text/javascript", charset="utf-8", headers={**CROSSING, **_ALWAYS})
