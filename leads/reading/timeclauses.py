"""A message cut into clauses that never cut a time in two, and what stands in the clause around a place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from leads.reading.message import Message, words
from leads.reading.times import times
from leads.reading.timesigns import Sign, signs
from leads.reading.timewords import Token, tokens

_STOPS = frozenset(".;!?")
_PAUSES = frozenset(',:()[]"\u00a1\u00bf\u2192')
_BREAK = re.compile(r"\n")


@dataclass(frozen=True)
class Clause:
    """Tokens between two borders; ``sentence`` counts the sentences, ``asked`` is whether a question mark ends the sentence."""

    index: int
    behind: int
    sentence: int
    asked: bool


@lru_cache(maxsize=4)
def clauses(message: Message) -> tuple[Clause, ...]:
    """The clauses of a message, in order."""
    row = tokens(message)
    inside = {index for time in times(message) for index in range(time.index + 1, time.behind)}
    joints = {sign.index for sign in signs(message) if sign.group == "joints"}
    borders, stops, asked = {0}, set[int](), list[int]()
    for index, token in enumerate(row):
        if index in inside:
            continue
        broken = index > 0 and _BREAK.search(message.low, row[index - 1].end, token.start) is not None
        if broken or index in joints or _is_dash(message, token):
            borders.add(index)
        if broken:
            stops.add(index)
        if token.low in _PAUSES or (token.low in _STOPS and not _is_short(row, index)):
            borders.add(index + 1)
            if token.low in _STOPS:
                stops.add(index + 1)
            if token.low == "?":
                asked.append(index + 1)
    return tuple(_cut(sorted(borders), stops, frozenset(asked), len(row)))


def _cut(borders: list[int], stops: set[int], asked: frozenset[int], length: int) -> Iterator[Clause]:
    pairs = [(index, end) for index, end in zip(borders, [*borders[1:], length], strict=True) if end > index]
    ends: list[tuple[int, bool]] = []  # of each clause: where its sentence ends, and whether that asks
    stop, question = length, length in asked
    for _, end in reversed(pairs):
        if end in stops:
            stop, question = end, end in asked
        ends.append((stop, question))
    sentences = {stop: number for number, stop in enumerate(sorted({stop for stop, _ in ends}))}
    for (index, end), (stop, question) in zip(pairs, reversed(ends), strict=True):
        yield Clause(index, end, sentences[stop], question)


def _is_dash(message: Message, token: Token) -> bool:
    """Whether it is a dash with a blank on both sides."""
    return token.low == "-" and message.low[token.start - 1 : token.start] == " " and message.low[token.end : token.end + 1] == " "


def _is_short(row: tuple[Token, ...], index: int) -> bool:
    """Whether a stop belongs to a number or an abbreviation: "ca. 3", "15. Mai", "a.s.a.p."."""
    if index + 1 == len(row) or row[index].low != ".":
        return False
    before = row[index - 1].low if index else ""
    return row[index + 1].tight or before in words("timeline", "short") or before.isdigit()


def clause_at(message: Message, index: int) -> Clause:
    """The clause with this token."""
    cut = clauses(message)
    return cut[bisect_right(cut, index, key=lambda clause: clause.index) - 1]


def token_at(message: Message, place: int) -> int | None:
    """The first token that ends behind a place in the text; None when there is none."""
    row = tokens(message)
    index = bisect_right(row, place, key=lambda token: token.end)
    return index if index < len(row) else None


def signs_in(message: Message, clause: Clause) -> list[Sign]:
    """The signs of a clause."""
    return [sign for sign in signs(message) if clause.index <= sign.index and sign.behind <= clause.behind]


def stands_alone(message: Message, start: int, end: int) -> bool:
    """Whether only little words stand beside a stretch of text in its clause: "like, now", "hier, idéalement"."""
    first = token_at(message, start)
    if first is None:
        return False
    clause, row = clause_at(message, first), tokens(message)
    little = {index for sign in signs_in(message, clause) if sign.group == "little" for index in range(sign.index, sign.behind)}
    return all(
        index in little or not row[index].low.isalnum() or start <= row[index].start < end for index in range(clause.index, clause.behind)
    )


def is_wanted(message: Message, place: int) -> bool:
    """Whether the sentence around a place speaks of wanting or starting something, and not of the past."""
    first = token_at(message, place)
    if first is None:
        return False
    sentence = clause_at(message, first).sentence
    found = {sign.group for one in clauses(message) if one.sentence == sentence for sign in signs_in(message, one)}
    return "cues" in found and "past" not in found


def asks_back(message: Message) -> bool:
    """Whether all of a message asks something: "how long does it take?"; "could we say Monday?" answers."""
    cut = clauses(message)
    found = signs(message)
    if not cut or not cut[-1].asked or cut[-1].sentence > 0 or any(sign.group == "proposes" for sign in found):
        return False
    return any((sign.group == "asks" and sign.index <= 2) or (sign.group == "asks_first" and sign.index == 0) for sign in found)


def is_undecided(message: Message) -> bool:
    """ "Not sure, still comparing": no answer yet, and no "some day" either."""
    return any(sign.group == "unsure" for sign in signs(message))
