"""Sums for each of several, multiplied: "3 locations at 400 a month each", "20 users at 15 dollars a month each"."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from leads.reading.amounts import Amount, amounts
from leads.reading.currencies import period_after, period_of
from leads.reading.message import Message, alternatives, words
from leads.reading.moneyroles import each as per_each
from leads.reading.moneyroles import is_each

_AHEAD = 24  # characters before a count
_OURS = re.compile(
    r"\b(?:we have|we've|we've got|we got|there's|there are|we are|we're|wir haben|wir sind|es sind"
    r"|on a|on est|nous sommes|nous avons|somos|tenemos|hay|abbiamo|siamo|temos)\s+$"
)
_MOST = 5_000  # of what is bought for each; more is no count of seats or shops


def product(message: Message, price: Amount) -> Amount | None:
    """The price times the only count that the message gives it, from the first of the two to the last; None when there is none."""
    others = [amount for amount in amounts(message) if amount is not price and _is_count(amount)]
    counts = [amount for amount in others if _noun().match(message.low, amount.last.end)]
    counts = counts or [amount for amount in others if len(others) == 1 and _is_ours(message, amount)]
    if len(counts) != 1 or price.denied:
        return None
    count = counts[0]
    beside = _at().fullmatch(message.low, count.last.end, price.start) is not None
    sign = _times().match(message.low, count.last.end)
    beside = beside or (sign is not None and sign.end() == price.start)
    each = _each().match(message.low, price.end) or per_each().match(message.low, price.end) or is_each(message, price)
    if not (beside or each or _each_of().fullmatch(message.low, price.end, count.first.start)):
        return None
    if not (each or price.currency or price.period or price.middle >= _MOST / 10):
        return None
    times = count.middle
    low, high = (None if end is None else end * times for end in (price.low, price.high))
    noun = _noun().match(message.low, count.last.end)
    end = max(price.end, count.end, noun.end() if noun else 0, each.end() if isinstance(each, re.Match) else 0)
    end += behind.end() - end if (behind := period_after().match(message.low, end)) and end > price.end else 0
    period = price.period or _period_said(message, price.end, end)
    return replace(price, start=min(price.start, count.start), end=end, low=low, high=high, period=period, multiplied=True)


def _period_said(message: Message, start: int, end: int) -> str | None:
    """The period of "$50 each a month", behind the price."""
    said = period_after().search(message.low, start, end) if start < end else None
    return period_of(said[said.lastindex or 0]) if said else None


def _is_count(amount: Amount) -> bool:
    """Whether an amount is an exact number that a price can be told for each of."""
    exact = amount.low == amount.high and amount.first is amount.last and not amount.denied and amount.first.factor == 1
    return exact and amount.currency is None and 1 < amount.middle <= _MOST and amount.middle == int(amount.middle)


def _is_ours(message: Message, amount: Amount) -> bool:
    """ "… per site, and we have 6", "4 x 500": a bare number that says how many."""
    if _times().match(message.low, amount.last.end):
        return True
    stands = _OURS.search(message.low[max(0, amount.start - _AHEAD) : amount.start])
    return stands is not None and re.match(r"\s*(?:$|[.,;!?)]|of us\b)", message.low[amount.last.end :]) is not None


@cache
def _times() -> re.Pattern[str]:
    return re.compile(r" ?(?:x|\*|times|mal|fois|veces|volte|vezes|keer) ?(?=[\d€$£]|[a-z]{2,4} ?\d)")


@cache
def _nouns() -> str:
    return alternatives(words("products", "nouns"))


@cache
def _noun() -> re.Pattern[str]:
    return re.compile(rf"[ -](?:[a-z]+ )?(?:{_nouns()})")


@cache
def _at() -> re.Pattern[str]:
    return re.compile(rf"[ -](?:[a-z]+ )?(?:{_nouns()})\s*,?\s*(?:{alternatives(words('products', 'at'))})\s*")


@cache
def _each() -> re.Pattern[str]:
    periods = r"(?!\s?(?:and every |for )?(?:day|month|week|quarter|year|mo|yr|monat|jahr|woche|tag|mois|an|jour|mes|ano|dia)s?\b)"
    one = rf"(?:\s?(?:{alternatives(words('products', 'one'))}))?(?:[ ,/]+(?:per|a|pro|im|par|al|por|each|every) \w+)?"
    return re.compile(rf"[ ,]{{0,2}}(?:{alternatives(words('products', 'each'))}){periods}{one}")


@cache
def _each_of() -> re.Pattern[str]:
    return re.compile(rf"[ ,]{{0,2}}(?:{alternatives(words('products', 'each_of'))})\s*")
