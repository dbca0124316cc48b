"""SQLite's statements in the event loop: the same results, and nothing that may wait stops the loop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from leads.database import Database
from leads.sqlite_in_loop import may_wait


def watched(path: Path, in_loop: bool) -> tuple[Database, list[tuple[str, bool]]]:
    """A database, and the first word of each statement with whether it ran in the loop's thread."""
    database, seen = Database(f"sqlite+aiosqlite:///{path}", in_loop=in_loop), list[tuple[str, bool]]()

    def trace(connection: Any, _record: Any) -> None:
        told = threading.main_thread()
        connection.driver_connection._conn.set_trace_callback(lambda sql: seen.append((sql.split()[0], threading.current_thread() is told)))

    event.listen(database.engine.sync_engine, "connect", trace)
    return database, seen


async def rows_of(database: Database) -> list[int]:
    async with database.write() as session:
        await session.execute(text("CREATE TABLE IF NOT EXISTS t (n INTEGER PRIMARY KEY)"))
    async with database.write() as session:
        for number in range(3):
            await session.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
    with pytest.raises(RuntimeError):
        async with database.write() as session:
            await session.execute(text("INSERT INTO t VALUES (9)"))
            raise RuntimeError("undone")
    async with database.read() as session:
        return list(await session.scalars(text("SELECT n FROM t ORDER BY n")))


@pytest.mark.parametrize("in_loop", [True, False])
async def test_the_same_rows_and_only_what_may_wait_in_a_thread(tmp_path: Path, in_loop: bool) -> None:
    database, seen = watched(tmp_path / "x.db", in_loop)
    assert await rows_of(database) == [0, 1, 2]
    await database.close()
    assert {here for word, here in seen if word in ("COMMIT", "ROLLBACK")} == {False}
    assert {here for word, here in seen if word == "BEGIN"} == {in_loop}, "nobody else had the lock"
    assert {here for word, here in seen if word in ("INSERT", "SELECT")} == {in_loop}


@pytest.mark.parametrize("in_loop", [True, False])
async def test_the_same_errors(tmp_path: Path, in_loop: bool) -> None:
    database, _ = watched(tmp_path / "x.db", in_loop)
    await rows_of(database)
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            await session.execute(text("INSERT INTO t VALUES (:n)"), [{"n": 8}, {"n": 1}])
    async with database.read() as session:
        assert list(await session.scalars(text("SELECT n FROM t ORDER BY n"))) == [0, 1, 2]
    async with database.engine.connect() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.close()
        with pytest.raises(OperationalError):
            await connection.execute(text("SELECT 1"))
    await database.close()


async def locked(path: Path) -> tuple[Database, sqlite3.Connection]:
    """A database, and the connection of another writer who holds its lock."""
    database, _ = watched(path, True)
    await rows_of(database)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return database, other


async def test_waiting_for_another_writer_does_not_stop_the_loop(tmp_path: Path) -> None:
    """Were the loop stopped, nobody could release the lock, and the write would fail after its patience."""
    database, other = await locked(tmp_path / "x.db")

    async def write() -> None:
        async with database.write() as session:
            await session.execute(text("INSERT INTO t VALUES (7)"))

    writing = asyncio.create_task(write())
    for _ in range(100):
        await asyncio.sleep(0)
    assert not writing.done()
    other.execute("INSERT INTO t VALUES (8)")
    other.execute("COMMIT")
    other.close()
    await writing
    async with database.read() as session:
        assert list(await session.scalars(text("SELECT n FROM t WHERE n > 5 ORDER BY n"))) == [7, 8]
    await database.close()


async def test_who_gives_up_waiting_leaves_no_lock_behind(tmp_path: Path) -> None:
    database, other = await locked(tmp_path / "x.db")

    async def write(number: int) -> None:
        async with database.write() as session:
            await session.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})

    writing = asyncio.create_task(write(7))
    for _ in range(100):
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    other.execute("COMMIT")
    await write(8)
    other.execute("BEGIN IMMEDIATE")
    assert other.execute("SELECT n FROM t WHERE n > 5").fetchall() == [(8,)]
    other.close()
    await database.close()


def test_what_may_wait() -> None:
    assert may_wait("  begin immediate")
    assert may_wait("PRAGMA journal_mode=WAL")
    assert may_wait("COMMIT")
    assert not may_wait("SELECT 1")
    assert not may_wait("INSERT INTO t VALUES ('BEGIN')")
