"""Words for people by what they do, known by their endings: "riggers", "Monteure", "vendeuses", "camareros"."""

from __future__ import annotations

import re
from functools import cache

from leads.reading.message import alternatives, words

_LEAST = 5  # letters
_MANY = re.compile(
    r"(?:[a-z]{2}ers|ors|ists|ants|ians|men|women|nurses|clerks|cooks|reps|admins|folks?|fahrer|arbeiter|helfer|verkaufer|techniker|leute"
    r"|kraft|krafte|innen|ierende|eure|eurs|euses|iens|istes|iers|ieres|ores|oras|istas|antes|eros|eras|arios|arias|ados|adas)$"
)
_ONE = re.compile(r"(?:[a-z]{2}er|or|ist|ant|ian|man|woman|eur|euse|iste|ista|ora|ero|era|ario|ente|in)$")


def is_workers(word: str, one: bool = False) -> bool:
    """Whether a folded word is a name for people who do something, for ``one`` of them if so asked; customers are none."""
    if len(word) < _LEAST or word in _others():
        return False
    return bool(_MANY.search(word) or (one and _ONE.search(word)))


def is_no_worker(word: str) -> bool:
    """Whether a folded word is known to be none: customers, shops, machines."""
    return word in _others()


@cache
def _others() -> frozenset[str]:
    return words("about", "topics", "audience") | words("headcount", "counted") | words("headcount", "things")


@cache
def known_people() -> re.Pattern[str]:
    """The known words for people of a firm, one or several."""
    single = words("headcount", "one_of_us")
    several = {f"{word}{ending}" for word in single for ending in ("s", "n", "en")}
    return re.compile(alternatives(single | several | words("headcount", "units") | words("headcount", "added")))
