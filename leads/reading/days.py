"""Days that are named: "15 January", "1er mars", "03/04/2027", "before Christmas", "KW 3", "14-18 December"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter
from dateutil.relativedelta import FR, MO, TH, relativedelta

from leads.reading.calendar_parts import counted_parts
from leads.reading.message import Message, alternatives, data, fold, phrases, words

_SOON_AFTER = 10  # days: "right after Easter"
_NTH = {"monday": MO, "thursday": TH, "friday": FR}
_ISO = re.compile(r"(?<!\d)(20\d\d)[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\w.,/-])(?!24/7)(?<!room )(?<!zimmer )"
    r"(\d{1,2})(?:([/-])(\d{1,2})\2(20\d\d|\d\d)|(\.)(\d{1,2})\.(20\d\d|\d\d)?|/(\d{1,2}))(?![\d/-])"
)
_MONTH_YEAR = re.compile(r"(?<![\d/.-])(\d{1,2})[/.](20\d\d)(?!\d)")
_HOURS = re.compile(r"(?:in|within|the next|innerhalb von|dans|en)\s+(\d{1,3})\s?(?:hours|hrs|h|stunden|heures|horas)\b")


@dataclass(frozen=True)
class Day:
    """A day and its place; ``is_end`` when the last day of a longer time is meant."""

    start: int
    end: int
    day: date


def days(message: Message) -> list[Day]:
    """Every named day that is not over, in order; of a range the last one."""
    found: list[Day] = []
    for day in sorted(_all(message), key=lambda one: (one.start - one.end, one.start)):
        if day.day >= message.today and not any(day.start < other.end and other.start < day.end for other in found):
            found.append(day)
    return list(_ranges(message, sorted(found, key=lambda one: one.start)))


def _all(message: Message) -> Iterator[Day]:
    yield from _worded(message)
    yield from _numeric(message)
    yield from _holidays(message)
    yield from _weeks(message)
    yield from _parts(message)
    yield from (Day(*part) for part in counted_parts(message, months()))


def _ranges(message: Message, found: list[Day]) -> Iterator[Day]:
    """ "1 March to 15 March" is the 15th."""
    waiting: Day | None = None
    for day in found:
        if waiting is not None and range_joint().fullmatch(message.low, waiting.end, day.start):
            day = Day(waiting.start, day.end, max(day.day, waiting.day))
        elif waiting is not None:
            yield waiting
        waiting = day
    if waiting is not None:
        yield waiting


@cache
def range_joint() -> re.Pattern[str]:
    """What stands between the two ends of a range."""
    return re.compile(rf"\s*(?:{'|'.join(re.escape(fold(word)) for word in words('days', 'joined'))})\s*(?:the |le |el |den |am )?")


@cache
def months() -> dict[str, int]:
    """Folded names and short forms of the months."""
    return {fold(word): int(number) for number, names in data("timeline")["months"].items() for word in names}


@cache
def _ordinals() -> dict[str, int]:
    found = {word: place for place, word in enumerate(data("days")["ordinals"], 1)}
    return found | {word.replace(" ", "-"): place for word, place in found.items()}


@cache
def _day_of_month() -> str:
    return rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.|er|o)?|(?P<w>{alternatives(_ordinals())}))"


@cache
def _worded_patterns() -> tuple[re.Pattern[str], ...]:
    names = alternatives(months())
    coming = _next_year()
    year = rf"(?:[ ,-]{{1,2}}(?:de |del )?(?P<y>20\d\d|'\d\d|\d\d(?![\d:%]))|{coming})?"
    upto = r"(?:\d{1,2}(?:st|nd|rd|th|\.)?\s?(?:-|to|and|bis|und|et|y|a|al|au)\s?(?:the )?)?"
    first = rf"(?<![\w.])(?:the |le |el |am |den )?{upto}{_day_of_month()}[ -](?:of |de |d')?(?P<m>{names})\.?{year}"
    second = rf"(?P<m>{names})\.? (?:the )?{_day_of_month()}(?![\d:.]\d|\d)(?:,? (?P<y>20\d\d))?{_next_year()}?"
    return re.compile(first), re.compile(second)


def _worded(message: Message) -> Iterator[Day]:
    for pattern in _worded_patterns():
        for match in pattern.finditer(message.low):
            if match["m"] == "may" and pattern is _worded_patterns()[1] and not message.text[match.start("m")].isupper():
                continue  # "we may 5 …"
            number = int(match["d"]) if match["d"] else _ordinals()[match["w"]]
            year = int(match["y"].lstrip("'")) if match["y"] else message.today.year + 1 if match["next"] else None
            if day := _date(message.today, number, months()[match["m"]], year):
                yield Day(*match.span(), day)
    for match in re.finditer(
        r"\b(?:the|by the|on the|am|den|le|el) (\d{1,2})(?:st|nd|rd|th|\.)(?= *(?:$|[,!?)]|at|would|is|works|or|if|please))", message.low
    ):
        if day := _next_of_month(message.today, int(match[1])):
            yield Day(*match.span(), day)


def _date(today: date, day: int, month: int, year: int | None) -> date | None:
    """The date, or the next one of that day and month."""
    if year is not None and year < 100:
        year += 2000
    try:
        found = date(year or today.year, month, day)
        return found if year or found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _next_of_month(today: date, day: int) -> date | None:
    if not 1 <= day <= 31:
        return None
    month = today.replace(day=1)
    for _ in range(3):
        found = _date(today, day, month.month, month.year)
        if found and found > today:
            return found
        month += relativedelta(months=1)
    return None


def _numeric(message: Message) -> Iterator[Day]:
    for match in _ISO.finditer(message.low):
        if day := _date(message.today, int(match[3]), int(match[2]), int(match[1])):
            yield Day(*match.span(), day)
    for match in _MONTH_YEAR.finditer(message.low):
        if 1 <= int(match[1]) <= 12:
            yield Day(*match.span(), month_end(int(match[2]), int(match[1])))
    for match in _NUMERIC.finditer(message.low):
        one, other = int(match[1]), int(match[3] or match[6] or match[8])
        year = match[4] or match[7]
        month_first = (message.country or "").lower() in words("days", "month_first") and not match[5]
        number, month = (other, one) if month_first else (one, other)
        if month > 12 >= number:
            number, month = month, number
        if found := _date(message.today, number, month, int(year) if year else None):
            yield Day(*match.span(), found)


def _holidays(message: Message) -> Iterator[Day]:
    before, after = (
        phrases("days", "before", after=r"\s+(?:the |den |dem |les |le |la |el )?$"),
        phrases("days", "after", after=r"\s+(?:the |den |dem |les |le |la |el )?$"),
    )
    for kind, names in (*data("days")["holidays"].items(), *data("days")["breaks"].items()):
        for match in re.finditer(alternatives(fold(name) for name in names), message.low):
            lead = message.low[max(0, match.start() - 24) : match.start()]
            earlier, later = before.search(lead), after.search(lead)
            if kind in data("days")["breaks"] and not later and kind != "09-30":
                continue
            day = holiday(kind, message.today)
            if earlier:
                yield Day(match.start() - len(lead) + earlier.start(), match.end(), day - timedelta(days=kind == "12-25"))
            elif later:
                yield Day(match.start() - len(lead) + later.start(), match.end(), day + timedelta(days=_SOON_AFTER))
            else:
                yield Day(*match.span(), day)


def holiday(kind: str, today: date) -> date:
    """The next day of this kind: ``12-25``, ``easter`` or ``11 thursday 4``."""
    return next(day for year in (today.year, today.year + 1) if (day := _in_year(kind, year)) >= today)


def _in_year(kind: str, year: int) -> date:
    if kind == "easter":
        return easter(year)
    if " " in kind:
        month, weekday, place = kind.split()
        first = date(year, int(month), 1)
        start = first if int(place) > 0 else month_end(year, int(month))
        return start + relativedelta(weekday=_NTH[weekday](int(place)))
    month, _, day = kind.partition("-")
    return date(year, int(month), int(day))


def _weeks(message: Message) -> Iterator[Day]:
    sunday = message.today + timedelta(days=6 - message.today.weekday())
    week_names = "|".join(re.escape(fold(name)) for name in words("days", "week"))
    for match in re.finditer(rf"\b(?:{week_names})\s?(\d{{1,2}})(?!\d)", message.low):
        year, week, _ = message.today.isocalendar()
        number = int(match[1])
        if 1 <= number <= 53:
            yield Day(*match.span(), date.fromisocalendar(year + (number < week), min(number, 52), 7))
    for match in phrases("days", "week_after_next").finditer(message.low):
        yield Day(*match.span(), sunday + timedelta(days=14))
    for count, names in data("days")["in_days"].items():
        for match in re.finditer(alternatives(fold(name) for name in names), message.low):
            yield Day(*match.span(), message.today + timedelta(days=int(count)))
    for match in phrases("days", "month_end").finditer(message.low):
        yield Day(*match.span(), month_end(message.today.year, message.today.month))
    for match in _HOURS.finditer(message.low):
        yield Day(*match.span(), message.today + timedelta(days=-(-int(match[1]) // 24)))


@cache
def _part_pattern() -> re.Pattern[str]:
    leads = alternatives(fold(name) for names in data("days")["parts"].values() for name in names)
    return re.compile(rf"(?P<lead>{leads})[ -]?(?:the |de |d'|im )?(?P<m>{alternatives(months())})(?: (?P<y>20\d\d))?{_next_year()}?")


@cache
def _part_days() -> dict[str, int]:
    return {fold(name): int(day) for day, names in data("days")["parts"].items() for name in names}


@cache
def _spans() -> re.Pattern[str]:
    names = [fold(name) for key in ("quarters", "halves") for names in data("days")[key].values() for name in names]
    return re.compile(rf"(?P<name>{alternatives(names)})(?: of| del| de| in)?(?: (?P<y>20\d\d)|{_next_year()})?")


@cache
def _span_ends() -> dict[str, int]:
    quarters = {fold(name): 3 * int(number) for number, names in data("days")["quarters"].items() for name in names}
    return quarters | {fold(name): int(month) for month, names in data("days")["halves"].items() for name in names}


def _parts(message: Message) -> Iterator[Day]:
    """Parts of months, quarters and halves of a year in words, and what must be done before a month begins."""
    for match in _part_pattern().finditer(message.low):
        year = int(match["y"]) if match["y"] else message.today.year + 1 if match["next"] else None
        if day := _date(message.today, _part_days()[re.sub(r"\s+", " ", match["lead"])], months()[match["m"]], year):
            yield Day(*match.span(), day)
    for match in _spans().finditer(message.low):
        month, today = _span_ends()[re.sub(r"\s+", " ", match["name"])], message.today
        year = int(match["y"]) if match["y"] else today.year + 1 if match["next"] or month < today.month else today.year
        yield Day(*match.span(), month_end(year, month))
    for match in _before_month().finditer(message.low):
        month = months()[match["m"]]
        year = int(match["y"]) if match["y"] else message.today.year + (month <= message.today.month)
        yield Day(*match.span(), date(year, month, 1) - timedelta(days=1))
    for match in phrases("days", "before", after=r" (?:the year )?(20\d\d)").finditer(message.low):
        yield Day(*match.span(), date(int(match[2]) - 1, 12, 31))
    for match in phrases("days", "before", after=rf" (?:{alternatives(words('timeline', 'spans', 'next_quarter'))})").finditer(message.low):
        yield Day(*match.span(), month_end(message.today.year, (message.today.month - 1) // 3 * 3 + 3))
    for match in _of_next_year().finditer(message.low):
        yield Day(*match.span(), month_end(message.today.year + 1, months()[match["m"]]))


@cache
def _before_month() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternatives(words('days', 'before'))}) (?P<m>{alternatives(months())})(?: (?P<y>20\d\d))?(?! \d)")


@cache
def _next_year() -> str:
    return rf"(?P<next> (?:{alternatives(words('days', 'next_year'))}))"


@cache
def _of_next_year() -> re.Pattern[str]:
    return re.compile(rf"(?P<m>{alternatives(months())}) (?:{alternatives(words('days', 'next_year'))})")


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, 1) + relativedelta(day=31)
