"""Sums of which something was not understood: they are asked about, never guessed.

Each doubt is a sign beside a sum that would change it, and that no other reader has used: a "no" before it, a percentage, a price for
each of several whose number is not told, somebody's opinion of it, a question what it is.
"""

from __future__ import annotations

import re
from functools import cache

from leads.reading.amounts import Amount, amounts
from leads.reading.message import Message, alternatives, phrases, words
from leads.reading.moneyroles import per_one
from leads.reading.scales import is_scale

_PERCENT = re.compile(r"\d\s?(?:%|(?:percent|per cent|prozent|pour ?cent|por ciento|per cento|procent)\b)")
_BREAK = re.compile(r"[:(]|\d")
_NO = re.compile(r"\bno\s(?=[a-z])")  # in Spanish also before a verb
_OPENED = re.compile(r"\s*\?+\s*[a-z]")
_OR = re.compile(r"[ ,.]*\b(?:or|oder|ou|o|of)\s(?:maybe |even |vielleicht |peut-etre |quizas )?")
_APART = re.compile(r"(?:\s*[.,;-]+\s*)([a-z]{4,})\b")
_SAID = 80  # characters behind a sum with a question mark in which it may be offered
_FAR = 48  # characters before a sum in which it may be denied


def is_doubtful(message: Message, amount: Amount) -> bool:
    """Whether something beside the sum was not understood."""
    return (
        _after_a_no(message, amount)
        or _is_said_to_be(message, amount)
        or _is_asked(message, amount)
        or _beside_percent(message, amount)
        or _for_each(message, amount)
        or _one_of_many(message, amount)
        or _cut_short(message, amount)
    )


def _after_a_no(message: Message, amount: Amount) -> bool:
    """ "Wouldn't do 5k", "never 20k or more": an exact sum or a lower bound that somebody says no to."""
    if amount.high is not None and amount.low != amount.high:
        return False
    start = max(message.clause(amount.start)[0], amount.start - _FAR)
    ahead = _BREAK.split(message.low[start : amount.start])[-1]
    negation = _negation().search(ahead)
    if negation is None and (message.locale or "").startswith("es"):
        negation = _NO.search(ahead)
    return negation is not None and phrases("moneydoubts", "anew").search(ahead, negation.end()) is None


@cache
def _negation() -> re.Pattern[str]:
    return re.compile(rf"n't\b|{alternatives(words('moneydoubts', 'negations'))}")


def _is_said_to_be(message: Message, amount: Amount) -> bool:
    """ "5k is a bit ambitious": an opinion that is not known to accept the sum."""
    if amount.low != amount.high:
        return False
    said = phrases("moneydoubts", "says", before=r" ").match(message.low, amount.end)
    return said is not None and phrases("moneydoubts", "means", before=r"\s+").match(message.low, said.end()) is None


def _is_asked(message: Message, amount: Amount) -> bool:
    """ "99 €, is that net?"."""
    end = message.sentence(amount.start)[1]
    asks = phrases("moneydoubts", "asks", before=r"[ ,]{1,2}").match(message.low, amount.end)
    if _OPENED.match(message.low, amount.end) and not phrases("moneydoubts", "offers").search(message.low, amount.end, amount.end + _SAID):
        return True  # "2k? You must be joking"
    if asks is None or "?" not in message.low[amount.end : end]:
        return False
    return phrases("moneydoubts", "offers").search(message.low, asks.end(), end) is None


def _beside_percent(message: Message, amount: Amount) -> bool:
    """ "20k give 15% to the agency": a percentage beside the sum that is no tax."""
    start, end = message.clause(amount.start)
    said = _PERCENT.search(message.low, start, max(end, amount.end))
    return said is not None and phrases("moneydoubts", "percent_aside").search(message.low, start, end + _FAR) is None


def _for_each(message: Message, amount: Amount) -> bool:
    """ "20 a month, and that per user": for each of several, by words further off."""
    if amount.multiplied:
        return False
    end = message.clause(amount.start)[1]
    return per_one().search(message.low, amount.end, end) is not None


def _one_of_many(message: Message, amount: Amount) -> bool:
    """ "5k, or 10, or 20": one of several that all may be."""
    after = (other for other in amounts(message) if other.start >= amount.end)
    follows = next(after, None)
    return follows is not None and _OR.fullmatch(message.low, amount.end, follows.start) is not None


def _cut_short(message: Message, amount: Amount) -> bool:
    """ "Forty. Thousand. Dollars.": what multiplies the number stands apart from it."""
    apart = _APART.match(message.low, amount.last.end)
    return apart is not None and is_scale(apart[1])
