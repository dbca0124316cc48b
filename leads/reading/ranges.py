"""Two numbers that are the ends of one range: "50-80k", "ten to twelve thousand", "5k, perhaps 7", or what became of one."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from leads.reading.bounds import is_denied
from leads.reading.currencies import currency_after, period_after
from leads.reading.message import Message, alternatives, phrases, words
from leads.reading.scales import Number

_FURTHER = 3  # times its lower end: what is further off is no upper end said in passing
_SHARING = 10  # times the lower end: "5k to 10" is told in thousands at both ends
_THOUSAND = 1000
_REACH = 40  # characters looked at on either side of a number
_PEOPLE = r"(?:people|employees|persons|mitarbeiter|leute|personen|personnes|employes|salaries|personas|empleados)?"


def joined(message: Message, found: list[Number]) -> list[tuple[Number, Number]]:
    """The numbers as ranges, each with its lower and upper end, the same twice where it is no range."""
    pairs: list[tuple[Number, Number]] = []
    index = 0
    while index < len(found):
        first, second = found[index], found[index + 1] if index + 1 < len(found) else None
        if second is not None and _became(message, first, second):
            pairs.append((second, second))
            index += 2
        elif second is not None and (pair := _range(message, first, second)) is not None:
            pairs.append(pair)
            index += 2
        elif second is not None and _falls(message, first, second):
            pairs += [(second, second)] if _comes_from(message, first) else []
            index += 2
        else:
            pairs.append((first, first))
            index += 1
    return pairs


@cache
def _joint() -> re.Pattern[str]:
    names = currency_after().pattern
    joints = alternatives(words("numbers", "joined_by"))
    both = alternatives(words("numbers", "joined_after_between"))
    about = alternatives(words("numbers", "approximate", "before"))
    return re.compile(
        rf"-?\s*(?:\.{{2,3}}\s*)?(?:{names})?(?:{period_after().pattern})?\s*{_PEOPLE}\s*(?:(?P<plain>{joints})|(?P<both>{both}))\s*(?:{about}\s*)?(?:{names})?\s*(?:(?:an?|the|i|gli|les|los|le|den|die|de|os)\s)?"
    )


def _told_as_one(message: Message, second: Number) -> bool:
    people = phrases("headcount", "units", before=r"[ -]")
    return bool(currency_after().match(message.low, second.end) or people.match(message.low, second.end))


def _beside(message: Message, first: Number, second: Number) -> tuple[Number, Number] | None:
    """ "Fifty, sixty quid" and "15, 20 grand" are ranges, "not 15, 20 grand" is none."""
    if is_denied(message, first.start, first.end):
        return None
    if first.factor == 1 and second.factor >= _THOUSAND and first.base < second.base <= 2 * first.base:
        return replace(first, factor=second.factor, plain=False), second
    return (first, second) if first.value < second.value <= 2 * first.value and _told_as_one(message, second) else None


def _stretched(message: Message, first: Number, second: Number) -> tuple[Number, Number] | None:
    """ "8k, with a little convincing 10k", "six thousand, eight if it does invoicing": what is wished, and how far it may go."""
    between = message.low[first.end : second.start]
    if is_denied(message, first.start, first.end):
        return None
    depends = _PAUSED.fullmatch(_without_unit(between)) and _on_condition().match(message.low, second.end)
    if not (depends or _stretch().fullmatch(between)):
        return None
    if second.factor == 1 and first.factor >= _THOUSAND:
        second = replace(second, factor=first.factor, plain=False)
    elif first.factor == 1 and second.factor >= _THOUSAND and first.base < second.base:
        first = replace(first, factor=second.factor, plain=False)
    return (first, second) if first.value < second.value <= 2 * first.value else None


_PAUSED = re.compile(r"\s*[,;/-]\s*(?:or |oder |ou |o |maybe |vielleicht |peut-etre |quizas )?[$€£]?")


def _without_unit(between: str) -> str:
    """What stands between two numbers, without the currency of the first."""
    unit = currency_after().match(between)
    return between[unit.end() :] if unit else between


@cache
def _stretch() -> re.Pattern[str]:
    """Few words with one of stretching between two numbers."""
    names = currency_after().pattern
    words_of = r"(?:[a-z']+\s){0,3}"
    stretches = alternatives(words("numbers", "stretches"))
    return re.compile(rf"-?\s*(?:{names})?\s*[,;(-]*\s*{words_of}(?:{stretches})\s{words_of}(?:{names})?\s*")


@cache
def _on_condition() -> re.Pattern[str]:
    names = currency_after().pattern
    ours = alternatives(words("numbers", "conditions_of_ours"))
    return re.compile(rf"(?:{names})?,?\s(?:{alternatives(words('numbers', 'on_condition'))})\s(?!{ours})")


def _told_in_pairs(message: Message, first: Number, second: Number) -> bool:
    """ "Zwei drei tausend", "deux trois cents": two small neighbours in words and what multiplies them."""
    told = message.low[first.start : first.end].isalpha() and first.factor == 1 < second.factor
    return told and 1 < first.base < second.base <= first.base + 2 <= 12


def _range(message: Message, first: Number, second: Number) -> tuple[Number, Number] | None:
    between = message.low[first.end : second.start]
    match = _joint().fullmatch(between) if len(between) <= _REACH else None
    if match is None:
        if between == " " and _told_in_pairs(message, first, second):
            return replace(first, factor=second.factor, plain=False), second
        beside = _beside(message, first, second) if between == ", " else None
        return beside or _stretched(message, first, second)
    shared = first.plain and first.factor == 1 and second.factor >= 1000 and first.base < second.base <= _FURTHER * first.base
    if (
        match["both"]
        and not shared
        and not phrases("numbers", "between", after=r"[^0-9a-z]*(?:[a-z]{1,3}[$]?\s?)?$").search(
            message.low[max(0, first.start - 30) : first.start]
        )
    ):
        return None
    if first.factor >= 1000 and second.factor == 1 and first.base < second.base <= _SHARING * first.base and second.value < first.value:
        second = replace(second, factor=first.factor, plain=False)  # "a thousand or two", "5k to 10"
    if _in_hundreds(message, first, second):
        first = replace(first, base=first.base * 100, plain=False)  # "three to three fifty"
    if second.factor > 1 and first.factor == 1 and first.base < min(1000, second.factor) and first.base <= second.base:
        first = replace(first, factor=second.factor, plain=False)
    elif (
        match["plain"]
        and first.plain
        and not second.plain
        and second.factor == 1
        and first.base * 1000 < second.base >= 10_000
        and (match["plain"] in ("-", "bis") or (match["plain"] != "to" and second.base <= _FURTHER * first.base * 1000))
    ):
        first = replace(first, factor=1000.0, plain=False)  # "10-15.000"
    if first.value >= second.value:
        return None
    changed = _changing().search(message.low[max(0, first.start - 40) : first.start])
    return (second, second) if changed else (first, second)


def _in_hundreds(message: Message, first: Number, second: Number) -> bool:
    """Whether the lower end shares the hundreds that are not said: "three to three fifty", "two or three hundred"."""
    told = message.low[first.start : first.end].isalpha() and message.low[second.start : second.end].replace(" ", "").isalpha()
    return told and first.factor == second.factor == 1 and 1 < first.base < 10 and first.base <= second.base // 100 < 10


_TO = re.compile(r"\s*(?:k|people|employees|euros?|€|leute|personnes|personas)?\s*(?:to|down to|auf|runter auf|a)\s*[€$£]?\s*")


@cache
def _changing() -> re.Pattern[str]:
    return phrases("numbers", "changing", after=r"[^0-9a-z]*(?:[a-z]{2,3}[$]?\s?)?$")


def came_from(message: Message, start: int) -> bool:
    """ "We grew from 5 people": it is not so any more."""
    return _changing().search(message.low[max(0, start - _REACH) : start]) is not None


_BECAME = re.compile(rf"\s*(?:€|euro|k)?\s*{_PEOPLE}\s*(?:auf|naar|a|to)\s*")
_FROM = re.compile(r"\b(?:von|van)\s$")


def _became(message: Message, first: Number, second: Number) -> bool:
    """ "Von 20 auf 35 gewachsen" is 35."""
    between = message.low[first.end : second.start]
    return " auf " in between and bool(_BECAME.fullmatch(between) and _FROM.search(message.low[: first.start][-5:]))


def _falls(message: Message, first: Number, second: Number) -> bool:
    """ "From 80 to 60" tells what became of a number; "ten to four" without "from" is a time of day."""
    return first.value > second.value and _TO.fullmatch(message.low, first.end, second.start) is not None


def _comes_from(message: Message, first: Number) -> bool:
    between = phrases("numbers", "between", after=r"[^0-9a-z]*(?:[a-z]{2,3}[$]?\s?)?$")
    return between.search(message.low[max(0, first.start - 30) : first.start]) is not None
