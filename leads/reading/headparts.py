"""A company told person by person: "my wife, me and 4 employees", "5 doctors, 9 nurses and 4 at the front desk".

Only for an answer to the question: elsewhere a list of people says nothing about the size of a company.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from leads.reading.amounts import Amount, amounts
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.headsums import counted_in, no_sum, sum_of
from leads.reading.message import Message, alternatives, phrases, words
from leads.reading.workers import is_no_worker, is_workers, known_people

_STRENGTH = 9  # more than any part by itself
_MOST_PARTS = 12
_JOINT = re.compile(
    r"\s*(?:,\s*(?:and|und|et|y|plus)?|\+|&|\band\b|\bplus\b|\bund\b|\bsowie\b|\bet\b|\bpuis\b|\by\b|\bn\b|\be\b"
    r"|\bpiu\b|\bmas\b|\bmais\b(?= \d)|\ben\b(?= (?:ik|mijn|de|een)\b))\s*"
)
_SIDE_BY_SIDE = re.compile(r"\d{1,3} [a-z]{3,}(?: \d{1,3} [a-z]{3,}){1,4}")  # "1 patron 4 ouvriers"
_END = re.compile(r"[.!?;(]|$")


@dataclass(frozen=True)
class Part:
    """One item of the list: how many people it is, and whether it is told by a number."""

    count: int
    numbered: bool
    named: bool  # says who they are or where
    sure: bool = True  # with a word that is known to name people or what they do
    all: bool = False  # may tell all of them: "two of us", "4 people"


def listed(message: Message) -> list[Candidate]:
    """The sum of a list of people, when the whole first sentence is one."""
    start, end = _sentence(message)
    items = _JOINT.split(message.low[start:end])
    if _SIDE_BY_SIDE.fullmatch(message.low, start, end):
        items = re.split(r" (?=\d)", message.low[start:end])
    if not 2 <= len(items) <= _MOST_PARTS:
        return []
    places = _places(message, start, end, items)
    selves = any(_self().fullmatch(item.strip()) for item in items)
    parts = [_part(message, *place, selves) for place in places]
    if any(part is None for part in parts):
        return []
    known = [part for part in parts if part is not None]
    if not _is_a_list(known):
        return []
    if any(amount.part and start < amount.start < end for amount in amounts(message)):
        return []  # "18 inklusive 2 Azubis"
    if no_sum(message) or counted_in().match(message.low, end) or counted_in().search(message.low, start, end):
        return []
    total = _total(known)
    reading = Reading({"min": total, "max": total}, f"{total:,} people", message.said(start, end), 0.85)
    return [Candidate(reading, start, end, _STRENGTH)]


def _is_a_list(parts: list[Part]) -> bool:
    """Numbers alone may be a range or a correction: somebody must be named, and each number must say of whom."""
    numbered = [part for part in parts if part.numbered]
    people = len(parts) - len(numbered)
    if _tell_the_same(parts, numbered):
        return False  # "seven, 7 employees"
    return people > 0 if len(numbered) <= 1 else people > 0 or all(part.named for part in numbered)


def _tell_the_same(parts: list[Part], numbered: list[Part]) -> bool:
    """ "Seven, 7 employees", but not "8 in the shop and 8 on the road"."""
    if len(parts) != 2 or len(numbered) != 2 or parts[0].count != parts[1].count:
        return False
    return not all(part.sure for part in parts) and not all(part.named and not part.all for part in parts)


def _total(parts: list[Part]) -> int:
    """All together; a bare number that says it already ("two, my cofounder and I", "two of us, …") counts before them."""
    counts = [part.count for part in parts]
    for place in (0, -1):
        others = counts[1:] if place == 0 else counts[:-1]
        whole = parts[place].all or not parts[place].named
        if parts[place].numbered and whole and len(others) > 1 and counts[place] == sum(others):
            return counts[place]
    return sum_of(counts)


def _sentence(message: Message) -> tuple[int, int]:
    """The first sentence without what is said before a list begins."""
    match = _END.search(message.low)
    end = match.start() if match else len(message.low)
    start = 0
    while opening := _opening().match(message.low, start, end):
        start = opening.end()
    closing = _closing().search(message.low, start, end)
    return start, closing.start() if closing else end


@cache
def _opening() -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{alternatives(words('headcount', 'list_opens'))})[\s,:]+")


@cache
def _closing() -> re.Pattern[str]:
    return re.compile(rf"[\s,]+(?:{alternatives(words('headcount', 'list_closes'))})\s*$")


def _places(message: Message, start: int, end: int, items: list[str]) -> list[tuple[int, int]]:
    places, at = [], start
    for item in items:
        begin = message.low.index(item, at, end) if item else at
        places.append((begin, begin + len(item)))
        at = begin + len(item)
    return places


def _part(message: Message, start: int, end: int, selves: bool) -> Part | None:
    """``selves``: whether the writer counts himself, so that a bare name is one more person."""
    text = message.low[start:end].strip()
    if not text or _no_part().search(text):
        return None
    inside = [
        amount for amount in amounts(message) if start <= amount.first.start and amount.last.end <= end and not _is_article(message, amount)
    ]
    if not inside and _pair().fullmatch(text):
        return Part(2, False, True)
    if not inside:
        is_one = (
            _self().fullmatch(text) or (_one_person().fullmatch(text) or _one_worker(text)) or (selves and _is_name(message, start, end))
        )
        return Part(1, False, True) if is_one else None
    if len(inside) > 1 or not _exact(inside[0]):
        return None
    before, after = message.low[start : inside[0].first.start].strip(), message.low[inside[0].last.end : end].strip(" -")
    if before and not (_label().fullmatch(before) or _is_name(message, start, inside[0].first.start)):
        return None
    counted = phrases("headcount", "counted").match(after)
    if (counted and counted[1] not in _people()) or phrases("headcount", "whole").search(text) or len(after.split()) > 5:
        return None
    if after and not _is_people(after):
        return None
    sure = known_people().search(after) is not None or any(map(is_workers, after.split()))
    return Part(int(inside[0].middle), True, bool(after or before), sure, _of_all().fullmatch(after) is not None)


@cache
def _of_all() -> re.Pattern[str]:
    """Behind a number: people of any sort."""
    return re.compile(rf"(?:{alternatives(words('headcount', 'of_all'))})(?: in total| total| insgesamt| en tout| en total)?")


def _is_people(after: str) -> bool:
    """Whether what stands behind a number can say who they are, or where: "nurses", "at the front desk", but not "agencies"."""
    return known_people().search(after) is not None or not is_no_worker(after.split()[0])


def _one_worker(text: str) -> bool:
    """ "One designer": an article and a word for somebody who does something."""
    article, _, rest = text.partition(" ")
    return article in words("headcount", "articles") and " " not in rest and is_workers(rest, one=True)


def _is_article(message: Message, amount: Amount) -> bool:
    """ "A" and "one" of "one manager" and "ein Azubi"."""
    return amount.first.weak and amount.middle == 1


def _exact(amount: Amount) -> bool:
    whole = amount.middle == int(amount.middle) and 0 < amount.middle < 1_000_000
    return whole and amount.first is amount.last and amount.currency is None and not amount.denied and amount.period is None


@cache
def _no_part() -> re.Pattern[str]:
    """Said of a company or a team as a whole, of a part of what was counted, or of later."""
    names = frozenset().union(*(words("headcount", key) for key in ("no_parts", "company", "whole"))) | (
        words("headcount", "part") - _people()
    )
    return re.compile(alternatives(names))


@cache
def _people() -> frozenset[str]:
    """Words for people, several of them; in a list they are no part of something else."""
    return words("headcount", "units") | {f"{one}s" for one in words("headcount", "one_of_us")}


@cache
def _self() -> re.Pattern[str]:
    selves = alternatives(words("headcount", "selves"))
    return re.compile(rf"(?:{selves})(?: (?:the|der|die|le|la|el) [a-z]+)?")


@cache
def _one_person() -> re.Pattern[str]:
    """ "My wife" and anything else of mine; "a" and "the" only with a word for a person."""
    ours, articles = alternatives(words("headcount", "owners")), alternatives(words("headcount", "articles"))
    people = alternatives(words("headcount", "one_of_us") | words("headcount", "units") | words("headcount", "added"))
    return re.compile(rf"(?:{ours})\s(?:[a-z-]+\s){{0,2}}[a-z*-]+|(?:{articles})\s(?:[a-z-]+\s){{0,2}}(?:{people})")


@cache
def _pair() -> re.Pattern[str]:
    """ "My parents": two people with one word."""
    return re.compile(rf"(?:{alternatives(words('headcount', 'owners'))})\s(?:{alternatives(words('headcount', 'pairs'))})")


@cache
def _label() -> re.Pattern[str]:
    """Before a number: whose they are ("my 3 …"), or where ("Paris 60", "location 1 has 20")."""
    owners = alternatives(words("headcount", "owners") | words("headcount", "list_verbs"))
    return re.compile(rf"(?:{owners})|about|around|another|weitere|noch|mes|mis|nos")


def _is_name(message: Message, start: int, end: int) -> bool:
    return re.fullmatch(r"[A-ZÀ-Þ][\w'-]+", message.text[start:end].strip()) is not None
