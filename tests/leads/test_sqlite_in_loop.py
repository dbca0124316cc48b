"""SQLite's statements in the event loop: the same results, and nothing that may wait stops the loop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

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
    assert {here for word, here in seen if word in ("BEGIN", "COMMIT", "ROLLBACK")} == {False}
    assert {here for word, here in seen if word in ("INSERT", "SELECT")} == {in_loop}


async def test_waiting_for_another_writer_does_not_stop_the_loop(tmp_path: Path) -> None:
    """Were the loop stopped, nobody could release the lock, and the write would fail after its patience."""
    path = tmp_path / "x.db"
    database, _ = watched(path, True)
    await rows_of(database)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

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


def test_what_may_wait() -> None:
    connection = sqlite3.connect(":memory:")
    cursor = connection.cursor()
    assert may_wait(connection.commit, ())
    assert may_wait(connection.close, ())
    assert may_wait(cursor.execute, ("  begin immediate",))
    assert may_wait(cursor.execute, ("PRAGMA journal_mode=WAL",))
    assert not may_wait(cursor.execute, ("SELECT 1", ()))
    assert not may_wait(cursor.fetchall, ())
    assert not may_wait(cursor.close, ())
    assert not may_wait(connection.cursor, ())
    connection.close()
