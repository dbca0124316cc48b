"""What most scenarios do in the end: let the checker judge, and percentiles."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles

from tests.faults.results import Scenario
from tests.faults.world import World


def percentile(values: Sequence[float], share: int) -> float:
    """The percentile of some values; 0.0 of none."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=100)[share - 1]


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return percentile(values, 95)


async def judged(world: World, it: Scenario, *, complete: bool = True) -> None:
    """Let the checker compare everything, and keep its counts as figures."""
    verdict = await world.verdict(complete=complete)
    for kind in verdict.KINDS:
        it.must(kind, verdict.counts[kind], why="; ".join(verdict.cases[:3]))
    for name, count in verdict.checked.items():
        it.tell(f"{name} compared", count)
