"""The audit log over HTTP, for admins: its rows, the same as a file, and whether it is whole."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from leads import audit
from leads.audit import Wanted, Who
from leads.database import Database
from leads.export import safe_cell
from leads.models import Agent, ApiToken, AuditRow
from webhook.answers import AuditChain, AuditPage
from webhook.bodies import AuditExportWanted, AuditSought, AuditWanted
from webhook.console_routes import Call, ConsoleRoute, answer, plain
from webhook.permissions import Permission
from webhook.schemas import Nothing
from webhook.viewings import Viewings

_PAGE = 100
_FORMS = {"csv": "text/csv", "jsonl": "application/jsonl"}
_COLUMNS = ("id", "at", "who_kind", "who_id", "what", "about_kind", "about_id", "data", "hash")


class AuditApi:
    """Handlers of `/console/api/audit`."""

    def __init__(self, database: Database, viewings: Viewings) -> None:
        self._database = database
        self._viewings = viewings
        self._checking = asyncio.Lock()  # it reads the whole log: one at a time

    def routes(self) -> list[ConsoleRoute[Any]]:
        """What is served, and to whom."""
        may, files = Permission.MANAGE_PEOPLE, tuple(sorted(_FORMS.values()))
        return [
            ConsoleRoute("GET", "/audit", may, self.rows, AuditWanted, AuditPage),
            ConsoleRoute("GET", "/audit/export", may, self.export, AuditExportWanted, None, media=files),
            plain("GET", "/audit/chain", may, self.chain, AuditChain),
        ]

    async def rows(self, call: Call[AuditWanted]) -> web.StreamResponse:
        """The newest rows that fit, newest first; `what` is a verb or a kind of them; `below` gives those before a row."""
        async with self._database.read() as session:
            found = await audit.newest(session, _wanted(call.asked), _PAGE + 1, call.asked.below)
            page = found[:_PAGE]
            names = await _names(session, page)
        self._viewings.saw(call.caller.who, "audit_viewed")
        return answer({"rows": [audit.shown(row) for row in page], "names": names, "more": len(found) > _PAGE})

    async def export(self, call: Call[AuditExportWanted]) -> web.StreamResponse:
        """Every row that fits, oldest first, as CSV or as lines of JSON, sent while it is read."""
        form = call.asked.format
        async with self._database.write() as session:
            await audit.note(session, Who(*call.caller.who), "audit_exported", format=form)
        headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="audit.{form}"'}
        response = web.StreamResponse(headers=headers)
        response.content_type, response.charset = _FORMS[form], "utf-8"
        await response.prepare(call.request)
        if form == "csv":
            await response.write(_csv_line(_COLUMNS).encode())
        async for row in self._every(_wanted(call.asked)):
            await response.write((_csv_line(_cells(row)) if form == "csv" else json.dumps(audit.shown(row)) + "\n").encode())
        await response.write_eof()
        return response

    async def _every(self, wanted: Wanted) -> AsyncIterator[AuditRow]:
        """Rows for somebody who may read slowly: no transaction is open meanwhile, which PostgreSQL would end after some seconds."""
        after = 0
        while True:
            async with self._database.read() as session:
                found = await audit.next_rows(session, wanted, after)
            for row in found:
                yield row
            if not found:
                return
            after = found[-1].id

    async def chain(self, call: Call[Nothing]) -> web.StreamResponse:
        """Looks at every row: none changed, none missing in between, none put in."""
        async with self._checking, self._database.snapshot() as session:
            verdict = await audit.verify(session)
            last = await audit.newest(session, Wanted(), 1)
        found = {"whole": verdict.broken is None, "rows": verdict.rows, "broken": verdict.broken, "reason": verdict.reason}
        return answer(found | {"last": last[0].hash if last else audit.FIRST})


def _wanted(asked: AuditSought) -> Wanted:
    return Wanted(asked.who or None, asked.what or None, asked.about or None, asked.since, asked.until)


async def _names(session: AsyncSession, rows: Sequence[AuditRow]) -> dict[str, str]:
    """What the accounts and tokens in these rows are called now: the log itself holds no name."""
    named = {(row.who_kind, row.who_id) for row in rows} | {(row.about_kind, row.about_id) for row in rows}
    agents = select(Agent.id, func.coalesce(func.nullif(Agent.name, ""), Agent.email)).where(
        Agent.id.in_(sorted(id for kind, id in named if kind == "agent"))
    )
    tokens = select(ApiToken.id, ApiToken.name).where(ApiToken.id.in_(sorted(id for kind, id in named if kind == "token")))
    return {id: name for query in (agents, tokens) for id, name in await session.execute(query)}


def _cells(row: AuditRow) -> list[str]:
    about = [row.about_kind, row.about_id, json.dumps(row.data, sort_keys=True), row.hash]
    cells = [row.id, audit.shown(row)["at"], row.who_kind, row.who_id, row.what, *about]
    return [safe_cell(cell) for cell in cells]


def _csv_line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
