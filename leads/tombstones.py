"""Marks of erased people: keyed hashes in the database and, so that an old backup cannot bring anybody back, in a file beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.models import Answer, Conversation, Lead, Tombstone
from leads.privacy_key import PrivacyKey

FILE = "tombstones.jsonl"
CONVERSATION, TOKEN, EMAIL, PHONE = "conversation", "token", "email", "phone"
_AT_ONCE = 5000


@dataclass(frozen=True)
class Mark:
    """One line of the file and one row of the table."""

    kind: str
    hash: str
    key: str
    reference: str
    at: str


def marks_of(key: PrivacyKey, values: Iterable[tuple[str, str]], reference: str, at: datetime) -> list[Mark]:
    """Marks for pairs of kind and value, none twice."""
    return [Mark(kind, key.hash(kind, value), key.id, reference, clock.iso(at)) for kind, value in dict.fromkeys(values)]


def contact_values(value: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """By what an answer's value leads to a person: the address in lower case, the number in international form."""
    value = value or {}
    found = []
    address, number = value.get("address") or value.get("email"), value.get("number")
    if isinstance(address, str) and "@" in address:
        found.append((EMAIL, address.strip().lower()))
    if isinstance(number, str) and number.startswith("+"):
        found.append((PHONE, number))
    return found


async def add(session: AsyncSession, marks: Sequence[Mark]) -> None:
    """Keep marks that are not known yet, in the caller's transaction."""
    known = await _known(session, [mark.hash for mark in marks])
    for mark in marks:
        if (mark.kind, mark.hash) not in known:
            session.add(
                Tombstone(kind=mark.kind, hash=mark.hash, key=mark.key, reference=mark.reference, at=datetime.fromisoformat(mark.at))
            )
    await session.flush()


async def of_token(session: AsyncSession, key: PrivacyKey, token_hash: str) -> str | None:
    """The reference of the erasure in which this token's conversation went."""
    query = select(Tombstone.reference).where(Tombstone.kind == TOKEN, Tombstone.hash == key.hash(TOKEN, token_hash))
    return await session.scalar(query)


def read_file(folder: Path) -> list[Mark]:
    """Every mark of the file; a line that a crash cut off is left out."""
    file = folder / FILE
    if not file.exists():
        return []
    marks = []
    for line in file.read_text("utf-8").splitlines():
        try:
            marks.append(Mark(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return marks


def add_to_file(folder: Path, marks: Iterable[Mark]) -> None:
    """Append marks, on the disk before this returns.

    Raises:
        OSError: the folder cannot be written.
    """
    lines = "".join(json.dumps(asdict(mark)) + "\n" for mark in marks)
    if not lines:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+", encoding="utf-8") as out:
        out.write(lines)
        out.flush()
        os.fsync(out.fileno())


async def compare(session: AsyncSession, folder: Path) -> tuple[list[Mark], list[Mark]]:
    """What only the file knows, and what only the database knows."""
    in_file = {(mark.kind, mark.hash): mark for mark in read_file(folder)}
    rows = await session.scalars(select(Tombstone))
    in_database = {(row.kind, row.hash): Mark(row.kind, row.hash, row.key, row.reference, clock.iso(row.at)) for row in rows}
    missing = [mark for place, mark in in_file.items() if place not in in_database]
    return missing, [mark for place, mark in in_database.items() if place not in in_file]


async def come_back(session: AsyncSession, keys: Mapping[str, PrivacyKey], marks: Sequence[Mark]) -> list[str]:
    """Conversations in the database that belong to erased people.

    Whoever left the same address after the erasure has come back of their own will: only what is older counts there.
    """
    wanted: dict[tuple[str, str], str] = {(mark.kind, mark.hash): mark.at for mark in marks}
    used = [key for name, key in keys.items() if any(mark.key == name for mark in marks)]
    if not used:
        return []
    found: dict[str, None] = {}
    conversations = await session.stream(select(Conversation.id, Conversation.token_hash).execution_options(yield_per=_AT_ONCE))
    async for conversation_id, token_hash in conversations:
        values = [(CONVERSATION, conversation_id)] + ([(TOKEN, token_hash)] if token_hash else [])
        if any((kind, key.hash(kind, value)) in wanted for key in used for kind, value in values):
            found[conversation_id] = None
    contacts = select(Lead.conversation_id, Answer.value, Answer.at).join(Lead, Lead.id == Answer.lead_id).where(Answer.value.is_not(None))
    async for conversation_id, value, at in await session.stream(contacts.execution_options(yield_per=_AT_ONCE)):
        for kind, plain in contact_values(value):
            erased = (wanted.get((kind, key.hash(kind, plain))) for key in used)
            if any(when is not None and clock.iso(at) <= when for when in erased):
                found[conversation_id] = None
    return list(found)


async def _known(session: AsyncSession, hashes: Sequence[str]) -> set[tuple[str, str]]:
    rows = await session.execute(select(Tombstone.kind, Tombstone.hash).where(Tombstone.hash.in_(hashes)))
    return {(kind, value) for kind, value in rows}
