"""A lock that another program does not give back: the first writers wait for it, those after them hardly."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from leads.database import Database, DatabaseUnavailable
from leads.models import SharedKey
from leads.patience import WHILE_HELD
from tests.databases import new_file

LONG = 0.5


async def waits(database: Database, *, writing: bool) -> float:
    """How long a connection waits for a lock, in seconds."""
    async with database.write() if writing else database.read() as session:
        return float((await session.scalar(text("PRAGMA busy_timeout"))) or 0) / 1000


@pytest.mark.parametrize("in_loop", [False, True])
async def test_a_lock_that_is_held_is_waited_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_loop: bool) -> None:
    monkeypatch.setattr("leads.database.BUSY_SECONDS", LONG)
    database = Database(new_file(tmp_path / "held.db"), in_loop=in_loop)
    other = sqlite3.connect(tmp_path / "held.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            await waits(database, writing=True)
        assert database.patience.seconds == WHILE_HELD
    assert await waits(database, writing=False) == LONG, "who reads is not concerned"
    other.execute("ROLLBACK")
    other.close()
    assert await waits(database, writing=True) == WHILE_HELD, "the one who finds out"
    assert await waits(database, writing=True) == LONG
    await database.close()


async def test_another_fault_is_no_lock(tmp_path: Path) -> None:
    database = Database(new_file(tmp_path / "fault.db"))
    for _ in range(2):
        with pytest.raises(IntegrityError):
            async with database.write() as session:
                session.add_all([SharedKey(name="twice", value="x"), SharedKey(name="twice", value="y")])
                await session.flush()
    assert database.patience.seconds == database.patience.full
    await database.close()
