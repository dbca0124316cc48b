"""Erasing a person: every row of their conversations in one transaction, with marks, a signed report and a row in the audit log.

Rows are deleted, not blanked: a conversation whose lines are empty is of use to nobody, and who wrote how much at what time is still
about a person. Since the whole conversation goes, no ``seq`` is missing anywhere, and whatever comes late (a reply of the bot, a line
of an agent, a page) finds no conversation to belong to.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

from sqlalchemy import CursorResult, Result, Table, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from leads import audit, clock, tombstones
from leads.audit import About, Who
from leads.database import Database
from leads.models import Answer, Base, Consent, Conversation, Entry, Erasure, Identity, Lead, Presence, VisitorToken
from leads.privacy_key import PrivacyKey, all_keys, privacy_key
from leads.tombstones import Mark

log = logging.getLogger(__name__)

MOST = 500  # conversations in one transaction


@dataclass(frozen=True)
class Erased:
    """What was done; ``messages`` and ``answers`` are for the person, ``report`` is for the file."""

    reference: str
    conversations: tuple[str, ...]
    messages: int
    answers: int
    report: dict[str, Any]


class Eraser:
    """Erases by ids of conversations. ``folder`` is the data folder, where marks are kept beside the database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._key: PrivacyKey | None = None

    async def key(self) -> PrivacyKey:
        """The key of marks and reports."""
        if self._key is None:
            self._key = await privacy_key(self._database, self._folder)
        return self._key

    async def erase(
        self, conversation_ids: Iterable[str], who: Who, also: Sequence[tuple[str, str]] = (), known: Sequence[Mark] = ()
    ) -> Erased | None:
        """Erase conversations with everything that belongs to them; ``None`` when there is none of them (any more).

        Args:
            also: further pairs of kind (``email``, ``phone``) and value by which the person is recognised.
            known: marks of an earlier erasure that stay as they are.

        Raises:
            DatabaseUnavailable: nothing was erased.
        """
        key, reference, at = await self.key(), token_hex(5), clock.now()
        async with self._database.write() as session:
            wanted = Conversation.id.in_(list(conversation_ids)[:MOST])
            rows = list(await session.scalars(select(Conversation).where(wanted).order_by(Conversation.id).with_for_update()))
            if not rows:
                return None
            ids = [row.id for row in rows]
            values = [*also, *await _recognised_by(session, rows)]
            earlier = {(mark.kind, mark.hash): mark for mark in known}
            made = tombstones.marks_of(key, values, reference, at)
            marks = [earlier.get((mark.kind, mark.hash), mark) for mark in made]
            proof = await _consents(session, ids)
            messages = await _count(session, Entry, ids)
            counts = await delete_conversations(session, ids)
            await tombstones.add(session, marks)
            by = {"kind": who.kind, "id": who.id}
            content = {"reference": reference, "at": clock.iso(at), "by": by, "conversations": ids, "messages": messages, "tables": counts}
            report = key.sign({**content, "marks": len(marks), "consents": proof})
            senders = [row.sender_id for row in rows]
            session.add(Erasure(reference=reference, at=at, conversations=ids, senders=senders, report=report, bots_at=None))
            await session.flush()
            for one in ids:
                await audit.note(session, who, "erased", About("conversation", one), reference=reference, **counts)
        self._keep([mark for mark in marks if mark not in known])
        return Erased(reference, tuple(ids), messages, counts.get("answers", 0), report)

    async def keep_away(self) -> list[Erased]:
        """At a start and after a restore: erase again whoever a backup has brought back, and make file and database know the same marks.

        Raises:
            DatabaseUnavailable: it has to be done again.
        """
        key = await self.key()
        async with self._database.read() as session:
            missing, unkept = await tombstones.compare(session, self._folder)
            back = await tombstones.come_back(session, all_keys(self._folder, key), missing) if missing else []
        done = []
        for place in range(0, len(back), MOST):
            done.append(await self.erase(back[place : place + MOST], Who("job", "tombstones"), known=missing))
        if missing:
            async with self._database.write() as session:
                await tombstones.add(session, missing)
        self._keep(unkept)
        return [one for one in done if one is not None]

    def _keep(self, marks: Sequence[Mark]) -> None:
        """A folder that cannot be written now gets the marks at the next start; the person is erased all the same."""
        try:
            tombstones.add_to_file(self._folder, marks)
        except OSError as error:
            log.error("%d marks of erased people could not be written beside the database: %s", len(marks), error.strerror)

    async def erased_with(self, token_hash: str) -> Erased | None:
        """The erasure in which the conversation of this token went, if there was one."""
        key = await self.key()
        async with self._database.read() as session:
            reference = await tombstones.of_token(session, key, token_hash)
            if reference is None:
                return None
            row = await session.scalar(select(Erasure).where(Erasure.reference == reference))
        return as_told(reference, row)


def as_told(reference: str, row: Erasure | None) -> Erased:
    """An erasure as it was registered; without numbers when only its mark is known, after a restore."""
    report: dict[str, Any] = row.report if row else {}
    ids = tuple(row.conversations) if row else ()
    return Erased(reference, ids, report.get("messages", 0), report.get("tables", {}).get("answers", 0), report)


def tables_of_conversations() -> list[Table]:
    """Every table with rows that belong to one conversation, in an order in which they can be deleted."""
    return [table for table in reversed(Base.metadata.sorted_tables) if {"conversation_id", "lead_id"} & set(table.columns.keys())]


async def delete_conversations(session: AsyncSession, ids: Sequence[str]) -> dict[str, int]:
    """Delete conversations with every row that belongs to them, in the caller's transaction; the number of rows by table."""
    leads = select(Lead.id).where(Lead.conversation_id.in_(ids))
    counts: dict[str, int] = {}
    for table in tables_of_conversations():
        column = table.columns.get("conversation_id")
        mine = column.in_(ids) if column is not None else table.columns["lead_id"].in_(leads)
        counts[table.name] = _deleted(await session.execute(delete(table).where(mine)))
    await session.execute(delete(Presence).where(Presence.kind == "visitor", Presence.key.in_(ids)))
    counts["conversations"] = _deleted(await session.execute(delete(Conversation).where(Conversation.id.in_(ids))))
    return counts


async def chain(session: AsyncSession, conversation_id: str) -> list[str]:
    """A conversation and those which the same visitor had before: each begun anew from the one before, or by a user whom the site has
    signed as the same."""
    found: list[str] = []
    current: str | None = conversation_id
    while current is not None and current not in found and len(found) < MOST:
        found.append(current)
        current = await session.scalar(select(Conversation.earlier_id).where(Conversation.id == current))
    me = select(Identity.site, Identity.user_id).where(Identity.conversation_id.in_(found))
    same = select(Identity.conversation_id).where(tuple_(Identity.site, Identity.user_id).in_(me))
    return list(dict.fromkeys([*found, *await session.scalars(same.limit(MOST))]))[:MOST]


def _deleted(result: Result[*tuple[Any, ...]]) -> int:
    return cast("CursorResult[*tuple[Any, ...]]", result).rowcount


async def _recognised_by(session: AsyncSession, rows: Sequence[Conversation]) -> list[tuple[str, str]]:
    ids = [row.id for row in rows]
    values = [(tombstones.CONVERSATION, row.id) for row in rows]
    values += [(tombstones.TOKEN, row.token_hash) for row in rows if row.token_hash]
    later = select(VisitorToken.token_hash).where(VisitorToken.conversation_id.in_(ids))
    values += [(tombstones.TOKEN, token_hash) for token_hash in await session.scalars(later)]
    signed = select(Identity.email).where(Identity.conversation_id.in_(ids), Identity.email.is_not(None))
    values += [(tombstones.EMAIL, email.lower()) for email in await session.scalars(signed) if email]
    answers = select(Answer.value).join(Lead, Lead.id == Answer.lead_id).where(Lead.conversation_id.in_(ids), Answer.value.is_not(None))
    for value in await session.scalars(answers):
        values += tombstones.contact_values(value)
    return values


async def _consents(session: AsyncSession, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The proof that consent was given and withdrawn, without the person."""
    rows = await session.scalars(select(Consent).where(Consent.conversation_id.in_(ids)).order_by(Consent.id))
    return [{"purpose": row.purpose, "given": row.given, "text_hash": row.text_hash, "at": clock.iso(row.at)} for row in rows]


async def _count(session: AsyncSession, table: type[Entry], ids: Sequence[str]) -> int:
    mine = (table.conversation_id.in_(ids), table.author == "visitor", table.kind.in_(("message", "choice", "contact")))
    return await session.scalar(select(func.count()).select_from(table).where(*mine)) or 0
