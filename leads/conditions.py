"""Conditions over what is known of a lead, and whether they hold. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from leads.datafiles import load_data
from leads.facts import FactAnswer, FactEvent, Facts

_PER_YEAR = {"day": 230, "week": 52, "month": 12, "quarter": 4, "year": 1, "once": 1}
_UPPER_BOUND = 0.8  # "up to 10k": an upper bound is seldom spent in full, and "less than 5k" must not count as 5k


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Something that holds of a lead or not; exactly one of ``question``, ``event`` and ``replies`` is set.

    ``at_least`` and ``at_most`` are people, or money a year in the currency of the rules. ``status`` is what the answer must be:
    ``known`` or ``declined``. ``times`` is how often an event must have happened, ``page`` a part of its address.
    """

    question: str | None = None
    event: str | None = None
    replies: int | None = None
    at_least: float | None = None
    at_most: float | None = None
    is_one_of: tuple[str, ...] = ()
    is_none_of: tuple[str, ...] = ()
    within_days: int | None = None
    work_email: bool = False
    status: str = "known"
    page: str | None = None
    times: int = 1

    @cached_property
    def subject(self) -> str:
        """What is looked at; of the rules for one subject the first that fits counts."""
        return f"question:{self.question}" if self.question else f"event:{self.event}:{self.page}" if self.event else "replies"


def holds(condition: Condition, facts: Facts, currency: str, now: datetime) -> bool:
    """Whether a condition holds at the time ``now``; money is compared in ``currency``."""
    if condition.question is not None:
        answer = facts.answers.get(condition.question)
        return answer is not None and answer_fits(condition, answer, currency)
    if condition.replies is not None:
        return facts.replies >= condition.replies
    return len(happened(condition, facts, now)) >= condition.times


def happened(condition: Condition, facts: Facts, now: datetime) -> list[FactEvent]:
    """The events that a condition counts, newest first."""
    found = [event for event in facts.events if _counts(condition, event, now)]
    return sorted(found, key=lambda event: event.at, reverse=True)


def answer_fits(condition: Condition, answer: FactAnswer, currency: str) -> bool:
    """Whether an answer is what a condition for its question wants."""
    return answer.status == condition.status and (condition.status != "known" or _fits(condition, answer.value or {}, currency))


def yearly(value: Mapping[str, Any], currency: str) -> float | None:
    """An amount of money as one figure per year in ``currency``; ``None`` without a figure or a known rate."""
    rate = _yearly_rate(value, currency)
    figure = _middle(value)
    return None if figure is None or rate is None else figure * rate


def _fits(condition: Condition, value: Mapping[str, Any], currency: str) -> bool:
    if condition.at_least is not None or condition.at_most is not None:
        return _in_range(condition, value, currency)
    if condition.within_days is not None:
        days = value.get("within_days")
        return isinstance(days, int | float) and days <= condition.within_days
    if condition.is_one_of:
        return any(_same(wanted, value) for wanted in condition.is_one_of)
    if condition.is_none_of:
        return not any(_same(unwanted, value) for unwanted in condition.is_none_of)
    if condition.work_email:
        return "address" in value and not value.get("free")
    return True


def _in_range(condition: Condition, value: Mapping[str, Any], currency: str) -> bool:
    """``at_least`` and ``at_most`` both hold; "more than 100" is never at most anything."""
    rate = _yearly_rate(value, currency) if "currency" in value else 1.0
    figure = _middle(value)
    if rate is None or figure is None:
        return False
    open_above = value.get("max") is None
    if condition.at_most is not None and (open_above or figure * rate > condition.at_most):
        return False
    return condition.at_least is None or figure * rate >= condition.at_least


def _yearly_rate(value: Mapping[str, Any], currency: str) -> float | None:
    rates: dict[str, float] = load_data("leads/data/rates.yml")
    said = value.get("currency") or currency
    return rates[said] / rates[currency] * _PER_YEAR.get(str(value.get("period") or "year"), 1) if said in rates else None


def _same(wanted: str, value: Mapping[str, Any]) -> bool:
    code = str(value.get("code") or "")
    labels = {str(value.get(key) or "").casefold() for key in ("label", "value", "title", "region")} - {""}
    labels |= {str(country).casefold() for country in value.get("countries") or ()}
    if isinstance(value.get("yes"), bool):
        labels.add("yes" if value["yes"] else "no")
    return wanted.casefold() in labels or (bool(code) and code.startswith(wanted) and (len(wanted) > 1 or wanted.isupper()))


def _middle(value: Mapping[str, Any]) -> float | None:
    low, high = value.get("min"), value.get("max")
    if low is not None and high is not None:
        return (float(low) + float(high)) / 2
    if high is not None:
        return float(high) * _UPPER_BOUND
    return float(low) if low is not None else None


def _counts(condition: Condition, event: FactEvent, now: datetime) -> bool:
    if event.name != condition.event or (condition.page is not None and condition.page not in str(event.data.get("url", ""))):
        return False
    return condition.within_days is None or event.at >= now - timedelta(days=condition.within_days)
