"""Migrations on both databases: they agree with the models, refuse a newer database, and work from anywhere."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from leads import schema
from leads.database import Database
from leads.models import Base
from tests.leads.conftest import ROOT


async def test_migrations_make_what_the_models_say(url: str) -> None:
    database = Database(url)

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_an_empty_database_is_not_current_and_becomes_so(empty_url: str) -> None:
    assert await schema.current(empty_url) is None
    assert not await schema.is_current(empty_url)
    await schema.upgrade(empty_url)
    assert await schema.is_current(empty_url)
    assert await schema.current(empty_url) == schema.expected()


async def test_two_upgrades_at_once_both_succeed(empty_url: str) -> None:
    await asyncio.gather(schema.upgrade(empty_url), schema.upgrade(empty_url))
    assert await schema.is_current(empty_url)


async def test_a_newer_database_is_refused_and_left_alone(url: str) -> None:
    database = Database(url)
    async with database.engine.execution_options(handraise_begin="IMMEDIATE").begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    with pytest.raises(schema.SchemaTooNew, match="9999"):
        await schema.is_current(url)
    with pytest.raises(schema.SchemaTooNew):
        await schema.upgrade(url)
    assert await schema.current(url) == "9999"


async def test_an_unreachable_database_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(schema.DatabaseUnavailable):
        await schema.is_current(f"postgresql+asyncpg://nobody@/none?host={tmp_path}")


async def test_a_file_that_is_no_database_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_text("this is not a database, whatever its name says" * 100)
    with pytest.raises(schema.DatabaseUnavailable, match="not a database"):
        await schema.upgrade(f"sqlite+aiosqlite:///{tmp_path / 'broken.db'}")


async def test_migrations_are_found_from_another_folder(tmp_path: Path) -> None:
    program = f"import asyncio; from leads import schema; asyncio.run(schema.upgrade('sqlite+aiosqlite:///{tmp_path / 'x.db'}'))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=tmp_path, env=environment)
    assert await process.wait() == 0
    assert await schema.is_current(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
