"""`handraise backup` and `handraise restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handraise.commands import run_async
from handraise.steps import Failure, done
from leads.settings import Settings


def backup(file: Annotated[Path, typer.Argument(help="The archive to write.")]) -> None:
    """Write the whole database to one archive while everything runs; SQLite and PostgreSQL alike."""
    from handraise.noted import noted
    from handraise.opened import opened
    from leads.backup import back_up

    async def work(settings: Settings) -> int:
        async with opened(settings) as database:
            try:
                manifest = await back_up(database, file)
            except OSError as error:
                raise Failure(f"{file} cannot be written: {error.strerror}", "Give a file in a folder that exists and has room.") from error
            rows = sum(part.rows for part in manifest.parts)
            await noted(database, "backup", "backed_up", rows=rows)
            return rows

    rows = run_async(work)
    done(f"{rows} rows written to {file}. It holds personal data: keep it safe, and no longer than you must.")


def restore(
    file: Annotated[Path, typer.Argument(help="An archive of `handraise backup`.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what is in the database.")] = False,
) -> None:
    """Put a backup into an empty database; people who were erased since then stay erased. Stop everything else first."""
    from handraise.noted import noted
    from handraise.opened import opened
    from handraise.schema import ready_database
    from leads.backup import BackupError
    from leads.backup import restore as put_back
    from leads.erasure import Eraser

    async def work(settings: Settings) -> tuple[int, int]:
        await ready_database(settings)
        async with opened(settings) as database:
            try:
                manifest = await put_back(database, file, force=force)
            except BackupError as error:
                fix = "handraise restore --force replaces what is there; a damaged archive cannot be used."
                raise Failure(str(error), fix) from error
            rows = sum(part.rows for part in manifest.parts)
            gone = await Eraser(database, settings.data).keep_away()
            await noted(database, "restore", "restored", rows=rows)
            return rows, sum(len(one.conversations) for one in gone)

    rows, gone = run_async(work)
    done(f"{rows} rows restored" + (f"; {gone} conversations of people who were erased since then were deleted again" if gone else ""))
