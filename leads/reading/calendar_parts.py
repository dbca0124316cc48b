"""Stretches of the calendar: weeks, months, quarters, half-years, seasons and years around a day, and the parts of them."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

type Stretch = tuple[date, date]  # first and last day

_MONTHS = {"month": 1, "quarter": 3, "semester": 6, "year": 12}
_DAYS = {"day": 1, "week": 7, "fortnight": 14}
_SEASON_STARTS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
_LONGEST = 12 * 20  # months that are counted by the calendar; what is longer is no plan


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, 1) + relativedelta(day=31)


def months_from(year: int, month: int, count: int = 1) -> Stretch:
    """So many whole months."""
    first = date(year, month, 1)
    return first, first + relativedelta(months=count, days=-1)


def around(today: date, unit: str, ahead: int = 0) -> Stretch | None:
    """The week, month … that lies so many after the present one; None for hours."""
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
        return monday, monday + timedelta(days=6)
    if unit in _DAYS:
        first = today + timedelta(days=_DAYS[unit] * ahead)
        return (first, first) if unit == "day" else (today, today + timedelta(days=14 * max(1, ahead)))
    if unit not in _MONTHS:
        return None
    size = _MONTHS[unit]
    begin = date(today.year, (today.month - 1) // size * size + 1, 1) + relativedelta(months=size * ahead)
    return begin, begin + relativedelta(months=size, days=-1)


def part(stretch: Stretch, which: str) -> Stretch:
    """ "Early", "mid", "late" … of a stretch: the last day is the one that is meant."""
    first, last = stretch
    size = (last - first).days + 1
    if which in ("late", "end", "during"):
        return (last - timedelta(days=size // 3) if which != "during" else first), last
    if size <= 31:
        day = {"early": 10 if size > 7 else 2, "mid": 20 if size > 7 else 4, "first_half": 15 if size > 7 else 4}[which]
        return first, min(first + timedelta(days=day - 1), last)
    months = round(size / 30.4)
    upto = {"early": max(1, months // 4), "mid": months // 2 if months > 3 else 2, "first_half": max(1, months // 2)}[which]
    return first, first + relativedelta(months=upto, days=-1)


def season(name: str, year: int, south: bool) -> Stretch:
    """The season that ends in a year; in the south they are half a year off."""
    start = _SEASON_STARTS[name]
    if south:
        start = (start + 5) % 12 + 1
    first = date(year - (start == 12), start, 1)
    return first, first + relativedelta(months=3, days=-1)


def nth_weekday(year: int, month: int, weekday: int, place: int) -> date:
    """The first, second … or (-1) last Monday … of a month."""
    if place < 0:
        last = month_end(year, month)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (min(place, 4) - 1))


def ahead(today: date, count: float, unit: str) -> date | None:
    """The day so many units from today, by the calendar where it counts months; None when it is too far off to be a plan."""
    if unit == "hour":
        return today + timedelta(days=-(-int(count) // 24)) if count <= 24 * 90 else None
    if unit in _DAYS:
        return today + timedelta(days=int(count * _DAYS[unit])) if count * _DAYS[unit] <= 3660 else None
    whole, rest = divmod(count * _MONTHS[unit], 1)
    if whole > _LONGEST:
        return None
    return today + relativedelta(months=int(whole)) + timedelta(days=int(rest * 30))
