"""Which bare numbers are years."""

from __future__ import annotations

import re
from functools import cache

from leads.reading.amounts import Amount
from leads.reading.message import Message, alternatives, data, fold

_LIKELY = range(2021, 2041)  # a bare number in here is a year even without a word before it
_POSSIBLE = range(1850, 2101)


def is_year(message: Message, amount: Amount) -> bool:
    """Whether a bare four-digit number is a year: "in 2019", "March 2026", "2026"."""
    number = amount.first
    if not number.plain or amount.first is not amount.last or int(number.value) not in _POSSIBLE:
        return False
    if int(number.value) in _LIKELY:
        return True
    return bool(_before_year().search(message.low[max(0, number.start - 20) : number.start]))


@cache
def _before_year() -> re.Pattern[str]:
    months = [fold(name) for by_language in data("times")["months"].values() for names in by_language.values() for name in names]
    others = [
        "in",
        "since",
        "by",
        "until",
        "of",
        "year",
        "q1",
        "q2",
        "q3",
        "q4",
        "im",
        "seit",
        "jahr",
        "bis",
        "depuis",
        "en",
        "desde",
        "fy",
        "founded",
        "est",
        "established",
        "gegrundet",
        "fondee",
        "fundada",
        "opened",
    ]
    return re.compile(rf"(?:{alternatives([*months, *others])})[ ,.]*$")
