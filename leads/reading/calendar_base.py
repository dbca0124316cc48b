"""From where a time is counted, and what is made of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from leads.reading.calendar_parts import month_end

AHEAD = {"this": 0, "next": 1, "behind": 1, "overnext": 2, "after_next": 2, "last": -1, "behind_last": -1}  # units from the present one


@dataclass(frozen=True)
class Here:
    """From where a time is counted."""

    today: date
    country: str
    language: str
    last_month: tuple[int, int] | None = None  # year and month of the time that was read before: "in March, the 15th"


@dataclass(frozen=True)
class Built:
    """First and last day; ``grain`` is how long it is, ``weak`` when the word may be another, ``count`` what was counted."""

    first: date
    last: date
    grain: str
    weak: bool = False
    count: tuple[float, str] | None = None
    from_now: bool = False  # "3 weeks from now"


type Found = Mapping[str, Any]  # the pieces of a rule by their names
type Builder = Callable[[Found, Here], Built | None]


def year_of(found: Found, here: Here) -> int | None:
    """The year that was said with it."""
    if "y" in found:
        return int(found["y"])
    return {"nextyear": here.today.year + 1, "thisyear": here.today.year}.get(found.get("yrel is", ""))


def coming_month(month: int, year: int | None, here: Here) -> date:
    """The last day of the next month of this number, or of that month in a year."""
    return month_end(year or here.today.year + (month < here.today.month), month)
