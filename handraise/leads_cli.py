"""`handraise leads`: the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from handraise.commands import run_async
from handraise.steps import done
from leads.settings import Settings

leads_app = typer.Typer(help="Leads: who they are, what they said, how they scored.", no_args_is_help=True)


@leads_app.command("export")
def leads_export(
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    out: Annotated[Path | None, typer.Option(help="A file instead of standard output.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format jsonl.")] = False,
) -> None:
    """Write every lead with its answers as said and as read, score, receipt, tier and stage."""
    from handraise.leads import export_leads

    form = "jsonl" if as_json else form
    if form not in ("jsonl", "csv"):
        raise typer.BadParameter("--format is jsonl or csv")

    async def work(settings: Settings) -> None:
        if out is None:
            await export_leads(settings, form)
            return
        with out.open("w", newline="", encoding="utf-8") as file:
            count = await export_leads(settings, form, file)
        done(f"{count} leads written to {out}")

    run_async(work)


@leads_app.command("corrections")
def leads_corrections() -> None:
    """Write what agents have corrected as labelled examples: the visitor's words, what was read, what it should have been."""
    from handraise.leads import list_corrections

    async def work(settings: Settings) -> None:
        await list_corrections(settings)

    run_async(work)
