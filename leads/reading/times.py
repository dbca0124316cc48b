"""Every time in a message that a calendar can tell: "mid January", "dans 3 semaines", "KW 5", with its first and last day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from leads.reading.calendar_base import Built, Here
from leads.reading.calendar_times import BUILDERS
from leads.reading.message import Message
from leads.reading.timegrammar import matches
from leads.reading.timewords import Items, Token, pieces, tokens

MOST = 40  # times looked at in one message
_QUARTER = 89  # days from the first to the last of the shortest
_BACK = 7  # tokens of the longest words before a time ("as muy pronto en")
_ADDRESS = re.compile(
    r"[^\s@]{1,64}@\S+|https?://\S+|www\.\S+|(?<![\w-])[\w-]{1,40}\.(?:com|net|org|de|fr|es|io|co|uk|eu|ai|app|dev|shop|info|biz)(?![\w-])"
)
_CLOSE = 4  # tokens between a month and a day of it: "in March, the 15th"
_OF_A_MONTH = ("month", "month_part", "rel", "rel_part")
_BETWEEN = frozenset({"the", "of"})
_AFTER_A_HOLIDAY = timedelta(days=10)  # "right after Easter"
_CHOICE = frozenset({"or", "oder", "ou", "o", "u", "and", "und", "et", "y"})


@dataclass(frozen=True)
class Time:
    """A time and its place in the text and among the tokens.

    ``rule`` is how it was said, ``grain`` how long it is (``day``, ``week``, ``month`` … ``span`` when counted from today), ``lead`` what
    stands before it (``before``, ``by``, ``in`` …) and ``opened`` where that begins, ``weak`` when the words may mean something else.
    """

    start: int
    end: int
    first: date
    last: date
    rule: str
    grain: str
    weak: bool
    count: tuple[float, str] | None
    index: int
    behind: int
    lead: str | None = None
    opened: int = 0
    closed: int = 0
    parts: int = 1
    choice: bool = False  # "monday or tuesday"
    from_now: bool = False  # "3 weeks from now"


@lru_cache(maxsize=4)
def times(message: Message) -> tuple[Time, ...]:
    """The times of a message in order, ranges joined."""
    row, found = tokens(message), pieces(message)
    plain = list(_all(message, row, found))
    led = [_led(row, found, time) for time in plain]
    return tuple(_ranges(row, found, led))


def _all(message: Message, row: tuple[Token, ...], found: tuple[Items, ...]) -> Iterator[Time]:
    language, country = (message.locale or "").lower()[:2], (message.country or "").lower()
    place, count, month, ended = 0, 0, None, 0
    addresses = [match.span() for match in _ADDRESS.finditer(message.low)]
    while place < len(row) and count < MOST:
        here = Here(message.today, country, language, month if place - ended <= _CLOSE else None)
        best = _longest(row, found, place, here)
        inside = any(start <= row[place].start < end for start, end in addresses)
        if best is None or inside or (row[place].tight and row[place].low.isalpha() and place and row[place - 1].low.isalnum()):
            place += 1
            continue
        rule, behind, built = best
        if rule == "bare_day" and any(
            (later := _longest(row, found, index, here)) and later[1] > behind for index in range(place + 1, behind)
        ):
            place += 1
            continue
        yield Time(
            row[place].start, row[behind - 1].end, built.first, built.last, rule, built.grain, built.weak, built.count,
            place, behind, None, row[place].start, row[behind - 1].end, from_now=built.from_now,
        )  # fmt: skip
        month = (built.last.year, built.last.month) if rule in _OF_A_MONTH and (built.last - built.first).days < 31 else None
        place, count, ended = behind, count + 1, behind


def _longest(row: tuple[Token, ...], found: tuple[Items, ...], place: int, here: Here) -> tuple[str, int, Built] | None:
    best: tuple[str, int, Built] | None = None
    for rule, end, caught in matches(found, place):
        if (best is None or end > best[1]) and not _counts_things(row, found, rule, end, caught):
            built = BUILDERS[rule](caught, here)
            if built is not None:
                best = rule, end, built
    return best


def _counts_things(row: tuple[Token, ...], found: tuple[Items, ...], rule: str, end: int, caught: Mapping[str, Any]) -> bool:
    """ "February 12 people", "the 3 new ones", "2024" written short: no day and no year to come."""
    if rule == "bare_day" and end < len(found) and ("number" in found[end] or "unit" in found[end]):
        return True  # "the first 3 months"
    figures = caught.get("y is") == "short_year" or caught.get("d is") in ("day_number", "number")
    if not figures or end == len(found):
        return False
    if rule == "bare_day":
        return row[end].low.isalpha() and "after_day" not in found[end]
    return "things" in found[end] or "unit" in found[end]


def _led(row: tuple[Token, ...], found: tuple[Items, ...], time: Time) -> Time:
    """With what stands before it: "by", "not before", "il y a"."""
    end = time.index
    while end and time.index - end < 2 and _BETWEEN & found[end - 1].keys():
        end -= 1
    for start in range(max(0, end - _BACK), time.index):
        for length, lead in found[start].get("lead", ()):
            if end <= start + length <= time.index:
                return _shifted(row, found, replace(time, lead=lead, opened=row[start].start, index=start))
    return time


def _shifted(row: tuple[Token, ...], found: tuple[Items, ...], time: Time) -> Time:
    """ "Before March" is up to its last day before, "before March ends" is all of it; "after Easter" some days later."""
    if time.lead == "before":
        if time.behind < len(row) and (over := _over(found, time.behind)):
            return replace(time, closed=row[over - 1].end, behind=over)
        if time.rule in ("rel_part", "month_part") or time.count or _is_part_of_a_quarter(time):
            return time
        return replace(time, last=time.first - timedelta(days=1))
    if time.lead == "after" and time.rule == "holiday":
        return replace(time, last=time.last + _AFTER_A_HOLIDAY)
    return time


def _is_part_of_a_quarter(time: Time) -> bool:
    """ "The end of Q1"."""
    return time.rule == "quarter" and (time.last - time.first).days < _QUARTER


def _over(found: tuple[Items, ...], place: int) -> int | None:
    """Where the words end that say that a time is over."""
    options = found[place].get("over")
    return place + options[0][0] if options else None


def _ranges(row: tuple[Token, ...], found: tuple[Items, ...], led: list[Time]) -> Iterator[Time]:
    """ "1 March to 15 March", "April or May": one time up to the later end."""
    waiting: Time | None = None
    for time in led:
        joined = _join(row, found, waiting, time) if waiting is not None else None
        if joined is None and waiting is not None:
            yield waiting
        waiting = joined or time
    if waiting is not None:
        yield waiting


def _join(row: tuple[Token, ...], found: tuple[Items, ...], one: Time, other: Time) -> Time | None:
    core = next((index for index in range(one.behind, other.behind) if index >= one.behind and _joint(found, one.behind, index)), None)
    if core is None or core < other.index or other.last < one.last or other.lead in ("before", "after", "not_before", "not"):
        return None
    if row[one.behind].low == "a" and "one" in found[one.behind] and row[core - 1].low == "a" and other.count:
        return None  # "20 hours a week"
    if one.lead in ("not", "not_before") or "day" in (one.rule, other.rule):
        return None
    return replace(
        other, start=one.start, first=one.first, lead=one.lead, opened=one.opened, index=one.index, parts=one.parts + other.parts,
        rule=other.rule if one.rule == other.rule else "range", weak=one.weak and other.weak, choice=row[one.behind].low in _CHOICE,
    )  # fmt: skip


def _joint(found: tuple[Items, ...], start: int, end: int) -> bool:
    """Whether nothing but one word such as "to" and articles stand between."""
    options = [length for length, _ in found[start].get("to", ())] if start < len(found) else []
    for length in options:
        place = start + length
        while place < end and ("the" in found[place] or "of" in found[place]):
            place += 1
        if place == end:
            return True
    return False
