"""Everything that is stored, encrypted anew with the first key, while everything runs; and how much is encrypted with which.

A value is replaced only as long as it is what was read, so whoever writes at the same moment wins, and the value is found again in the
next round. What was written under another key meanwhile is found then too; a round that finds nothing is the last one.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, CursorResult, Table, Text, and_, case, delete, func, or_, select, text, tuple_, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession

from leads.database import Database, open_sqlite
from leads.encryption import ID_LENGTH, MARK, SEALED, STAYS, CannotDecrypt, Cipher, is_sealed
from leads.models import Base, EncryptionKey, HubProcess
from leads.sealed import SealedJson, SealedText, raw

_AT_ONCE = 200  # rows in one transaction, so that nobody who chats waits for long
_ROUNDS = 20  # a hub that goes on writing with another key shall not keep this from ending; it is named then
_EMPTY_JSON = ("{}", "[]", "null")

type Key = tuple[Any, ...]


@dataclass(frozen=True)
class Count:
    """How many values of a table are encrypted with a key; the id of the key is empty for what is not encrypted."""

    table: str
    key: str
    values: int


@dataclass
class Done:
    """What a run has done. ``damaged`` are rows that no key opens, as they were; ``forgotten`` are keys that nothing needs any more."""

    values: int = 0
    damaged: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    hubs: list[str] = field(default_factory=list)  # that still encrypt with another key


def sealed_columns() -> dict[Table, list[Column[Any]]]:
    """The tables with columns that may be encrypted, and those columns."""
    found = {
        table: [column for column in table.columns if isinstance(column.type, SealedText | SealedJson)]
        for table in Base.metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


async def counts(session: AsyncSession) -> list[Count]:
    """How much is encrypted with which key, by table; what is never encrypted (empty, deleted) is not counted."""
    found: dict[tuple[str, str], int] = {}
    for table, columns in sealed_columns().items():
        for column in columns:
            key = case((_mark_of(column) == MARK, func.substr(_sealed(column), 2, ID_LENGTH)), else_="").label("key")
            each = select(key).where(_holds_something(column)).subquery()
            for key_id, count in await session.execute(select(each.c.key, func.count()).group_by(each.c.key)):
                found[(table.name, key_id)] = found.get((table.name, key_id), 0) + count
    return [Count(table, key_id, count) for (table, key_id), count in sorted(found.items())]


class Reencryption:
    """Brings every value to the first key of the database's cipher, or to plain text when that encrypts nothing."""

    def __init__(self, database: Database, progress: Callable[[str, int], None] = lambda _table, _values: None) -> None:
        """``progress`` is told the table and how many values of it were replaced so far."""
        self._database = database
        self._cipher = database.cipher
        self._progress = progress

    async def run(self) -> Done:
        """Until nothing is left; then keys that nothing is encrypted with are forgotten, unless a hub still uses one.

        Raises:
            DatabaseUnavailable: what was done stays; run it again.
        """
        done = Done()
        for table, columns in sealed_columns().items():
            damaged: set[Key] = set()
            before = done.values
            for _ in range(_ROUNDS):
                if not await self._round(table, columns, damaged, done, before):
                    break
            done.damaged += [f"{table.name} {', '.join(map(str, key))}" for key in damaged]
        await self._forget(done)
        if self._database.is_sqlite:
            await asyncio.to_thread(_empty_wal, self._database.url)
        return done

    async def _round(self, table: Table, columns: Sequence[Column[Any]], damaged: set[Key], done: Done, before: int) -> bool:
        """Once through a table; whether anything was found that could be replaced."""
        keys = list(table.primary_key.columns)
        left = or_(*(_is_left(column, self._cipher) for column in columns))
        wanted = select(*keys, *(_text(column) for column in columns)).where(left).order_by(*keys).limit(_AT_ONCE)
        after: Key | None = None
        found = False
        while True:
            async with self._database.read() as session:  # nobody has to wait while it is looked for
                batch = (await session.execute(wanted if after is None else wanted.where(tuple_(*keys) > after))).all()
            if not batch:
                return found
            after = tuple(batch[-1][: len(keys)])
            rows = {tuple(row[: len(keys)]): row[len(keys) :] for row in batch}
            async with self._database.write() as session:
                if self._database.is_sqlite:
                    await session.execute(text("PRAGMA secure_delete = ON"))  # overwrite what is replaced
                for place in rows.keys() - damaged:
                    try:
                        old = _not_right(columns, rows[place], self._cipher)
                        done.values += await self._replace(session, table, place, old)
                        found = found or bool(old)
                    except CannotDecrypt:
                        damaged.add(place)
            self._progress(table.name, done.values - before)

    async def _replace(self, session: AsyncSession, table: Table, place: Key, old: dict[Column[Any], str]) -> int:
        """Replace values of one row, if all of them are still what was read; they are sealed on their way in."""
        mine = [key == value for key, value in zip(table.primary_key.columns, place, strict=True)]
        mine += [_text(column) == was for column, was in old.items()]
        values = {column.name: _opened(column, was, self._cipher) for column, was in old.items()}
        if not values:
            return 0
        result = await session.execute(update(table).where(*mine).values(values))
        return len(old) if cast("CursorResult[Any]", result).rowcount else 0

    async def _forget(self, done: Done) -> None:
        first = self._cipher.first_id
        async with self._database.read() as session:
            needed = {count.key for count in await counts(session)}
        async with self._database.write() as session:
            known = set(await session.scalars(select(EncryptionKey.id))) - {first}
            hubs = (await session.execute(select(HubProcess.name, HubProcess.writes_with))).all()
            done.hubs = sorted(name for name, key_id in hubs if key_id != first)
            done.forgotten = sorted(known - needed - {key_id for _name, key_id in hubs})
            await session.execute(delete(EncryptionKey).where(EncryptionKey.id.in_(done.forgotten)))


def _empty_wal(url: str) -> None:
    """So that the old values do not linger beside the database; in vain while somebody reads."""
    connection = open_sqlite(url)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _not_right(columns: Sequence[Column[Any]], stored: Sequence[Any], cipher: Cipher) -> dict[Column[Any], str]:
    """The values of a row that are not as they should be, as they are stored."""
    return {column: was for column, was in zip(columns, stored, strict=True) if was is not None and not _is_right(column, was, cipher)}


def _text(column: Column[Any]) -> ColumnElement[str]:
    """The value as it is stored, to be compared with itself: PostgreSQL does not compare JSON."""
    return raw(column) if isinstance(column.type, SealedText) else sql_cast(column, Text())


def _sealed(column: Column[Any]) -> ColumnElement[str]:
    """The part of a value that may be encrypted."""
    return raw(column) if isinstance(column.type, SealedText) else column[SEALED].as_string()


def _mark_of(column: Column[Any]) -> ColumnElement[str]:
    return func.coalesce(func.substr(_sealed(column), 1, 1), "")


def _holds_something(column: Column[Any]) -> ColumnElement[bool]:
    nothing = tuple(STAYS) if isinstance(column.type, SealedText) else _EMPTY_JSON
    return _text(column).not_in(nothing)  # neither for what is NULL


def _is_left(column: Column[Any], cipher: Cipher) -> ColumnElement[bool]:
    """Whether a value is not as the cipher would store it now."""
    if cipher.first is None:
        return _mark_of(column) == MARK
    begins = func.coalesce(func.substr(_sealed(column), 1, len(cipher.writes)), "")
    return and_(_holds_something(column), begins != cipher.writes)


def _is_right(column: Column[Any], stored: str, cipher: Cipher) -> bool:
    """The same for one value that was read."""
    if isinstance(column.type, SealedText):
        sealed, empty = stored, stored in STAYS
    else:
        value = json.loads(stored)
        sealed, empty = (value[SEALED] if is_sealed(value) else ""), not value
    return empty or sealed.startswith(cipher.writes) if cipher.first else not sealed.startswith(MARK)


def _opened(column: Column[Any], stored: str, cipher: Cipher) -> Any:
    return cipher.open(stored) if isinstance(column.type, SealedText) else cipher.open_json(json.loads(stored))
