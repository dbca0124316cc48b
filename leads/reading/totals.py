"""Figures that a message sums up: "40k plus 20k, so 60k", "three forty. 340", "20 in Montreal and 13 in Ottawa, 33 total"."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

from leads.reading.amounts import Amount, amounts
from leads.reading.candidates import Candidate
from leads.reading.message import Message, alternatives, phrases, words

_TOTAL = 12  # points: more than anything that a part has
_RESULT = 2
_MOST = 8  # figures; a longer list is a table
_MONTHS = 12
_NEAR = 24  # characters before a sum
_LIST = re.compile(r"[^.;!?0-9,]{0,20}(?:\s-|:|\(|=)\s*\d")


def settled(message: Message, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with the strength that they have beside each other."""
    found = list(candidates)
    if len(found) < 2:
        return found
    totals = set(_totals(message))
    return [replace(one, strength=one.strength + _points(message, one, found, totals)) for one in found]


def _points(message: Message, one: Candidate, found: Sequence[Candidate], totals: Container[float | None]) -> int:
    restated = any(_restates(one, other) for other in found)
    return _TOTAL * (_exact(one) in totals) + _RESULT * _is_result(message, one) + restated


def added(message: Message, candidates: Sequence[Candidate]) -> tuple[Candidate, Candidate, float] | None:
    """Two exact figures with a plus between them, and their sum: "$10k + $5k"; ``None`` where there are more or it is said."""
    if len(candidates) != len(("one", "other")):
        return None
    first, second = sorted(candidates, key=lambda one: one.start)
    one, other = _exact(first), _exact(second)
    if one is None or other is None or first.denied or second.denied or not _plus().fullmatch(message.low, first.end, second.start):
        return None
    return first, second, one + other


def rival_parts(message: Message, candidates: Sequence[Candidate]) -> bool:
    """Whether two sums of different periods are told together, neither of which is all: "10k for setup and 2k a month after"."""
    found = sorted((one for one in candidates if not one.denied), key=lambda one: one.start)
    if any(_follows_setup(message, one) for one in found):
        return True
    return any(
        one.reading.value["period"] != other.reading.value["period"]
        and _exact(one) != _exact(other)
        and not _named().search(message.low[: one.start][-_NEAR:])
        and _together().fullmatch(message.low, one.end, other.start) is not None
        for one, other in pairwise(found)
    )


def _follows_setup(message: Message, one: Candidate) -> bool:
    """ "500 setup and 50 a month": what comes after a first payment is not all."""
    before = [amount for amount in amounts(message) if amount.end <= one.start]
    recurs = one.reading.value["period"] not in (None, "once")
    return recurs and bool(before) and _setup().fullmatch(message.low, before[-1].end, one.start) is not None


@cache
def _setup() -> re.Pattern[str]:
    return re.compile(rf"[^.;!?0-9]{{0,16}}(?:{alternatives(words('numbers', 'paid_first'))})[^.;!?0-9]{{0,16}}")


@cache
def _named() -> re.Pattern[str]:
    """ "Budget: 30k (one-off), plus 500 a month for support" says which is which."""
    return phrases("currencies", "budget_names", after=r"\s*(?:is|:|ist|est|es)\s*$")


@cache
def _together() -> re.Pattern[str]:
    joints = alternatives(words("numbers", "together"))
    return re.compile(rf"(?:[^.;!?0-9]{{0,30}}?[\s,])??(?:{joints})[\s,][^.;!?0-9]{{0,12}}")


@cache
def _plus() -> re.Pattern[str]:
    return re.compile(rf"[^.;!?0-9]{{0,30}}?(?:\+|{alternatives(words('numbers', 'plus'))})\s*(?:about |another |noch |encore |otros )?")


def _exact(candidate: Candidate) -> float | None:
    value = candidate.reading.value
    return value["min"] if value["min"] == value["max"] else None


def _restates(one: Candidate, other: Candidate) -> bool:
    """Whether one says the figure of the other again and more of it: a bound, a currency."""
    mine, its = one.reading.value, other.reading.value
    if one is other or one.start <= other.start < one.end:
        return False
    ends = {mine["min"], mine["max"]} - {None}
    if ends != {its["min"], its["max"]} - {None} or len(ends) != 1:
        return False
    return sum(part is None for part in (mine["min"], mine["max"])) > sum(part is None for part in (its["min"], its["max"]))


@cache
def _result() -> re.Pattern[str]:
    counted = r"(?<!\d )(?<!\d in )(?<!\d im )(?<!\d en )(?<!\d au )"  # "33 total: 20 here, 13 there"
    return phrases("numbers", "result", before=counted, after=r"\s*:?\s*(?:about |around |roughly |etwa |unos |environ )?[$€£]?\s*$")


def _is_result(message: Message, candidate: Candidate) -> bool:
    before = _result().search(message.low[max(0, candidate.start - 30) : candidate.start])
    return before is not None or phrases("numbers", "result").match(message.low, candidate.start) is not None


def _totals(message: Message) -> Iterator[float]:
    """Figures of the message that are the sum of all others, or the product of two others."""
    figures = [amount for amount in amounts(message) if amount.low == amount.high and amount.low and not amount.denied]
    if len(figures) > _MOST:
        return
    first = [figure for figure in figures[:1] if _LIST.match(message.low, figure.end)]  # "7 - 4 in the office, 3 on the road"
    for total in [*first, *figures[-1:]]:  # else it is said last
        others = [amount.middle for amount in figures if amount is not total]
        is_sum = len(others) > 1 and _same(sum(others), total.middle)
        is_product = any(1 not in pair and _same(pair[0] * pair[1], total.middle) for pair in combinations(others, 2))
        if is_sum or is_product or any(_is_year_of(amount, total) for amount in figures):
            yield total.middle


def _is_year_of(month: Amount, year: Amount) -> bool:
    """Whether a sum a year is said behind the same sum a month."""
    periods = month.period == "month" and year.period == "year" and month.start < year.start
    return periods and _same(_MONTHS * month.middle, year.middle)


def _same(one: float, other: float) -> bool:
    return abs(one - other) < 1e-6 * max(1.0, abs(other))
