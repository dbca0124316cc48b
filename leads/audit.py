"""The audit log: who saw, changed, exported or erased what. Append-only, each row holds the hash of the one before."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.audit_kinds import KINDS
from leads.models import AuditRow

FIRST = "0" * 64  # what the first row holds in place of the hash of the one before
CUT = "audit_cut"  # the row that says up to where old rows were deleted, and what hash the last of them had
WHO = ("agent", "token", "command", "visitor", "job")
_LOCK = 0x61756474  # any number; PostgreSQL transactions that add rows take turns
_NAME = re.compile(r"[A-Za-z0-9_.:/+-]{0,64}")  # no room for an address, a name or a sentence
_AT_ONCE = 100  # the hub reads them, too, and does nothing else meanwhile

type Value = str | int | bool | list[str]


@dataclass(frozen=True)
class Who:
    """Who did it: ``agent`` (id of the account), ``token`` (id of the API token), ``command`` (name of the command),
    ``visitor`` (id of the conversation) or ``job`` (name of the job)."""

    kind: str
    id: str


@dataclass(frozen=True)
class About:
    """An object by kind and id, such as ``conversation`` or ``agent``."""

    kind: str
    id: str


@dataclass(frozen=True)
class Wanted:
    """Which rows are looked for; whatever is left out does not matter."""

    who: str | None = None  # kind or id
    what: str | None = None  # a verb, or a kind of them
    about: str | None = None  # id
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """What :func:`verify` found: the number of rows, and the first one that is not as it was written."""

    rows: int
    broken: int | None = None
    reason: str = ""


async def note(session: AsyncSession, who: Who, what: str, about: About | None = None, **data: Value) -> None:
    """Add a row in the caller's writing transaction: it stays if the transaction does.

    Call it last in the transaction: until the commit nobody else can add a row. ``what`` is a verb such as ``lead_viewed``;
    ``data`` holds numbers and short names (of fields, of settings), never what somebody said or is called.

    Raises:
        ValueError: something in it could be personal data; nothing was added.
    """
    about = about or About("", "")
    _check(who, what, about, data)
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = (await session.execute(select(AuditRow.id, AuditRow.hash).order_by(AuditRow.id.desc()).limit(1))).first()
    now = clock.now()
    row = AuditRow(
        id=last.id + 1 if last else 1,
        at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        who_kind=who.kind,
        who_id=who.id,
        what=what,
        about_kind=about.kind,
        about_id=about.id,
        data=dict(data),
        before=last.hash if last else FIRST,
    )
    row.hash = hash_of(row)
    session.add(row)
    await session.flush()


def hash_of(row: AuditRow) -> str:
    """The hash over everything in a row and the hash of the one before."""
    content = [row.id, clock.iso(row.at), row.who_kind, row.who_id, row.what, row.about_kind, row.about_id, row.data, row.before]
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


async def verify(session: AsyncSession) -> Verdict:
    """Look at every row: none changed, none missing in between, none put in.

    To be given a snapshot: what is deleted for its age meanwhile, with the row that says so, would be missing to it.
    """
    count, before = 0, None
    cuts = {(row.data.get("last"), row.data.get("hash")) async for row in rows(session, Wanted(what=CUT))}
    async for row in rows(session, Wanted()):
        count += 1
        if before is None:
            if row.id != 1 and (row.id - 1, row.before) not in cuts:
                return Verdict(count, row.id, "the rows before it are missing, and no row says that they were deleted for their age")
            if row.id == 1 and row.before != FIRST:
                return Verdict(count, row.id, "it does not begin the log")
        elif row.id != before.id + 1:
            return Verdict(count, before.id + 1, "it is missing")
        elif row.before != before.hash:
            return Verdict(count, row.id, "it does not follow the row before it")
        if row.hash != hash_of(row):
            return Verdict(count, row.id, "its content was changed")
        before = row
    return Verdict(count)


async def rows(session: AsyncSession, wanted: Wanted) -> AsyncIterator[AuditRow]:
    """The rows that fit, oldest first."""
    after = 0
    while found := await next_rows(session, wanted, after):
        after = found[-1].id
        for row in found:
            yield row
            session.expunge(row)


async def next_rows(session: AsyncSession, wanted: Wanted, after: int) -> list[AuditRow]:
    """Some of the rows that fit, oldest first: those behind row number ``after``."""
    return list(await session.scalars(_that_fit(wanted).where(AuditRow.id > after).order_by(AuditRow.id).limit(_AT_ONCE)))


async def newest(session: AsyncSession, wanted: Wanted, most: int, below: int | None = None) -> list[AuditRow]:
    """The newest rows that fit, newest first; ``below``: only those with a smaller number."""
    query = _that_fit(wanted).order_by(AuditRow.id.desc()).limit(most)
    return list(await session.scalars(query if below is None else query.where(AuditRow.id < below)))


def shown(row: AuditRow) -> dict[str, Any]:
    """A row as the command line and the API show it."""
    return {
        "id": row.id,
        "at": clock.iso(row.at),
        "who": {"kind": row.who_kind, "id": row.who_id},
        "what": row.what,
        "about": {"kind": row.about_kind, "id": row.about_id} if row.about_kind else None,
        "data": row.data,
        "hash": row.hash,
    }


def _that_fit(wanted: Wanted) -> Select[AuditRow]:
    query = select(AuditRow)
    if wanted.who:
        query = query.where((AuditRow.who_kind == wanted.who) | (AuditRow.who_id == wanted.who))
    if wanted.what:
        query = query.where(AuditRow.what.in_(sorted(KINDS.get(wanted.what, (wanted.what,)))))
    if wanted.about:
        query = query.where(AuditRow.about_id == wanted.about)
    if wanted.since:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until:
        query = query.where(AuditRow.at < wanted.until)
    return query


def _check(who: Who, what: str, about: About, data: Mapping[str, Value]) -> None:
    if who.kind not in WHO:
        raise ValueError(f"who: one of {', '.join(WHO)}, not {who.kind!r}")
    words = [who.id, what, about.kind, about.id, *data]
    for value in data.values():
        words += value if isinstance(value, list) else [value] if isinstance(value, str) else []
    if not all(_NAME.fullmatch(word) for word in words):
        raise ValueError("the audit log takes ids, numbers and short names only")
