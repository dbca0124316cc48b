"""Stretches of time as they are said: months, quarters, half-years, seasons, years, parts of them, and what is counted from today."""

from __future__ import annotations

from datetime import date

from leads.reading.calendar_base import AHEAD, Builder, Built, Found, Here, coming_month, year_of
from leads.reading.calendar_days import DAYS
from leads.reading.calendar_parts import ahead, around, month_end, months_from, part, season
from leads.reading.message import data

_ENDING = 30  # days: a season with so few left is not the one that somebody speaks of in advance
_SOON = 60  # days: what begins sooner is not called the next one
_FEW = {"day": 5, "week": 4, "month": 4, "year": 3, "hour": 24, "quarter": 3, "fortnight": 2, "semester": 2}
_COMING = {"day": 14, "week": 6, "month": 4, "year": 3, "hour": 24, "quarter": 3, "fortnight": 2, "semester": 2}


def _month(found: Found, here: Here) -> Built | None:
    month = found["month"]
    if found.get("y is") == "short_year" and "en" in month.languages and here.language not in ("de", "fr", "es"):
        return None
    year = year_of(found, here)
    last = coming_month(month.number, year, here)
    if "next" in found and (last - here.today).days < _SOON:
        last = month_end(last.year + 1, last.month)
    weak = (
        not month.plain
        and here.language in ("en", "")
        and year is None
        and not any(name in found for name in ("during", "next", "this", "behind"))
    )
    return Built(last.replace(day=1), last, "month", weak)


def _month_part(found: Found, here: Here) -> Built | None:
    built = _month({**found, "this": ""}, here)
    if built is None:
        return None
    first, last = part((built.first, built.last), found["part"])
    if last < here.today and "y" not in found:
        first, last = part(months_from(built.first.year + 1, built.first.month), found["part"])
    return Built(first, last, "day" if found["part"] != "during" else "month")


def _month_parts(found: Found, here: Here) -> Built | None:
    return _month_part({**found, "part": found["p2"]}, here)


def _months_row(found: Found, here: Here) -> Built | None:
    end = _month({**found, "this": ""}, here)
    if end is None:
        return None
    start = date(end.last.year - (found["m0"].number > found["month"].number), found["m0"].number, 1)
    if (end.last - start).days > 330 or found["m0"].number == found["month"].number:
        return None
    if start.replace(day=1) < here.today.replace(day=1) and "y" not in found:
        start, last = start.replace(year=start.year + 1), month_end(end.last.year + 1, end.last.month)
        return Built(start, last, "months") if end.last < here.today else Built(end.first, end.last, "months")
    return Built(start, end.last, "months")


def _rel(found: Found, here: Here) -> Built | None:
    unit = found["u"]
    if unit == "day" and found["rel is"] == "this":
        return None
    stretch = around(here.today, unit, AHEAD[found["rel is"]])
    return Built(*stretch, unit) if stretch else None


def _rel_part(found: Found, here: Here) -> Built | None:
    for name, which in (("end_word", "end"), ("start_word", "early"), ("middle_word", "mid")):
        if name in found:
            year = year_of(found, here)
            stretch = around(date(year, 1, 1) if year and found[name] == "year" else here.today, found[name])
            return _part_from_now(stretch, which, found[name], here, year) if stretch else None
    if "newyear" in found:
        first, last = part((date(here.today.year + 1, 1, 1), date(here.today.year + 1, 12, 31)), found["part"])
        return Built(first, last, "month")
    known = AHEAD.get(found.get("rel is", ""))
    stretch = around(here.today, found["u"], known or 0)
    if stretch is None or found.get("part") == "during":
        return None
    return _part_from_now(stretch, found.get("part", "end"), found["u"], here, known)


def _part_from_now(stretch: tuple[date, date], which: str, unit: str, here: Here, fixed: int | None) -> Built | None:
    first, last = part(stretch, which)
    if last < here.today and fixed is None and (later := around(here.today, unit, 1)):
        first, last = part(later, which)
    return Built(first, last, "day" if unit in ("week", "month") else "month")


def _quarter(found: Found, here: Here) -> Built | None:
    number = found.get("q", found.get("n"))
    if number is None or not 1 <= number <= 4:
        return None
    month = int(number) * 3
    year = year_of(found, here)
    last = month_end(year or here.today.year + (month < here.today.month), month)
    stretch = months_from(last.year, month - 2, 3)
    return Built(*(part(stretch, found["part"]) if "part" in found else stretch), "quarter")


def _half(found: Found, here: Here) -> Built | None:
    number = int(found.get("h", found.get("n", 9)))
    if number not in (1, 2):
        return None
    year = year_of(found, here) or here.today.year + (number * 6 < here.today.month)
    return Built(*months_from(year, number * 6 - 5, 6), "semester")


def _season(found: Found, here: Here) -> Built | None:
    name, south, today = found["s"], here.country in data("times")["south"], here.today
    year = year_of(found, here)
    coming = next(one for add in (0, 1) if (one := season(name, today.year + add, south))[1] >= today)
    if year is not None:
        coming = season(name, year, south)
        if coming[0].year < year and found.get("yrel is") != "nextyear":
            coming = season(name, year, south)
    elif "this" not in found and (coming[1] - today).days < (_SOON if found.get("rel is") in ("next", "behind") else _ENDING):
        coming = season(name, coming[1].year + 1, south)
    return Built(*(part(coming, found["part"]) if "part" in found else coming), "season")


def _year_alone(found: Found, here: Here) -> Built | None:
    stretch = date(found["y"], 1, 1), date(found["y"], 12, 31)
    weak = not any(name in found for name in ("during", "part", "u"))
    return Built(*(part(stretch, found["part"]) if "part" in found else stretch), "year", weak)


def _counted(found: Found, here: Here) -> Built | None:
    unit = found["u"]
    if "n" in found:
        low = 1.0 if found["n is"] == "one" else float(found["n"])
    else:
        names = (("pair", 2.0), ("few", _FEW[unit]), ("nexts", _COMING[unit]), ("half", 0.5), ("u", 1.0))
        low = next(count for name, count in names if name in found)
        low = _COMING[unit] if "nexts" in found and "few" in found else low
    high = float(found.get("n2", low)) + (0.5 if "and_half" in found else 0)
    if (unit == "hour" and found.get("n is") == "one") or high < low or (unit == "year" and high > 10):
        return None
    first, last = ahead(here.today, low, unit), ahead(here.today, high, unit)
    return Built(first, last, "span", count=(high, unit), from_now="from_now" in found) if first and last else None


BUILDERS: dict[str, Builder] = DAYS | {
    "month": _month,
    "month_part": _month_part,
    "month_parts": _month_parts,
    "months_row": _months_row,
    "rel": _rel,
    "rel_part": _rel_part,
    "quarter": _quarter,
    "half": _half,
    "season": _season,
    "year": _year_alone,
    "counted": _counted,
}
