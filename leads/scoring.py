"""The score of a lead and its receipt: pure, and the receipt always adds up to the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor

from leads.conditions import Condition, answer_fits, happened, holds
from leads.facts import Facts
from leads.rule import GROUPS, Rule
from leads.rules import Rules

_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class ReceiptEntry:
    """One line of the receipt.

    ``understood`` is the answer in plain words and ``said`` the visitor's own; both are empty when the line does not come from an
    answer.
    """

    rule: str
    group: str
    points: int
    sentence: str
    understood: str = ""
    said: str = ""


@dataclass(frozen=True)
class Score:
    """A score; ``score`` is the sum of the points of ``entries``, ``fit`` and ``engagement`` those of their groups.

    ``segment`` is the first that fits. ``unqualified`` is the reason why this cannot become a customer, otherwise empty. ``unbounded``
    is what fit and engagement were before they were bounded.
    """

    score: int
    fit: int
    engagement: int
    tier: str
    entries: tuple[ReceiptEntry, ...]
    rules_hash: str
    segment: str | None = None
    unqualified: str = ""
    unbounded: tuple[int, int] = (0, 0)


def score(facts: Facts, rules: Rules, now: datetime) -> Score:
    """Apply the rules to the facts at the time ``now``."""
    entries = _counted(facts, rules, now)
    unbounded = (_sum(entries, "fit"), _sum(entries, "engagement"))
    for group in GROUPS:
        entries.extend(_bound(group, _sum(entries, group), rules.caps.get(group)))
    total = sum(entry.points for entry in entries)
    return Score(
        score=total,
        fit=_sum(entries, "fit"),
        engagement=_sum(entries, "engagement"),
        tier=rules.tier(total),
        entries=tuple(entries),
        rules_hash=rules.hash,
        segment=next((one.name for one in rules.segments if _all_hold(one.all, facts, rules, now)), None),
        unqualified=_disqualified(facts, rules, now),
        unbounded=unbounded,
    )


def settled(today: Score, facts: Facts, rules: Rules) -> bool:
    """Whether time alone changes nothing any more in the score of these facts: at the end of all times it is the same."""
    if rules.fading.isdisjoint(facts.answers) and rules.fading.isdisjoint(event.name for event in facts.events):
        return True
    return today == score(facts, rules, datetime.max.replace(tzinfo=UTC))


def _counted(facts: Facts, rules: Rules, now: datetime) -> list[ReceiptEntry]:
    """The lines of the receipt before a group is bounded: for each subject the first rule that fits."""
    entries: list[ReceiptEntry] = []
    seen: set[str] = set()
    for rule in rules.rules:
        entry = _apply(rule, facts, rules, now) if rule.subject not in seen else None
        if entry is not None:
            seen.add(rule.subject)
            entries.append(entry)
    return entries


def bounded(points: int, cap: int | None) -> int:
    """What a group counts: never below 0, never above its cap."""
    return max(0, points if cap is None else min(points, cap))


def worth(rule: Rule, rules: Rules, ages: Sequence[float] = (0.0,)) -> int:
    """The points of a rule: times the weight of its group, faded by its half-life, once for each age in days; rounded, half up."""
    half_life = rule.half_life_days
    share = sum(0.5 ** (age / half_life) if half_life else 1.0 for age in sorted(ages))
    return floor(rule.points * rules.weights.get(rule.group, 1) * share + 0.5)


def _sum(entries: Sequence[ReceiptEntry], group: str) -> int:
    return sum(entry.points for entry in entries if entry.group == group)


def _bound(group: str, points: int, cap: int | None) -> list[ReceiptEntry]:
    """The entry that brings a group between 0 and its cap, if one is needed."""
    if (missing := bounded(points, cap) - points) == 0:
        return []
    return [
        ReceiptEntry(f"{group}_floor", group, missing, f"{group} never counts below 0")
        if points < 0
        else ReceiptEntry(f"{group}_cap", group, missing, f"{group} counts for at most {cap}")
    ]


def _apply(rule: Rule, facts: Facts, rules: Rules, now: datetime) -> ReceiptEntry | None:
    if rule.question is not None:
        answer = facts.answers.get(rule.question)
        if answer is None or not answer_fits(rule, answer, rules.currency):
            return None
        points = worth(rule, rules, [_days(answer.at, now)])
        sentence = rule.sentence.replace("{text}", answer.text) + _faded(rule, points, worth(rule, rules))
        return ReceiptEntry(rule.name, rule.group, points, sentence, answer.text, answer.said)
    if rule.replies is not None:
        return ReceiptEntry(rule.name, rule.group, worth(rule, rules), rule.sentence) if facts.replies >= rule.replies else None
    events = happened(rule, facts, now)
    if len(events) < rule.times:
        return None
    counted = events[: rule.up_to or 1]
    points = worth(rule, rules, [_days(event.at, now) for event in counted])
    often = f", {len(counted)} times" if len(counted) > 1 else ""
    full = worth(rule, rules, [0.0] * len(counted))
    return ReceiptEntry(rule.name, rule.group, points, f"{rule.sentence}{often}{_faded(rule, points, full)}")


def _faded(rule: Rule, points: int, full: int) -> str:
    return f" ({points} of {full} points left)" if rule.half_life_days and points != full else ""


def _days(at: datetime | None, now: datetime) -> float:
    """The age in days; nothing is younger than now, whatever the clocks say."""
    return max(0.0, (now - at).total_seconds() / _SECONDS_A_DAY) if at is not None else 0.0


def _all_hold(conditions: Sequence[Condition], facts: Facts, rules: Rules, now: datetime) -> bool:
    return all(holds(condition, facts, rules.currency, now) for condition in conditions)


def _disqualified(facts: Facts, rules: Rules, now: datetime) -> str:
    """The reason of the first rule that fits, with what was understood."""
    for one in rules.unqualified:
        if _all_hold(one.all, facts, rules, now):
            return one.reason.replace("{text}", _understood(one.all, facts.answers))
    return ""


def _understood(conditions: Sequence[Condition], answers: Mapping[str, object]) -> str:
    first = answers.get(conditions[0].question or "")
    return str(getattr(first, "text", ""))
