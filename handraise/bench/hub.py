"""`handraise bench hub`: all servers in turn over several rounds, then the tables."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from handraise.bench import report, stores
from handraise.bench.contestants import Contestant, contestants
from handraise.bench.machine import cores, description
from handraise.bench.rounds import Cores, Measuring, Rounds, Values
from handraise.bench.several import Several
from handraise.node import node_program

WIDTH = 150


def bench_hub(bot_files: Path, measuring: Measuring, *, database_url: str, with_postgres: bool, console: Console) -> dict[str, Any]:
    """Measure, print, and give everything as JSON."""
    machine = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **description(_node_version())}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="handraise-bench-")))
        folder.chmod(0o755)  # PostgreSQL may run under an account of its own
        postgres = database_url or None
        if postgres is None and with_postgres and stores.has_postgres():
            postgres = stack.enter_context(stores.postgres(folder))
        all_of_them = contestants(bot_files, postgres)
        missing = {one.title: one.missing for one in all_of_them if one.missing}
        able = [one for one in all_of_them if not one.missing]
        placed = Cores.of(cores())
        _introduce(console, machine, missing, placed)
        found, pairs = _measure(able, measuring, placed, folder, bot_files, console)
    titles = {one.key: one.title for one in able}
    if not pairs:
        missing["two hubs"] = "no redis-server: install it, or the development packages"
        console.print(f"  not measured: two hubs ({missing['two hubs']})")
    report.show(console, titles, found, pairs, measuring)
    return report.as_json(machine, {**titles, **pairs}, found, missing, measuring)


def _measure(
    able: list[Contestant], measuring: Measuring, placed: Cores, folder: Path, bot_files: Path, console: Console
) -> tuple[dict[str, Values], dict[str, str]]:
    has_redis = stores.redis_program() is not None
    steps = Rounds.steps(measuring, len(able)) + (Several.steps(measuring) if has_redis else 0)
    with bench_progress(console, steps) as done:
        rounds = Rounds(measuring, placed, folder, done)
        several = Several(measuring, placed, folder, bot_files, done)
        pairs = several.pairs if has_redis else []
        found = {key: Values() for key in (*(one.key for one in able), *(pair.key for pair in pairs))}
        for number in range(measuring.rounds):
            turn = number % len(able)
            for contestant in able[turn:] + able[:turn]:
                rounds.one(contestant, found[contestant.key])
            for pair in pairs:
                several.one(pair, found[pair.key])
    return found, {pair.key: pair.title for pair in pairs}


@contextmanager
def bench_progress(console: Console, steps: int) -> Iterator[Callable[[str], None]]:
    """A bar; what it gives is to be called after each step with what was done."""
    columns = (TextColumn("  {task.description:<56}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=steps)

        def done(text: str) -> None:
            progress.update(task, advance=1, description=text)
            if not console.is_terminal:
                console.print(f"  {text}")

        yield done


def _introduce(console: Console, machine: dict[str, Any], missing: dict[str, str], placed: Cores) -> None:
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items() if version)
    console.print(f"\n  {machine['at']}, {machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GB, {machine['system']}")
    console.print(f"  Python {machine['python']}, Node.js {machine['node'] or '-'}, {packages}")
    if placed.server is None:
        console.print("  One core, or no pinning here: servers and generator take it from each other. The figures say little.")
    else:
        shared = " (the second process and Redis share the generator's)" if placed.second == placed.generator else ""
        console.print(f"  Server on core {placed.server}, generator on core {placed.generator}{shared}")
    console.print(f"  Load before: {machine['load_before'][0]}. What else runs on these cores takes part in every figure.")
    for name, why in missing.items():
        console.print(f"  not measured: {name} ({why})")


def _node_version() -> str | None:
    program = node_program()
    if program is None:
        return None
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
