"""When days with a name and free days are: Christmas, Easter, the fourth Thursday of November, the summer holidays."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.easter import easter
from dateutil.relativedelta import FR, MO, SU, TH, relativedelta

from leads.reading.message import data

_NTH = {"monday": MO, "thursday": TH, "friday": FR, "sunday": SU}


def holiday(key: str, today: date, year: int | None = None, country: str | None = None) -> date:
    """The next day of this name, or that of a year; ``key`` as in ``data/times.yml``: ``12-25``, ``easter 39`` or ``11 thursday 4``."""
    key = data("times")["holidays_elsewhere"].get((country or "").lower(), {}).get(key, key)
    if year is not None:
        return _in_year(key, year)
    return next(day for one in (today.year, today.year + 1, today.year + 2) if (day := _in_year(key, one)) >= today)


def free_days(key: str, today: date, year: int | None = None) -> tuple[date, date]:
    """First and last of the next free days, or of those that begin in a year; ``key`` is ``12-24 01-05``."""
    first, last = (tuple(map(int, part.split("-"))) for part in key.split())
    for one in (year,) if year is not None else (today.year - 1, today.year, today.year + 1):
        start, end = date(one, *first), date(one + (last < first), *last)
        if end >= today or year is not None:
            return start, end
    raise AssertionError(key)


def _in_year(key: str, year: int) -> date:
    name, *rest = key.split()
    if name == "easter":
        return easter(year) + timedelta(days=int(rest[0]) if rest else 0)
    if rest:
        weekday, place, *later = rest
        first = date(year, int(name), 1)
        start = first if int(place) > 0 else first + relativedelta(day=31)
        return start + relativedelta(weekday=_NTH[weekday](int(place))) + timedelta(days=int(later[0]) if later else 0)
    month, _, day = name.partition("-")
    return date(year, int(month), int(day))
