"""Real databases: SQLite files, and one PostgreSQL server for the whole run."""

from __future__ import annotations

import os
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from leads import schema
from leads.clock import now
from leads.database import Database
from leads.models import Conversation
from leads.questions import Questions
from leads.rules import Rules
from leads.store import LeadStore

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def questions() -> Questions:
    return Questions.load(ROOT / "bot" / "questions.yml")


@pytest.fixture(scope="session")
def rules(questions: Questions) -> Rules:
    return Rules.load(ROOT / "bot" / "scoring.yml", questions)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server without a database name; as root it runs under an account of its own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own imports are not ours to judge
        from pgserver.postgres_server import get_server

        server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'handraise.db'}"
    server: str = request.getfixturevalue("postgres")
    return await _new_database(server.replace("postgresql://", "postgresql+asyncpg://", 1))


async def _new_database(server: str) -> str:
    name = f"test_{uuid4().hex}"
    admin = Database(server)
    async with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await admin.close()
    return server.replace("/postgres?", f"/{name}?", 1)


@pytest.fixture
async def url(empty_url: str) -> str:
    """The address of a database with tables, made by the migrations."""
    await schema.upgrade(empty_url)
    return empty_url


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = Database(url)
    yield opened
    await opened.close()


@pytest.fixture
async def conversation(database: Database) -> str:
    """The id of a fresh conversation."""
    return await new_conversation(database)


@pytest.fixture
def store(database: Database, questions: Questions, rules: Rules) -> LeadStore:
    return LeadStore(database, questions, rules)


async def new_conversation(database: Database) -> str:
    row = Conversation(site="demo", created_at=now(), last_at=now())
    async with database.write() as session:
        session.add(row)
    return row.id
