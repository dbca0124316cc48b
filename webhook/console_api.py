"""Leads and conversations over HTTP, for the console and for programs with a token."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

from aiohttp import web

from leads.audit import About, Who, note
from leads.database import Database
from leads.export import csv_row
from leads.store import LeadStore
from webhook.auth import Caller
from webhook.console_routes import ConsoleRoute, answer
from webhook.conversations import Conversations
from webhook.errors import Invalid, NotFound
from webhook.permissions import Permission
from webhook.schemas import clean
from webhook.viewings import Viewings

_TIERS = ("cold", "warm", "hot")
_STAGES = ("visitor", "lead", "MQL", "SQL", "won", "lost", "unqualified")
_FORMS = {"csv": "text/csv", "jsonl": "application/jsonl"}
_MAX_PAGE = 100_000


class ConsoleApi:
    """Handlers of `/console/api/` that read."""

    def __init__(self, leads: LeadStore, conversations: Conversations, database: Database, viewings: Viewings) -> None:
        self._leads = leads
        self._conversations = conversations
        self._database = database
        self._viewings = viewings

    def routes(self) -> list[ConsoleRoute]:
        """What is served, and to whom."""
        return [
            ConsoleRoute("GET", "/leads", Permission.READ_LEADS, self.leads),
            ConsoleRoute("GET", "/leads/export", Permission.EXPORT_LEADS, self.export),
            ConsoleRoute("GET", "/leads/{id}", Permission.READ_LEADS, self.lead),
            ConsoleRoute("GET", "/conversations/{id}", Permission.READ_CONVERSATIONS, self.conversation),
        ]

    async def leads(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """A page of leads."""
        query = request.query
        tier = _one_of("tier", query.get("tier"), _TIERS)
        stage = _one_of("stage", query.get("stage"), _STAGES)
        self._viewings.saw(caller.who, "leads_listed")
        return answer(await self._leads.page(tier=tier, stage=stage, query=_sought(query.get("q", "")), page=_page(query.get("page"))))

    async def lead(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """One lead card, by the id of its conversation."""
        card = await self._leads.card(_id(request))
        if card is None:
            raise NotFound("There is no such lead.")
        self._viewings.saw(caller.who, "lead_viewed", About("conversation", card["conversation_id"]))
        return answer({"lead": card})

    async def export(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Every lead, as lines of JSON or as CSV, sent while it is read."""
        form = _one_of("format", request.query.get("format"), tuple(_FORMS)) or "jsonl"
        async with self._database.write() as session:
            await note(session, Who(*caller.who), "leads_exported", format=form)
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="leads.{form}"'}
        response = web.StreamResponse(headers=headers)
        response.content_type, response.charset = _FORMS[form], "utf-8"
        await response.prepare(request)
        line = _csv_line() if form == "csv" else lambda lead: json.dumps(lead, ensure_ascii=False) + "\n"
        async for lead in self._leads.export():
            await response.write(line(lead).encode())
        await response.write_eof()
        return response

    async def conversation(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """One conversation: who holds it, and its whole log."""
        view = await self._conversations.view(_id(request), 0)
        if view is None:
            raise NotFound("There is no such conversation.")
        self._viewings.saw(caller.who, "conversation_viewed", About("conversation", view.conversation_id))
        return answer({"state": view.state, "entries": view.entries})


def _csv_line() -> Callable[[dict[str, object]], str]:
    """Turns one lead after the other into lines, the first with the names of the columns before it."""
    buffer = io.StringIO()
    writer: csv.DictWriter[str] | None = None

    def line(lead: dict[str, object]) -> str:
        nonlocal writer
        row = csv_row(lead)
        if writer is None:
            writer = csv.DictWriter(buffer, fieldnames=list(row))
            writer.writeheader()
        writer.writerow(row)
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    return line


def _id(request: web.Request) -> str:
    return clean(request.match_info["id"])[:64]


def _one_of(name: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    if value and value not in allowed:
        raise Invalid(f"{name}: one of {', '.join(allowed)}.")
    return value or None


def _sought(text: str) -> str | None:
    """Words to look for, without what no database takes."""
    return clean(text)[:200] or None


def _page(value: str | None) -> int:
    if value is None or value == "":
        return 1
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= _MAX_PAGE):
        raise Invalid(f"page: a number from 1 to {_MAX_PAGE}.")
    return int(value[:9])
