"""Misspelt number words, words for people and for money, put right before a message is read: "twenty emploees", "sechstausnd"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import combinations, islice

from leads.reading.candidates import Candidate
from leads.reading.clauses import MOST
from leads.reading.dialect import rewrites
from leads.reading.message import Message, data, fold, text_lines

_WORD = re.compile(r"[a-z]{4,24}")
_SHORT = 5  # letters; of shorter words only a doubled letter or a sound is put right
_LONG = 9  # letters; longer words may have two slips
_SOUNDS = ("cszk", "vbfw", "iy", "dt", "mn")  # letters that are taken for each other
_HEAD = 2  # letters at the beginning of a word with two slips that are right


@dataclass(frozen=True)
class Repaired:
    """A message with the slips put right, and where its places are in the one that was typed."""

    message: Message
    typed: Message
    slips: tuple[tuple[int, int, str], ...]

    def place(self, place: int) -> int:
        """A place of the repaired text in the typed one; inside a repaired word it is the beginning of that word."""
        moved = 0
        for start, end, right in self.slips:
            if place < start + moved + len(right):
                return min(place - moved, start) if place >= start + moved else place - moved
            moved += len(right) - (end - start)
        return place - moved

    def end(self, place: int) -> int:
        """The same for a place where something ends: inside a repaired word it is the end of that word."""
        moved = 0
        for start, end, right in self.slips:
            if place <= start + moved:
                break
            if place < start + moved + len(right):
                return end
            moved += len(right) - (end - start)
        return place - moved

    def back(self, candidate: Candidate) -> Candidate:
        """A candidate of the repaired message at its places in the typed one, said as it was typed."""
        start, end = self.place(candidate.start), self.end(candidate.end)
        reading = replace(candidate.reading, said=self.typed.said(start, end))
        return replace(candidate, reading=reading, start=start, end=end)


@lru_cache(maxsize=4)
def repaired(message: Message) -> Repaired:
    """The message without slips; the same message where there are none."""
    slips = tuple(_apart(message))
    if not slips:
        return Repaired(message, message, ())
    text, at = [], 0
    for start, end, right in slips:
        text += [message.text[at:start], right]
        at = end
    return Repaired(replace(message, text="".join(text) + message.text[at:]), message, slips)


def _apart(message: Message) -> Iterator[tuple[int, int, str]]:
    """Ways of speaking and slips, in order; where both are found the way of speaking counts."""
    spoken = rewrites(message)
    slips = [slip for slip in _slips(message) if all(slip[1] <= start or end <= slip[0] for start, end, _ in spoken)]
    yield from sorted([*spoken, *slips])


def _slips(message: Message) -> Iterator[tuple[int, int, str]]:
    for match in islice(_WORD.finditer(message.low), MOST):
        alone = not (message.low[match.start() - 1 : match.start()] + message.low[match.end() : match.end() + 1]).strip(" ,.!?;:()\n-'\"")
        right = put_right(match[0]) if alone and "@" not in message.low[match.end() : match.end() + 1] else None
        if right is not None:
            yield match.start(), match.end(), right


@lru_cache(maxsize=4096)
def put_right(word: str) -> str | None:
    """What a folded word is a slip of; ``None`` for a word that is right, unknown or could be several."""
    if word in _known() or _compound().fullmatch(word):
        return None
    return _nearest(word) or _german(word) or _glued(word)


def _nearest(word: str) -> str | None:
    single = re.sub(r"([a-z])\1+", r"\1", word)  # "tenn", "fivee"
    if single != word and single in _numbers():
        return single
    best: dict[int, set[str]] = {}
    for target in {target for form in _shorter(word, 2 if len(word) >= _LONG - 1 else 1) for target in _index().get(form, ())}:
        if (slips := _distance(word, target)) is not None:
            best.setdefault(slips, set()).add(target)
    nearest = best.get(1) or best.get(2) or set()
    meanings = {_meaning(target) for target in nearest}
    return min(nearest, key=lambda target: (abs(len(target) - len(word)), target)) if len(meanings) == 1 else None


def _distance(word: str, target: str) -> int | None:
    """1 or 2 slips (a letter too many, too few, wrong, or two changed round), ``None`` for more than such a word may have."""
    if not (word[0] == target[0] or any(word[0] in sound and target[0] in sound for sound in _SOUNDS)):
        return None
    most = 1 if len(target) < _LONG else 2
    if abs(len(word) - len(target)) > most:
        return None
    if len(target) < _SHORT:
        changed = [(one, other) for one, other in zip(word, target, strict=False) if one != other]
        sound = len(word) == len(target) and len(changed) == 1 and any(set(changed[0]) <= set(sound) for sound in _SOUNDS)
        return 1 if sound else None
    slips = _edits(word, target)
    if slips == 2 and word[:_HEAD] != target[:_HEAD]:
        return None
    return slips if 0 < slips <= most else None


def _edits(word: str, target: str) -> int:
    before, last = list(range(len(target) + 1)), list[int]()
    for row, letter in enumerate(word, 1):
        now = [row]
        for column, wanted in enumerate(target, 1):
            cost = min(before[column] + 1, now[-1] + 1, before[column - 1] + (letter != wanted))
            if last and column > 1 and letter == target[column - 2] and word[row - 2] == wanted:
                cost = min(cost, last[column - 2] + 1)
            now.append(cost)
        last, before = before, now
    return before[-1]


def _german(word: str) -> str | None:
    """ "Sechstausnd": a compound of which one part is a slip."""
    head = _compound().match(word)
    if head and (right := _nearest(word[head.end() :])) in _german_words():
        return f"{head[0]}{right}"
    for cut in range(len(word) - 3, 2, -1):
        if word[cut] in _beginnings() and _compound().fullmatch(word, cut) and (right := _nearest(word[:cut])) in _german_words():
            return f"{right}{word[cut:]}"
    return None


def _glued(word: str) -> str | None:
    """ "Diezmil", "fiftythousand"."""
    for scale in ("hundred", "thousand", "million", "mille", "mil"):
        head = word.removesuffix(scale)
        if head != word and len(head) > 2 and (right := head if head in _numbers() else _nearest(head)) in _numbers():
            return f"{right} {scale}"
    return None


@cache
def _units() -> dict[str, float]:
    return {
        fold(word): float(value)
        for language, names in data("numbers")["units"].items()
        for word, value in names.items()
        if " " not in word and language in ("en", "de", "fr", "es")
    }


@cache
def _numbers() -> frozenset[str]:
    return frozenset(word for word in _units() if word.isalpha() and len(word) > 2)


@cache
def _german_words() -> frozenset[str]:
    units = {fold(word) for word in data("numbers")["units"]["de"]}
    return frozenset(units | {f"{word}und" for word in units if len(word) > 2} | {"hundert", "tausend"})


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(word[0] for word in _german_words())


@cache
def _compound() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(sorted(_german_words() | {'und'}, key=len, reverse=True))})+")


@cache
def _groups() -> dict[str, int]:
    """The words of the list with the place of the line in which they stand."""
    return {fold(word): place for place, line in enumerate(data("typos")["words"]) for word in line}


@cache
def _targets() -> frozenset[str]:
    return frozenset({word for word in _numbers() if len(word) > 3} | set(_groups()))


@cache
def _known() -> frozenset[str]:
    """Words that are no slips, whatever they look like."""
    common = {word for name in ("common_words", "lookalikes") for line in text_lines(name) for word in line.split()}
    lists = ("numbers", "currencies", "headcount", "about", "typos", "dialect")
    own = {part for name in lists for part in _WORD.findall(fold(str(data(name))))}
    return frozenset(common | own | _targets())


def _meaning(target: str) -> object:
    """What makes two words the same: the number, or else the list."""
    return _units()[target] if target in _units() else (_groups().get(target), target.endswith("und"))


def _shorter(word: str, most: int) -> Iterator[str]:
    for count in range(most + 1):
        for left_out in combinations(range(len(word)), count):
            yield "".join(letter for place, letter in enumerate(word) if place not in left_out)


@cache
def _index() -> dict[str, tuple[str, ...]]:
    """Targets by what is left of them without one letter, of long ones also without two."""
    found: dict[str, set[str]] = {}
    for target in _targets() | {f"{word}und" for word in _german_words() if len(word) > 2 and not word.endswith("und")}:
        for form in _shorter(target, 1 if len(target) < _LONG else 2):
            found.setdefault(form, set()).add(target)
    return {form: tuple(targets) for form, targets in found.items()}
