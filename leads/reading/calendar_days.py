"""Single days and weeks: "15 January", "1er mars", "the 10th of next month", "second Friday in March", "KW 3", "the day after Easter"."""

from __future__ import annotations

from datetime import date, timedelta

from leads.reading.calendar_base import AHEAD, Builder, Built, Found, Here, coming_month, year_of
from leads.reading.calendar_parts import around, month_end, months_from, nth_weekday
from leads.reading.datefigures import Written, day_or_none
from leads.reading.holidays import free_days, holiday
from leads.reading.timewords import Month


def _day(day: date | None, weak: bool = False) -> Built | None:
    return Built(day, day, "day", weak) if day else None


def _dated(here: Here, day: int, month: int, year: int | None) -> date | None:
    """The date, or the next one of that day and month."""
    found = day_or_none(year or here.today.year, month, day)
    if year or (found and found >= here.today):
        return found
    return day_or_none(here.today.year + 1, month, day)


def _figure(found: Found, name: str) -> int | None:
    value = found[name]
    return int(value) if float(value).is_integer() and 1 <= value <= 31 else None


def _written(written: Written, here: Here) -> Built | None:
    if written.day is None:
        return Built(*months_from(written.year or here.today.year, written.month), "month")
    return _day(_dated(here, written.day, written.month, written.year))


def _date(found: Found, here: Here) -> Built | None:
    if "written" in found:
        return _written(found["written"], here)
    month, day = found["month"], _figure(found, "d")
    if day is None or (found.get("d is") == "day_number" and "y" not in found and _names_a_year(month, day, here)):
        return None
    last = _dated(here, day, month.number, year_of(found, here))
    first = _figure(found, "d0") if "d0" in found else day
    if last is None or (first is not None and first > day):
        return None
    return Built(last.replace(day=first or day), last, "day", _may_be_a_verb(found))


def _names_a_year(month: Month, figure: int, here: Here) -> bool:
    """ "Oktober 27" is a year, "October 27" a day: only English puts the day behind."""
    return figure >= 24 and ("en" not in month.languages or here.language in ("de", "fr", "es"))


def _may_be_a_verb(found: Found) -> bool:
    """ "We may 5 …", "march 3 by 3"."""
    month = found["month"]
    return not month.plain and month.number in (3, 5) and "en" in month.languages and found.get("d is") == "day_number"


def _bare_day(found: Found, here: Here) -> Built | None:
    day = _figure(found, "of_month" if "of_month" in found else "d")
    if day is None or ("of_month" in found and here.last_month is None):
        return None
    if here.last_month and (one := day_or_none(*here.last_month, day)):
        return _day(one, weak=True)
    month = here.today.replace(day=1)
    for _ in range(3):
        found_day = day_or_none(month.year, month.month, day)
        if found_day and found_day > here.today:
            return _day(found_day, weak=True)
        month = month_end(month.year, month.month) + timedelta(days=1)
    return None


def _day_of_month(found: Found, here: Here) -> Built | None:
    day, stretch = _figure(found, "d"), around(here.today, "month", AHEAD[found["rel is"]])
    return _day(day_or_none(stretch[0].year, stretch[0].month, day)) if day and stretch else None


def _weekday(found: Found, here: Here) -> Built | None:
    if "wd" not in found:
        sunday = here.today + timedelta(days=6 - here.today.weekday() + (7 if "next" in found or "behind" in found else 0))
        return Built(sunday - timedelta(days=1), sunday, "week")
    if found.get("rel is") in ("next", "behind") and (week := around(here.today, "week", 1)):
        return _day(week[0] + timedelta(days=found["wd"]))
    return _day(_next_weekday(here.today, found["wd"]))


def _next_weekday(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _short_weekday(found: Found, here: Here) -> Built | None:
    return _day(_next_weekday(here.today, found["wd"]), weak=True) if here.language in ("en", "") else None


def _later_weekday(found: Found, here: Here) -> Built | None:
    count = 1 if found.get("n is", "one") == "one" else int(found["n"])
    return _day(_next_weekday(here.today, found["wd"]) + timedelta(weeks=count)) if count < 60 else None


def _place(found: Found) -> int:
    return int(found["nth"]) if found.get("nth is") == "ordinal" else -1


def _month_of(found: Found, here: Here) -> tuple[int, int] | None:
    if "month" in found:
        last = coming_month(found["month"].number, year_of(found, here), here)
        return last.year, last.month
    if "newyear" in found:
        return here.today.year + 1, 1
    stretch = around(here.today, "month", 1)
    return (stretch[0].year, stretch[0].month) if stretch else None


def _nth_weekday(found: Found, here: Here) -> Built | None:
    month = _month_of(found, here)
    return _day(nth_weekday(*month, found["wd"], _place(found))) if month else None


def _nth_week(found: Found, here: Here) -> Built | None:
    month, place = _month_of(found, here), _place(found)
    if month is None or place > 5:
        return None
    last = month_end(*month)
    end = last if place < 0 else min(date(*month, 1) + timedelta(days=7 * place - 1), last)
    return Built(end - timedelta(days=6), end, "week")


def _week_of(found: Found, here: Here) -> Built | None:
    built = _date(found, here) if "written" in found or "month" in found else _bare_day(found, here)
    return Built(built.first, built.last + timedelta(days=4), "week") if built and built.grain == "day" else None


def _week_number(found: Found, here: Here) -> Built | None:
    year, week, _ = here.today.isocalendar()
    number = int(found["w"])
    if not 1 <= number <= 53:
        return None
    monday = date.fromisocalendar(int(found.get("y", year + (number < week))), min(number, 52), 1)
    return Built(monday, monday + timedelta(days=6), "week")


def _holiday(found: Found, here: Here) -> Built | None:
    table, key = found["hol"]
    if table == "holidays":
        return _day(holiday(key, here.today, year_of(found, here), here.country))
    return Built(*free_days(key, here.today, year_of(found, here)), "break")


def _day_by_holiday(found: Found, here: Here) -> Built | None:
    built = _holiday(found, here)
    if built is None:
        return None
    after = found["side is"] == "after_word"
    day = built.last + timedelta(days=1) if after else built.first - timedelta(days=1)
    if "wd" in found:  # "the Friday before Christmas"
        day += timedelta(days=(found["wd"] - day.weekday()) % 7 if after else -((day.weekday() - found["wd"]) % 7))
    return _day(day)


def _nth_day(found: Found, here: Here) -> Built | None:
    month = _month_of(found, here)
    if month is None:
        return None
    return _day(month_end(*month) if found.get("nth is") != "ordinal" else day_or_none(*month, _place(found)))


def _last_day(found: Found, here: Here) -> Built | None:
    if "month" in found:
        return _day(coming_month(found["month"].number, year_of(found, here), here)) if found["end_word"] == "month" else None
    stretch = around(here.today, found["u"])
    return _day(stretch[1]) if stretch else None


def _in_days(found: Found, here: Here) -> Built | None:
    return _day(here.today + timedelta(days=int(found.get("in_days", 0))))


DAYS: dict[str, Builder] = {
    "date": _date,
    "bare_day": _bare_day,
    "day_of_rel_month": _day_of_month,
    "weekday": _weekday,
    "short_weekday": _short_weekday,
    "later_weekday": _later_weekday,
    "nth_weekday": _nth_weekday,
    "nth_week": _nth_week,
    "week_of": _week_of,
    "week_number": _week_number,
    "holiday": _holiday,
    "day_by_holiday": _day_by_holiday,
    "nth_day": _nth_day,
    "last_day": _last_day,
    "in_days": _in_days,
}
