"""Ways for a database to be away under a running hub, and back; the hub is not told."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from tests.databases import new_database, new_file
from tests.faults.postgres import Postgres
from tests.small_disk import fill, small_disk

type Outage = Callable[[], AbstractAsyncContextManager[None]]  # the database is away inside the block
type Away = Callable[[Path], AbstractAsyncContextManager[tuple[str, Outage]]]  # gives the database's address and its outage


@asynccontextmanager
async def killed_postgres(_folder: Path) -> AsyncIterator[tuple[str, Outage]]:
    """PostgreSQL ends without a word."""
    async with _own_postgres() as server:
        yield await new_database(server.url), lambda: _between(server.stop, server.start)


@asynccontextmanager
async def frozen_postgres(_folder: Path) -> AsyncIterator[tuple[str, Outage]]:
    """PostgreSQL is there, and does not answer."""
    async with _own_postgres() as server:
        yield await new_database(server.url), lambda: _between(server.freeze, server.thaw)


@asynccontextmanager
async def locked_sqlite(folder: Path) -> AsyncIterator[tuple[str, Outage]]:
    """Another program writes into the file and does not end."""
    file = folder / "locked.db"
    url = new_file(file)
    other = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        yield url, lambda: _between(lambda: other.execute("BEGIN IMMEDIATE"), lambda: other.execute("ROLLBACK"))
    finally:
        other.close()


@asynccontextmanager
async def full_disk(folder: Path) -> AsyncIterator[tuple[str, Outage]]:
    """No room for another line. Making a small disk needs the right to mount."""
    with small_disk(folder / "disk") as place:
        filler = place / "filler"
        yield new_file(place / "hub.db"), lambda: _between(lambda: fill(filler), filler.unlink)


@asynccontextmanager
async def unreadable_sqlite(folder: Path) -> AsyncIterator[tuple[str, Outage]]:
    """The file is no database any more, until somebody puts it back; what was written last is in no file that is kept."""
    file = folder / "unreadable.db"
    url = new_file(file)
    before: list[bytes] = []

    def spoil() -> None:
        with sqlite3.connect(file) as own:
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        own.close()
        before.append(file.read_bytes())
        with file.open("r+b") as out:
            out.write(os.urandom(len(before[0])))

    def mend() -> None:
        with file.open("r+b") as out:
            out.write(before[0])
            out.truncate()

    yield url, lambda: _between(spoil, mend)


@asynccontextmanager
async def _own_postgres() -> AsyncIterator[Postgres]:
    server = await asyncio.to_thread(Postgres)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.end)


@asynccontextmanager
async def _between(begin: Callable[[], object], end: Callable[[], object]) -> AsyncIterator[None]:
    await asyncio.to_thread(begin)
    try:
        yield
    finally:
        await asyncio.to_thread(end)
