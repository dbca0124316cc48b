"""The state of the database against the code: is it up to date, bring it up to date, refuse one that is newer."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from leads.database import Database, DatabaseUnavailable, in_words

__all__ = ["DatabaseUnavailable", "SchemaTooNew", "current", "expected", "is_current", "upgrade"]

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
_UPGRADE_LOCK = 0x68616E64  # any number; two processes that upgrade one PostgreSQL at once take turns


class SchemaTooNew(Exception):
    """The database was made by a newer Handraise than this one."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(
            f"The database has revision {found}, which this version of Handraise does not know. Install the newer version again."
        )


def config() -> Config:
    """The Alembic configuration; the folder is found from here, whatever the working directory."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made


def expected() -> str:
    """The revision that this code works with."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


async def current(url: str) -> str | None:
    """The revision of the database; ``None`` when it is empty.

    Raises:
        DatabaseUnavailable: it cannot be reached.
    """
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            return await connection.run_sync(_revision)
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnavailable(in_words(error)) from error
    finally:
        await database.close()


async def is_current(url: str) -> bool:
    """Whether the database has the tables that this code works with; ``False`` when it has to be upgraded.

    Raises:
        SchemaTooNew: the database is newer than the code.
        DatabaseUnavailable: it cannot be reached.
    """
    found = await current(url)
    _check_known(found)
    return found == expected()


async def upgrade(url: str) -> None:
    """Create or bring up to date the tables, all or nothing; nothing happens when they are.

    Raises:
        SchemaTooNew: the database is newer than the code.
        DatabaseUnavailable: it cannot be reached or refuses the change.
    """
    database = Database(url, patient=True)
    try:
        async with database.engine.execution_options(handraise_begin="IMMEDIATE").begin() as connection:
            await connection.run_sync(_upgrade)
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnavailable(in_words(error)) from error
    finally:
        await database.close()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_known(found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if found is not None and found not in known:
        raise SchemaTooNew(found)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    _check_known(_revision(connection))
    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")
