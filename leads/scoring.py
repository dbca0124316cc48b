"""The score of a lead and its receipt: pure, and the receipt always adds up to the score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leads.rules import GROUPS, Rule, Rules
from leads.yamlfile import load_data

__all__ = ["FactAnswer", "FactEvent", "Facts", "ReceiptEntry", "Rule", "Rules", "Score", "score", "yearly"]

_PER_YEAR = {"day": 230, "week": 52, "month": 12, "quarter": 4, "year": 1, "once": 1}
_UPPER_BOUND = 0.8  # "up to 10k": an upper bound is seldom spent in full, and "less than 5k" must not count as 5k


@dataclass(frozen=True)
class FactAnswer:
    """The newest answer to a question."""

    status: str
    value: Mapping[str, Any] | None
    text: str
    said: str


@dataclass(frozen=True)
class FactEvent:
    """Something the visitor did."""

    name: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """Everything a score looks at: newest answers by slot, events, and how many messages the visitor wrote."""

    answers: Mapping[str, FactAnswer] = field(default_factory=dict)
    events: Sequence[FactEvent] = ()
    replies: int = 0


@dataclass(frozen=True)
class ReceiptEntry:
    """One line of the receipt; ``said`` is empty when it does not come from the visitor's words."""

    rule: str
    group: str
    points: int
    sentence: str
    said: str = ""


@dataclass(frozen=True)
class Score:
    """A score; ``score`` is the sum of the points of ``entries``, ``fit`` and ``engagement`` those of their groups."""

    score: int
    fit: int
    engagement: int
    tier: str
    entries: tuple[ReceiptEntry, ...]
    rules_hash: str


def score(facts: Facts, rules: Rules, now: datetime) -> Score:
    """Apply the rules to the facts at the time ``now``."""
    entries: list[ReceiptEntry] = []
    seen: set[str] = set()
    for rule in rules.rules:
        if rule.subject in seen:
            continue
        entry = _apply(rule, facts, rules, now)
        if entry is not None:
            seen.add(rule.subject)
            entries.append(entry)
    for group in GROUPS:
        entries.extend(_bound(group, _sum(entries, group), rules.caps.get(group)))
    total = sum(entry.points for entry in entries)
    return Score(total, _sum(entries, "fit"), _sum(entries, "engagement"), rules.tier(total), tuple(entries), rules.hash)


def yearly(value: Mapping[str, Any], currency: str) -> float | None:
    """An amount of money as one figure per year in ``currency``; ``None`` without a figure or a known rate."""
    figure = _middle(value)
    rates: dict[str, float] = load_data("leads/data/rates.yml")
    said = value.get("currency") or currency
    if figure is None or said not in rates:
        return None
    return figure * rates[said] / rates[currency] * _PER_YEAR.get(str(value.get("period") or "year"), 1)


def _sum(entries: Sequence[ReceiptEntry], group: str) -> int:
    return sum(entry.points for entry in entries if entry.group == group)


def _bound(group: str, points: int, cap: int | None) -> list[ReceiptEntry]:
    """The entry that brings a group between 0 and its cap, if one is needed."""
    if points < 0:
        return [ReceiptEntry(f"{group}_floor", group, -points, f"{group} never counts below 0")]
    if cap is not None and points > cap:
        return [ReceiptEntry(f"{group}_cap", group, cap - points, f"{group} counts for at most {cap}")]
    return []


def _apply(rule: Rule, facts: Facts, rules: Rules, now: datetime) -> ReceiptEntry | None:
    if rule.question is not None:
        answer = facts.answers.get(rule.question)
        if answer is None or answer.status != "known" or not _fits(rule, answer.value or {}, rules):
            return None
        return ReceiptEntry(rule.name, rule.group, rule.points, rule.sentence.replace("{text}", answer.text), answer.said)
    happened = facts.replies >= rule.replies if rule.replies is not None else any(_counts(rule, event, now) for event in facts.events)
    return ReceiptEntry(rule.name, rule.group, rule.points, rule.sentence) if happened else None


def _fits(rule: Rule, value: Mapping[str, Any], rules: Rules) -> bool:
    if rule.at_least is not None:
        figure = yearly(value, rules.currency) if "currency" in value else _middle(value)
        return figure is not None and figure >= rule.at_least
    if rule.within_days is not None:
        days = value.get("within_days")
        return isinstance(days, int | float) and days <= rule.within_days
    if rule.is_one_of:
        return any(_same(wanted, value) for wanted in rule.is_one_of)
    if rule.work_email:
        return "address" in value and not value.get("free")
    return True


def _same(wanted: str, value: Mapping[str, Any]) -> bool:
    code = str(value.get("code") or "")
    labels = {str(value.get(key) or "").casefold() for key in ("label", "value", "title")} - {""}
    return wanted.casefold() in labels or (bool(code) and code.startswith(wanted) and (len(wanted) > 1 or wanted.isupper()))


def _middle(value: Mapping[str, Any]) -> float | None:
    low, high = value.get("min"), value.get("max")
    if low is not None and high is not None:
        return (float(low) + float(high)) / 2
    if high is not None:
        return float(high) * _UPPER_BOUND
    return float(low) if low is not None else None


def _counts(rule: Rule, event: FactEvent, now: datetime) -> bool:
    if event.name != rule.event or (rule.page is not None and rule.page not in str(event.data.get("url", ""))):
        return False
    return rule.within_days is None or event.at >= now - timedelta(days=rule.within_days)
