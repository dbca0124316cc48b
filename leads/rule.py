"""What stands in ``bot/scoring.yml``: rules with points, segments, and who cannot become a customer."""

from __future__ import annotations

from dataclasses import dataclass, field

from leads.conditions import Condition

GROUPS = ("fit", "engagement")


@dataclass(frozen=True)
class Rule(Condition):
    """A condition with points.

    ``half_life_days`` halves them each time so many days have passed since the answer or the event. With ``up_to`` an event
    counts each time it happened, at most so often.
    """

    name: str
    group: str
    points: int
    sentence: str
    half_life_days: int | None = field(default=None, kw_only=True)
    up_to: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Segment:
    """A name for the leads of which all conditions hold."""

    name: str
    all: tuple[Condition, ...]


@dataclass(frozen=True)
class Disqualifier:
    """Who cannot become a customer, and why: ``{text}`` in ``reason`` is what was understood."""

    name: str
    all: tuple[Condition, ...]
    reason: str
