"""What each clause of a message is about: the visitor's own answer of today, or something else.

"Last year we spent 30k, this year 45k" holds two sums, and one of them is no answer. Readers ask :func:`topics` about the place of
what they found and leave alone what is said of other times, other people and other things. The words are in ``data/about.yml``:

- of another time or case: ``past_time``, ``past`` (by the verb alone), ``plan``, ``hypothetical``;
- of others: ``others``; not said: ``open``; not meant: ``joke``; asked: ``question``, with ``offer`` for one that offers something;
- other sums of money: ``revenue``, ``salary``, ``costs``, ``debt``, ``funding``, ``paid``, ``price``;
- other people: ``served`` and ``sought`` (of the numbers behind them), ``public``, ``audience``, ``moving``.

A clause without a word of its own for who and when goes on with what the one before was about, until a stop or a "but".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from leads.reading.clauses import Found, Part, found, is_number, parts
from leads.reading.message import Message, data, words

_BEFORE_ONLY = frozenset({"served", "sought"})  # topics that only concern what is said after them
_CARRIED = frozenset({"hypothetical", "others", "past_time"})
_ALNUM = re.compile(r"[^\W_]")
_NEAR = 4  # signs between a place and its first word
_MARKS = frozenset({"today", "wish", "if", "now", "own", "here", "team", "department", "whole", "group"})
_SHORT = 4  # words beside its number that leave a clause a mere fragment


@dataclass(frozen=True)
class Clause:
    """A clause and its topics; ``start`` is the place of its first word, ``before`` where topics stand that look ahead only.

    ``marks`` is what else it says: ``now`` for what holds today, ``own`` with the visitor or the firm for a subject,
    ``here`` for this purpose ("for your tool"), and of which part of a firm: ``team``, ``department``, ``whole``, ``group``;
    ``if`` that it depends on something, ``wish`` that it is wished.
    """

    start: int
    topics: frozenset[str]
    ahead: tuple[tuple[str, int], ...]
    marks: frozenset[str]

    @property
    def now(self) -> bool:
        """Whether it says that it holds today."""
        return "now" in self.marks

    @property
    def own(self) -> bool:
        """Whether it has the visitor or the firm for a subject."""
        return "own" in self.marks


@lru_cache(maxsize=4)
def clauses(message: Message) -> tuple[Clause, ...]:
    """Every clause of a message, in order."""
    cut = parts(message)
    hits = [list(found(part.words)) for part in cut]
    own = [_own_topics(part, one) for part, one in zip(cut, hits, strict=True)]
    _mark_questions(cut, hits, own)
    _look_back(cut, hits, own)
    _carry(cut, hits, own)
    return tuple(
        Clause(
            part.start,
            frozenset(topics),
            tuple((hit.group, hit.start) for hit in one if hit.group in _BEFORE_ONLY),
            frozenset(hit.group for hit in one) & _MARKS,
        )
        for part, one, topics in zip(cut, hits, own, strict=True)
    )


def clause_at(message: Message, place: int) -> Clause | None:
    """The clause around a place in the message; None when there is no word."""
    made = clauses(message)
    word = _ALNUM.search(message.low, place)  # a sign such as "$" belongs to what follows it
    place = word.start() if word and word.start() - place <= _NEAR else place
    index = bisect_right(made, place, key=lambda clause: clause.start)
    return made[index - 1] if index else None


def topics(message: Message, place: int) -> frozenset[str]:
    """What the clause around a place is about; empty for the visitor's own answer of today."""
    clause = clause_at(message, place)
    if clause is None:
        return frozenset()
    return clause.topics | {topic for topic, start in clause.ahead if start < place}


def marks(message: Message, place: int) -> frozenset[str]:
    """What else the clause around a place says, see :class:`Clause`."""
    clause = clause_at(message, place)
    return frozenset() if clause is None else clause.marks


def is_now(message: Message, place: int) -> bool:
    """Whether the clause around a place says that it holds today."""
    return "now" in marks(message, place)


def _has(hits: list[Found], group: str) -> bool:
    return any(hit.group == group for hit in hits)


def _own_topics(part: Part, hits: list[Found]) -> set[str]:
    """The topics that the clause itself has words for."""
    names = {hit.group for hit in hits} & set(data("about")["topics"]) - _BEFORE_ONLY
    if _has(hits, "meant"):
        names.discard("past")
        if any(hit.group == "meant" and hit.length > 1 for hit in hits):
            names.discard("past_time")  # "the same as last year"
    if _has(hits, "granted"):
        names -= {"past", "past_time", "revenue", "funding"}
    if _has(hits, "here"):
        names -= {"revenue", "funding"}
    if _has(hits, "guess"):
        names.discard("hypothetical")
    if _has(hits, "roughly"):
        names -= {"others", "offer"}
    if _has(hits, "serious"):
        names.discard("joke")
    if _has(hits, "may"):
        names.discard("price")
    if _has(hits, "offer"):
        names.add("offer")
    if _pays_today(hits):
        names.add("paid")
    if _has(hits, "same"):
        names -= {"paid", "past", "past_time", "price", "others"}
    if any(word.low in words("about", "past_opens") for word in part.words[:1]) and not _has(hits, "meant"):
        names.add("past")
    return names


def _pays_today(hits: list[Found]) -> bool:
    """ "We pay … now", "paying …": what is paid, where nothing is wished."""
    pays = [hit for hit in hits if hit.group == "pays"]
    told = _has(hits, "today") or _has(hits, "tools") or any(hit.index == 0 for hit in pays)
    return bool(pays) and told and not _has(hits, "wish")


def _mark_questions(cut: list[Part], hits: list[list[Found]], topics: list[set[str]]) -> None:
    asked = False
    for part, one, names in zip(cut, hits, topics, strict=True):
        follows = asked and part.question  # "what do others pay? like 10k?"
        opens = any(hit.group == "asks" and hit.index <= 2 for hit in one)
        strict = any(hit.group == "asks" and hit.length > 1 and hit.index <= 1 for hit in one) and not is_number(part.words[0])
        strict = strict or _has(one, "begs") or (part.question and part.words[0].low in words("about", "inverted") and len(part.words) > 2)
        plain = any(hit.group == "wh" and hit.index == 0 for hit in one) and (part.question or part.opens != "opens")
        asked = (
            plain
            or (part.question and (opens or follows or _has(one, "begs") or not _states(part, one)))
            or (strict and (part.words[0].low in words("about", "inverted") or not _states(part, one)))
        )
        if asked:
            names.add("question")


def _states(part: Part, hits: list[Found]) -> bool:
    """Whether it is a statement that only doubts: it begins like one, or is hardly more than a number."""
    first = next((hit.index for hit in hits if hit.group == "states"), 9)
    others = sum(1 for word in part.words if not is_number(word))
    return first == 0 or _has([hit for hit in hits if hit.index <= 1], "own") or others <= _SHORT


def _look_back(cut: list[Part], hits: list[list[Found]], topics: list[set[str]]) -> None:
    """ "100k if we get funded", "a million … just kidding", "2m (revenue)": what follows says it of what went before."""
    for index in range(1, len(cut)):
        part, before = cut[index], topics[index - 1]
        if "joke" in topics[index]:
            before.add("joke")
        if "hypothetical" in topics[index] and not part.paused and part.opens == "opens" and not _has(hits[index - 1], "now"):
            before.add("hypothetical")
        pointing = part.words[0].low in ("that'", "thats", "that", "das", "c'", "eso", "this") or part.aside
        if pointing and not any(map(is_number, part.words)) and part.sentence - cut[index - 1].sentence <= 1:
            before |= topics[index] - {"question", "offer", "past", "plan", "hypothetical"}


def _carry(cut: list[Part], hits: list[list[Found]], topics: list[set[str]]) -> None:
    for index in range(1, len(cut)):
        part, one = cut[index], hits[index]
        if part.sentence != cut[index - 1].sentence or part.opens == "contrast":
            continue
        carried = topics[index - 1] & _CARRIED
        if _has(one, "now"):
            carried -= {"past_time", "hypothetical", "others"}
        if _has(one, "granted"):
            carried -= {"past_time", "others"}
        if _has(one, "own"):
            carried -= {"others"}
        if _has(one, "here"):
            carried -= {"others", "past_time"}
        if _has(one, "is"):
            carried -= {"past_time"}
        if _has(one, "wish"):
            carried -= {"past_time"}
        if {part.words[0].low, " ".join(word.low for word in part.words[:2])} & words("about", "concludes"):
            carried -= {"past_time", "others"}
        if part.opens == "opens" and not part.paused:
            carried |= topics[index - 1] & {"open"}  # "can't tell you if it's 10k or 20k"
        topics[index] |= carried
