"""Real databases: SQLite files, and one PostgreSQL server for the whole run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from leads.clock import now
from leads.database import Database
from leads.encryption import Cipher
from leads.models import Conversation
from leads.questions import Questions
from leads.rules import Rules
from leads.store import LeadStore
from tests.databases import empty_database, new_database, new_file

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def questions() -> Questions:
    return Questions.load(ROOT / "bot" / "questions.yml")


@pytest.fixture(scope="session")
def rules(questions: Questions) -> Rules:
    return Rules.load(ROOT / "bot" / "scoring.yml", questions)


@pytest.fixture(params=["sqlite", "postgres"])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, on each kind of database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'handraise.db'}"
    return await empty_database(request.getfixturevalue("postgres"))


@pytest.fixture(params=["sqlite", "postgres"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with tables, made by the migrations."""
    if request.param == "sqlite":
        return new_file(tmp_path / "handraise.db")
    return await new_database(request.getfixturevalue("postgres"))


@pytest.fixture
def cipher() -> Cipher:
    """What the database encrypts with; a module that wants keys has a fixture of the same name."""
    return Cipher()


@pytest.fixture
async def database(url: str, cipher: Cipher) -> AsyncIterator[Database]:
    opened = Database(url, cipher=cipher)
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
