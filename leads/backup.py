"""Backups: one archive with every row of every table and a manifest with hashes, of either database and into either."""

from __future__ import annotations

import hashlib
import json
import tarfile
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, ColumnElement, DateTime, MetaData, Table, func, insert, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncConnection

from leads import clock, schema
from leads.database import Database
from leads.encryption import SETTING
from leads.key_register import KeyMissing, check_keys
from leads.models import Base
from leads.sealed import stored_type
from leads.tables import UtcDateTime

MANIFEST = "manifest.json"
FORMAT = 1
NOT_KEPT = frozenset({"hubs", "leases", "presence"})  # true only while a hub runs
# A first start has made them already.
_OF_A_NEW_ONE = frozenset({"shared_keys", "agents", "agent_sessions", "widget_loaders", "encryption_keys"})
_AT_ONCE = 500


class BackupError(Exception):
    """The archive cannot be used, or the database may not be overwritten; the message says why."""


@dataclass(frozen=True)
class Part:
    """One table in the archive."""

    table: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What the archive holds; ``revision`` is that of the database's tables."""

    format: int
    made_at: str
    revision: str
    parts: tuple[Part, ...]


async def back_up(database: Database, file: Path) -> Manifest:
    """Write every row of every table, all as of one moment, while everything runs. The archive appears whole or not at all.

    Raises:
        DatabaseUnavailable, OSError: there is no archive.
    """
    made = clock.iso(clock.now())
    revision = await schema.current(database.url) or ""
    with tempfile.TemporaryDirectory(dir=file.resolve().parent, prefix=".backup-") as folder:
        parts = []
        async with _one_moment(database) as connection:
            for table in kept_tables():
                parts.append(await _write(connection, table, Path(folder) / f"{table.name}.jsonl"))
        manifest = Manifest(FORMAT, made, revision, tuple(parts))
        Path(folder, MANIFEST).write_text(json.dumps(_plain(manifest), indent=2) + "\n", "utf-8")
        whole = Path(folder) / "whole"
        with tarfile.open(whole, "w:gz") as archive:
            for name in [MANIFEST, *(f"{part.table}.jsonl" for part in parts)]:
                archive.add(Path(folder) / name, name)
        whole.chmod(0o600)
        whole.replace(file)
    return manifest


async def restore(database: Database, file: Path, *, force: bool = False) -> Manifest:
    """Put a backup into a database of the same revision, in one transaction; ``force`` replaces what is there.

    Raises:
        BackupError: the archive is damaged or of another revision, or the database is not empty; nothing was changed.
        DatabaseUnavailable: nothing was changed.
    """
    manifest = check(file)
    if manifest.revision != schema.expected():
        raise BackupError(f"The backup has revision {manifest.revision} of the tables, this version works with {schema.expected()}.")
    async with database.engine.execution_options(handraise_begin="IMMEDIATE").begin() as connection:
        if not force and not await _is_empty(connection):
            raise BackupError("The database is not empty.")
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(table.delete())
        with tarfile.open(file) as archive:
            for part in manifest.parts:
                await _read(connection, Base.metadata.tables[part.table], archive.extractfile(f"{part.table}.jsonl"))
        try:
            await check_keys(connection, database.cipher)
        except KeyMissing as error:
            keys = ", ".join(error.ids)
            raise BackupError(f"The backup holds what was encrypted with the key {keys}, which {SETTING} does not have.") from error
    return manifest


def check(file: Path) -> Manifest:
    """The manifest of an archive whose parts are all there as they were written.

    Raises:
        BackupError: one is not, or it is no backup.
    """
    try:
        with tarfile.open(file) as archive:
            told = archive.extractfile(MANIFEST)
            content = json.loads(told.read() if told else b"")
            parts = tuple(Part(**part) for part in content.pop("parts"))
            for part in parts:
                found = archive.extractfile(f"{part.table}.jsonl")
                digest = hashlib.file_digest(found, "sha256").hexdigest() if found else ""  # type: ignore[arg-type]
                if digest != part.sha256 or part.table not in Base.metadata.tables:
                    raise BackupError(f"The table {part.table} in the backup is not as it was written.")
            manifest = Manifest(**content, parts=parts)
    except (OSError, EOFError, ValueError, KeyError, TypeError, tarfile.TarError) as error:
        raise BackupError(f"This is no backup of Handraise, or it is damaged: {error}") from error
    if manifest.format != FORMAT:
        raise BackupError(f"The backup has format {manifest.format}, this version reads {FORMAT}.")
    return manifest


def kept_tables() -> list[Table]:
    """The tables of a backup, in an order in which they can be filled."""
    return [table for table in Base.metadata.sorted_tables if table.name not in NOT_KEPT]


@asynccontextmanager
async def _one_moment(database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection that sees everything as of now; SQLite's read transactions do, PostgreSQL's have to be asked."""
    engine = database.engine if database.is_sqlite else database.engine.execution_options(isolation_level="REPEATABLE READ")
    async with engine.connect() as connection:
        yield connection


async def _write(connection: AsyncConnection, table: Table, file: Path) -> Part:
    digest, count = hashlib.sha256(), 0
    with file.open("wb") as out:
        everything = select(*_as_stored(table)).order_by(*table.primary_key.columns)
        rows = await connection.stream(everything, execution_options={"yield_per": _AT_ONCE})
        async for row in rows.mappings():
            line = (json.dumps({name: _told(value) for name, value in row.items()}, ensure_ascii=False) + "\n").encode()
            digest.update(line)
            out.write(line)
            count += 1
    return Part(table.name, count, digest.hexdigest())


async def _read(connection: AsyncConnection, table: Table, lines: Any) -> None:
    bare = _bare(table)
    times = [column.name for column in table.columns if isinstance(column.type, UtcDateTime | DateTime)]
    for some in _batches(lines):
        rows = [_row(line, times) for line in some]
        await connection.execute(insert(bare), rows)
    numbered = next((column for column in table.primary_key.columns if column.autoincrement is True), None)
    if numbered is not None and connection.dialect.name == "postgresql":  # the next number is none that is taken
        newest = select(func.max(numbered)).scalar_subquery()
        await connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, numbered.name), newest)))


async def _is_empty(connection: AsyncConnection) -> bool:
    for table in kept_tables():
        if table.name not in _OF_A_NEW_ONE and await connection.scalar(select(func.count()).select_from(table)):
            return False
    return True


def _as_stored(table: Table) -> list[ColumnElement[Any]]:
    """The columns of a table, with what is encrypted left so."""
    return [type_coerce(column, stored_type(column)) for column in table.columns]


def _bare(table: Table) -> Table:
    """The same table for writing, with what is encrypted taken as it is."""
    return Table(table.name, MetaData(), *(Column(column.name, stored_type(column)) for column in table.columns))


def _batches(lines: Any) -> Iterator[list[bytes]]:
    some: list[bytes] = []
    for line in lines:
        some.append(line)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _row(line: bytes, times: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(line)
    return {**row, **{name: datetime.fromisoformat(row[name]) for name in times if row.get(name) is not None}}


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {**vars(manifest), "parts": [vars(part) for part in manifest.parts]}
