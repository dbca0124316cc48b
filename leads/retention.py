"""What is deleted because it is old: words, pages, whole leads, rows of the audit log; each kind after its own time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from leads import audit
from leads.audit import Who
from leads.database import Database
from leads.erasure import delete_conversations
from leads.models import Answer, AuditRow, Choice, Consent, Conversation, Entry, Lead, LeadEvent, Turn
from leads.withdrawal import INSTEAD

JOB = Who("job", "retention")
DONE = "retention"  # what the audit log calls a whole run
_AT_ONCE = 200  # conversations in one transaction, so that nobody who chats waits for long


@dataclass(frozen=True)
class Ages:
    """Days after the last word; 0: for ever."""

    transcripts: int
    pages: int
    leads: int
    audit: int


class Retention:
    """Deletes what is too old. Every step can be broken off and done again."""

    def __init__(self, database: Database, ages: Ages) -> None:
        self._database = database
        self._ages = ages

    async def last_run(self) -> datetime | None:
        """When a run was finished last."""
        async with self._database.read() as session:
            query = select(AuditRow.at).where(AuditRow.what == DONE).order_by(AuditRow.id.desc()).limit(1)
            found: datetime | None = await session.scalar(query)
            return found

    async def due(self, now: datetime) -> dict[str, int]:
        """How much a run would delete now: conversations by kind, pages and rows of the audit log."""
        old = {kind: now - timedelta(days=days) for kind, days in vars(self._ages).items() if days}
        queries: dict[str, Callable[[datetime], Select[int]]] = {
            "leads": lambda cut: select(func.count()).select_from(Conversation).where(_quiet(cut)),
            "transcripts": lambda cut: select(func.count()).select_from(Conversation).where(_wordy(cut)),
            "pages": lambda cut: select(_count(LeadEvent.id, _page(cut)) + _count(Consent.id, _consent_page(cut))),
            "audit": lambda cut: select(func.count()).select_from(AuditRow).where(AuditRow.at < cut),
        }
        async with self._database.read() as session:
            return {kind: (await session.scalar(query(old[kind])) or 0) if kind in old else 0 for kind, query in queries.items()}

    async def run(self, now: datetime, who: Who = JOB) -> dict[str, int]:
        """Delete what is due, in small transactions; gives the counts, which the audit log gets as well.

        Raises:
            DatabaseUnavailable: the rest is left for the next run.
        """
        async with self._database.patiently() as database:
            return await Retention(database, self._ages)._run(now, who)

    async def _run(self, now: datetime, who: Who) -> dict[str, int]:
        counts = {
            "leads": await self._leads(now - timedelta(days=self._ages.leads)) if self._ages.leads else 0,
            "transcripts": await self._transcripts(now - timedelta(days=self._ages.transcripts)) if self._ages.transcripts else 0,
            "pages": await self._pages(now - timedelta(days=self._ages.pages)) if self._ages.pages else 0,
            "audit": await self._audit(now - timedelta(days=self._ages.audit), who) if self._ages.audit else 0,
        }
        async with self._database.write() as session:
            await audit.note(session, who, DONE, None, **counts)
        return counts

    async def _leads(self, cut: datetime) -> int:
        """Whole conversations, with their leads."""
        return await self._each_batch(_conversations(_quiet(cut)), delete_conversations)

    async def _transcripts(self, cut: datetime) -> int:
        """What was written: the lines stay as numbers and times, so that no log has a gap; the lead stays."""
        return await self._each_batch(_conversations(_wordy(cut)), _blank)

    async def _pages(self, cut: datetime) -> int:
        """Those that were looked at, and those on which somebody agreed: that they did is kept, where they stood is not."""
        seen = await self._each_batch(select(LeadEvent.id).where(_page(cut)).limit(_AT_ONCE * 5), _forget_pages)
        return seen + await self._each_batch(select(Consent.id).where(_consent_page(cut)).limit(_AT_ONCE * 5), _forget_consent_pages)

    async def _each_batch[Id](self, old: Select[Id], forget: Callable[[AsyncSession, list[Id]], Awaitable[object]]) -> int:
        """Do it to what is old, a batch in each transaction, until nothing is; gives how many there were."""
        done = 0
        while True:
            async with self._database.write() as session:
                ids = list(await session.scalars(old))
                if not ids:
                    return done
                await forget(session, ids)
            done += len(ids)

    async def _audit(self, cut: datetime, who: Who) -> int:
        """The oldest rows; a new one says up to where, so that the chain can still be verified."""
        async with self._database.write() as session:
            newest = select(AuditRow.id, AuditRow.hash).where(AuditRow.at < cut).order_by(AuditRow.id.desc()).limit(1)
            last = (await session.execute(newest)).first()
            if last is None:
                return 0
            count = await session.scalar(select(func.count()).select_from(AuditRow).where(AuditRow.id <= last.id)) or 0
            await audit.note(session, who, audit.CUT, last=last.id, hash=last.hash, rows=count)  # first, so that the chain goes on
            await session.execute(delete(AuditRow).where(AuditRow.id <= last.id))
            return count


def _conversations(old: ColumnElement[bool]) -> Select[str]:
    return select(Conversation.id).where(old).limit(_AT_ONCE).with_for_update(skip_locked=True)


async def _blank(session: AsyncSession, conversation_ids: list[str]) -> None:
    mine = (Entry.conversation_id.in_(conversation_ids), Entry.text != "")
    await session.execute(update(Entry).where(*mine).values(text=INSTEAD))
    for lead in await session.scalars(select(Lead).where(Lead.conversation_id.in_(conversation_ids))):
        lead.receipt = _without_words(lead.receipt)
    leads = select(Lead.id).where(Lead.conversation_id.in_(conversation_ids))
    await session.execute(update(Answer).where(Answer.lead_id.in_(leads), Answer.said != "").values(said=INSTEAD))
    await session.execute(delete(Choice).where(Choice.conversation_id.in_(conversation_ids)))
    await session.execute(delete(Turn).where(Turn.conversation_id.in_(conversation_ids)))


def _without_words(receipt: dict[str, Any]) -> dict[str, Any]:
    """The points and why they were given stay, the visitor's own words beside them do not."""
    entries = [{**entry, "said": INSTEAD} if entry.get("said") else entry for entry in receipt.get("entries", [])]
    return {**receipt, "entries": entries} if "entries" in receipt else receipt


async def _forget_pages(session: AsyncSession, ids: list[int]) -> None:
    await session.execute(delete(LeadEvent).where(LeadEvent.id.in_(ids)))


async def _forget_consent_pages(session: AsyncSession, ids: list[int]) -> None:
    await session.execute(update(Consent).where(Consent.id.in_(ids)).values(page=None))


def _count(column: InstrumentedAttribute[int], old: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count(column)).where(old).scalar_subquery()


def _quiet(cut: datetime) -> ColumnElement[bool]:
    return (Conversation.last_at < cut) & Conversation.started_at.is_not(None)


def _wordy(cut: datetime) -> ColumnElement[bool]:
    said = exists().where(Entry.conversation_id == Conversation.id, Entry.text.not_in(("", INSTEAD)))
    return (Conversation.last_at < cut) & said & Conversation.started_at.is_not(None)


def _page(cut: datetime) -> ColumnElement[bool]:
    return (LeadEvent.name == "page") & (LeadEvent.at < cut)


def _consent_page(cut: datetime) -> ColumnElement[bool]:
    return Consent.page.is_not(None) & (Consent.at < cut)
