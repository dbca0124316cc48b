"""Whether a reading is the one that a careful person would have. Pure.

A *phrase* is a line of ``handraise/bench/phrases/KIND.jsonl``: ``text``, ``lang``, ``country``, ``value`` (None when it is no answer)
and ``loose`` when its wording is vague, so that any value near the label is right.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Literal

TODAY = date(2026, 11, 21)  # from which the labels of times are counted
SOON_DAYS = 14  # sooner than that is the same to those who sell
LOOSE_FACTOR = 2.0

type Value = Mapping[str, Any]
type Outcome = Literal["right", "wrong", "abstained"]


def is_label(kind: str, label: Any) -> bool:
    """Whether a label has what is compared for its kind; ``None``, no answer, is one too."""
    return label is None or (isinstance(label, dict) and set(label) in LABELS[kind])


def judge(kind: str, label: Value | None, loose: bool, value: Value | None) -> Outcome:
    """What became of a phrase: a value for what is no answer is wrong, none for what is one is abstained."""
    if value is None:
        return "right" if label is None else "abstained"
    if label is None:
        return "wrong"
    return "right" if SAME[kind](label, value, loose) else "wrong"


def _range(label: Value, value: Value, loose: bool) -> bool:
    if not loose:
        return bool(label["min"] == value["min"] and label["max"] == value["max"])
    low, high = _bounds(label)
    other_low, other_high = _bounds(value)
    return low <= other_high * LOOSE_FACTOR and other_low <= high * LOOSE_FACTOR


def _bounds(value: Value) -> tuple[float, float]:
    return value["min"] or 0.0, float("inf") if value["max"] is None else value["max"]


def _money(label: Value, value: Value, loose: bool) -> bool:
    return label["currency"] == value["currency"] and label["period"] == value["period"] and _range(label, value, loose)


def _industry(label: Value, value: Value, _loose: bool) -> bool:
    """A section alone is right for any of its divisions: it is less, not something else."""
    code = value["code"]
    return any(code == one or one.startswith(code) or code.startswith(one) for one in label["codes"])


def _email(label: Value, value: Value, _loose: bool) -> bool:
    names = ("address",) if value["free"] is None else ("address", "free", "hint")  # a library knows addresses only
    return all(label[name] == value[name] for name in names)


def _phone(label: Value, value: Value, _loose: bool) -> bool:
    return bool(label["e164"] == value["number"])


def _name(label: Value, value: Value, _loose: bool) -> bool:
    return bool(label["name"] == value["name"])


def _timeline(label: Value, value: Value, loose: bool) -> bool:
    """Within a day; all that is urgent is the same."""
    if label["by"] is None or value["within_days"] is None:
        return label["by"] is None and value["within_days"] is None
    wanted, found = (
        max(SOON_DAYS, days) for days in ((date.fromisoformat(label["by"]) - TODAY) // timedelta(days=1), value["within_days"])
    )
    return max(wanted, found) <= LOOSE_FACTOR * min(wanted, found) if loose else abs(wanted - found) <= 1


def _region(label: Value, value: Value, _loose: bool) -> bool:
    return all(label.get(name) == value.get(name) for name in ("countries", "region"))


SAME: dict[str, Callable[[Value, Value, bool], bool]] = {
    "money": _money,
    "headcount": _range,
    "industry": _industry,
    "email": _email,
    "phone": _phone,
    "name": _name,
    "company": _name,
    "timeline": _timeline,
    "region": _region,
}

LABELS: dict[str, tuple[set[str], ...]] = {
    "money": ({"min", "max", "currency", "period"},),
    "headcount": ({"min", "max"},),
    "industry": ({"codes"},),
    "email": ({"address", "free", "hint"},),
    "phone": ({"e164"},),
    "name": ({"name"},),
    "company": ({"name"},),
    "timeline": ({"by"},),
    "region": ({"countries"}, {"region"}),
}
