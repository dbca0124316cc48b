"""`handraise bench`: the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from handraise.steps import Failure, done, report
from leads.settings import load_settings

bench_app = typer.Typer(help="Measure: messages per second, latency, memory; how well answers are read.", no_args_is_help=True)
Out = Annotated[Path | None, typer.Option("--json", help="Also write everything to this file.")]


@bench_app.command("hub")
def hub(
    rounds: Annotated[int, typer.Option(min=1, help="How often each server has its turn.")] = 3,
    seconds: Annotated[float, typer.Option(min=0.2, help="How long each measure takes.")] = 4.0,
    idle: Annotated[int, typer.Option(min=1, help="Idle visitors whose memory is measured.")] = 1000,
    database_url: Annotated[str, typer.Option(help="A PostgreSQL server; a database is made on it and dropped again.")] = "",
    quick: Annotated[bool, typer.Option("--quick", help="Half a minute, to see that everything works; the figures say little.")] = False,
    out: Out = None,
) -> None:
    """Our hub beside other servers, one core each, in turn."""
    try:
        from rich.console import Console

        from handraise.bench.hub import WIDTH, bench_hub
        from handraise.bench.rounds import QUICK, Measuring
    except ModuleNotFoundError as error:
        _needs(error)
    measuring = QUICK if quick else Measuring(rounds=rounds, seconds=seconds, idle=idle)
    console = Console(highlight=False, width=WIDTH)
    try:
        found = bench_hub(load_settings().bot_files, measuring, database_url=database_url, with_postgres=not quick, console=console)
    except Failure as failure:
        report(failure)
        raise typer.Exit(1) from None
    _write(out, found)
    if any(server["errors"] for server in found["servers"].values()):
        raise typer.Exit(1)


@bench_app.command("idle")
def idle(
    visitors: Annotated[int, typer.Option(min=1, help="Visitors who only look.")] = 5000,
    talking: Annotated[int, typer.Option(min=1, help="Visitors who talk with agents, a message every few seconds each.")] = 200,
    minutes: Annotated[float, typer.Option(min=0.05, help="How long.")] = 10.0,
    churn: Annotated[float, typer.Option(min=0.0, help="Visitors who leave, and others who come, per second.")] = 2.0,
    out: Out = None,
) -> None:
    """Thousands of visitors on one hub for some minutes: does its memory grow, is anything late?"""
    try:
        from rich.console import Console

        from handraise.bench.hub import WIDTH
        from handraise.bench.idle import Soak, bench_idle
    except ModuleNotFoundError as error:
        _needs(error)
    console = Console(highlight=False, width=WIDTH)
    try:
        found = bench_idle(load_settings().bot_files, Soak(visitors, talking, minutes, churn), console)
    except Failure as failure:
        report(failure)
        raise typer.Exit(1) from None
    _write(out, found)
    if not all(verdict["good"] for verdict in found["verdicts"]):
        raise typer.Exit(1)


@bench_app.command("turn")
def turn(
    rounds: Annotated[int, typer.Option(min=1, help="How often each bot has its turn.")] = 3,
    quick: Annotated[bool, typer.Option("--quick", help="Some two minutes, to see that everything works; the figures say little.")] = False,
    out: Out = None,
) -> None:
    """Our bot beside stock Rasa on the same dialogue, one core each, in turn."""
    try:
        from rich.console import Console

        from handraise.bench.hub import WIDTH
        from handraise.bench.turn import bench_turn
        from handraise.bench.turn_rounds import QUICK_TURNS, TurnMeasuring
    except ModuleNotFoundError as error:
        _needs(error)
    measuring = QUICK_TURNS if quick else TurnMeasuring(rounds=rounds)
    try:
        found = bench_turn(load_settings(), measuring, Console(highlight=False, width=WIDTH))
    except Failure as failure:
        report(failure)
        raise typer.Exit(1) from None
    _write(out, found)
    if any(bot["errors"] for bot in found["bots"].values()):
        raise typer.Exit(1)


@bench_app.command("reading")
def reading(
    kinds: Annotated[list[str] | None, typer.Argument(help="Kinds of answer; all when none is given.")] = None,
    misses: Annotated[bool, typer.Option("--misses", help="Also print each phrase that was not read right.")] = False,
    phrases: Annotated[Path | None, typer.Option(help="A folder with other phrases, KIND.jsonl for each kind.")] = None,
    out: Out = None,
) -> None:
    """Our readers beside the best library for each kind, on labelled phrases."""
    try:
        from rich.console import Console

        from handraise.bench.hub import WIDTH
        from handraise.bench.reading import PHRASES, bench_reading
        from handraise.read import READ_KINDS
    except ModuleNotFoundError as error:
        _needs(error)
    if unknown := [kind for kind in kinds or () if kind not in READ_KINDS]:
        report(Failure(f"There is no kind {unknown[0]!r}.", f"Use some of {', '.join(READ_KINDS)}."))
        raise typer.Exit(1)
    console = Console(highlight=False, width=WIDTH)
    try:
        scores = bench_reading(kinds or READ_KINDS, console, phrases or PHRASES)
    except Failure as failure:
        report(failure)
        raise typer.Exit(1) from None
    for score in scores if misses else ():
        for miss in score.misses if score.reader == "Handraise" else ():
            console.print(
                f"  {score.kind:<10} {miss['outcome']:<10} {miss['text']!r}: {miss['label']} read as {miss['read']}", markup=False
            )
    _write(out, [score.json() for score in scores])


@bench_app.command("questions")
def questions(
    scoring: Annotated[Path | None, typer.Option(help="Other rules than the bot's own.")] = None,
) -> None:
    """Every way in which the questions can be answered: does asking less lead to the same tier, and how much less is it?"""
    try:
        from rich.console import Console

        from handraise.bench.hub import WIDTH
        from handraise.bench.questions import bench_questions
        from leads.errors import FileProblem
        from leads.questions import Questions
        from leads.rules import Rules
    except ModuleNotFoundError as error:
        _needs(error)
    folder = load_settings().bot_files / "bot"
    try:
        asked = Questions.load(folder / "questions.yml")
        rules = Rules.load(scoring or folder / "scoring.yml", set(asked))
    except FileProblem as problem:
        report(Failure(f"{problem.path}:{problem.line}:{problem.column}: {problem.message}", problem.fix))
        raise typer.Exit(1) from problem
    if any(outcome.differing for outcome in bench_questions(asked, rules, Console(highlight=False, width=WIDTH))):
        raise typer.Exit(1)


@bench_app.command("intents")
def intents(
    folds: Annotated[int, typer.Option(min=1, max=20, help="Parts of the cross-validation; 1 leaves it out.")] = 5,
    only: Annotated[str, typer.Option(help="Only contestants with this in their name.")] = "",
    embeddings: Annotated[Path | None, typer.Option(help="A Python that has wordllama and scikit-learn, for that contestant.")] = None,
    out: Out = None,
) -> None:
    """How well the shipped pipeline and others tell what visitors mean; some minutes for each fold of DIET."""
    try:
        from rich.console import Console

        from handraise.bench.hub import WIDTH
        from handraise.bench.intents import bench_intents
    except ModuleNotFoundError as error:
        _needs(error)
    settings = load_settings()
    try:
        results = bench_intents(settings.bot_files, settings.data, folds, only, embeddings, Console(highlight=False, width=WIDTH))
    except Failure as failure:
        report(failure)
        raise typer.Exit(1) from None
    _write(out, [result.json() for result in results])


def _write(out: Path | None, found: object) -> None:
    if out is not None:
        out.write_text(json.dumps(found, indent=2) + "\n")
        done(f"Everything is in {out}")


def _needs(error: ModuleNotFoundError) -> NoReturn:
    report(Failure(f"Measuring needs the package {error.name}.", "Install the development packages: uv sync --group dev"))
    raise typer.Exit(1)
