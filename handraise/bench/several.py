"""Two processes joined by Redis: visitors on one, agents on the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from handraise.bench import stores
from handraise.bench.contestants import Place, hub_process, python_peer
from handraise.bench.hub_process import HubPlan
from handraise.bench.plan import Outcome, Plan
from handraise.bench.processes import generate
from handraise.bench.rounds import Cores, Measuring, Values
from handraise.ports import free_port
from handraise.steps import Failure

HUBS, PEERS = "two-hubs", "two-python-socketio"


@dataclass(frozen=True)
class Pair:
    """Two servers that serve."""

    visitors: int  # ports
    agents: int
    pids: tuple[int, int]


@dataclass(frozen=True)
class PairOf:
    """Two of a kind and how they are started, given the address of Redis."""

    key: str
    title: str
    dialect: str
    start: Callable[[str], AbstractContextManager[Pair]]


class Several:
    """Measures pairs; ``done`` is told of every step."""

    def __init__(self, measuring: Measuring, cores: Cores, folder: Path, bot_files: Path, done: Callable[[str], None]) -> None:
        self._measuring = measuring
        self._cores = cores
        self._folder = folder
        self._bot_files = bot_files
        self._done = done
        self.pairs = [
            PairOf(HUBS, "two hubs", "handraise", self._hubs),
            PairOf(PEERS, "two python-socketio", "socketio", self._peers),
        ]

    @staticmethod
    def steps(measuring: Measuring) -> int:
        """How often ``done`` will be told."""
        return measuring.rounds * 2 * 3

    def one(self, pair: PairOf, values: Values) -> None:
        """One round of one pair: slow, at the usual rate, overloaded."""
        measuring = self._measuring
        for what, rate in (("steady", measuring.slow_rate), ("steady", measuring.rate), ("saturate", 0.0)):
            try:
                with stores.redis(self._folder, self._cores.redis) as (url, redis_pid), pair.start(url) as two:
                    outcome = self._generate(pair, two, redis_pid, what, rate)
            except Failure as failure:
                values.errors.append(failure.what)
                continue
            name = "slow" if what == "steady" and rate == measuring.slow_rate else what
            _keep(values, name, outcome)
            values.errors += [f"{name}: {error}" for error in outcome.errors]
            self._done(f"{pair.title}, {name}")

    def _generate(self, pair: PairOf, two: Pair, redis_pid: int, what: str, rate: float) -> Outcome:
        measuring = self._measuring
        plan = Plan(
            what=what,
            dialect=pair.dialect,
            port=two.visitors,
            agent_port=two.agents,
            visitors=measuring.visitors,
            agents=measuring.agents,
            in_flight=measuring.in_flight,
            rate=rate,
            seconds=measuring.seconds,
            warm_seconds=measuring.warm_seconds,
            pids=(*two.pids, redis_pid),
            core=self._cores.generator,
        )
        return generate(plan, self._folder)

    @contextmanager
    def _hubs(self, redis_url: str) -> Iterator[Pair]:
        """Two hubs on one database."""
        folder = self._folder / f"hubs-{uuid4().hex[:8]}"
        folder.mkdir()
        first = HubPlan(free_port(), str(folder), str(self._bot_files.resolve()), redis_url=redis_url)
        first = replace(first, visitors=self._measuring.visitors, agents=self._measuring.agents)
        second = replace(first, port=free_port(), visitors=0, agents=0)
        with ExitStack() as stack:
            one = stack.enter_context(hub_process(first, self._cores.server))
            other = stack.enter_context(hub_process(second, self._cores.second))
            yield Pair(first.port, second.port, (one.pid, other.pid))

    @contextmanager
    def _peers(self, redis_url: str) -> Iterator[Pair]:
        place = Place(self._folder, self._cores.server, 0, 0)
        with (
            python_peer(place, "socketio_server", redis_url) as (one, first),
            python_peer(replace(place, core=self._cores.second), "socketio_server", redis_url) as (other, second),
        ):
            yield Pair(first, second, (one.pid, other.pid))


def _keep(values: Values, name: str, outcome: Outcome) -> None:
    if name == "saturate":
        acks = outcome.acks / outcome.seconds if outcome.seconds else None
        relays = outcome.relays / outcome.seconds if outcome.seconds else None
        values.add("acks_per_second", acks)
        values.add("relays_per_second", relays)
        values.add("relays_of_acks", relays / acks if acks and relays is not None else None)
        values.add("overload_relay_p50", outcome.relay_p50)
        values.add("overload_relay_p99", outcome.relay_p99)
        values.add("drain_seconds", outcome.drained_after)
    else:
        for part in ("p50", "p99"):
            values.add(f"{name}_relay_{part}", getattr(outcome, f"relay_{part}"))
    if outcome.overloaded:
        values.note(f"{name}: still behind 20 s later")
