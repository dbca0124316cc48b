"""Backup, restore and retention at the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from leads.database import Database
from tests.handraise.test_cli import data as data
from tests.handraise.test_cli import output, run
from tests.leads.people import EMAIL, add_person, traces


async def _in[T](data: Path, work: Callable[[Database], Awaitable[T]]) -> T:
    database = Database(f"sqlite+aiosqlite:///{data}/handraise.db")
    try:
        return await work(database)
    finally:
        await database.close()


def left(data: Path) -> list[str]:
    return asyncio.run(_in(data, lambda database: traces(database, EMAIL)))


def test_a_restored_backup_does_not_bring_an_erased_person_back(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(_in(data, lambda database: add_person(database)))
    file = tmp_path / "backup.tgz"
    assert "keep it safe" in " ".join(run("backup", str(file)).output.split())
    run("person", "erase", EMAIL, "--yes")
    assert "not empty" in run("restore", str(file), code=1).output
    shown = " ".join(run("restore", str(file), "--force").output.split())
    assert "1 conversations of people who were erased since then were deleted again" in shown
    assert left(data) == []
    assert output("person", "find", EMAIL, "--json") == []
    rows = output("audit", "list", "--json")
    assert {"restored", "erased"} <= {row["what"] for row in rows}
    assert output("audit", "verify", "--json")["ok"] is True


def test_a_file_that_is_no_backup_or_cannot_be_written_is_said_to_be_so(data: Path, tmp_path: Path) -> None:
    (tmp_path / "x.tgz").write_text("no")
    assert "no backup of Handraise" in run("restore", str(tmp_path / "x.tgz"), code=1).output
    assert "no backup of Handraise" in run("restore", str(tmp_path / "missing.tgz"), code=1).output
    assert "cannot be written" in run("backup", str(tmp_path / "no" / "x.tgz"), code=1).output


def test_retention_counts_before_it_deletes(data: Path) -> None:
    asyncio.run(_in(data, lambda database: add_person(database, days_ago=1000)))
    assert output("retention", "run", "--dry-run", "--json")["leads"] == 1
    assert left(data)
    assert output("retention", "run", "--json") == {"leads": 1, "transcripts": 0, "pages": 0, "audit": 0}
    assert left(data) == []
