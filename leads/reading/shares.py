"""Figures told as a share of another one: "half of last year's 40k", "a third of that", "10% less than the 20k we had"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import islice

from leads.reading.amounts import Amount, amounts
from leads.reading.message import Message, alternatives, data, fold, phrases, words

_REACH = 70  # characters between a share and the figure that it is of
_AHEAD = 40
_PLUS = 16
_MOST = 32  # shares of one message
_LIMIT = 10  # a share is at most so many times its figure
_NOT_BACK = r"(?!\s+(?:we|i|our|last|year|time|month|week|quarter|one|way)\b)"
_CLAUSE_ENDS = re.compile(
    r"\s*(?:this (?:year|time)|dieses jahr|diesmal|cette annee|este ano|heuer)?\s*"
    r"(?:$|[.,;!?)]|\band\b|\bund\b|\bet\b|\by\b|\btops\b|\bmax\b|\bplease\b)"
)
_WHICH = re.compile(r"\b(?:which|that|que|qui|was|das|che)\s+(?:is|are|was|were|son|es|era|eran|est|sont|etait|sind|waren|war|ist|sono)\b")
_STOP = re.compile(r"[.!?;\n](?=\s|$)")


@dataclass(frozen=True)
class Share:
    """A share at a place: ``factor`` times ``base``; ``gone`` when it is told of what was spent or is not meant."""

    start: int
    end: int
    factor: float
    base: Amount
    gone: bool = False

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """The share of the lower and the upper end, to the cent; words that belong to the share ("less than") are no bounds."""
        inside = self.start <= self.base.start < self.base.first.start <= self.end
        low, high = (self.base.first.value, self.base.last.value) if inside else (self.base.low, self.base.high)
        return _times(low, self.factor), _times(high, self.factor)


def _times(figure: float | None, factor: float) -> float | None:
    return None if figure is None else round(figure * factor, 2)


@dataclass(frozen=True)
class _Factor:
    start: int
    end: int
    value: float
    compares: bool = False  # "10% less": needs "than", or stands for "than that" by itself


def shares(message: Message) -> tuple[Share, ...]:
    """Every share of an amount that the message names, in order."""
    found = amounts(message)
    return tuple(
        share
        for factor in islice(_factors(message), _MOST)
        if not _inside(factor, found) and (share := _share(message, factor, found)) is not None
    )


def remainder(message: Message) -> tuple[Amount, float, int] | None:
    """ "10k, 7k of it for the site, the rest is for you": the larger of two sums, what is left of it, and where that is said to end."""
    match = phrases("shares", "rest").search(message.low)
    exact = [amount for amount in amounts(message) if amount.low == amount.high and amount.low]
    if match is None or len(exact) != len(("all", "part")) or exact[0].middle == exact[1].middle:
        return None
    every, part = sorted(exact, key=lambda amount: -amount.middle)
    return every, every.middle - part.middle, match.end()


def _inside(factor: _Factor, found: tuple[Amount, ...]) -> bool:
    """Whether the words are a part of a number: "half a million"."""
    return any(amount.first.start < factor.end and factor.start < amount.last.end and not _is_word_of(factor, amount) for amount in found)


def _is_word_of(factor: _Factor, amount: Amount) -> bool:
    """Whether the amount is but a word of the share: the "two" of "two thirds"."""
    return factor.start <= amount.first.start and amount.last.end <= factor.end


@cache
def _names() -> dict[str, float]:
    return {fold(name): float(Fraction(value)) for value, names in data("shares")["factors"].items() for name in names}


@cache
def _name() -> re.Pattern[str]:
    return re.compile(alternatives(_names()))


@cache
def _percent() -> re.Pattern[str]:
    signs = alternatives(words("shares", "percent")).replace("(?<![a-z0-9])", "")
    less, more = (alternatives(words("shares", key)) for key in ("less", "more"))
    return re.compile(rf"(?<![\d.,])(\d{{1,3}}(?:[.,]\d{{1,2}})?)\s?(?:{signs})(?:\s+(?:(?P<less>{less})|(?P<more>{more})))?")


@cache
def _plus() -> re.Pattern[str]:
    return phrases("shares", "plus", after=r"\s?$")


def _factors(message: Message) -> Iterator[_Factor]:
    names = _names()
    for match in _name().finditer(message.low):
        yield _Factor(*match.span(), names[re.sub(r"\s+", " ", match[0])])
    for match in _percent().finditer(message.low):
        part = float(match[1].replace(",", ".")) / 100
        compares = bool(match["less"] or match["more"])
        value = (1 - part if match["less"] else 1 + part) if compares else part
        ahead = max(0, match.start() - _PLUS)
        plus = None if compares else _plus().search(message.low[ahead : match.start()])
        if plus:
            yield _Factor(ahead + plus.start(), match.end(), 1 + part, compares=True)
        elif 0 < part < _LIMIT and value > 0:
            yield _Factor(*match.span(), value, compares)


def _share(message: Message, factor: _Factor, found: tuple[Amount, ...]) -> Share | None:
    others = [amount for amount in found if not _is_word_of(factor, amount)]
    back = _back(message, factor)
    if back is not None:
        before = [amount for amount in others if amount.last.end <= factor.start]
        return _made(message, factor, before[-1], back) if before else None
    after = next((amount for amount in others if amount.first.start >= factor.end), None)
    if after is None or not _leads_to(message, factor, after):
        return None
    return _made(message, factor, after, max(factor.end, after.end))


def _made(message: Message, factor: _Factor, base: Amount, end: int) -> Share:
    start, stop = message.clause(factor.start)[0], message.clause(max(factor.start, end - 1))[1]
    # "twice what we spent, 6k" tells of the base what was spent, "we spent half of our 6k" of the share
    gone = any(phrases("shares", "gone").search(message.low, *place) for place in ((start, factor.start), (end, stop)))
    return Share(factor.start, end, factor.value, base, gone)


def _back(message: Message, factor: _Factor) -> int | None:
    """Where a share ends that points back ("a third of that", "of that 10%", "this year half"), or None."""
    if match := _of_that().match(message.low, factor.end):
        return match.end()
    ahead = message.low[max(0, factor.start - _AHEAD) : factor.start]
    ends = _CLAUSE_ENDS.match(message.low, factor.end) is not None
    if _pointing().search(ahead) or (ends and (factor.compares or _this_time().search(ahead))):
        return factor.end
    return None


@cache
def _of_that() -> re.Pattern[str]:
    # "davon" and "dont" hold the preposition, "of that" does not
    that = alternatives(words("shares", "that"))
    return re.compile(rf"\s+(?:(?:of|off|than|von|als|de|d'|que|di|van)\s?)?(?:{that}){_NOT_BACK}")


@cache
def _pointing() -> re.Pattern[str]:
    return phrases("shares", "pointing", after=r"[\s,]*(?:we |i |about |around |only |maybe |etwa |vielleicht |environ |unos? )*$")


@cache
def _this_time() -> re.Pattern[str]:
    return phrases("shares", "this_time", after=r"[\s,:]*(?:[a-z']+\s+){0,4}$")


def _leads_to(message: Message, factor: _Factor, base: Amount) -> bool:
    """Whether the figure behind a share is the one that it is of: "twice the 3k", "half of what we paid, which was 6k"."""
    between = message.low[factor.end : base.first.start]
    if len(between) > _REACH or _STOP.search(between) or phrases("numbers", "result").search(_WHICH.sub(" ", between)):
        return False
    return _of().match(between) is not None


@cache
def _of() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{alternatives(words('shares', 'of'))})")
