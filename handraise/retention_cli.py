"""`handraise retention`: what is deleted because it is old."""

from __future__ import annotations

from typing import Annotated

import typer

from handraise.commands import Json, print_as, run_async
from handraise.steps import done
from leads.settings import Settings

retention_app = typer.Typer(help="What is deleted because it is old; hubs do it every night.", no_args_is_help=True)


@retention_app.command("run")
def retention_run(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much it would be.")] = False, as_json: Json = False
) -> None:
    """Delete now what is older than the settings say, and count it."""
    from handraise.noted import by_command
    from handraise.opened import opened
    from leads.clock import now
    from leads.retention import Ages, Retention

    async def work(settings: Settings) -> dict[str, int]:
        async with opened(settings) as database:
            retention = Retention(database, Ages(**settings.retention))
            return await retention.due(now()) if dry_run else await retention.run(now(), by_command("retention.run"))

    counts = run_async(work)
    words = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    print_as(counts, as_json, lambda: done(f"{'Would delete' if dry_run else 'Deleted'}: {words}"))
