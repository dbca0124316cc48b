"""What a generator is told to do, and what it says afterwards."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Plan:
    """One run of the generator. ``what`` is saturate, steady or idle."""

    what: str
    dialect: str
    port: int
    visitors: int
    agents: int = 0
    agent_port: int = 0  # another server than the visitors'; 0: the same
    in_flight: int = 4  # saturate: of each visitor
    rate: float = 1000.0  # steady: of all visitors, per second
    seconds: float = 4.0
    warm_seconds: float = 1.0
    offer: bool = False  # permessage-deflate, as browsers do
    before: int = 0  # idle: connections that are there before memory is first looked at
    pids: tuple[int, ...] = ()  # processes whose CPU and memory are read
    core: int | None = None
    drain_seconds: float = 20.0

    def json(self) -> dict[str, Any]:
        """For the command line of the generator."""
        return asdict(self)


@dataclass
class Outcome:
    """What one run of the generator found."""

    seconds: float = 0.0
    acks: int = 0
    relays: int = 0
    messages: int = 0
    ack_p50: float | None = None  # milliseconds
    ack_p99: float | None = None
    relay_p50: float | None = None
    relay_p99: float | None = None
    lost_acks: int = 0
    lost_relays: int = 0
    doubled: int = 0
    disordered: int = 0
    refused: int = 0
    closed: int = 0
    strangers: int = 0
    drained_after: float = 0.0
    overloaded: bool = False  # it was still busy with what it had been sent when nobody wanted to wait any longer
    connects_per_second: float | None = None
    kb_each: float | None = None  # of memory, per idle visitor
    compressed: bool = False
    cpu: list[float] = field(default_factory=list)  # cores used by each of ``pids``
    own_cpu: float = 0.0
    failure: str = ""

    @property
    def errors(self) -> list[str]:
        """What must not happen, in words."""
        counts = {
            "acknowledgements lost": self.lost_acks,
            "relays lost": self.lost_relays,
            "doubled": self.doubled,
            "out of order": self.disordered,
            "refused": self.refused,
            "connections closed": self.closed,
            "answers to nothing": self.strangers,
        }
        found = [f"{count} {name}" for name, count in counts.items() if count]
        return [self.failure, *found] if self.failure else found
