"""`handraise audit`: who saw, changed, exported or erased what."""

from __future__ import annotations

import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from handraise.commands import Json, print_as, run_async
from handraise.steps import Failure, done
from leads.settings import Settings

if TYPE_CHECKING:
    from leads.audit import Wanted

audit_app = typer.Typer(help="The audit log: who saw, changed, exported or erased what.", no_args_is_help=True)

_Who = Annotated[str | None, typer.Option("--who", help="agent, token, command, visitor, job, or an id of one.")]
_What = Annotated[
    str | None, typer.Option("--what", help="What was done, e.g. lead_viewed, or a kind: viewing, change, export, erasure, access.")
]
_About = Annotated[str | None, typer.Option("--about", help="The id of a conversation or an account.")]
_Since = Annotated[datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="From this day on (UTC).")]
_Until = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Up to the day before this one (UTC).")]


@audit_app.command("list")
def audit_list(
    who: _Who = None,
    what: _What = None,
    about: _About = None,
    since: _Since = None,
    until: _Until = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
    as_json: Json = False,
) -> None:
    """The newest rows, newest first."""
    from handraise.opened import opened
    from leads import audit

    async def work(settings: Settings) -> list[dict[str, Any]]:
        async with opened(settings) as database, database.read() as session:
            return [audit.shown(row) for row in await audit.newest(session, _wanted(who, what, about, since, until), limit)]

    rows = run_async(work)
    print_as(rows, as_json, lambda: [print(_line(row)) for row in rows])


@audit_app.command("export")
def audit_export(
    form: Annotated[str, typer.Option("--format", help="jsonl or csv.")] = "jsonl",
    out: Annotated[Path | None, typer.Option(help="A file instead of standard output.")] = None,
    who: _Who = None,
    what: _What = None,
    about: _About = None,
    since: _Since = None,
    until: _Until = None,
) -> None:
    """Every row that fits, oldest first."""
    from handraise.opened import opened
    from leads import audit

    if form not in ("jsonl", "csv"):
        raise typer.BadParameter("--format is jsonl or csv")

    async def work(settings: Settings, file: TextIO) -> int:
        count, cells = 0, csv.writer(file)
        async with opened(settings) as database, database.read() as session:
            async for row in audit.rows(session, _wanted(who, what, about, since, until)):
                count += 1
                if form == "jsonl":
                    file.write(json.dumps(audit.shown(row)) + "\n")
                else:
                    about_cells = [row.about_kind, row.about_id, json.dumps(row.data, sort_keys=True), row.hash]
                    cells.writerow([row.id, row.at.isoformat(), row.who_kind, row.who_id, row.what, *about_cells])
        return count

    if out is None:
        run_async(lambda settings: work(settings, sys.stdout))
        return
    with out.open("w", newline="", encoding="utf-8") as file:
        count = run_async(lambda settings: work(settings, file))
    done(f"{count} rows written to {out}")


@audit_app.command("verify")
def audit_verify(as_json: Json = False) -> None:
    """Whether every row is as it was written; names the first that is not, and ends with exit code 1 then."""
    from handraise.opened import opened
    from leads import audit

    async def work(settings: Settings) -> tuple[audit.Verdict, str]:
        async with opened(settings) as database, database.snapshot() as session:
            verdict = await audit.verify(session)
            last = await audit.newest(session, audit.Wanted(), 1)
            return verdict, last[0].hash if last else audit.FIRST

    verdict, last = run_async(work)
    if verdict.broken is not None:
        _told_broken(verdict.broken, verdict.reason, verdict.rows, as_json)
        raise typer.Exit(1)
    content = {"ok": True, "rows": verdict.rows, "last": last}
    print_as(content, as_json, lambda: done(f"{verdict.rows} rows are as they were written; the last one has the hash {last}"))


def _told_broken(row: int, reason: str, looked_at: int, as_json: bool) -> None:
    from handraise.steps import report

    if as_json:
        print_as({"ok": False, "rows": looked_at, "broken": row, "reason": reason}, True)
        return
    fix = "Somebody has written to the table past Handraise, or a backup was mixed with another database. Compare with an earlier export."
    report(Failure(f"Row {row} of the audit log is not as it was written: {reason}.", fix))


def _wanted(who: str | None, what: str | None, about: str | None, since: datetime | None, until: datetime | None) -> Wanted:
    from leads.audit import Wanted

    return Wanted(who, what, about, since and since.replace(tzinfo=UTC), until and until.replace(tzinfo=UTC))


def _line(row: dict[str, Any]) -> str:
    who, about = row["who"], row["about"]
    target = f"{about['kind']} {about['id']}" if about else ""
    return f"{row['id']:>7}  {row['at']}  {who['kind']:<8} {who['id']:<34} {row['what']:<20} {target}  {json.dumps(row['data'])}"
