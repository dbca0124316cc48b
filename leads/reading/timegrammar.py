"""How the pieces of a time stand together: the rules of ``data/times.yml``, tried at each word of a message, the longest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from leads.reading.message import data
from leads.reading.timewords import Items

_MACROS = {
    "YEAR": ("", "sep? of? y:year", "dash? of? y:short_year", "sep? of? yrel:nextyear|thisyear"),
    "DURING": ("", "during of?"),
    "WD": ("", "wd:weekday|short|abbreviation sep?"),
}


@dataclass(frozen=True)
class Piece:
    """One piece of a rule: the sorts of piece that may stand here, under which name, and whether it may be missing."""

    name: str
    sorts: tuple[str, ...]
    optional: bool


@dataclass(frozen=True)
class Rule:
    """A row of pieces; ``name`` says what is made of it."""

    name: str
    pieces: tuple[Piece, ...]


@cache
def rules() -> Mapping[str, tuple[Rule, ...]]:
    """All rules by the sort of piece that they can begin with, in the order of the data file."""
    found: dict[str, list[Rule]] = {}
    for name, lines in data("times")["rules"].items():
        for line in lines:
            for form in _written_out(line):
                rule = Rule(str(name), tuple(map(_piece, form.split())))
                for sort in _beginnings(rule):
                    found.setdefault(sort, []).append(rule)
    return {sort: tuple(dict.fromkeys(row)) for sort, row in found.items()}


def _written_out(line: str) -> list[str]:
    forms = [line]
    for name, meanings in _MACROS.items():
        forms = [form.replace(name, meaning) for form in forms for meaning in (meanings if name in form else ("",))]
    return forms


def _piece(text: str) -> Piece:
    optional = text.endswith("?")
    name, _, sorts = text.rstrip("?").rpartition(":")
    row = tuple(sorts.split("|"))
    return Piece(name or row[0], row, optional)


def _beginnings(rule: Rule) -> Iterator[str]:
    for piece in rule.pieces:
        yield from piece.sorts
        if not piece.optional:
            return


def matches(row: tuple[Items, ...], place: int) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    """Each way in which a rule fits at a token: its name, the token behind it, and the values of its named pieces."""
    seen: set[Rule] = set()
    for sort in row[place]:
        for rule in rules().get(sort, ()):
            if rule not in seen:
                seen.add(rule)
                yield from ((rule.name, end, caught) for end, caught in _walk(row, rule.pieces, 0, place, {}))


def _walk(
    row: tuple[Items, ...], pieces: tuple[Piece, ...], index: int, place: int, caught: dict[str, Any]
) -> Iterator[tuple[int, dict[str, Any]]]:
    if index == len(pieces):
        yield place, caught
        return
    piece = pieces[index]
    if place < len(row):
        for sort in piece.sorts:
            for length, value in row[place].get(sort, ()):
                yield from _walk(row, pieces, index + 1, place + length, {**caught, piece.name: value, f"{piece.name} is": sort})
    if piece.optional:
        yield from _walk(row, pieces, index + 1, place, caught)
