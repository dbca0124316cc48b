"""Bring the database to the revision of this code, or say in one line why that cannot be."""

from __future__ import annotations

from handraise.steps import Failure, step
from leads import schema
from leads.settings import Settings


async def ready_database(settings: Settings) -> None:
    """Create or migrate the database.

    Raises:
        Failure: it is out of reach, or newer than this code.
    """
    try:
        if await schema.is_current(settings.database):
            return
        with step("Preparing the database"):
            await schema.upgrade(settings.database)
    except schema.SchemaTooNew as error:
        raise Failure(
            str(error), "Use the Handraise version that wrote this database, or restore a backup made before the upgrade."
        ) from error
    except schema.DatabaseUnavailable as error:
        raise Failure(f"The database is out of reach: {error}", "Check HANDRAISE_DATABASE_URL and that the server runs.") from error
