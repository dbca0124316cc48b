"""What is known of trades: nouns for them, things people deal with, and what they do with things. Words in four languages.

``data/trades.txt`` has a line ``CODE language terms`` for the divisions of NACE Rev. 2. ``data/things.txt`` and ``data/acts.txt`` have
paragraphs that begin with ``[name] act CODE, act CODE`` (for an act ``[name] CODE``) followed by lines ``language words`` or
``language! infinitives``. The code of a thing under ``alone`` holds when nothing is said about what is done with it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from leads.reading.message import data, fold, text_lines
from leads.reading.wordforms import LANGUAGES, inflected, is_form, is_slip, light, split, stem

FILLERS = frozenset(
    "a an the of de la le les du des d l el los las del un une una der die das den dem ein eine einen s".split()  # noqa: SIM905
)
_INFLECTIONS = ("s", "es", "ed", "d", "ing", "er", "ers", "ies", "ied", "ings")
NEAR = {"it": "es", "pt": "es", "nl": "de"}  # languages of which less is known, read like a near one
_SHORT = 3  # letters of words that are only looked up as they are
_HEAD = re.compile(r"^\[([a-z_ ]+)\]\s*(.*)$")
_LINE = re.compile(r"^(en|de|fr|es|it|pt|nl)(!?) (.+)$")


@dataclass(frozen=True)
class Entry:
    """A term: ``kind`` is ``trade``, ``thing`` or ``act``; ``name`` the code of the trade or the name of the class."""

    kind: str
    name: str
    stems: tuple[str, ...]


@dataclass
class Lexicon:
    """The terms of one language: those of several words, and acts, by a stem; nouns by the word and without ending."""

    terms: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    exact: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    light: dict[str, list[tuple[str, Entry]]] = field(default_factory=lambda: defaultdict(list))
    trades: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))  # by first letter and length
    acting: set[str] = field(default_factory=set)  # acts as they are written
    acted: set[str] = field(default_factory=set)  # and without endings of number and gender

    def nouns(self, word: str, language: str) -> list[Entry]:
        """Things and trades of one word; what is written the same goes first."""
        if word in self.exact:
            return self.exact[word]
        if len(word) <= _SHORT or word in self.acting:
            return []
        known = self.light.get(light(word, language)) or self.light.get(word) or []
        return [entry for said, entry in known if is_form(word, said, language, entry.kind == "trade")]

    def is_act(self, word: str, language: str) -> bool:
        """Whether a word whose stem is that of an act is a form of it: "publishes", not "public" for "publicity"."""
        if word in self.acting:
            return True
        if language != "en":
            return light(word, language) in self.acted
        roots = [word.removesuffix(ending) for ending in _INFLECTIONS if word.endswith(ending)]
        return any(form in self.acting for root in roots for form in (root, root + "e", root[:-1], root + "y"))

    def head(self, word: str, language: str) -> list[Entry]:
        """What a word means as the last part of a compound."""
        acting = [entry for entry in self.terms.get(stem(word, language), ()) if len(entry.stems) == 1]
        return [*self.nouns(word, language), *acting]

    def nearest(self, word: str, language: str) -> str | None:
        """A trade that is one slip away from an unknown word."""
        if word in self.acting or self.nouns(word, language):
            return None
        shapes = [(word[0], len(word) + more) for more in (-1, 0, 1)]
        return next((known for shape in shapes for known in self.trades.get(shape, ()) if is_slip(word, known)), None)

    def add(self, kind: str, name: str, said: list[str], language: str) -> None:
        """One term, given by its words."""
        entry = Entry(kind, name, tuple(stem(word, language) for word in said))
        if len(said) > 1 or kind == "act":
            entries = self.terms[max(entry.stems, key=len)]
            if len(said) == 1:
                self.acting.add(said[0])
                self.acted.add(light(said[0], language))
        else:
            entries = self.exact[said[0]]
            self.light[light(said[0], language)].append((said[0], entry))
            if kind == "trade":
                self.trades[said[0][0], len(said[0])].append(said[0])
        if entry not in entries:
            entries.append(entry)


@cache
def lexicon(language: str) -> Lexicon:
    """All terms of a language."""
    found = Lexicon()
    for kind, name, term in _all(language):
        said = [word for word in split(term) if word not in FILLERS] or split(term)
        if said:
            found.add(kind, name, said, language)
    return found


def _all(language: str) -> Iterator[tuple[str, str, str]]:
    told: set[str] = set()
    for line in text_lines("trades"):
        if line and not line.startswith("#"):
            code, spoken, terms = line.split(" ", 2)
            told.update(terms.split(", "))
            yield from (("trade", code, term) for term in terms.split(", ") if NEAR.get(spoken, spoken) == language)
    for industry in data("industries")["industries"]:
        yield from (("trade", industry["code"], term) for term in industry["strong"] if term not in told and _plain(term, language))
    for kind, name in (("thing", "things"), ("act", "acts")):
        for group in _groups(name):
            for term in group.words.get(language, ()):
                yield kind, group.name, term


def _plain(term: str, language: str) -> bool:
    """Words of the list of industries are in any language; those with accents are not English."""
    return term.isascii() or language != "en"


@dataclass(frozen=True)
class Group:
    """A class of things or of acts."""

    name: str
    codes: dict[str, str]
    words: dict[str, tuple[str, ...]]


@cache
def _groups(name: str) -> tuple[Group, ...]:
    found: list[Group] = []
    for line in text_lines(name):
        if head := _HEAD.match(line):
            found.append(Group(head[1], dict(pair.split(" ", 1) for pair in head[2].split(", ") if pair), {}))
        elif row := _LINE.match(line):
            words = row[3].split(", ")
            language = NEAR.get(row[1], row[1])
            if row[2]:
                words = [form for word in words for form in inflected(word, language)]
            found[-1].words[language] = (*found[-1].words.get(language, ()), *words)
    return tuple(found)


@cache
def things() -> dict[str, dict[str, str]]:
    """Codes of each class of things by act."""
    return {group.name: group.codes for group in _groups("things")}


@cache
def acts() -> dict[str, dict[str, str]]:
    """Of each act the code with ``any`` known thing, and the one it has ``alone``."""
    return {group.name: group.codes for group in _groups("acts")}


@cache
def senses() -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """``(code, words, words beside them)``: what a word for a trade stands for in such company."""
    rows = data("activities")["senses"]
    return tuple((row["code"], frozenset(map(fold, row["words"])), frozenset(map(fold, row["beside"]))) for row in rows)


def languages() -> tuple[str, ...]:
    """Those of the lists."""
    return tuple(LANGUAGES)
