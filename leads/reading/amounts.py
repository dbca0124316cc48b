"""Amounts: numbers with what belongs to them, joined to ranges, with bounds, "about", and what was taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from leads.reading import bounds
from leads.reading.about import topics
from leads.reading.currencies import code_of, currency_after, currency_aside, currency_before, only_code, period_after, period_of
from leads.reading.message import Message, phrases
from leads.reading.numbers import numbers
from leads.reading.ranges import came_from, joined
from leads.reading.scales import Number

_DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP"})  # that "$" may stand for
_FURTHER = 3  # times its lower end: what is further off is no upper end said in passing
_REACH = 40  # characters looked at on either side of a number
_TAX = re.compile(  # what may stand between an amount and its period
    r"[ ,(]{1,2}(?:ht|ttc|hors taxes|net|netto|brutto|gross|before tax"
    r"|(?:excl\.?|excluding|plus|incl\.?|zzgl\.?|inkl\.?|\+) ?(?:vat|tax|gst|hst|mwst\.?|ust\.?|iva|tva))(?![a-z])\)?"
)
_PAST_ONE = re.compile(r" (?:derni|passe|prochain|pasad|anterior|proximo|que viene|vorher|scorso|passad)")  # "12 000 € l'an dernier"
_NEXT = re.compile(r"[ :]*[€$£¥₹]? ?\d")  # "8k, max 10k": the word belongs to what follows


@dataclass(frozen=True)
class Amount:
    """One amount; ``low``/``high`` are ``None`` where it is open, ``denied`` when it was said not to be so."""

    start: int
    end: int
    first: Number
    last: Number
    low: float | None
    high: float | None
    about: bool = False
    currency: str | None = None
    period: str | None = None
    denied: bool = False
    aside: bool = False  # the currency is named somewhere else
    multiplied: bool = False  # told for each of several
    part: bool = False  # only a part of another amount, or how far off it may be

    @property
    def middle(self) -> float:
        """One figure to compare with."""
        known = [value for value in (self.low, self.high) if value is not None]
        return sum(known) / len(known)


@lru_cache(maxsize=4)
def amounts(message: Message) -> tuple[Amount, ...]:
    """Every amount of a message, in order."""
    found = tuple(_bounded(message, [_grow(message, first, last) for first, last in joined(message, numbers(message))]))
    return tuple(replace(amount, part=index > 0 and _is_part(message, amount)) for index, amount in enumerate(found))


@cache
def _part_before() -> re.Pattern[str]:
    return phrases("numbers", "part_before", after=r"\s*(?:about |around |the |a |rund |etwa |les |los |die )?$")


@cache
def _part_after() -> re.Pattern[str]:
    return phrases("numbers", "part_after", before=r"\s*")


def is_part_at(message: Message, place: int) -> bool:
    """Whether what begins at a place is only a part of what was said before: "of which", "give or take"."""
    return _part_before().search(message.low[max(0, place - _REACH) : place]) is not None


def _is_part(message: Message, amount: Amount) -> bool:
    return is_part_at(message, amount.start) or _part_after().match(message.low, amount.end) is not None


def _bounded(message: Message, found: list[Amount]) -> Iterator[Amount]:
    """ "Min 8k, max 10k" is one range; what was said of the past gives way to what follows."""
    waiting: Amount | None = None
    for amount in found:
        if waiting is None:
            waiting = amount
        elif _completes(message, waiting, upper := _in_its_thousands(waiting, amount)):
            waiting = _joined(waiting, upper)
        else:
            yield replace(waiting, denied=True) if _once_said(message, waiting) else waiting
            waiting = amount
    if waiting is not None:
        yield waiting


def _joined(low: Amount, high: Amount) -> Amount:
    """One range with the currency and the period that either end has."""
    code, period = low.currency or high.currency, low.period or high.period
    return replace(low, end=high.end, last=high.last, high=high.high, currency=code, period=period)


def _in_its_thousands(low: Amount, high: Amount) -> Amount:
    """The upper end with the multiplier of the lower: "ten grand, twelve at most"."""
    factor, figure = low.last.factor, high.high
    if factor < 1000 or high.last.factor != 1 or figure is None or not low.last.base < figure <= _FURTHER * low.last.base:
        return high
    return replace(high, high=figure * factor, low=high.low and high.low * factor)


def _completes(message: Message, low: Amount, high: Amount) -> bool:
    """Whether two amounts side by side are the ends of one range: "min 8k, max 10k", "20, 30 tops"."""
    if low.denied or high.low is not None or low.low is None or high.high is None or not low.low < high.high:
        return False
    if topics(message, low.start) & {"paid", "price", "others"}:
        return False  # "we pay 80 now, up to 100 would be fine"
    if low.high is not None and (low.first is not low.last or high.high > _FURTHER * low.low):
        return False
    return re.fullmatch(r"[ ,;/.]*(?:and|but|und|aber|et|mais|y|pero|x|n|budget)?[ ,]*", message.low[low.end : high.start]) is not None


def _once_said(message: Message, amount: Amount) -> bool:
    if re.fullmatch(r"\W*no\s+", message.low[: amount.start]):
        return True  # "no 250, 25"
    start, end = message.clause(amount.start)
    return phrases("numbers", "once_said").search(message.low[start : max(end, amount.end)]) is not None


def _grow(message: Message, first: Number, last: Number) -> Amount:
    """The amount with everything beside it that belongs to it."""
    signs: set[str] = set()
    start, code = _grow_left(message, first.start, signs)
    before = set(signs)
    end, code, period = _grow_right(message, last.end, signs, code)
    behind = signs - before
    if code is None and first is not last:
        code = _currency_between(message, first.end, last.start)
    if period is None and first is not last:
        period = _period_between(message, first.end, last.start)
    limited = bool(signs & {"over", "at_least"}) and bounds.is_limit(message, start, end)
    if limited:
        signs = (signs - {"over", "at_least"}) | {"at_most"}
    elif "over" in signs:
        signs.add("at_least")
    aside = code is None and not (first is last and first.weak)
    code = currency_aside_of(message) if aside else code
    if {"at_least", "at_most"} <= signs and first is last and behind & {"at_least", "at_most"}:
        signs -= {"at_least", "at_most"} - behind  # "10k minimum 12k maximum": the word before it was said of the other
    low, high = _bounds(first, last, signs)
    if _few().match(message.low, start):
        signs.add("about")
    denied = not limited and (bounds.is_denied(message, start, end) or (first is last and came_from(message, start)))
    return Amount(start, end, first, last, low, high, "about" in signs, code, period, denied, aside)


def currency_aside_of(message: Message) -> str | None:
    """The only currency that is named somewhere else: "three grand, in pounds"."""
    return only_code(message, currency_aside())


@cache
def _few() -> re.Pattern[str]:
    return phrases("numbers", "few")


def _bounds(first: Number, last: Number, signs: set[str]) -> tuple[float | None, float | None]:
    if first is not last:
        return first.value, last.value
    if "at_most" in signs and "at_least" not in signs:
        return None, first.value
    return first.value, None if "at_least" in signs and "at_most" not in signs else first.value


@cache
def _about_a_sum() -> re.Pattern[str]:
    return phrases("numbers", "about_a_sum", after=r"\s*$")


def _grow_left(message: Message, start: int, signs: set[str]) -> tuple[int, str | None]:
    code: str | None = None
    for _ in range(5):
        before = message.low[max(0, start - _REACH) : start]
        offset = start - len(before)
        match = currency_before().search(before) if code is None else None
        if match and (found := code_of(message, offset + match.start(), start)):
            start, code = offset + match.start(), found
            continue
        best = None
        for sign, pattern in bounds.left().items():
            match = pattern.search(before)
            if match and match[1] == ">" and before[: match.start()].endswith(("-", "=")):
                continue  # an arrow
            if match and match[1] in ("from", "ab", "desde") and re.search(r" an? $", match[0]):
                continue  # "from a 20-person agency"
            if match and match[1] == "uber" and _about_a_sum().search(before[: match.start()]):
                continue  # "ein Bescheid über 9.000 Euro"
            if match and (best is None or match.start() < best[1].start()):
                best = (sign, match)
        if best is None:
            break
        signs.add(best[0])
        start = offset + best[1].start()
    return start, code


def _grow_right(message: Message, end: int, signs: set[str], code: str | None) -> tuple[int, str | None, str | None]:
    period: str | None = None
    low, told = message.low, False
    for _ in range(6):
        match = currency_after().match(low, end) if code is None or (not told and code in _DOLLARS) else None
        if match and (found := code_of(message, match.start(1), match.end(1))) and (code is None or found in _DOLLARS):
            end, code, told = match.end(), found, True  # "$2k AUD"
            continue
        if period is None and (match := period_after().match(low, end)) and not _PAST_ONE.match(low, match.end()):
            period = period_of(match[match.lastindex or 0])
            end = match.end()
            continue
        if match := _TAX.match(low, end):
            end = match.end()
            continue
        if match := bounds.no_more().match(low, end):
            signs.add("at_most")
            break
        for sign, pattern in bounds.right().items():
            match = pattern.match(low, end)
            if match and not low.startswith("/-", match.end()) and not _NEXT.match(low, match.end()) and not _adds(message, match):
                signs.add(sign)
                end = match.end()
                break
        else:
            break
    return end, code, period


def _adds(message: Message, match: re.Match[str]) -> bool:
    """Whether "plus" adds something else and does not say "or more": "18 plus some freelancers", but "20 plus people"."""
    follows = re.match(r"\s+[a-z]", message.low[match.end() :])
    people = phrases("headcount", "units", before=r"\s+")
    return match[1] == "plus" and follows is not None and not people.match(message.low, match.end())


def _period_between(message: Message, start: int, end: int) -> str | None:
    """The period of "a grand a month, maybe twelve hundred"; a mere letter is none: "10 y 15 mil"."""
    said = period_after().search(message.low, start, end)
    unit = said[said.lastindex or 0] if said else ""
    return period_of(unit) if len(unit) > 1 else None


def _currency_between(message: Message, start: int, end: int) -> str | None:
    """The currency of "40 euros to 60"; letters inside a word are none."""
    for match in currency_after().finditer(message.low, start, end):
        if not (message.low[match.start(1)].isalpha() and message.low[match.start(1) - 1].isalpha()):
            return code_of(message, match.start(1), match.end(1))
    return None


@cache
def correction() -> re.Pattern[str]:
    """Words that take back what was said before them."""
    return phrases("numbers", "correction")


def strong_enough(message: Message, amount: Amount) -> bool:
    """Whether a word such as "a million" or "one" is the answer: large, or all that was said."""
    return amount.middle > 2 or message.low[amount.start : amount.end].strip() == message.bare
