"""What most commands need: the database, and the leads in it, opened for one command and closed afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from handraise.steps import Failure
from leads.database import Database, DatabaseUnavailable
from leads.key_register import ready_keys
from leads.questions import Questions
from leads.rules import Rules
from leads.settings import Settings
from leads.store import LeadStore


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """A database for one command.

    Raises:
        Failure: it is out of reach.
        SettingsError: it holds what the given keys do not open.
    """
    database = Database(settings.database, patient=True, cipher=settings.cipher)
    try:
        await ready_keys(database)
        yield database
    except DatabaseUnavailable as error:
        raise Failure(f"The database did not answer: {error}", "Run handraise doctor to see what is wrong.") from error
    finally:
        await database.close()


def lead_store(settings: Settings, database: Database) -> LeadStore:
    """The leads, with the questions and rules of the bot's files."""
    folder = settings.bot_files / "bot"
    return LeadStore(database, Questions.load(folder / "questions.yml"), Rules.load(folder / "scoring.yml"))
