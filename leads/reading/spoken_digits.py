"""Digits said one by one or in pairs, as in phone numbers: "oh one seven", "zéro six douze", "double five"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from leads.reading.message import Message, data, fold, words

_TOKEN = re.compile(r"\+|\d+|[a-z]+(?:-[a-z]+)*")
_BETWEEN = re.compile(r"[ ,.;:/()-]{0,3}")
_LEAST = 7  # digits
_LEAST_WORDS = 3  # of them said as words: digits alone are read elsewhere


@dataclass(frozen=True)
class Said:
    """A run of digits, with ``+`` in front when that was said, and its place."""

    digits: str
    start: int
    end: int


def spoken_digits(message: Message) -> list[Said]:
    """Every run of enough digits of which some were said in words."""
    return [
        Said("".join(said), start, end)
        for said, start, end, count in _runs(message)
        if count >= _LEAST_WORDS and len("".join(said)) >= _LEAST
    ]


def _runs(message: Message) -> Iterator[tuple[list[str], int, int, int]]:
    said, start, end, count, times = list[str](), 0, 0, 0, 1
    spanish = (message.locale or "").startswith("es")  # elsewhere "once" is no eleven
    for match in _TOKEN.finditer(message.low):
        if said and not _BETWEEN.fullmatch(message.low, end, match.start()):
            yield said, start, end, count
            said, count, times = [], 0, 1
        for word in _parts(match[0]):
            if word in words("phone", "spoken", "twice") or word in words("phone", "spoken", "thrice"):
                times = 2 if word in words("phone", "spoken", "twice") else 3
                start, end = (start if said else match.start()), match.end()
                continue
            digits = "11" if word == "once" and spanish else _digits(word, first=not said)
            if digits is None:
                if said:
                    yield said, start, end, count
                said, count, times = [], 0, 1
                continue
            start = start if said else match.start()
            if _goes_on(said, digits, message.low[end : match.start()]):
                said[-1] = said[-1][0] + digits  # "sixty six"
                end = match.end()
                continue
            said.append(digits * times)
            count, end, times = count + (not word.isdigit()), match.end(), 1
    if said:
        yield said, start, end, count


def _goes_on(said: list[str], digits: str, between: str) -> bool:
    """Whether a digit belongs to the tens that were said right before it."""
    tens = said and len(said[-1]) == 2 and said[-1][0] not in "01" and said[-1][1] == "0"
    return bool(tens) and len(digits) == 1 and digits != "0" and between == " "


def _parts(token: str) -> list[str]:
    """A word with hyphens is one number ("trente-quatre") or several ("double-oh")."""
    return [token] if _digits(token, first=False) is not None else token.split("-")


def _digits(word: str, *, first: bool) -> str | None:
    if word.isdigit():
        return word
    if word in ("+", "plus"):
        return "+" if first else None
    if word in words("phone", "spoken", "zero"):
        return "0"
    value = _value(word)
    return None if value is None or value >= 100 else str(value)


@cache
def _atoms() -> dict[str, int]:
    found = {fold(word): value for names in data("numbers")["units"].values() for word, value in names.items()}
    return {word: int(value) for word, value in found.items() if value == int(value) and value < 100}


@cache
def _value(word: str) -> int | None:
    """``trente-quatre`` is 34, ``soixante-dix-huit`` 78: the longest known part, then the rest."""
    if word in _atoms():
        return _atoms()[word]
    for cut in range(len(word) - 1, 0, -1):
        head, rest = word[:cut], word[cut + 1 :].removeprefix("et-")
        if word[cut] == "-" and head in _atoms() and (tail := _value(rest)) is not None and _atoms()[head] >= 20 and tail < 20:
            return _atoms()[head] + tail
    return None
