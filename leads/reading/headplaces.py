"""Headcounts that have to be worked out: told place by place, less those who left, or as a share of what it was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from leads.reading.about import topics
from leads.reading.amounts import Amount, amounts
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.headgroups import describe
from leads.reading.message import Message, alternatives, little_words, phrases, words
from leads.reading.shares import shares
from leads.reading.workers import is_workers, known_people

_STRENGTH = 10  # what is worked out counts more than its parts
_MOST = 100_000
_BEFORE = 40  # characters in which somebody who left is told of
_PAST = frozenset({"past_time", "past"})
_BETWEEN = 30  # characters between what several places have
_STOP = re.compile(r"[!?;\n]|\.(?=\s)")


def worked_out(message: Message, asked: bool) -> list[Candidate]:
    """Everything of that sort in a message; only where the size was asked for."""
    return [*_by_place(message), *_left(message), *_shared(message)] if asked else []


def _exact(amount: Amount) -> bool:
    whole = amount.low == amount.high and amount.middle == int(amount.middle) and 0 < amount.middle < _MOST
    return whole and amount.first is amount.last and not amount.currency


def _is_article(message: Message, amount: Amount) -> bool:
    """ "In one and in the other", "en cada una"."""
    return amount.middle == 1 and message.low[amount.first.start].isalpha()


def _reading(message: Message, total: float, start: int, end: int) -> Candidate:
    value = {"min": int(total), "max": int(total)}
    return Candidate(Reading(value, describe(value), message.said(start, end), 0.85), start, end, _STRENGTH)


def _by_place(message: Message) -> Iterator[Candidate]:
    """ "3 locations with 12, 15 and 9 people": as many numbers as places."""
    found = [amount for amount in amounts(message) if _exact(amount) and not amount.denied and not _is_article(message, amount)]
    for index, places in enumerate(found):
        count, rest = int(places.middle), found[index + 1 :]
        if not 2 <= count == len(rest) or not _places().match(message.low, places.last.end):
            continue
        apart = all(one.last.end + _BETWEEN >= other.first.start for one, other in pairwise(rest))
        if (
            apart
            and all(_may_be_people(message, one) for one in rest)
            and not _STOP.search(message.low, places.last.end, rest[-1].first.start)
        ):
            yield _reading(message, sum(one.middle for one in rest), places.start, rest[-1].end)


def _may_be_people(message: Message, amount: Amount) -> bool:
    """Whether no other noun stands behind the number: "11 Fahrzeuge" are none."""
    noun = re.compile(r"[ -]([a-z]{2,})").match(message.low, amount.last.end)
    return noun is None or noun[1] in little_words() or is_workers(noun[1]) or known_people().match(message.low, noun.start(1)) is not None


@cache
def _places() -> re.Pattern[str]:
    names = alternatives(words("headcount", "each_place") | words("headcount", "place"))
    return re.compile(rf"[ -](?:[a-z]+ )?(?:{names})")


def _left(message: Message) -> Iterator[Candidate]:
    """ "Had 11, two quit", "30 minus the 4 who left": what remains, where nothing else says it."""
    found = [amount for amount in amounts(message) if _exact(amount)]
    if len(found) != len(("all", "gone")):
        return
    every, gone = sorted(found, key=lambda amount: -amount.middle)
    if gone.middle >= every.middle / 2:
        return
    taken = every.start < gone.start and _minus().search(message.low[every.last.end : gone.first.start]) is not None
    if taken or _is_gone(message, every, gone):
        yield _reading(message, every.middle - gone.middle, min(every.start, gone.start), max(every.end, gone.end))


@cache
def _minus() -> re.Pattern[str]:
    return phrases("headcount", "minus", after=r"\s*(?:the |die |les |los |my |our )?$")


def _is_gone(message: Message, every: Amount, gone: Amount) -> bool:
    """Whether the smaller number went, and the larger is told as it was before that."""
    behind = phrases(
        "headcount",
        "gone",
        before=r"(?: (?:of (?:them|us|those)|people|guys|leute|davon|have|has|haben|sind|are|ont|sont|han|just|already)){0,3} ",
    )
    ahead = phrases("headcount", "lost", after=r"\s*(?:about )?$")
    went = behind.match(message.low, gone.last.end) or ahead.search(message.low[max(0, gone.start - _BEFORE) : gone.first.start])
    before = topics(message, every.start) & _PAST or _of_ours().search(message.low[gone.last.end : every.first.start])
    return bool(went and before)


@cache
def _of_ours() -> re.Pattern[str]:
    return phrases("headcount", "of_ours", after=r"\s*$")


def _shared(message: Message) -> Iterator[Candidate]:
    """ "We were 50, now half": a share of what it was, and no part of what it is."""
    for share in shares(message):
        low, high = share.ends
        if low is None or low != high or not topics(message, share.base.start) & _PAST or share.base.end > share.start or low != int(low):
            continue
        yield _reading(message, low, share.base.start, share.end)
    for match in phrases("headcount", "doubled").finditer(message.low):
        before = [amount for amount in amounts(message) if amount.last.end <= match.start()]
        if len(before) == 1 == len(amounts(message)) and _exact(before[0]) and topics(message, before[0].start) & _PAST:
            yield _reading(message, 2 * before[0].middle, before[0].start, match.end())
