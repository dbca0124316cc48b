"""The command line: `handraise --help` lists everything."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from handraise.bench.cli import bench_app
from handraise.steps import Failure, console, done, report, told
from leads.errors import FileProblem
from leads.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from handraise.check import Report

# Commands import what they need inside: `handraise --help` and the start of the hub must not wait for libraries they do not use.

app = typer.Typer(
    help="Self-hosted website chat that qualifies visitors and rings a person.", no_args_is_help=True, pretty_exceptions_enable=False
)
agent_app = typer.Typer(help="People who sign in to the console.", no_args_is_help=True)
leads_app = typer.Typer(help="Leads: who they are, what they said, how they scored.", no_args_is_help=True)
conversation_app = typer.Typer(help="Conversations and their logs.", no_args_is_help=True)
app.add_typer(agent_app, name="agent")
app.add_typer(leads_app, name="leads")
app.add_typer(conversation_app, name="conversation")
app.add_typer(bench_app, name="bench")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def up(
    hubs: Annotated[int, typer.Option(min=1, max=64, help="How many hubs share the port.")] = 1,
    bots: Annotated[int, typer.Option(min=1, max=64, help="How many bots share the conversations.")] = 1,
) -> None:
    """Prepare what is missing, start hub, actions and bot, and keep them running until Ctrl-C."""
    from handraise.up import up as run

    _run(lambda settings: run(settings, hubs, bots))


@app.command()
def hub() -> None:
    """Run one hub in the foreground, for services and containers."""
    from handraise.alone import run_hub

    _guard(run_hub)


@app.command()
def actions() -> None:
    """Run the action server in the foreground, for services and containers."""
    from handraise.alone import run_actions

    _guard(run_actions)


@app.command()
def bot() -> None:
    """Run one bot in the foreground, for services and containers; trains first when the bot's files changed."""
    from handraise.alone import run_bot

    _guard(run_bot)


@app.command()
def migrate() -> None:
    """Bring the database to the revision of this code; once, before hubs and actions start."""
    from handraise.schema import ready_database

    _run(ready_database)
    done("The database is at the revision of this code")


@app.command()
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

    _guard(work)


@app.command()
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
        _print({"model": str(path)}, as_json, lambda: done(f"The model is {path}"))

    _guard(work)


@app.command()
def check(fast: Annotated[bool, typer.Option(help="Without Rasa's own validation.")] = False, as_json: Json = False) -> None:
    """Check the bot's files: every problem with file, line and what to do."""
    from handraise.check import check as run

    def work(settings: Settings) -> None:
        found = run(settings.bot_files, settings.data, fast=fast)
        content = {"ok": found.ok, "problems": [_problem(problem) for problem in found.problems], "rasa": found.rasa}
        _print(content, as_json, lambda: _show_report(found))
        if not found.ok:
            raise typer.Exit(1)

    _guard(work)


@app.command("read")
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

    _guard(lambda _settings: run(kind, sys.stdin, lang, country, today))


@app.command()
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
            _print({"ok": all(finding.state != "error" for finding in findings), "findings": [vars(finding) for finding in findings]}, True)
        if any(finding.state == "error" for finding in findings):
            raise typer.Exit(1)

    _run(work)


@app.command()
def settings(as_json: Json = False) -> None:
    """Every setting with its value, where it may be set, and what it means."""

    def work(values: Settings) -> None:
        rows = {name: {"value": str(getattr(values, name)), "help": field.description} for name, field in Settings.model_fields.items()}
        _print(rows, as_json, lambda: _show_settings(rows))

    _guard(work)


@app.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
def npm(context: typer.Context) -> None:
    """Run npm in the widget's workspace, with the machine's Node.js or the one from the wheel."""
    from handraise.node import run_npm

    _guard(lambda _settings: run_npm(*context.args))


@agent_app.command("add")
def agent_add(
    email: Annotated[str, typer.Option(help="The address to sign in with.")],
    name: Annotated[str, typer.Option(help="The name that visitors see.")],
    role: Annotated[str, typer.Option(help="agent, marketer or admin.")] = "agent",
    password: Annotated[str | None, typer.Option(envvar="HANDRAISE_AGENT_PASSWORD", help="Asked for when not given.")] = None,
    as_json: Json = False,
) -> None:
    """Add somebody who may sign in to the console."""
    from handraise.agent import add_agent

    word = password or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    _run(lambda settings: add_agent(settings, email, name, role, word))
    _print({"email": email, "name": name, "role": role}, as_json, lambda: done(f"{name} may sign in as {email}"))


@agent_app.command("password")
def agent_password(
    email: str, password: Annotated[str | None, typer.Option(envvar="HANDRAISE_AGENT_PASSWORD", help="Asked for when not given.")] = None
) -> None:
    """Give an agent a new password; they are signed out everywhere."""
    from handraise.agent import new_password

    word = password or typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    _run(lambda settings: new_password(settings, email, word))
    done(f"{email} has a new password")


@agent_app.command("list")
def agent_list(as_json: Json = False) -> None:
    """Everybody who may sign in."""
    from handraise.agent import list_agents

    rows = _run(list_agents)
    _print(rows, as_json, lambda: _show_agents(rows))


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

    _run(work)


@leads_app.command("corrections")
def leads_corrections() -> None:
    """Write what agents have corrected as labelled examples: the visitor's words, what was read, what it should have been."""
    from handraise.leads import list_corrections

    async def work(settings: Settings) -> None:
        await list_corrections(settings)

    _run(work)


@conversation_app.command("list")
def conversation_list(limit: Annotated[int, typer.Option(help="How many.")] = 20, as_json: Json = False) -> None:
    """The newest conversations."""
    from handraise.conversation import list_conversations

    rows = _run(lambda settings: list_conversations(settings, limit))
    _print(rows, as_json, lambda: _show_conversations(rows))


@conversation_app.command("show")
def conversation_show(conversation_id: str, as_json: Json = False) -> None:
    """One conversation with its whole log and the lead card."""
    from handraise.conversation import show_conversation

    found = _run(lambda settings: show_conversation(settings, conversation_id))
    _print(found, as_json, lambda: _show(found))


def _show(found: dict[str, Any]) -> None:
    print(f"{found['id']}  held by {found['holder']} (epoch {found['epoch']})\n")
    for entry in found["entries"]:
        who = entry["name"] or entry["author"]
        print(f"{entry['seq']:>4}  {entry['at'][11:19]}  {who:<10} {entry['text'] or entry['kind']}")
    lead = found["lead"]
    if lead:
        print(f"\n{lead['tier']} · {lead['score']} points · {lead['stage']}")
        for row in lead["receipt"].get("entries", []):
            print(f"  {row['points']:>+4}  {row['sentence']}")


def _show_report(found: Report) -> None:
    for line in [*map(str, found.problems), *found.rasa]:
        print(line)
    if found.ok:
        done("The bot's files are right")


def _show_settings(rows: dict[str, dict[str, Any]]) -> None:
    for name, row in rows.items():
        console.print(f"  HANDRAISE_{name.upper():<18} {row['value']:<24} [dim]{row['help']}[/]")


def _show_agents(rows: list[dict[str, object]]) -> None:
    for row in rows:
        print(f"{row['email']:<32} {row['role']:<10} {row['name']}" + ("" if row["active"] else "  (disabled)"))


def _show_conversations(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['id']}  {row['holder']:<7} {row['last_seq']:>4} entries  {row['last_at']}")


def _problem(problem: FileProblem) -> dict[str, Any]:
    return {"file": str(problem.path), "line": problem.line, "column": problem.column, "message": problem.message, "fix": problem.fix}


def _print(content: Any, as_json: bool, show: Callable[[], object] = lambda: None) -> None:
    if as_json:
        print(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        show()


def _run[T](work: Callable[[Settings], Coroutine[Any, Any, T]]) -> T:
    """Run asynchronous work with the settings; see :func:`_guard`."""
    return _guard(lambda settings: asyncio.run(work(settings)))


def _guard[T](work: Callable[[Settings], T]) -> T:
    """Run work with the settings; what people can mend is shown in their words and ends with exit code 1."""
    try:
        return work(load_settings())
    except Failure as failure:
        report(failure)
    except FileProblem as problem:
        report(told(problem))
    except SettingsError as error:
        report(Failure(str(error), "docs/settings.md lists every setting."))
    except KeyboardInterrupt:
        sys.exit(130)
    raise typer.Exit(1)
