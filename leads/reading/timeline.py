"""Timeline: within how many days something is wanted, and how that was put."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from leads.reading.amounts import Amount, amounts
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.days import days, month_end, months, range_joint
from leads.reading.message import Message, alternatives, any_of, data, fold, phrases, words
from leads.reading.moments import appointment, asks_back, in_months, is_other, not_before, of_another_thing, stands_alone, unsure, whole

if TYPE_CHECKING:
    from leads.questions import Question

URGENT_DAYS = 14
_SOON = "as soon as possible"
_DATE = re.compile(r"(?<!\d)(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?|(\d{1,2})/(\d{1,2})/(\d{4}|\d{2}))(?!\d)")
_QUARTER = re.compile(r"\b(?:q([1-4])|([1-4])\. quartal|t([1-4]))(?:[ ,/-]*(20\d\d))?\b")
_PAST = re.compile(
    r"\b(?:ago(?! so)|since|been|existed|founded|took|grew|warranty|fiscal|months old|last \d+|has a typo|you sent"
    r"|seit|gegrundet|lief|widerruf\w*|depuis|a mis|desde hace)\b"
)
_SOME_TIME = re.compile(r"some|event|future|irgendwann|un jour|algun")
_YEAR = re.compile(
    r"(?:(early|beginning of|start of|anfang|debut|a principios de|mid|middle of|mitte|mi|late|end of|ende|fin|in|by)[ -])?\b(20[2-4]\d)$"
)
_YEAR_MONTHS = dict.fromkeys(("early", "beginning of", "start of", "anfang", "debut", "a principios de"), 3) | dict.fromkeys(
    ("mid", "middle of", "mitte", "mi"), 7
)
_NEXT = 60  # days; what comes sooner is not called the next one
_UNIT_WORDS = {1: "day", 7: "week", 14: "fortnight", 30: "month", 91: "quarter", 365: "year"}


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Times from now; volunteered ones only when the visitor speaks of wanting or starting something."""
    if asked and asks_back(message):
        return []
    found = [*_urgent(message, asked), *_counted(message, asked), *_single(message, asked), *_named(message), *_dated(message, asked)]
    found = [*_days(message), *(one for one in found if not _in_a_day(message, one))]
    vague = _none(message, asked)
    unset = [one for one in vague if _SOME_TIME.search(one.reading.said.lower())]  # "un jour" is no day
    found = [one for one in found if not any(one.start < other.end and other.start < one.end for other in unset)]
    found = list(_joined([one for one in found if not appointment(message, one) and not is_other(message, one)], message))
    found = [one for one in found if one.reading.text == _SOON or not of_another_thing(message, one.start, one.end)]
    found += [one for one in vague if not (found and _SOME_TIME.search(one.reading.said.lower()))]
    if asked:
        return [not_before(message, one) for one in found if not _PAST.search(message.low, *message.sentence(one.start))]
    wanted = [one for one in found if one.strength >= 5 or _wanted(message, one)]
    alone = [replace(one, bare=True) for one in found if one not in wanted and whole(message, one)]
    return [not_before(message, one) for one in [*wanted, *alone]]


def _candidate(message: Message, start: int, end: int, days: int | None, label: str, strength: int, sure: float = 0.9) -> Candidate:
    said = message.said(start, end)
    denied = bool(
        re.search(
            r"(?:\bnot|n't|\bnicht|\bpas|instead of|rather than|statt)\s+(?:by |in |within )?$", message.low[max(0, start - 20) : start]
        )
    )
    return Candidate(Reading({"within_days": days, "label": label}, label, said, sure), start, end, strength, False, denied)


def _days(message: Message) -> list[Candidate]:
    """Days with a date or a name of their own."""
    found = []
    for day in days(message):
        before = any_of(words("timeline", "by"), after=r"\s+(?:the |le |la |el |den |dem |am )?$").search(
            message.low[max(0, day.start - 24) : day.start]
        )
        said = message.said(day.start - (len(before[0]) if before else 0), day.end)
        label = (
            said
            if before or phrases("days", "before").match(said.lower()) or phrases("days", "after").match(said.lower())
            else f"by {said}"
        )
        found.append(_candidate(message, day.start, day.end, max((day.day - message.today).days, 1), label, 6))
    return found


def _in_a_day(message: Message, candidate: Candidate) -> bool:
    return any(candidate.start < day.end and day.start < candidate.end for day in days(message))


def _joined(found: list[Candidate], message: Message) -> Iterator[Candidate]:
    """ "April or May": the later one is when it must have happened."""
    waiting: Candidate | None = None
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if waiting is not None and range_joint().fullmatch(message.low, waiting.end, one.start) and _later(waiting, one):
            one = replace(one, start=waiting.start)
        elif waiting is not None:
            yield waiting
        waiting = one
    if waiting is not None:
        yield waiting


def _later(first: Candidate, second: Candidate) -> bool:
    one, other = first.reading.value["within_days"], second.reading.value["within_days"]
    return one is not None and other is not None and one <= other


def _none(message: Message, asked: bool) -> list[Candidate]:
    if asked and unsure(message):
        return []
    return [
        _candidate(
            message,
            *match.span(),
            None,
            "just looking" if "look" in match[0] or "brows" in match[0] else "no fixed date",
            3 if asked else 5,
        )
        for match in phrases("timeline", "none").finditer(message.low)
        if asked or "looking" in match[0] or "brows" in match[0] or "rush" in match[0] or "hurry" in match[0]
    ]


def _urgent(message: Message, asked: bool) -> list[Candidate]:
    if message.bare in words("timeline", "urgent_asked" if asked else "urgent_alone"):
        return [_candidate(message, 0, len(message.text), URGENT_DAYS, _SOON, 3)]
    found = []
    for match in phrases("timeline", "urgent").finditer(message.low):
        sure = "possible" in match[0] or match[0] in ("asap", "a.s.a.p.", "immediately", "right away")
        if not re.search(r"\b(?:not|no|nicht|pas|no es)\s$", message.low[max(0, match.start() - 6) : match.start()]):
            found.append(_candidate(message, *match.span(), URGENT_DAYS, _SOON, 5 if sure else 3))
    return found


@cache
def _units() -> dict[str, int]:
    return {fold(word): int(days) for days, names in data("timeline")["units"].items() for word in names}


@cache
def _unit_after() -> re.Pattern[str]:
    return re.compile(rf"[ -]{{0,2}}(?:business |working )?({alternatives(_units())})(?:'?\s?time)?")


def _counted(message: Message, asked: bool) -> list[Candidate]:
    """ "In 3 months", "2-3 weeks", "later than 6 months"."""
    found = []
    for amount in amounts(message):
        unit = _unit_after().match(message.low, amount.last.end) or _unit_after().match(message.low, amount.end)
        if unit is None or amount.currency:
            continue
        before = message.low[max(0, amount.start - 30) : amount.start]
        lead = any_of(words("timeline", "before"), after=r"\s*$").search(before)
        if not asked and lead is None and not _within_bound(amount):
            continue
        start = amount.start - (len(before) - lead.start()) if lead else amount.start
        span = _span_days(message, amount, _units()[unit[1]])
        if span is not None and span > 3660:
            continue
        label = _span_label(amount, _units()[unit[1]], span)
        found.append(_candidate(message, start, unit.end(), span, label, 3))
    return found


@cache
def _single_pattern() -> re.Pattern[str]:
    lead = alternatives(words("timeline", "before"))
    return re.compile(rf"(?:(?P<lead>{lead})\s+|^)(?:an?|one|eine[mrn]?|ein|une?|una)\s+({alternatives(_units())})")


def _single(message: Message, asked: bool) -> list[Candidate]:
    """ "In about a month", "a year"."""
    found = []
    for match in _single_pattern().finditer(message.low):
        if not any(
            match.start() <= amount.start < match.end() or amount.end > match.start() >= amount.start for amount in amounts(message)
        ):
            days = _units()[match[2]]
            found.append(_candidate(message, *match.span(), in_months(message.today, 1, days), f"within a {_UNIT_WORDS[days]}", 2))
    return found


def _within_bound(amount: Amount) -> bool:
    return amount.low is None


def _span_days(message: Message, amount: Amount, unit: int) -> int | None:
    before = message.low[max(0, amount.start - 30) : amount.first.start]
    if amount.low is None and amount.high is not None:
        return in_months(message.today, amount.high, unit)  # "no more than six months"
    if amount.high is None or any_of(words("timeline", "later"), after=r"\s*(?:in |than |que |de |als )?$").search(before):
        return None
    return in_months(message.today, amount.high, unit)


def _span_label(amount: Amount, unit: int, days: int | None) -> str:
    low = amount.low if amount.low is not None else amount.high
    high = amount.high if amount.high is not None else low
    name = _UNIT_WORDS[unit]
    if days is None:
        return f"later than {_plain(low)} {name}{'' if low == 1 else 's'}"
    return f"within {_plain(high)} {name}{'' if high == 1 else 's'}"


def _plain(value: float | None) -> str:
    return f"{value:g}" if value is not None else ""


def _named(message: Message) -> list[Candidate]:
    """ "Next month", "by the end of the year", "in a few weeks"."""
    found = []
    for name, names in data("timeline")["spans"].items():
        for match in any_of(fold(str(word)) for word in names).finditer(message.low):
            days, label = _named_days(name, message.today)
            found.append(_candidate(message, *match.span(), days, label, 2 + len(match[0]) // 12))
    later = message.bare in words("timeline", "later")
    return [*found, _candidate(message, 0, len(message.text), None, "later", 1)] if later and not found else found


def _named_days(name: str, today: date) -> tuple[int, str]:
    quarter_end = month_end(today.year, (today.month - 1) // 3 * 3 + 3)
    next_quarter = month_end(today.year + (quarter_end.month == 12), quarter_end.month % 12 + 3)
    ends = {
        "this_month": month_end(today.year, today.month),
        "next_month": month_end(today.year + (today.month == 12), today.month % 12 + 1),
        "this_quarter": quarter_end,
        "next_quarter": next_quarter,
        "this_year": date(today.year, 12, 31),
        "next_year": date(today.year + 1, 12, 31),
    }
    if name in ends:
        return max((ends[name] - today).days, 1), name.replace("_", " ")
    days = {
        "next_week": 14,
        "weekday": 7,
        "half_month": 14,
        "two_months": 61,
        "coming_weeks": 42,
        "coming_months": 120,
        "half_year": 183,
        "one_year": 365,
        "one_month": 30,
        "one_week": 7,
    }[name]
    labels = {
        "weekday": "within a week",
        "half_month": "within two weeks",
        "two_months": "within two months",
        "coming_weeks": "in a few weeks",
        "coming_months": "in a few months",
        "half_year": "within half a year",
        "one_year": "within a year",
        "one_month": "within a month",
        "one_week": "within a week",
    }
    counts = {"two_months": 2, "half_year": 6, "one_year": 12, "one_month": 1}
    days = in_months(today, counts[name], 30) if name in counts else days
    return days, labels.get(name, name.replace("_", " "))


@cache
def _seasons() -> dict[str, int]:
    return {fold(word): int(number) for number, names in data("timeline")["seasons"].items() for word in names}


@cache
def _month_pattern() -> re.Pattern[str]:
    by, names = alternatives(words("timeline", "by")), alternatives([*months(), *_seasons()])
    return re.compile(
        rf"(?:(?P<by>{by})\s+(?:the |of |le |la |el |der |des |d'|de )*)?(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of )?)?"
        rf"(?P<month>{names})(?:\s+\d{{1,2}}(?:st|nd|rd|th)?(?!\d))?(?:[ ,]+(?P<year>20\d\d))?"
    )


def _dated(message: Message, asked: bool) -> list[Candidate]:
    """ "By March", "Q3 2027", "15.03.2027", "before summer"."""
    found: list[Candidate | None] = []
    for match in _month_pattern().finditer(message.low):
        word = match["month"]
        unclear = len(word) <= 3 or word in ("march", "mars", "august", "fall")
        if unclear and not (match["by"] or match["year"] or (asked and stands_alone(message, *match.span("month")))):
            continue
        month = months().get(word) or _seasons()[word]
        year = int(match["year"]) if match["year"] else None
        coming = _coming(message.today, month, year)
        if (word.startswith("next ") or message.low[: match.start("month")].endswith("next ")) and (coming - message.today).days < _NEXT:
            coming = _coming(message.today, month, message.today.year + 1)  # "next autumn" in autumn
        found.append(_date_candidate(message, match, coming))
    for match in _QUARTER.finditer(message.low):
        number = int(match[1] or match[2] or match[3])
        found.append(_date_candidate(message, match, _coming(message.today, number * 3, int(match[4]) if match[4] else None)))
    found += [_year(message, found)] if asked else []
    for match in _DATE.finditer(message.low):
        day = _exact(match, message.today)
        found.append(_date_candidate(message, match, day) if day else None)
    return [candidate for candidate in found if candidate is not None]


def _year(message: Message, others: list[Candidate | None]) -> Candidate | None:
    """ "2027", "early 2027" as the end of an answer."""
    match = _YEAR.search(message.bare)
    if match is None or others:
        return None
    end = _coming(message.today, _YEAR_MONTHS.get(match[1] or "", 12), int(match[2]))
    start = message.low.find(match[0])
    if end < message.today:
        return None
    said = message.said(start, start + len(match[0]))
    return _candidate(message, start, start + len(match[0]), (end - message.today).days, said if match[1] else f"in {said}", 1)


def _coming(today: date, month: int, year: int | None) -> date:
    return month_end(year or today.year + (month < today.month), month)


def _exact(match: re.Match[str], today: date) -> date | None:
    groups = match.groups()
    try:
        if groups[0]:
            return date(int(groups[0]), int(groups[1]), int(groups[2]))
        day, month, year = (int(groups[3]), int(groups[4]), groups[5]) if groups[3] else (int(groups[6]), int(groups[7]), groups[8])
        if month > 12 >= day:
            day, month = month, day
        full = int(year) + (2000 if int(year) < 100 else 0) if year else today.year + (month < today.month)
        return date(full, month, day)
    except ValueError:
        return None


def _date_candidate(message: Message, match: re.Match[str], day: date) -> Candidate | None:
    days = (day - message.today).days
    if not -1 <= days <= 3660:
        return None
    said = message.said(*match.span())
    named = match.groupdict()
    label = said if named.get("by") or " " in (named.get("month") or "") else f"by {said}"
    return _candidate(message, *match.span(), max(days, 1), label, 2)


def _wanted(message: Message, candidate: Candidate) -> bool:
    start, end = message.sentence(candidate.start)
    sentence = message.low[start:end]
    return bool(phrases("timeline", "cues").search(sentence)) and not phrases("timeline", "past").search(sentence)


def describe(value: Mapping[str, Any]) -> str:
    """The label as it is shown."""
    return str(value["label"])
