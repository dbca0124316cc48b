"""The command line: `handraise --help` lists everything."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from handraise.agent_cli import agent_app
from handraise.audit_cli import audit_app
from handraise.backup_cli import backup, restore
from handraise.bench.cli import bench_app
from handraise.commands import Json, guard, print_as, run_async
from handraise.conversation_cli import conversation_app
from handraise.encryption_cli import encryption_app
from handraise.leads_cli import leads_app
from handraise.person_cli import person_app
from handraise.retention_cli import retention_app
from handraise.steps import console, done
from handraise.token_cli import token_app
from leads.errors import FileProblem
from leads.settings import Settings

if TYPE_CHECKING:
    from handraise.check import Report

# Commands import what they need inside: `handraise --help` and the start of the hub must not wait for libraries they do not use.
# A group of commands lives in a module of its own and is one line here.

# The groups of `handraise --help`, in the order in which they are shown.
DAILY = "Every day"
DATA = "People and data"
PARTS = "Single parts, for services and containers"
WORK = "For work on Handraise itself"

app = typer.Typer(
    help="Self-hosted website chat that qualifies visitors and rings a person.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.add_typer(agent_app, name="agent", rich_help_panel=DATA)
app.add_typer(token_app, name="token", rich_help_panel=DATA)
app.add_typer(leads_app, name="leads", rich_help_panel=DATA)
app.add_typer(conversation_app, name="conversation", rich_help_panel=DATA)
app.add_typer(audit_app, name="audit", rich_help_panel=DATA)
app.add_typer(person_app, name="person", rich_help_panel=DATA)
app.add_typer(encryption_app, name="encryption", rich_help_panel=DATA)
app.add_typer(retention_app, name="retention", rich_help_panel=DATA)
app.add_typer(bench_app, name="bench", rich_help_panel=WORK)


@app.command(rich_help_panel=DAILY)
def up(
    hubs: Annotated[int, typer.Option(min=1, max=64, help="How many hubs share the port.")] = 1,
    bots: Annotated[int, typer.Option(min=1, max=64, help="How many bots share the conversations.")] = 1,
) -> None:
    """Prepare what is missing, start hub, actions and bot, and keep them running until Ctrl-C."""
    from handraise.up import up as run

    run_async(lambda settings: run(settings, hubs, bots))


app.command(rich_help_panel=DATA)(backup)
app.command(rich_help_panel=DATA)(restore)


@app.command(rich_help_panel=PARTS)
def hub() -> None:
    """Run one hub in the foreground, for services and containers."""
    from handraise.alone import run_hub

    guard(run_hub)


@app.command(rich_help_panel=PARTS)
def actions() -> None:
    """Run the action server in the foreground, for services and containers."""
    from handraise.alone import run_actions

    guard(run_actions)


@app.command(rich_help_panel=PARTS)
def bot() -> None:
    """Run one bot in the foreground, for services and containers; trains first when the bot's files changed."""
    from handraise.alone import run_bot

    guard(run_bot)


@app.command(rich_help_panel=PARTS)
def migrate() -> None:
    """Bring the database to the revision of this code; once, before hubs and actions start."""
    from handraise.schema import ready_database

    run_async(ready_database)
    done("The database is at the revision of this code")


@app.command(rich_help_panel=WORK)
def openapi() -> None:
    """Print the description of the HTTP API (OpenAPI), as /console/api/openapi.json serves it."""
    from webhook.app import openapi as described

    print_as(run_async(described), True)


@app.command(rich_help_panel=WORK)
def prepare(
    what: Annotated[str, typer.Option("--for", help="up: what running needs. tests: the same, a browser and the trained model.")] = "up",
) -> None:
    """Prepare the bot's environment and build the widget, without starting anything."""
    from handraise.browser import prepare_browser
    from handraise.prepare import prepare_bot, prepare_widget
    from handraise.train import train_if_needed

    def work(settings: Settings) -> None:
        prepare_widget(settings.data / "logs")
        prepare_bot(settings.data / "logs")
        if what == "tests":
            prepare_browser(settings.data / "logs")
            train_if_needed(settings, force=False)

    guard(work)


@app.command(rich_help_panel=DAILY)
def train(
    force: Annotated[bool, typer.Option(help="Train even when nothing changed.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and train again after every edit, in seconds.")] = False,
    as_json: Json = False,
) -> None:
    """Train the bot when its files changed."""
    from handraise import train as training
    from handraise.prepare import prepare_bot

    def work(settings: Settings) -> None:
        prepare_bot(settings.data / "logs")
        if watch:
            training.watch(settings)
        path = training.train_if_needed(settings, force=force)
        print_as({"model": str(path)}, as_json, lambda: done(f"The model is {path}"))

    guard(work)


@app.command(rich_help_panel=DAILY)
def check(fast: Annotated[bool, typer.Option(help="Without Rasa's own validation.")] = False, as_json: Json = False) -> None:
    """Check the bot's files: every problem with file, line and what to do."""
    from handraise.check import check as run

    def work(settings: Settings) -> None:
        found = run(settings.bot_files, settings.data, fast=fast)
        content = {"ok": found.ok, "problems": [_problem(problem) for problem in found.problems], "rasa": found.rasa}
        print_as(content, as_json, lambda: _show_report(found))
        if not found.ok:
            raise typer.Exit(1)

    guard(work)


@app.command("read", rich_help_panel=WORK)
def read_text(
    kind: Annotated[str, typer.Argument(help="money, headcount, industry, email, phone, name, company, region or timeline.")],
    lang: Annotated[str | None, typer.Option(help="The writers' language, e.g. de.")] = None,
    country: Annotated[str | None, typer.Option(help="Where they are, e.g. US: settles $ and phone numbers.")] = None,
    today: Annotated[str | None, typer.Option(help="The day from which times are counted, e.g. 2026-11-21.")] = None,
) -> None:
    """Read lines from standard input as answers of one kind: a line of JSON for each, null where the bot would ask again.

    A line is plain text, or JSON with text and perhaps lang and country.
    """
    from handraise.read import run

    guard(lambda _settings: run(kind, sys.stdin, lang, country, today))


@app.command(rich_help_panel=DAILY)
def doctor(as_json: Json = False) -> None:
    """Look at every part and say what is wrong and what to do."""
    from handraise.doctor import examine

    async def work(settings: Settings) -> None:
        findings = []
        async for finding in examine(settings):
            findings.append(finding)
            if not as_json:
                mark = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "error": "[red]✗[/]"}[finding.state]
                console.print(f"  {mark} {finding.name:<16} {finding.text}" + (f"\n      {finding.fix}" if finding.fix else ""))
        if as_json:
            print_as(
                {"ok": all(finding.state != "error" for finding in findings), "findings": [vars(finding) for finding in findings]}, True
            )
        if any(finding.state == "error" for finding in findings):
            raise typer.Exit(1)

    run_async(work)


@app.command(rich_help_panel=DAILY)
def settings(as_json: Json = False) -> None:
    """Every setting with its value, where it may be set, and what it means."""

    def work(values: Settings) -> None:
        rows = {name: {"value": values.shown(name), "help": field.description} for name, field in Settings.model_fields.items()}
        print_as(rows, as_json, lambda: _show_settings(rows))

    guard(work)


@app.command(rich_help_panel=DAILY)
def embed(
    site: Annotated[str, typer.Option(help="The site's key, as in the setting sites.")] = "main",
    as_json: Json = False,
) -> None:
    """The script line for your pages, with checksum, and what their Content-Security-Policy has to allow."""
    from handraise.embed import embed as work
    from handraise.embed import lines

    found = run_async(lambda settings: work(settings, site))
    print_as(found, as_json, lambda: print("\n".join(lines(found))))


@app.command(rich_help_panel=WORK, context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def npm(context: typer.Context) -> None:
    """Run npm in the widget's workspace, with the machine's Node.js or the one from the wheel."""
    from handraise.node import run_npm

    guard(lambda _settings: run_npm(*context.args))


def _show_report(found: Report) -> None:
    for line in [*map(str, found.problems), *found.rasa]:
        print(line)
    if found.ok:
        done("The bot's files are right")


def _show_settings(rows: dict[str, dict[str, Any]]) -> None:
    for name, row in rows.items():
        console.print(f"  HANDRAISE_{name.upper():<18} {row['value']:<24} [dim]{row['help']}[/]")


def _problem(problem: FileProblem) -> dict[str, Any]:
    return {"file": str(problem.path), "line": problem.line, "column": problem.column, "message": problem.message, "fix": problem.fix}
