"""Everything that is stored about a person, for them: every row of every table that belongs to their conversations, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from leads import audit, clock
from leads.audit import Wanted
from leads.erasure import tables_of_conversations
from leads.export import safe_cell
from leads.models import Base, Lead

# What opens or runs things and says nothing about the person.
LEFT_OUT = {
    "conversations": {"token_hash", "sender_id", "served_by"},
    "choices": {"id", "payload"},
    "visitor_tokens": {"token_hash"},
}
ABOUT = """This archive holds everything that is stored about you: person.json in one piece, and the same as tables in csv/.

conversations, entries  the chats and each line in them
leads, answers          what was noted of your answers, as you said it and as it was understood, and the score with its reasons
lead_events             pages you looked at and topics you asked about
consents                what you agreed to or took back, with the words, when and where
handoffs                when a person was called
turns, choices          messages on their way to the assistant, and buttons you were offered
audit                   who looked at, changed or exported this

Left out are secrets by which your browser is recognised.
"""

type Rows = dict[str, list[dict[str, Any]]]


async def gather(session: AsyncSession, conversation_ids: Sequence[str]) -> Rows:
    """Every row about these conversations by table, and the rows of the audit log about them."""
    rows: Rows = {"conversations": await _rows(session, Base.metadata.tables["conversations"], "id", conversation_ids)}
    leads = list(await session.scalars(select(Lead.id).where(Lead.conversation_id.in_(conversation_ids))))
    for table in reversed(tables_of_conversations()):
        by_lead = "conversation_id" not in table.columns
        rows[table.name] = await _rows(session, table, "lead_id" if by_lead else "conversation_id", leads if by_lead else conversation_ids)
    rows["audit"] = [audit.shown(row) for one in conversation_ids async for row in audit.rows(session, Wanted(about=one))]
    return rows


def write_zip(file: Path, rows: Rows, at: datetime) -> None:
    """One archive with ``person.json``, ``csv/<table>.csv`` and a word about what is in it.

    Raises:
        OSError: it cannot be written.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", ABOUT)
        archive.writestr("person.json", json.dumps({"made_at": clock.iso(at), **rows}, ensure_ascii=False, indent=2))
        for name, table in rows.items():
            if table:
                archive.writestr(f"csv/{name}.csv", _csv(table))


async def _rows(session: AsyncSession, table: Table, key: str, values: Sequence[str]) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in LEFT_OUT.get(table.name, ())]
    query = select(*columns).where(table.columns[key].in_(values)).order_by(*table.primary_key.columns)
    return [{name: _plain(value) for name, value in row.items()} for row in (await session.execute(query)).mappings()]


def _plain(value: Any) -> Any:
    return clock.iso(value) if isinstance(value, datetime) else value


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
    return out.getvalue()


def _cell(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if isinstance(value, dict | list) else safe_cell(value)
