"""A message prepared for reading: folded to plain lower case, place for place."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from leads.datafiles import load_data

MAX_CHARACTERS = 4000  # what the protocol lets through; longer text is cut so that reading time has a bound

_NEAR = 240  # characters on either side of a place that can say something about it
KEPT = 4096  # patterns; there are some hundred lists

_SIGNS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2018\u2019\u201b\u2032\u00b4`\u02bc\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02", '"'),
    **dict.fromkeys("\t\u00a0\u202f\u2007\u2009\u2002\u2003\u3000\u200b\ufeff", " "),
    "\u2026": ".",
    "\r": "\n",
}
_SENTENCE_END = re.compile(r"[.!?;\n]+(?=\s|$)|\n")
_CLAUSE_END = re.compile(r"[.!?;,\n]+(?=\s|$)|\n| - | but | aber | mais | pero ")


def fold_character(character: str) -> str:
    """One character as plain lower case; always one character long."""
    if character in _SIGNS:
        return _SIGNS[character]
    if character.isascii():
        return character.lower()
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    compatible = unicodedata.normalize("NFKC", character)
    base = unicodedata.normalize("NFD", compatible if len(compatible) == 1 else character)[0]
    if base.isascii() or (unicodedata.category(base)[0] == "L" and len(unicodedata.normalize("NFC", character)) == 1):
        character = base if base.isascii() else character
    lower = character.lower()
    return lower if len(lower) == 1 else character


_OUTER = " \n.!,;:\"'()"
_LAUGH = r"(?:lo+l|lmf?ao|rofl|(?:ha|he|ah|hi){2,}h?|(?:ja|je){2,}|mdr+|ptdr+|xd+|k{3,}|rs(?:rs)+)"
_LAUGHTER = re.compile(rf"^\W*{_LAUGH}\b[\s.!,]*|[\s.!,(]+{_LAUGH}\W*$")


class _Folded(dict[int, str]):
    """Folded characters by code point, each worked out once; the form that ``str.translate`` takes."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code))
        return folded


_FOLDED = _Folded()


def fold(text: str) -> str:
    """``text`` in lower case without accents, with plain digits, quotes and dashes; its length stays the same."""
    return text.translate(_FOLDED)


def data(name: str) -> Any:
    """A data file of the readers."""
    return load_data(f"leads/reading/data/{name}.yml")


@cache
def text_lines(name: str) -> tuple[str, ...]:
    """The lines of a long list without any structure."""
    return tuple((Path(__file__).parent / "data" / f"{name}.txt").read_text(encoding="utf-8").splitlines())


@cache
def little_words() -> frozenset[str]:
    """Frequent words of four languages that are no nouns, folded: what stands behind a number that counts nothing else."""
    return frozenset(word for line in text_lines("little_words") for word in line.split())


@cache
def words(name: str, *keys: str) -> frozenset[str]:
    """A list of a data file, folded."""
    found = data(name)
    for key in keys:
        found = found[key]
    return frozenset(fold(str(word)) for word in found)


@cache
def phrases(name: str, *keys: str, before: str = "", after: str = "") -> re.Pattern[str]:
    """A pattern for any phrase of a list of a data file, longest first, at word borders."""
    return any_of(words(name, *keys), before, after)


def any_of(items: Iterable[str], before: str = "", after: str = "") -> re.Pattern[str]:
    """A pattern with one group that finds any of ``items`` as whole words."""
    return _any_of(frozenset(items), before, after)


def alternatives(items: Iterable[str]) -> str:
    """The inside of such a pattern."""
    return _alternatives(frozenset(items))


# Most lists are lists of data files, asked for with every message; what is made of them is as long as a page.
@lru_cache(maxsize=KEPT)
def _any_of(items: frozenset[str], before: str, after: str) -> re.Pattern[str]:
    return re.compile(f"{before}({_alternatives(items)}){after}")


@lru_cache(maxsize=KEPT)
def _alternatives(items: frozenset[str]) -> str:
    """Words by their first letter, so that one look at a place rules nearly all of them out; the longest first."""
    longest = sorted(items, key=lambda item: (-len(item), item))
    by_letter: dict[str, list[str]] = {}
    for item in longest:
        if item[:1].isalnum():
            by_letter.setdefault(item[0], []).append(_rest(item))
    signs = [_escaped(item) + _border(item) for item in longest if not item[:1].isalnum()]
    words_of = [f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items()]
    return "|".join([rf"(?<![a-z0-9])(?:{'|'.join(words_of)})"] * bool(words_of) + signs) or r"(?!)"


def _rest(item: str) -> str:
    return _escaped(item[1:]) + _border(item)


def _escaped(item: str) -> str:
    return re.escape(item).replace(r"\ ", r"\s+")


def _border(item: str) -> str:
    """What must not follow a phrase that ends like a word."""
    return r"(?![a-z0-9])" if item[-1:].isalnum() else ""


@dataclass(frozen=True)
class Message:
    """What somebody wrote: ``text`` as typed (cut), ``low`` folded, and what is known about the writer."""

    text: str
    locale: str | None = None
    country: str | None = None
    today: date = field(default_factory=date.today)

    @cached_property
    def low(self) -> str:
        """The folded text; same places as ``text``."""
        return fold(self.text)

    @cached_property
    def bare(self) -> str:
        """The folded text without outer blanks, final stops and laughter."""
        return _LAUGHTER.sub("", self.low).strip(_OUTER) or self.low.strip(_OUTER)

    def said(self, start: int, end: int) -> str:
        """A part as typed, without blanks and commas around it."""
        return self.text[start:end].strip(" \t\n\r,;:")

    def sentence(self, place: int) -> tuple[int, int]:
        """Where the sentence around a place begins and ends."""
        return _around(self._sentences, place, len(self.low))

    def clause(self, place: int) -> tuple[int, int]:
        """Where the part of a sentence around a place begins and ends."""
        return _around(self._clauses, place, len(self.low))

    @cached_property
    def _sentences(self) -> list[int]:
        return [match.end() for match in _SENTENCE_END.finditer(self.low)]

    @cached_property
    def _clauses(self) -> list[int]:
        return [match.end() for match in _CLAUSE_END.finditer(self.low)]


def _around(borders: list[int], place: int, length: int) -> tuple[int, int]:
    index = bisect_right(borders, place)
    start = borders[index - 1] if index else 0
    end = borders[index] if index < len(borders) else length
    return max(start, place - _NEAR), min(end, place + _NEAR)


def make_message(text: str, locale: str | None = None, country: str | None = None, today: date | None = None) -> Message:
    """A message from any text."""
    cut = text[:MAX_CHARACTERS]
    return Message(cut, locale, country) if today is None else Message(cut, locale, country, today)
