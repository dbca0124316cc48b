"""The audit log over HTTP, for admins."""

from __future__ import annotations

from aiohttp import web

from leads import audit
from leads.audit import Wanted
from leads.database import Database
from webhook.auth import Caller
from webhook.console_routes import ConsoleRoute, answer
from webhook.errors import Invalid
from webhook.permissions import Permission
from webhook.schemas import clean
from webhook.viewings import Viewings

_PAGE = 100


class AuditApi:
    """Handlers of `/console/api/audit`."""

    def __init__(self, database: Database, viewings: Viewings) -> None:
        self._database = database
        self._viewings = viewings

    def routes(self) -> list[ConsoleRoute]:
        """What is served, and to whom."""
        return [ConsoleRoute("GET", "/audit", Permission.MANAGE_PEOPLE, self.rows)]

    async def rows(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """The newest rows that fit `who`, `what` and `about`, newest first; `below` gives those before a row."""
        query = {name: clean(request.query.get(name, ""))[:64] or None for name in ("who", "what", "about")}
        async with self._database.read() as session:
            found = await audit.newest(
                session, Wanted(query["who"], query["what"], query["about"]), _PAGE, _number(request.query.get("below"))
            )
        self._viewings.saw(caller.who, "audit_viewed")
        return answer({"rows": [audit.shown(row) for row in found], "more": len(found) == _PAGE})


def _number(text: str | None) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Invalid("below: the number of a row.")
    return int(text)
