"""The words of a message that times are made of: months, weekdays, units, numbers, "next", "end of", each with what it can stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from leads.reading.company_words import common
from leads.reading.datefigures import spelled_numbers, written_dates
from leads.reading.message import Message, data, fold
from leads.reading.slips import nearest

MOST = 900  # tokens looked at; the longest message has hardly more words
_TOKEN = re.compile(r"\d+|[^\W\d_]+|[^\w\s]")
_YEARS = range(2020, 2050)
_SHORT_YEARS = range(24, 50)
_LISTS = (
    "this",
    "next",
    "behind",
    "behind_this",
    "nexts",
    "overnext",
    "after_next",
    "last",
    "behind_last",
    "nextyear",
    "thisyear",
    "newyear",
    "weekend",
    "one",
    "pair",
    "few",
    "half",
    "and_half",
    "amount_fill",
    "of",
    "to",
    "the",
    "sep",
    "dot",
    "dash",
    "article",
    "things",
    "after_day",
    "week",
    "week_of",
    "from",
    "over",
    "tonight",
    "from_now",
    "half_of",
    "quarter_word",
    "after_word",
    "before_word",
)
_TABLES = {
    "weekday": "weekdays",
    "short": "weekdays_short",
    "abbreviation": "weekdays_abbreviated",
    "season": "seasons",
    "part": "parts",
    "in_days": "in_days",
    "lead": "leads",
}


@dataclass(frozen=True)
class Token:
    """A word, a number or a sign, folded, and its place; ``tight`` when nothing stands between it and the one before."""

    low: str
    start: int
    end: int
    tight: bool


type Items = dict[str, list[tuple[int, Any]]]  # what begins at a token: sort of piece -> (tokens taken, value), the longest first


@dataclass(frozen=True)
class Month:
    """A month by its name, and in which languages it is called so."""

    number: int
    languages: frozenset[str]
    plain: bool  # a word that means nothing else


@lru_cache(maxsize=4)
def tokens(message: Message) -> tuple[Token, ...]:
    """The tokens of a message, in order."""
    row, end = [], -1
    for match in islice(_TOKEN.finditer(message.low), MOST):
        row.append(Token(match[0], match.start(), match.end(), match.start() == end))
        end = match.end()
    return tuple(row)


@lru_cache(maxsize=4)
def pieces(message: Message) -> tuple[Items, ...]:
    """For each token what may begin there."""
    row = tokens(message)
    found: list[Items] = [_listed(row, index) for index in range(len(row))]
    for index, token in enumerate(row):
        if token.low.isdigit():
            _add(found[index], _figures(row, index))
        elif token.low.isalpha() and not found[index] and (meant := _misspelt(token.low)):
            _add(found[index], ((kind, 1, value) for kind, value in meant))
    for start, end, written in written_dates(message):
        first = next((index for index, token in enumerate(row) if token.start == start), None)
        if first is not None:
            found[first]["written"] = [(sum(1 for token in row[first:] if token.end <= end), written)]
    for items in found:
        for options in items.values():
            options.sort(key=lambda option: -option[0])
    return tuple(found)


def _add(items: Items, new: Iterable[tuple[str, int, Any]]) -> None:
    for kind, length, value in new:
        items.setdefault(kind, []).append((length, value))


def _listed(row: tuple[Token, ...], index: int) -> Items:
    items: Items = {}
    for phrase, kind, value in _lexicon().get(row[index].low, ()):
        part = row[index : index + len(phrase)]
        if kind == "month" and _is_verb(row, index):
            continue
        if len(part) == len(phrase) and all(token.low == word for token, word in zip(part, phrase, strict=True)):
            items.setdefault(kind, []).append((len(phrase), value))
    return items


def _is_verb(row: tuple[Token, ...], index: int) -> bool:
    """Whether a name of a month is none here: "we may", "may be"."""
    words = data("times")["no_month"].get(row[index].low)
    if words is None:
        return False
    before, behind = row[index - 1].low if index else "", row[index + 1].low if index + 1 < len(row) else ""
    return behind in words["behind"] or (before in words["before"] and behind.isalpha())


def _figures(row: tuple[Token, ...], index: int) -> Iterator[tuple[str, int, Any]]:
    """What digits may be: a number, an ordinal, a year."""
    token, value = row[index], int(row[index].low[:6])
    after = row[index + 1 : index + 3]
    glued = after[0].low if after and after[0].tight else ""
    if token.tight and row[index - 1].low.isalpha():
        yield "glued_number", 1, value  # "KW50"
        return
    if len(token.low) == 4 and value in _YEARS:
        yield "year", 1, value
    if len(token.low) == 2 and value in _SHORT_YEARS and glued not in (":", "%") and not glued.isalpha():
        yield "short_year", 1, 2000 + value
    if glued in _ordinal_signs() and 1 <= value <= 31 and len(token.low) <= 2:
        yield "ordinal", 2, value
        yield "dotted_ordinal" if glued == "." else "figure_ordinal", 2, value
    if (
        not 1 <= value <= 999
        or len(token.low) > 3
        or (token.tight and index > 1 and row[index - 1].low in ".," and row[index - 2].low.isdigit())
    ):
        return
    if glued in (".", ",") and len(after) > 1 and after[1].tight and after[1].low.isdigit() and len(after[1].low) == 1:
        yield "number", 3, float(f"{token.low}.{after[1].low}")
    elif not (glued.isalpha() and glued not in _unit_words()) and glued not in (":", "%", "$", "\u20ac"):
        yield "number", 1, value
        if value <= 31:
            yield "day_number", 1, value
    if value <= 31 and glued in _ordinal_signs():
        yield "day_number", 2, value


@cache
def _ordinal_signs() -> frozenset[str]:
    return frozenset(fold(sign) for sign in data("times")["ordinal_signs"])


@cache
def _unit_words() -> frozenset[str]:
    return frozenset(fold(word) for names in data("times")["units"].values() for word in names)


def split(text: str) -> tuple[str, ...]:
    """A phrase of a list as tokens."""
    return tuple(_TOKEN.findall(fold(str(text))))


@cache
def _lexicon() -> Mapping[str, list[tuple[tuple[str, ...], str, Any]]]:
    """Every phrase of every list by its first token."""
    found: dict[str, list[tuple[tuple[str, ...], str, Any]]] = {}
    for phrase, kind, value in _entries():
        if row := split(phrase):
            found.setdefault(row[0], []).append((row, kind, value))
    return found


def _entries() -> Iterator[tuple[str, str, Any]]:
    source = data("times")
    for kind in _LISTS:
        yield from ((phrase, kind, kind) for phrase in source[kind])
    for kind, table in _TABLES.items():
        yield from ((phrase, kind, value) for value, names in source[table].items() for phrase in names)
    yield from ((phrase, "during", "during") for phrase in source["parts"]["during"])
    yield from _month_names()
    for unit, names in source["units"].items():
        yield from _unit_entries(str(unit), names)
    for kind, table in (("end_word", "ends"), ("start_word", "starts"), ("middle_word", "middles")):
        yield from ((phrase, kind, unit) for unit, names in source[table].items() for phrase in names)
    for table in ("holidays", "breaks"):
        yield from ((phrase, "holiday", (table, value)) for value, names in source[table].items() for phrase in names)
    for letters, kind, most in (
        (("q",), "quarter_sign", 4),
        (("t",), "quarter_sign", 4),
        (("h", "hy"), "half_sign", 2),
        (("s",), "half_sign", 2),
    ):
        yield from ((f"{letter}{number}", kind, number) for letter in letters for number in range(1, most + 1))
    yield from ((f"{number}{letter}", "quarter_sign", number) for letter in "qt" for number in range(1, 5))
    yield from ((f"eoq{number}", "quarter_sign", number) for number in range(1, 5))
    yield from ((f"{number}{letter}", "half_turned", number) for letter in "hs" for number in (1, 2))
    yield from ((name + "s", "every", day) for day, names in source["weekdays"].items() for name in names if not name.endswith("s"))
    yield from _number_words()


def _month_names() -> Iterator[tuple[str, str, Any]]:
    languages: dict[tuple[str, int], set[str]] = {}
    for number, by_language in data("times")["months"].items():
        for language, names in by_language.items():
            for name in names:
                languages.setdefault((fold(name), int(number)), set()).add(language)
    doubtful = {fold(word) for word in data("times")["doubtful"]}
    for (name, number), spoken in languages.items():
        month = Month(number, frozenset(spoken), name not in doubtful)
        yield name, "month", month
        if "de" in spoken:
            yield f"{name}woche", "month_week", month
            yield f"{name}tag", "month_day", month


def _unit_entries(unit: str, names: list[str]) -> Iterator[tuple[str, str, Any]]:
    plural, single = unit.endswith("s"), unit.removesuffix("s")
    for name in names:
        yield name, "unit", single
        yield name, f"{single}_unit", single
        if plural:
            yield name, "units", single


def _number_words() -> Iterator[tuple[str, str, Any]]:
    ones = {fold(word) for word in data("times")["one"]}
    for word, value in spelled_numbers().items():
        if word not in ones:
            yield word, "number", value
    for language, names in data("times")["ordinals"].items():
        for place, name in enumerate(names, 1):
            for ending in ("e", "en", "er", "es", "em") if language == "de" else ("",):
                yield name + ending, "ordinal", place
    for place, names in data("times")["ordinals_more"].items():
        yield from ((name, "ordinal", int(place)) for name in names)


@lru_cache(maxsize=512)
def _misspelt(word: str) -> tuple[tuple[str, Any], ...]:
    """The month, weekday, season, unit or feast that a word with a slip stands for."""
    if len(word) < 5 or word in common():
        return ()
    name = nearest(word, _names())
    return _named()[name] if name else ()


@cache
def _named() -> Mapping[str, tuple[tuple[str, Any], ...]]:
    found: dict[str, tuple[tuple[str, Any], ...]] = {}
    for phrase, kind, value in _entries():
        row = split(phrase)
        may_slip = kind in ("month", "weekday", "holiday", "season", "unit", "units") or kind.endswith("_unit")
        if may_slip and len(row) == 1 and len(row[0]) >= (8 if kind == "holiday" else 5):
            found[row[0]] = (*found.get(row[0], ()), (kind, value))
    return found


@cache
def _names() -> frozenset[str]:
    return frozenset(_named())
