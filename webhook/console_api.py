"""Leads and conversations over HTTP, for the console and for programs with a token."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from leads.audit import About, Who, note
from leads.database import Database
from leads.export import csv_row
from leads.store import LeadStore
from webhook.answers import ConversationShown, LeadShown, LeadsPage
from webhook.bodies import ExportWanted, LeadsWanted
from webhook.console_routes import Call, ConsoleRoute, answer, plain
from webhook.conversations import Conversations
from webhook.errors import NotFound
from webhook.permissions import Permission
from webhook.schemas import Nothing
from webhook.viewings import Viewings

_FORMS = {"csv": "text/csv", "jsonl": "application/jsonl"}


class ConsoleApi:
    """Handlers of `/console/api/` that read."""

    def __init__(self, leads: LeadStore, conversations: Conversations, database: Database, viewings: Viewings) -> None:
        self._leads = leads
        self._conversations = conversations
        self._database = database
        self._viewings = viewings

    def routes(self) -> list[ConsoleRoute[Any]]:
        """What is served, and to whom."""
        return [
            ConsoleRoute("GET", "/leads", Permission.READ_LEADS, self.leads, LeadsWanted, LeadsPage),
            ConsoleRoute(
                "GET", "/leads/export", Permission.EXPORT_LEADS, self.export, ExportWanted, None, media=tuple(sorted(_FORMS.values()))
            ),
            plain("GET", "/leads/{id}", Permission.READ_LEADS, self.lead, LeadShown),
            plain("GET", "/conversations/{id}", Permission.READ_CONVERSATIONS, self.conversation, ConversationShown),
        ]

    async def leads(self, call: Call[LeadsWanted]) -> web.StreamResponse:
        """A page of leads, newest change first; `q` are words to look for in what was said and understood."""
        asked = call.asked
        self._viewings.saw(call.caller.who, "leads_listed")
        return answer(await self._leads.page(tier=asked.tier, stage=asked.stage, query=asked.q or None, page=asked.page))

    async def lead(self, call: Call[Nothing]) -> web.StreamResponse:
        """One lead card, by the id of its conversation."""
        card = await self._leads.card(call.id)
        if card is None:
            raise NotFound("There is no such lead.")
        self._viewings.saw(call.caller.who, "lead_viewed", About("conversation", card["conversation_id"]))
        return answer({"lead": card})

    async def export(self, call: Call[ExportWanted]) -> web.StreamResponse:
        """Every lead, as lines of JSON or as CSV, sent while it is read."""
        form = call.asked.format
        async with self._database.write() as session:
            await note(session, Who(*call.caller.who), "leads_exported", format=form)
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="leads.{form}"'}
        response = web.StreamResponse(headers=headers)
        response.content_type, response.charset = _FORMS[form], "utf-8"
        await response.prepare(call.request)
        line = _csv_line() if form == "csv" else lambda lead: json.dumps(lead, ensure_ascii=False) + "\n"
        async for lead in self._leads.export():
            await response.write(line(lead).encode())
        await response.write_eof()
        return response

    async def conversation(self, call: Call[Nothing]) -> web.StreamResponse:
        """One conversation: who holds it, and its whole log."""
        view = await self._conversations.view(call.id, 0)
        if view is None:
            raise NotFound("There is no such conversation.")
        self._viewings.saw(call.caller.who, "conversation_viewed", About("conversation", view.conversation_id))
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
