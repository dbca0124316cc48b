"""`handraise bench idle`: one hub with thousands of visitors for some minutes; does it stay as it is?"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from handraise.bench.chart import growth, slope, spark
from handraise.bench.contestants import hub_process
from handraise.bench.crowd import LATE_SECONDS, CrowdPlan
from handraise.bench.hub_process import HubPlan
from handraise.bench.machine import cores, description, more_files
from handraise.bench.processes import Process
from handraise.bench.rounds import Cores
from handraise.ports import free_port
from handraise.steps import Failure, warn

WARM_SHARE = 0.25  # of the time, in which caches and pools may fill
WARM_SECONDS = 60.0  # at least, if that leaves half of the time: what belongs to a closed connection may live for two pings
GROWTH_SHARE = 0.02  # of what there was then, which is no growth: a few tasks are always on their way, and freed memory has holes
GROWTH_MB = 2.0
GROWTH_TASKS = 20.0
_SPARE_FILES = 300
_PER_AGENT = 10


@dataclass(frozen=True)
class Soak:
    """How many, how long."""

    idle: int
    talking: int
    minutes: float
    churn: float

    @property
    def agents(self) -> int:
        """Each with some conversations open."""
        return max(1, self.talking // _PER_AGENT)

    @property
    def tell_seconds(self) -> float:
        """Between two samples: some hundred of them."""
        return min(5.0, max(0.5, self.minutes * 60 / 120))


@dataclass
class Sample:
    """How the hub was at one moment."""

    at: float  # seconds since everybody was there
    rss_mb: float
    files: int
    cpu: float
    tasks: int
    lag_ms: float
    gc_ms: float
    p99_ms: float
    worst_ms: float
    late: int


def bench_idle(bot_files: Path, soak: Soak, console: Console) -> dict[str, Any]:
    """Soak, print, and give everything as JSON."""
    soak = _within_limits(soak)
    console.print(f"\n  {soak.idle} idle visitors ({soak.churn:g} a second leave and others come), {soak.talking} who talk with", end=" ")
    console.print(f"{soak.agents} agents, {soak.minutes:g} minutes\n")
    placed = Cores.of(cores())
    with TemporaryDirectory(prefix="handraise-bench-") as name:
        folder, port = Path(name), free_port()
        plan = HubPlan(port, name, str(bot_files.resolve()), visitors=soak.talking, agents=soak.agents, tell_seconds=soak.tell_seconds)
        with hub_process(plan, placed.server) as hub:
            samples, end = _watch(hub, soak, folder, port, placed.generator, console)
    verdicts = judge(samples, end)
    _show(console, samples, end, verdicts)
    return {
        "machine": description(None),
        "soak": asdict(soak),
        "samples": [asdict(sample) for sample in samples],
        "end": end,
        "verdicts": [{"name": name, "good": good, "text": text} for name, good, text in verdicts],
    }


def _within_limits(soak: Soak) -> Soak:
    most = more_files() - _SPARE_FILES - soak.talking - soak.agents
    if soak.idle <= most:
        return soak
    warn(f"This account may open {most + _SPARE_FILES} files more: {most} idle visitors instead of {soak.idle}. ulimit -n raises it.")
    return Soak(max(1, most), soak.talking, soak.minutes, soak.churn)


def _watch(hub: Process, soak: Soak, folder: Path, port: int, core: int | None, console: Console) -> tuple[list[Sample], dict[str, Any]]:
    """Run the crowd and take a sample whenever it says something."""
    seconds = soak.minutes * 60
    crowd_plan = CrowdPlan(port, soak.idle, soak.talking, soak.agents, seconds, soak.tell_seconds, churn=soak.churn, core=core)
    command = [sys.executable, "-m", "handraise.bench.crowd", json.dumps(asdict(crowd_plan))]
    columns = (TextColumn("  {task.description:<40}"), BarColumn(), TimeElapsedColumn())
    with Process(command, folder, "crowd", None) as crowd, Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("everybody arrives", total=seconds)
        crowd.wait_ready("arrived", seconds=120 + soak.idle / 20)
        watcher, begun = _Watcher(hub), time.monotonic()
        samples: list[Sample] = []
        while True:
            time.sleep(0.05)
            for line in crowd.lines():
                said = json.loads(line)
                if said.get("end"):
                    return samples, said
                samples.append(watcher.sample(time.monotonic() - begun, said))
                progress.update(task, completed=samples[-1].at, description=f"{samples[-1].rss_mb:.0f} MB, {said['shown']} replies seen")
            if not crowd.alive:
                raise Failure(f"The visitors ended early: {crowd.last_words()}", "")
            if not hub.alive:
                raise Failure(f"The hub ended: {hub.last_words()}", "")


class _Watcher:
    """Looks at the hub from outside, and hears what it says of itself."""

    def __init__(self, hub: Process) -> None:
        self._hub = hub
        self._process = psutil.Process(hub.pid)
        self._process.cpu_percent()
        self._said: dict[str, Any] = {}

    def sample(self, at: float, crowd: dict[str, Any]) -> Sample:
        lines = [json.loads(line) for line in self._hub.lines()]
        self._said = lines[-1] if lines else self._said
        return Sample(
            at=round(at, 1),
            rss_mb=round(self._process.memory_info().rss / 2**20, 2),
            files=self._process.num_fds(),
            cpu=self._process.cpu_percent() / 100,
            tasks=self._said.get("tasks", 0),
            lag_ms=max((line["lag_ms"] for line in lines), default=0.0),
            gc_ms=max((line["gc_ms"] for line in lines), default=0.0),
            p99_ms=crowd["p99_ms"],
            worst_ms=crowd["worst_ms"],
            late=crowd["late"],
        )


type Verdict = tuple[str, bool, str]


def judge(samples: list[Sample], end: dict[str, Any]) -> list[Verdict]:
    """What is as it should be, and what is not."""
    last = samples[-1].at if samples else 0.0
    warm_from = max(last * WARM_SHARE, min(WARM_SECONDS, last / 2))
    warm = [sample for sample in samples if sample.at >= warm_from]
    memory, times = [sample.rss_mb for sample in warm], [sample.at / 3600 for sample in warm]
    more, per_hour = growth(memory), slope(times, memory)
    allowed = max(GROWTH_MB, GROWTH_SHARE * (memory[0] if memory else 0.0))
    tasks = growth([float(sample.tasks) for sample in warm])
    allowed_tasks = max(GROWTH_TASKS, GROWTH_SHARE * (warm[0].tasks if warm else 0))
    files = growth([float(sample.files) for sample in warm])
    return [
        (
            "memory",
            more <= allowed,
            f"{more:+.1f} MB after the first quarter of the time ({per_hour:+.1f} MB an hour; allowed {allowed:.1f} MB)",
        ),
        ("tasks", tasks <= allowed_tasks, f"{tasks:+.0f} (allowed {allowed_tasks:.0f})"),
        ("open files", files <= GROWTH_TASKS, f"{files:+.0f}"),
        ("late", end["late"] == 0, f"{end['late']} of {end['relays'] + end['shown']} lines came more than {LATE_SECONDS:g} s late"),
        ("lost", end["lost"] == 0, f"{end['lost']} of {end['messages']} messages and {end['replies']} replies"),
        ("doubled", end["doubled"] == 0, f"{end['doubled']}"),
        ("cut", end["closed"] == 0, f"{end['closed']} connections"),
        ("refused", end["refused"] == 0, f"{end['refused']} times"),
    ]


def _show(console: Console, samples: list[Sample], end: dict[str, Any], verdicts: list[Verdict]) -> None:
    rows = (("memory", "rss_mb", "MB"), ("tasks", "tasks", ""), ("open files", "files", ""), ("processor", "cpu", "cores"))
    later = (("loop late", "lag_ms", "ms"), ("collector", "gc_ms", "ms"), ("relay p99", "p99_ms", "ms"), ("relay worst", "worst_ms", "ms"))
    for title, name, unit in (*rows, *later):
        values = [float(getattr(sample, name)) for sample in samples]
        ends = f"{min(values):,.4g} to {max(values):,.4g} {unit}" if values else "-"
        console.print(f"  {title:<12} {spark(values)}  {ends}")
    console.print(f"\n  {end['came']} visitors came and went, {end['messages']} messages, {end['shown']} replies seen\n")
    for name, good, text in verdicts:
        console.print(f"  {'[green]✓[/]' if good else '[red]✗[/]'} {name:<12} {text}")
