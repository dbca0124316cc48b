"""The rounds: every server in turn, again and again, so that a noisy minute of the machine hits all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from handraise.bench.contestants import Contestant, Place, Running
from handraise.bench.plan import Outcome, Plan
from handraise.bench.processes import generate
from handraise.steps import Failure

SETTLE_SECONDS = 1.0


@dataclass(frozen=True)
class Cores:
    """Who runs where; None: wherever the system likes."""

    server: int | None
    generator: int | None
    second: int | None  # the second hub
    redis: int | None

    @classmethod
    def of(cls, known: list[int]) -> Cores:
        """One core each as far as they go; servers that are compared always have the first for themselves."""
        if len(known) < 2:
            return cls(None, None, None, None)
        return cls(known[0], known[1], known[2] if len(known) > 2 else known[1], known[3] if len(known) > 3 else known[1])


@dataclass(frozen=True)
class Measuring:
    """How much is measured."""

    rounds: int = 3
    seconds: float = 4.0
    warm_seconds: float = 1.0
    visitors: int = 100
    agents: int = 10
    in_flight: int = 4
    rate: float = 1000.0
    slow_rate: float = 200.0  # of the two hubs, beside ``rate``
    idle: int = 1000  # connections whose memory is measured
    before: int = 100  # connections that are there before
    fresh: bool = True  # a new server for every measure


QUICK = Measuring(1, 0.5, 0.2, visitors=20, agents=2, rate=50, slow_rate=20, idle=50, before=10, fresh=False)


@dataclass
class Values:
    """What was measured of one server, one value per round; None where a round gave none."""

    values: dict[str, list[float | None]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, value: float | None) -> None:
        """The value of one round."""
        self.values.setdefault(name, []).append(value)

    def note(self, text: str) -> None:
        """Something the reader must know, once."""
        if text not in self.notes:
            self.notes.append(text)


type Done = Callable[[str], None]


class Rounds:
    """Measures contestants one after the other; ``done`` is told of every step."""

    def __init__(self, measuring: Measuring, cores: Cores, folder: Path, done: Done) -> None:
        self._measuring = measuring
        self._cores = cores
        self._folder = folder
        self._done = done

    @staticmethod
    def steps(measuring: Measuring, contestants: int) -> int:
        """How often ``done`` will be told."""
        return measuring.rounds * contestants * 4

    def one(self, contestant: Contestant, values: Values) -> None:
        """One round of one server."""
        measuring = self._measuring
        crowd = measuring.before + measuring.idle
        works = [("saturate", False), ("steady", False), ("idle", False), ("idle", True)]
        try:
            if measuring.fresh or contestant.forgets:
                for work in works:
                    visitors, agents = (crowd, 0) if work[0] == "idle" else (measuring.visitors, measuring.agents)
                    with contestant.start(Place(self._folder, self._cores.server, visitors, agents)) as running:
                        self._work(contestant, running, values, *work)
            else:
                visitors = max(crowd, measuring.visitors)
                with contestant.start(Place(self._folder, self._cores.server, visitors, measuring.agents)) as running:
                    for work in works:
                        self._work(contestant, running, values, *work)
        except Failure as failure:
            values.errors.append(failure.what)

    def _work(self, contestant: Contestant, running: Running, values: Values, what: str, offer: bool) -> None:
        measuring = self._measuring
        is_idle = what == "idle"
        outcome = generate(
            Plan(
                what=what,
                dialect=contestant.dialect,
                port=running.port,
                visitors=measuring.before + measuring.idle if is_idle else measuring.visitors,
                agents=0 if is_idle else measuring.agents,
                in_flight=measuring.in_flight,
                rate=measuring.rate,
                seconds=SETTLE_SECONDS if is_idle else measuring.seconds,
                warm_seconds=measuring.warm_seconds,
                offer=offer,
                before=measuring.before if is_idle else 0,
                pids=(running.pid,),
                core=self._cores.generator,
            ),
            self._folder,
        )
        _keep(values, what, offer, outcome)
        values.errors += [f"{what}: {error}" for error in outcome.errors]
        self._done(f"{contestant.title}, {what}")


def _keep(values: Values, what: str, offer: bool, outcome: Outcome) -> None:
    cpu = sum(outcome.cpu)
    if what == "saturate":
        rate = outcome.acks / outcome.seconds if outcome.seconds else None
        values.add("messages_per_second", rate)
        values.add("messages_per_cpu_second", rate / cpu if rate and cpu else None)
        values.add("cpu_saturated", cpu)
        values.add("generator_cpu", outcome.own_cpu)
        if outcome.own_cpu > 0.9:
            values.note("the generator was busy with more than 0.9 of its core: the server may be faster")
    elif what == "steady":
        for name in ("ack_p50", "ack_p99", "relay_p50", "relay_p99"):
            values.add(name, getattr(outcome, name))
        values.add("cpu_steady", cpu)
        if outcome.overloaded:
            values.note("the steady rate was more than the server could take; it was still behind 20 s later")
    else:
        values.add("kb_offered" if offer else "kb_plain", outcome.kb_each)
        if not offer:
            values.add("connects_per_second", outcome.connects_per_second)
        elif outcome.compressed:
            values.note("took the offer of compression")
