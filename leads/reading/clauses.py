"""A message cut into clauses: by stops, by conjunctions, and never inside a number or a range."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, product

from leads.reading.message import Message, data, fold, words

MOST = 800  # words looked at; the longest message has hardly more
_WORD = re.compile(r"\d+(?:[.,']\d+)*[a-z]*|[^\W_]+'?")
_STOP = re.compile(r"[!?;\n\u00bf\u00a1]|\.(?=[\s.])")
_PAUSE = re.compile(r"[()\[\]\"]|,(?=\s|$)|,(?=\D)|\s-+\s|:\s*-\s")
_COMPOUND = 6  # letters of the shortest word that has "umsatz*" or "*miete" for a part
_GROUPS = (  # lists beside the topics
    "contrast",
    "opens",
    "and",
    "own",
    "now",
    "is",
    "meant",
    "granted",
    "guess",
    "begs",
    "offer",
    "here",
    "team",
    "department",
    "whole",
    "group",
    "may",
    "wh",
    "if",
    "serious",
    "roughly",
    "asks",
    "states",
    "pays",
    "today",
    "wish",
    "same",
)


@dataclass(frozen=True)
class Word:
    """A folded word, ``'`` kept at its end ("we'"), ``typed`` in small letters with its accents, and its place."""

    low: str
    typed: str
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """Words between two borders; ``opens`` says how they begin: ``""``, ``contrast``, ``opens`` or ``and``.

    ``sentence`` counts the sentences, ``paused`` is whether a sign stands before it, ``question`` whether its sentence is one by its mark.
    """

    words: tuple[Word, ...]
    opens: str
    sentence: int
    paused: bool
    question: bool
    aside: bool  # stands in brackets

    @property
    def start(self) -> int:
        """Where its first word begins."""
        return self.words[0].start


@dataclass(frozen=True)
class Found:
    """A phrase of one of the lists at a place; ``index`` counts the words of its clause."""

    group: str
    index: int
    length: int
    start: int


@cache
def _lexicon() -> tuple[dict[str, list[tuple[tuple[str, ...], bool, str]]], dict[str, str], dict[str, str]]:
    """Phrases by their first word, then the lists of beginnings and endings of words ("umsatz*", "*miete")."""
    source = data("about")
    lists = {group: source[group] for group in _GROUPS} | dict(source["topics"])
    phrases: dict[str, list[tuple[tuple[str, ...], bool, str]]] = {}
    heads: dict[str, str] = {}
    tails: dict[str, str] = {}
    for group, items in lists.items():
        for item in map(str, items):
            exact = item.startswith("=")
            if item.startswith("*"):
                tails[fold(item[1:])] = group
            elif item.endswith("*"):
                heads[fold(item[:-1])] = group
            else:
                plain = item[1:].lower() if exact else fold(item)
                row = tuple(match[0] for match in _WORD.finditer(plain))
                phrases.setdefault(fold(row[0]), []).append((row, exact, group))
    for made in source["others_by"]:
        for who, does in product(made["who"], made["does"]):
            row = tuple(match[0] for match in _WORD.finditer(f"{who}{'' if does.startswith(chr(39)) else ' '}{does}"))
            phrases.setdefault(row[0], []).append((row, False, "others"))
    for rows in phrases.values():
        rows.sort(key=lambda row: -len(row[0]))
    return phrases, heads, tails


def found(row: tuple[Word, ...]) -> Iterator[Found]:
    """Every phrase of every list in a row of words, the longest first at each word."""
    phrases, heads, tails = _lexicon()
    for index, word in enumerate(row):
        for phrase, exact, group in phrases.get(word.low, ()):
            if _matches(row, index, phrase, exact):
                yield Found(group, index, len(phrase), word.start)
        if len(word.low) >= _COMPOUND:
            for endings, matches in ((tails, word.low.endswith), (heads, word.low.startswith)):
                if matches(tuple(endings)):
                    group = next(group for ending, group in endings.items() if matches(ending))
                    yield Found(group, index, 1, word.start)


def _matches(row: tuple[Word, ...], index: int, phrase: tuple[str, ...], exact: bool) -> bool:
    part = row[index : index + len(phrase)]
    return len(part) == len(phrase) and all((word.typed if exact else word.low) == said for word, said in zip(part, phrase, strict=True))


@cache
def number_words() -> frozenset[str]:
    """Words that are numbers, folded."""
    units = {fold(word) for names in data("numbers")["units"].values() for word in names}
    scales = {fold(str(word)) for names in data("numbers")["scales"].values() for word in names}
    return frozenset(units | scales | {"a", "half", "demi", "demie", "medio", "media"})


def is_number(word: Word) -> bool:
    """Whether a word is a number or begins with a digit."""
    return word.low[0].isdigit() or word.low in number_words()


def parts(message: Message) -> list[Part]:
    """The clauses of a message, in order; borders are stops, pauses and conjunctions."""
    row = [
        Word(_without_s(match[0]), message.text[match.start() : match.end()].lower(), *match.span())
        for match in islice(_WORD.finditer(message.low), MOST)
    ]
    borders = list(_borders(message, row))
    stops = [index for index, _, stop, _ in borders if stop]
    made = []
    for number, (index, opens, stop, paused) in enumerate(borders):
        end = borders[number + 1][0] if number + 1 < len(borders) else len(row)
        sentence = bisect_right(stops, index)
        last = stops[sentence] if sentence < len(stops) else len(row)
        mark_end = row[last].start if last < len(row) else len(message.low)
        question = "?" in message.low[row[last - 1].end : mark_end] or _opened_as_question(message, row, stops[sentence - 1])
        aside = message.low[max(0, row[index].start - 2) : row[index].start].rstrip().endswith("(")
        made.append(Part(tuple(row[index:end]), opens, sentence, paused or stop, question, aside))
    return made


def _without_s(word: str) -> str:
    """ "turnover'" of "our turnover's 3 million" is the word itself, where the lists have no other for it."""
    phrases, _, _ = _lexicon()
    return word[:-1] if word.endswith("'") and word not in phrases and word[:-1] in phrases else word


def _opened_as_question(message: Message, row: list[Word], first: int) -> bool:
    return "\u00bf" in message.low[row[first - 1].end if first else 0 : row[first].start]


def _borders(message: Message, row: list[Word]) -> Iterator[tuple[int, str, bool, bool]]:
    """``(index of the word, how it opens, whether a sentence begins there, whether a sign stands before it)``."""
    if row:
        yield 0, _opening(row, 0), True, True
    for index in range(1, len(row)):
        between = message.low[row[index - 1].end : row[index].start]
        stop = bool(_STOP.search(between)) and not (between.strip() == "." and row[index - 1].low in words("about", "short"))
        between_numbers = is_number(row[index - 1]) and is_number(row[index])
        paused = stop or bool(_PAUSE.search(between) and not (between_numbers and "," not in between))
        opens = _opening(row, index)
        if opens == "and" and (index + 1 == len(row) or (is_number(row[index - 1]) and is_number(row[index + 1]))):
            opens = ""
        if stop or paused or opens:
            yield index, opens, stop, paused


def _opening(row: list[Word], index: int) -> str:
    """The sort of conjunction that begins at a word, ``""`` when none does."""
    phrases, _, _ = _lexicon()
    for phrase, exact, group in phrases.get(row[index].low, ()):
        ends = index + len(phrase) == len(row)  # "30 since": there is nothing that it could open
        if group in ("contrast", "opens", "and") and not ends and _matches(tuple(row[index : index + len(phrase)]), 0, phrase, exact):
            return group
    return ""
