"""A text cut into the words of which a name may consist, and phrases that are found among them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from leads.reading.message import data, fold

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u0652\u0900-\u0dff\u0e00-\u0e7f"
_WORD = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_MARKS}]|['\u2019.\u00b7-](?=[^\W\d_]))*|\d\S*")
_STRETCHED = re.compile(r"(\w)\1{2,}")
_BREAK = re.compile(
    r"[,;:!?\n()&+\"\u201c\u201d\u201e\u00ab\u00bb|/=*@<>#\u2026\u3001\u3002\uff01\uff0c\uff1a\uff1f\u00b7\u2022~]"
    r"|[.]{2}|\s[-\u2013\u2014]+(?:\s|$)|^[-\u2013\u2014]+\s"
)
_EMOJI = re.compile(r"[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff]")
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f\u1e00-\u1eff]")
_SPELLED = re.compile(r"\w(?:[-.]\w){2,}")


@dataclass(frozen=True)
class Word:
    """A word and its place; ``stop`` are the signs of a break before it, ``dot`` whether a dot follows, ``own`` whether "'s" is cut off."""

    text: str
    low: str
    start: int
    end: int
    stop: str
    dot: bool = False
    own: bool = False

    @property
    def number(self) -> bool:
        """Whether it begins with a digit."""
        return self.text[0].isdigit()

    @property
    def latin(self) -> bool:
        """Whether it is written in Latin letters."""
        return _LATIN.match(self.text) is not None

    @property
    def capital(self) -> bool:
        """Also ``al-Jabiri`` and ``d'Acosta``, and whatever has no small letters."""
        first = self.text[0]
        return first.isupper() or not first.islower() or re.match(r"(?:al|el|d|l|o|de|da)[-'\u2019][^\W\d_a-z]", self.text) is not None


def plain(text: str) -> str:
    """Folded, with letters that were typed three times and more once: "heyyy" is "hey"."""
    return _STRETCHED.sub(r"\1", fold(text).replace("ß", "ss"))


def cut(text: str) -> list[Word]:
    """The words of a text; what is spelled letter by letter is left out."""
    found: list[Word] = []
    before, pending = 0, ""
    for match in _WORD.finditer(text):
        gap = text[before : match.start()]
        dot = gap.startswith(".") and bool(found) and before > 0
        stop = pending + _stop(gap, found[-1] if found else None, dot)
        if dot and found:
            found[-1] = _with_dot(found[-1])
        said, end = match[0], match.end()
        low, own = plain(said), False
        if low.endswith("'s") and low not in _kept_whole():
            said, low, end, own = said[:-2], low[:-2], end - 2, True
        before = match.end()
        if _SPELLED.fullmatch(said) and "." not in said:
            pending = stop or ","
            continue
        found.append(Word(said, low, match.start(), end, stop, False, own))
        pending = ""
    if found and text[before : before + 1] == ".":
        found[-1] = _with_dot(found[-1])
    return _without_letters(found)


def _with_dot(word: Word) -> Word:
    return Word(word.text, word.low, word.start, word.end, word.stop, True, word.own)


def _stop(gap: str, before: Word | None, dot: bool) -> str:
    if dot and before is not None and (len(before.low) == 1 or "." in before.text or is_abbreviation(before.low)):
        gap = gap[1:]
    signs = "".join(match[0].strip() or "-" for match in _BREAK.finditer(gap))
    if _EMOJI.search(gap):
        signs += "*"
    return signs + "." * gap.startswith(".")


def _without_letters(found: list[Word]) -> list[Word]:
    """Without "N E I L" and the like."""
    kept: list[Word] = []
    run: list[Word] = []
    for word in found:
        if len(word.text) == 1 and word.latin and not word.dot and not word.stop.strip("-"):
            run.append(word)
            continue
        kept += run if len(run) < 3 else []
        if len(run) >= 3 and not word.stop:
            word = Word(word.text, word.low, word.start, word.end, ",", word.dot, word.own)
        run = []
        kept.append(word)
        if len(word.text) == 1 and word.latin and not word.dot:
            run = [kept.pop()]
    return kept + (run if len(run) < 3 else [])


@cache
def _kept_whole() -> frozenset[str]:
    return frozenset(
        word
        for key in ("fillers", "cues", "am", "closes", "of_others")
        for said in data("asked_name")[key]
        for word in plain(said).split()
        if word.endswith("'s")
    )


@cache
def _short() -> frozenset[str]:
    found = data("asked_name")
    titles = (word for group in found["titles"].values() for word in group)
    return frozenset(plain(word) for word in [*titles, *found["suffixes"], *found["degrees"], *found["short"]]) - {
        "me",
        "da",
        "don",
        "pastor",
        "father",
        "miss",
    }


def is_abbreviation(low: str) -> bool:
    """Whether a dot behind it ends no sentence."""
    return low in _short()


class Phrases:
    """Phrases of a data file, found word by word; the longest wins."""

    def __init__(self, items: Sequence[str]) -> None:
        self.by_first: dict[str, list[tuple[str, ...]]] = {}
        for item in items:
            row = tuple(plain(str(item)).split())
            self.by_first.setdefault(row[0], []).append(row)
        for rows in self.by_first.values():
            rows.sort(key=len, reverse=True)

    def at(self, said: Sequence[Word], place: int, *, joined: bool = True) -> int:
        """How many words from ``place`` on are a phrase, 0 when none; ``joined`` forbids breaks inside."""
        if place >= len(said) or (said[place].dot and len(said[place].low) == 1):
            return 0
        for row in self.by_first.get(_spoken(said[place]), ()):
            if len(row) <= len(said) - place and all(
                _spoken(said[place + k]) == row[k] and not (joined and k and said[place + k].stop) for k in range(1, len(row))
            ):
                return len(row)
        return 0

    def whole(self, said: Sequence[Word], place: int) -> bool:
        """Whether everything from ``place`` on consists of such phrases."""
        while place < len(said):
            step = self.at(said, place)
            if not step:
                return False
            place += step
        return True


def _spoken(word: Word) -> str:
    return word.low + "'s" if word.own else word.low


def is_suffix(word: Word) -> bool:
    """ "Jr.", "III"."""
    return word.text.lower() in data("asked_name")["suffixes"]


@cache
def phrases_of(key: str) -> Phrases:
    """A list of the data file of names."""
    return Phrases(data("asked_name")[key])


@cache
def listed(key: str) -> frozenset[str]:
    """A list of single words of the data file of names."""
    return frozenset(plain(str(word)) for word in data("asked_name")[key])
