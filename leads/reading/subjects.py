"""Sums that a sentence gives to a thing: "our rent is 4,200", "the tractor alone was 80k", but "our limit is 5k"."""

from __future__ import annotations

import re
from functools import cache

from leads.reading.amounts import Amount
from leads.reading.message import Message, alternatives, words

_REACH = 90  # characters before a sum in which its subject begins


@cache
def _subject() -> re.Pattern[str]:
    """A noun with an article or an owner, at the beginning of a clause, and a verb that gives it the sum behind it."""
    owners, verbs, about = (alternatives(words("subjects", key)) for key in ("owners", "verbs", "about"))
    begins = r"(?:^|[.,;:!?()\n-]\s*|\b(?:and|but|so|because|since|und|aber|denn|weil|et|mais|car|y|pero|porque)\s+)"
    named = rf"(?:{owners})\s?((?:[a-z'-]+\s+){{1,6}}?)(?:{verbs})"
    many = rf"((?!{alternatives(words('subjects', 'no_things'))})[a-z-]{{3,}}\s+)(?:{alternatives(words('subjects', 'verbs_of_many'))})"
    return re.compile(rf"{begins}(?:{named}|{many})\s+(?:(?:{about})\s+){{0,2}}$")


@cache
def _of_budgets() -> re.Pattern[str]:
    return re.compile(alternatives(words("subjects", "budgets") | words("currencies", "budget_words") | words("subjects", "givers")))


def is_of_a_thing(message: Message, amount: Amount) -> bool:
    """Whether the sum is what something costs, earns or is worth, and no budget."""
    start = max(0, amount.start - _REACH)
    match = _subject().search(message.low, start, amount.start)
    return match is not None and _of_budgets().search(match[1] or match[2]) is None
