"""Counted parts of the calendar: "second week of March", "first Monday in January", "the 10th of next month", "before the end of June"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from dateutil.relativedelta import relativedelta

from leads.reading.message import Message, alternatives, data, fold, words

_OF = r"\s+(?:(?:of|in|im|des|vom|von|de|du|d'|del|en|the|le|el|der)[ ']?\s*)*"


def counted_parts(message: Message, months: Mapping[str, int]) -> Iterator[tuple[int, int, date]]:
    """``(start, end, day)`` of each, the day being the last that is meant."""
    today = message.today
    for match in _pattern(tuple(months)).finditer(message.low):
        place = _places()[match["place"]]
        year, month = _month(today, months.get(match["m"] or ""), match["y"])
        if month is None:
            continue
        if match["week"]:
            day = _end(year, month) if place < 0 else date(year, month, 1) + timedelta(days=min(7 * place, 28) - 1)
        else:
            day = _weekday(year, month, _weekdays()[match["day"]], place)
        yield match.start(), match.end(), day
    for match in _of_coming_month().finditer(message.low):
        month_start = today.replace(day=1) + relativedelta(months=1)
        yield match.start(), match.end(), month_start + relativedelta(day=int(match["d"]))
    for match in _before_end(tuple(months)).finditer(message.low):
        year, month = _month(today, months[match["m"]], match["y"])
        if month is not None:
            yield match.start(), match.end(), _end(year, month)


def _month(today: date, month: int | None, year: str | None) -> tuple[int, int | None]:
    if month is None:
        coming = today.replace(day=1) + relativedelta(months=1)
        return coming.year, coming.month
    return int(year) if year else today.year + (month < today.month), month


def _end(year: int, month: int) -> date:
    return date(year, month, 1) + relativedelta(day=31)


def _weekday(year: int, month: int, weekday: int, place: int) -> date:
    if place < 0:
        last = _end(year, month)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (min(place, 4) - 1))


@cache
def _places() -> dict[str, int]:
    return {fold(name): int(place) for place, names in data("days")["places"].items() for name in names}


@cache
def _weekdays() -> dict[str, int]:
    return {fold(name): int(day) for day, names in data("days")["weekdays"].items() for name in names}


@cache
def _pattern(months: tuple[str, ...]) -> re.Pattern[str]:
    coming = alternatives(words("timeline", "spans", "next_month"))
    part = rf"(?:(?P<week>{alternatives(words('days', 'week_names'))})|(?P<day>{alternatives(_weekdays())}))"
    return re.compile(
        rf"(?P<place>{alternatives(_places())})\s+{part}{_OF}(?:(?P<m>{alternatives(months)})(?:\s+(?:de )?(?P<y>20\d\d))?|{coming})"
    )


@cache
def _of_coming_month() -> re.Pattern[str]:
    coming = alternatives(words("timeline", "spans", "next_month"))
    return re.compile(rf"(?:the |am |le |el )?(?<![\d.])(?P<d>[1-9]|[12]\d|3[01])(?:st|nd|rd|th|\.|er)?{_OF}(?:{coming})")


@cache
def _before_end(months: tuple[str, ...]) -> re.Pattern[str]:
    before, end = alternatives(words("days", "before")), alternatives(words("days", "end_of"))
    return re.compile(
        rf"(?:{before})\s+(?:the |la |el |dem |le )?(?:{end})\s+(?:of |de |d')?(?P<m>{alternatives(months)})(?:\s+(?P<y>20\d\d))?"
    )
