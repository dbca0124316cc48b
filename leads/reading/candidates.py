"""What a reader found for one question, and which of several findings counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leads.reading.amounts import correction
from leads.reading.base import Reading
from leads.reading.message import Message


@dataclass(frozen=True)
class Candidate:
    """A possible answer at a place; ``bare`` when only the question gives it a meaning, ``denied`` when taken back."""

    reading: Reading
    start: int
    end: int
    strength: int = 1
    bare: bool = False
    denied: bool = False


def best(message: Message, candidates: Sequence[Candidate]) -> Candidate | None:
    """The one that counts: not denied, after the last correction, then the strongest, then the first."""
    alive = [candidate for candidate in candidates if not candidate.denied]
    if not alive:
        return None
    for match in reversed(list(correction().finditer(message.low))):
        later = [candidate for candidate in alive if candidate.start >= match.start()]
        if later and len(later) < len(alive):
            alive = later
            break
    winner = max(alive, key=lambda candidate: (candidate.strength, -candidate.start))
    return None if any(_rivals(winner, other) for other in alive) else winner


def _rivals(one: Candidate, other: Candidate) -> bool:
    """Whether two figures have the same claim and are not the same: nobody can say which is meant."""
    if one.strength != other.strength or "min" not in one.reading.value or (one.start < other.end and other.start < one.end):
        return False
    return any(one.reading.value[end] != other.reading.value[end] for end in ("min", "max"))
