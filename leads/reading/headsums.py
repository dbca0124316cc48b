"""Headcounts told in parts: "5 full-time and 3 part-time", "me and 3 others"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from leads.reading.amounts import Amount, amounts
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, alternatives, phrases, words
from leads.reading.workers import is_workers

_TWO = 2
_SEASON = 40  # characters before a number that may name its season
_LARGE = 10  # of less, the first may be as many as the others by chance
_MOST_EACH = 10_000
_MOST_OTHERS = 50  # "me and 200 others" is not how anybody tells the size of a company
_STRENGTH = 6  # more than any of the parts has by itself
_WORKERS = re.compile(r" ([a-z]{5,24})(?![a-z])")
_PLUS = re.compile(r" ?(?:\+|plus|&|und|and|et|y|mas)\s")
_AN_INTERN = re.compile(r"[ ,]*(?:and|plus|\+|&|und|et|y)\s+(?:an?|one|eine?n?|une?)\s+(?:[a-z-]+\s)?")


def sums(message: Message) -> list[Candidate]:
    """The sum of the parts, when at least one part is of the sort that adds to the others."""
    return [*_with_me(message), *_parts(message), *_seasons(message), *_each(message), *_if_counted(message)]


def _if_counted(message: Message) -> list[Candidate]:
    """ "Ten of us, twelve if you count the apprentices": a range."""
    for fewer, more in pairwise(amounts(message)):
        told = phrases("headcount", "if_counted", before=r"[ ,(]{1,2}").match(message.low, more.last.end)
        joint = re.fullmatch(r"(?: [a-z]+){0,2}(?:,| or| oder| ou| o| -)* ", message.low[fewer.last.end : more.start])
        if told and joint and _whole(fewer) and _whole(more) and fewer.middle < more.middle <= _TWO * fewer.middle:
            low, high = int(fewer.middle), int(more.middle)
            reading = Reading({"min": low, "max": high}, f"{low:,} to {high:,} people", message.said(fewer.start, told.end()), 0.8)
            return [Candidate(reading, fewer.start, told.end(), _STRENGTH)]
    return []


@cache
def _season() -> re.Pattern[str]:
    when = r"(?:in|im|en|during|over|pendant|durante) (?:der |die |la |l'|el |the )?"
    names = alternatives(words("headcount", "seasons"))
    return re.compile(rf"(?: [a-z]+)?,? {when}({names})|,? ({alternatives(words('headcount', 'off_season'))})(?!\s*\d)")


@cache
def _season_before() -> re.Pattern[str]:
    when = r"(?:in|im|en|during|over|pendant|durante) (?:der |die |la |l'|el |the )?"
    names, rest = alternatives(words("headcount", "seasons")), alternatives(words("headcount", "off_season"))
    return re.compile(rf"(?:{when}({names})|({rest}))\s*:?(?: (?:we're|we are|are|about|etwa|sind|sind wir|on est|somos))?\s*$")


def _season_of(message: Message, amount: Amount) -> str | None:
    """The season that a number is told for: behind it, else before it."""
    match = _season().match(message.low, amount.last.end) or _season_before().search(message.low[: amount.start][-_SEASON:])
    return (match[1] or match[2]) if match else None


def _seasons(message: Message) -> list[Candidate]:
    """ "20 in winter, 50 in summer" is a range; so is "30, 50 in der Saison"."""
    told = [amount for amount in amounts(message) if _season_of(message, amount)]
    told = told if len(told) == _TWO else list(amounts(message))
    if len(told) != _TWO or not all(_whole(amount) for amount in told):
        return []
    seasons = [_season_of(message, amount) for amount in told]
    bare = re.fullmatch(r"(?: [a-z]+)?(?:,| and| but| und| aber| et| mais| y| pero)+\s*", message.low[told[0].end : told[1].start])
    if seasons[0] == seasons[1] or not (all(seasons) or (seasons[0] is None and bare)):
        return []
    low, high = sorted(int(amount.middle) for amount in told)
    start, end = told[0].start, told[1].end
    reading = Reading({"min": low, "max": high}, f"{low:,} to {high:,} people", message.said(start, end), 0.8)
    return [Candidate(reading, start, end, _STRENGTH)]


@cache
def _places_with() -> re.Pattern[str]:
    places = alternatives(words("headcount", "each_place"))
    joint = r"(?: (?:with|of|mit|mit je|avec|de|con|having|je|zu je|a)|[,:])?(?: about| around| etwa| unos| environ| jeweils| je)? ?"
    return re.compile(rf"(?: [a-z]+)? (?:{places}){joint}")


@cache
def _each_one() -> re.Pattern[str]:
    people, each = alternatives(words("headcount", "units")), alternatives(words("headcount", "each_one"))
    per, place = alternatives(words("headcount", "per")), alternatives(words("headcount", "place"))
    return re.compile(rf"(?:[ ,]{{1,2}}(?:{people}))?[ ,]{{1,2}}(?:(?:in |en |dans )?(?:{each})|(?:{per}) (?:{place}))")


def _each(message: Message) -> list[Candidate]:
    """ "5 shops with 8 people each": 40."""
    found = amounts(message)
    for places, people in pairwise(found):
        joint = _places_with().fullmatch(message.low, places.last.end, people.first.start)
        ends = _each_one().match(message.low, people.last.end)
        if joint and (ends or re.search(r"\b(?:je|jeweils|of|de)\b", joint[0])) and _whole(places) and _whole(people):
            total = int(places.middle * people.middle)
            return [_candidate(message, total, places.start, ends.end() if ends else people.end)]
    return []


def _whole(amount: Amount) -> bool:
    return amount.low == amount.high and amount.middle == int(amount.middle) and 0 < amount.middle < _MOST_EACH


@cache
def _sorts() -> str:
    return alternatives(words("headcount", "added"))


@cache
def _parts_of() -> str:
    return alternatives(words("headcount", "no_places"))


@cache
def _part() -> re.Pattern[str]:
    names = alternatives(words("headcount", "added") | words("headcount", "units"))
    return re.compile(rf"[ -](?:[a-z]+[ -])?({names})(?:\s+({names}))?(?P<place>\s+\(?in\s+(?!{_parts_of()})[a-z]+\)?)?")


@cache
def _joint() -> re.Pattern[str]:
    return re.compile(r"[ ,]*(?:and|plus|\+|&|und|sowie|et|y|mas|,)\s*(?:another |about |around |weitere |noch )?")


def _parts(message: Message) -> list[Candidate]:
    found: list[Candidate] = []
    chain: list[tuple[Amount, int, bool]] = []
    for amount in amounts(message):
        part = _part().match(message.low, amount.last.end) or _workers_at(message, amount)
        exact = not amount.currency and amount.first is amount.last and not amount.denied and amount.low == amount.high
        if exact and part is None and not chain and _PLUS.match(message.low, amount.last.end):
            chain.append((amount, amount.last.end, False))  # "18 + 2 Azubis"
            continue
        if part is None or not exact:
            continue
        if chain and not _joint().fullmatch(message.low, chain[-1][1], amount.start):
            found += _sum(message, chain)
            chain = []
        added = re.search(_sorts(), part[0]) is not None or "place" not in part.re.groupindex or part["place"] is not None
        chain.append((amount, part.end(), added))
    return found + _sum(message, chain)


def _workers_at(message: Message, amount: Amount) -> re.Match[str] | None:
    """The word for people by their trade behind a number: "9 lawyers"."""
    match = _WORKERS.match(message.low, amount.last.end)
    return match if match and is_workers(match[1]) else None


def _sum(message: Message, chain: list[tuple[Amount, int, bool]]) -> list[Candidate]:
    if not chain or not any(added for _, _, added in chain):
        return []
    total, end = sum_of([int(amount.middle) for amount, _, _ in chain]), chain[-1][1]
    if counted_in().match(message.low, end) or no_sum(message):
        return []
    more = _AN_INTERN.match(message.low, end)
    last = re.compile(_sorts()).match(message.low, more.end()) if more else None
    if last:
        total, end = total + 1, last.end()
    return [_candidate(message, total, chain[0][0].start, end)] if len(chain) > 1 or last else []


def sum_of(counts: Sequence[int]) -> int:
    """All together; the first alone when the others are what it is made of: "75 employees, 60 here and 15 remote"."""
    return counts[0] if len(counts) > _TWO and _LARGE <= counts[0] == sum(counts[1:]) else sum(counts)


def no_sum(message: Message) -> bool:
    """Whether numbers are told with and without somebody: they are no parts of one sum."""
    return phrases("headcount", "no_sum").search(message.low) is not None


@cache
def counted_in() -> re.Pattern[str]:
    """ "… sind da schon drin": the part before it is counted already."""
    names = alternatives(words("headcount", "counted_in"))
    return re.compile(
        rf"[ ,(]{{1,2}}(?:(?:are|is|sind|ist|sont|est|estan|already|schon|da|bereits|deja|ya|all|auch|also)\s){{0,4}}(?:{names})"
    )


def _with_me(message: Message) -> list[Candidate]:
    """ "Me and 3 others", "me + 2"."""
    found = []
    for amount in amounts(message):
        before = re.search(
            r"\b(?:me|myself|ich|moi|yo)\s*(?:and|plus|\+|&|und|et|y|mas)\s*(?:my |meine |mes |mis )?$", message.low[: amount.start][-24:]
        )
        after = re.compile(rf"(?: other)?[ -](?:{_sorts()}|people|employees|colleagues|staff)").match(message.low, amount.last.end)
        ends = re.compile(r"\s*(?:$|[.,;!?)])").match(message.low, amount.last.end)
        if before and (after or ends) and amount.first is amount.last and not amount.currency and 0 < amount.middle <= _MOST_OTHERS:
            start = amount.start - len(before[0])
            found.append(_candidate(message, int(amount.middle) + 1, start, after.end() if after else amount.last.end))
    return found


def _candidate(message: Message, total: int, start: int, end: int) -> Candidate:
    reading = Reading({"min": total, "max": total}, f"{total:,} people", message.said(start, end), 0.85)
    return Candidate(reading, start, end, _STRENGTH)
