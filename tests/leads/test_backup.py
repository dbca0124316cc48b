"""Backup and restore: every table comes back as it was, on both databases and from one to the other; nothing else is touched."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from sqlalchemy import select

from leads import audit, backup
from leads.audit import About, Who
from leads.backup import BackupError
from leads.database import Database
from leads.encryption import Cipher, read_keys
from leads.erasure import Eraser
from leads.models import Consent, SharedKey
from tests.databases import new_database, new_file
from tests.leads.people import EMAIL, add_person, everything, traces
from tests.stored import KEY

MARA = Who("agent", "a1")


async def kept(database: Database) -> dict[str, list[dict[str, object]]]:
    return {name: rows for name, rows in (await everything(database)).items() if name not in backup.NOT_KEPT}


@pytest.fixture(params=["", KEY], ids=["plain", "encrypted"])
def cipher(request: pytest.FixtureRequest) -> Cipher:
    return read_keys(request.param)


@pytest.fixture
async def full(database: Database, tmp_path: Path) -> Database:
    """A database with two people, one of whom was erased, and an audit log."""
    eraser = Eraser(database, tmp_path / "data")
    await eraser.erase([await add_person(database, email="bob@else.io", mark="OTHER")], MARA)
    await add_person(database)
    async with database.write() as session:
        await audit.note(session, MARA, "lead_viewed", About("conversation", "c1"))
    return database


@pytest.mark.parametrize("target", ["sqlite", "postgres"])
async def test_every_table_comes_back_as_it_was(full: Database, tmp_path: Path, target: str, request: pytest.FixtureRequest) -> None:
    file, before = tmp_path / "backup.tgz", await kept(full)
    manifest = await backup.back_up(full, file)
    assert {part.table: part.rows for part in manifest.parts} == {name: len(rows) for name, rows in before.items()}
    assert file.stat().st_mode & 0o777 == 0o600
    url = new_file(tmp_path / "new.db") if target == "sqlite" else await new_database(request.getfixturevalue("postgres"))
    other = Database(url, cipher=full.cipher)
    try:
        await backup.restore(other, file)
        after = await kept(other)
        for name in before:
            assert after[name] == before[name], name
        async with other.read() as session:
            assert (await audit.verify(session)).broken is None
        cid = await add_person(other, mark="LATER")  # numbers go on where they ended
        async with other.read() as session:
            ids = list(await session.scalars(select(Consent.id)))
        assert len(ids) == len(set(ids)) == 2 and cid
    finally:
        await other.close()


async def test_a_database_with_something_in_it_is_left_alone_unless_forced(full: Database, tmp_path: Path) -> None:
    file = tmp_path / "backup.tgz"
    await backup.back_up(full, file)
    await add_person(full, mark="LATER")
    before = await kept(full)
    with pytest.raises(BackupError, match="not empty"):
        await backup.restore(full, file)
    assert await kept(full) == before
    await backup.restore(full, file, force=True)
    assert await traces(full, "LATER") == []


async def test_a_damaged_archive_changes_nothing(full: Database, tmp_path: Path) -> None:
    file, before = tmp_path / "backup.tgz", await kept(full)
    await backup.back_up(full, file)
    whole = gzip.decompress(file.read_bytes())
    for damaged in (whole[: len(whole) // 2], whole.replace(b'"site": "demo"', b'"site": "dem0"'), b"", b"no archive"):
        file.write_bytes(gzip.compress(damaged))
        with pytest.raises(BackupError):
            await backup.restore(full, file, force=True)
    assert await kept(full) == before


async def test_who_was_erased_after_the_backup_stays_away(full: Database, tmp_path: Path) -> None:
    file, folder = tmp_path / "backup.tgz", tmp_path / "data"
    await backup.back_up(full, file)
    async with full.read() as session:
        assert await session.scalar(select(SharedKey.value)) is not None
    found = [row["id"] for row in (await kept(full))["conversations"]]
    await Eraser(full, folder).erase([str(one) for one in found], MARA)
    await backup.restore(full, file, force=True)
    assert await traces(full, EMAIL)
    assert len(await Eraser(full, folder).keep_away()) == 1
    assert await traces(full, EMAIL) == []
