"""Names with a slip of the keyboard: the one name of a list that a word is next to ("febuary", "thrusday")."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

_LONG = 8  # letters from which two slips are forgiven
_LONGEST = 16  # letters of the longest word that is compared


def nearest(word: str, names: frozenset[str]) -> str | None:
    """The name that a folded word was meant to be; None when there is none or more than one.

    A slip is a letter too many, too few, another, or two that changed places. Names of five letters may only have two letters
    changed, those of eight may have two slips; the first letter must be right.
    """
    if not 5 <= len(word) <= _LONGEST:
        return None
    slips = 2 if len(word) >= _LONG else 1
    known = _shortened(names)
    near = {name for part in _without(word, slips) for name in known.get(part, ()) if name[0] == word[0]}
    scored = sorted((distance, name) for name in near if (distance := _slips(word, name)) <= _forgiven(name))
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return scored[0][1]


def _forgiven(name: str) -> int:
    return 2 if len(name) >= _LONG else 1


def _slips(word: str, name: str) -> int:
    if len(name) == 5 and sorted(word) != sorted(name):
        return 99
    before: list[int] = []
    row = list(range(len(name) + 1))
    for index, letter in enumerate(word, 1):
        older, before, row = before, row, [index]
        for place, other in enumerate(name, 1):
            cost = min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != other))
            if index > 1 and place > 1 and letter == name[place - 2] and word[index - 2] == other:
                cost = min(cost, older[place - 2] + 1)
            row.append(cost)
    return row[-1]


def _without(word: str, most: int) -> Iterator[str]:
    """The word without up to so many of its letters."""
    for count in range(most + 1):
        for gone in combinations(range(len(word)), count):
            yield "".join(letter for index, letter in enumerate(word) if index not in gone)


@lru_cache(maxsize=8)
def _shortened(names: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        for part in set(_without(name, _forgiven(name))):
            found.setdefault(part, []).append(name)
    return found
