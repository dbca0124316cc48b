"""`handraise bench turn`: our bot beside stock Rasa on the same dialogue, in turn over several rounds, then the tables."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from handraise import model
from handraise.bench.hub import bench_progress
from handraise.bench.machine import cores, description, pin, pin_to
from handraise.bench.report import Ratio, ratios, ratios_as_json, table
from handraise.bench.rounds import Values
from handraise.bench.turn_bots import TurnBot, ours, stock
from handraise.bench.turn_rounds import EARLY, TurnMeasuring, TurnRounds
from handraise.bench.turn_stock import stock_model
from handraise.bench.turn_training import edits
from handraise.steps import Failure, step
from leads.settings import Settings

OURS, STOCK = "handraise", "stock"
SPEED = (
    ("turns_per_second", "turns/s, one core for all", 1),
    ("turns_per_bot_cpu", "per CPU second of the bot", 1),
    ("bot_cpu_ms", "CPU ms a turn, bot", 1),
    ("actions_cpu_ms", "actions", 1),
    ("crowd_p50", "p50 ms, many at once", 0),
    ("p50", "p50 ms, alone", 1),
    ("p95", "p95 ms, alone", 1),
)
SIZE = (
    ("memory", "MB of the bot", 0),
    ("actions_memory", "MB of its actions", 0),
    ("start_seconds", "s to the first answer", 1),
    ("early", "ms, early turn", 1),
    ("late", "ms, late turn", 1),
    ("growth", "late to early", 2),
    ("training_seconds", "s, warm training", 1),
)
RATIOS = (
    Ratio("turns per second, bot and actions on one core", (OURS, "turns_per_second"), (STOCK, "turns_per_second"), ">= 7", 7),
    Ratio("turns per CPU second of the bot", (OURS, "turns_per_bot_cpu"), (STOCK, "turns_per_bot_cpu"), ">= 7", 7),
    Ratio("p50 of a turn, one visitor at a time", (OURS, "p50"), (STOCK, "p50"), "<= 0.25", 0.25, True),
    Ratio("memory of the bot", (OURS, "memory"), (STOCK, "memory"), "<= 0.5", 0.5, True),
    Ratio("start to first answer", (OURS, "start_seconds"), (STOCK, "start_seconds"), "<= 0.35", 0.35, True),
    Ratio("our late turn to our early one", (OURS, "growth"), None, "<= 1.2", 1.2, True),
    Ratio("stock's late turn to its early one", (STOCK, "growth"), None),
    Ratio("seconds of a training after one new example, warm", (OURS, "training_seconds"), None, "<= 10", 10, True),
)


def bench_turn(settings: Settings, measuring: TurnMeasuring, console: Console) -> dict[str, Any]:
    """Measure, print, and give everything as JSON.

    Raises:
        Failure: a model could not be trained.
    """
    machine = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **description(None)}
    known = cores()
    core, other = (known[0], known[1]) if len(known) > 1 else (None, None)
    with TemporaryDirectory(prefix="handraise-bench-") as name:
        folder = Path(name)
        bots = _bots(settings, folder, measuring)
        _introduce(console, machine, core, other)
        pin(other)
        found = {bot.key: Values() for bot in bots}
        with bench_progress(console, measuring.rounds * len(bots) * TurnRounds.steps + measuring.rounds) as done:
            rounds = TurnRounds(measuring, core, folder, done)
            for number in range(measuring.rounds):
                for bot in bots if number % 2 else reversed(bots):
                    rounds.one(bot, found[bot.key])
            _train(settings.bot_files, folder, measuring, found[OURS], done)
        pin_to(known)
    titles = {bot.key: bot.title for bot in bots}
    console.print(table(f"A visit of nine turns: alone, then {measuring.at_once} visits at once", titles, found, SPEED))
    console.print(table(f"Size, start, and turn {measuring.late} of one conversation to turn {EARLY}", titles, found, SIZE))
    console.print(ratios(found, RATIOS))
    for key, title in titles.items():
        for line in found[key].notes:
            console.print(f"  {title}: {line}")
        for line in found[key].errors:
            console.print(f"  [red]{title}: {line}[/]")
    bots_as_json = {key: {"title": titles[key], "values": found[key].values, "errors": found[key].errors} for key in titles}
    return {"machine": machine, "measuring": vars(measuring), "bots": bots_as_json, "ratios": ratios_as_json(found, RATIOS)}


def _bots(settings: Settings, folder: Path, measuring: TurnMeasuring) -> list[TurnBot]:
    bot_files = settings.bot_files.resolve()
    with step("Our model: trained when there is none for the bot's files"):
        known = model.find(bot_files, settings.data)
        own = known.path if known and known.fits else asyncio.run(model.train(bot_files, folder))
    with step("The model of stock Rasa: trained once (some ten minutes), then kept among the temporary files"):
        theirs = stock_model(bot_files, measuring.quick)
    return [TurnBot(OURS, "Handraise", ours(bot_files, own.resolve())), TurnBot(STOCK, "stock Rasa", stock(theirs))]


def _train(bot_files: Path, folder: Path, measuring: TurnMeasuring, values: Values, done: Any) -> None:
    try:
        for seconds in edits(bot_files, folder / "trainer", measuring.rounds):
            values.add("training_seconds", seconds)
            done("Handraise: trained after an edit")
    except Failure as failure:  # what was measured before is shown all the same
        values.errors.append(failure.what)


def _introduce(console: Console, machine: dict[str, Any], core: int | None, other: int | None) -> None:
    console.print(f"\n  {machine['at']}, {machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GB, {machine['system']}")
    if core is None:
        console.print("  One core, or no pinning here: bots and visitors take it from each other. The figures say little.")
    else:
        console.print(f"  Each bot with its action server on core {core}, the visitors on core {other}")
    console.print(f"  Load before: {machine['load_before'][0]}. What else runs on these cores takes part in every figure.")
