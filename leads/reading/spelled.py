"""Numbers told in words, in four languages: "fifty five hundred", "dos mil quinientos", "quatre-vingt-dix", "viereinhalb tausend"."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from leads.reading.message import Message, alternatives, data, fold, phrases, words
from leads.reading.scales import Number, scales

_NEAR = 20  # characters before a row in which "between" stands
_AND = re.compile(r"[ -](?:and|und|et|y|e) ")
_CLOCK = re.compile(r"(?:\b(?:at|until|till|by|from|after|before)|\d)\s$")


@cache
def _atoms() -> dict[str, float]:
    atoms = {fold(word).replace("-", " "): float(value) for names in data("numbers")["units"].values() for word, value in names.items()}
    for word, factor in scales().items():
        if word.isalpha() and len(word) > 2:
            atoms.setdefault(word, factor)
    units = data("numbers")["units"]["en"]
    tens = {word: value for word, value in units.items() if 20 <= value < 100}
    glued = {f"{ten}{one}": tens[ten] + value for ten in tens for one, value in units.items() if 0 < value < 10}  # "thirtyfive"
    return {**glued, **atoms, "mil": 1000.0}


@cache
def _spelled_pattern() -> re.Pattern[str]:
    atom = "|".join(re.escape(word).replace(r"\ ", "[ -]") for word in sorted(_atoms(), key=lambda word: (-len(word), word)))
    german = "|".join(sorted(_german(), key=lambda word: (-len(word), word)))
    before = alternatives(fold(word) for word in data("numbers")["before_scale"])
    half, multiplied = alternatives(words("numbers", "and_a_half")), alternatives(scales())
    return re.compile(
        rf"(?<![a-z0-9])(?:(?P<before>{before})[\s-]+(?=hundred|thousand|mio|mrd|tsd|mln|mil\b|mill|mile|billion|dozen|docena|dec|veint|trein|cincuen|grand|lakh|crore|cent|hundert|tausend|cien|quinz|vingt|trent|quarant|cinquant|soixant|dizain))?"
        rf"(?P<first>{atom}|(?:{german}|und){{2,12}})(?!(?!ish\b)[a-z0-9ß])"
        rf"(?P<rest>(?:[ -](?:and |et |y |und |de |e )?(?:{atom}|(?:{german}|und){{2,12}})(?![a-z0-9ß])){{0,8}})"
        rf"(?P<half> (?:{half})(?: (?P<scale>{multiplied}))?)?"
    )


@cache
def _german() -> dict[str, float]:
    units = {fold(word): float(value) for word, value in data("numbers")["units"]["de"].items() if word != "null"}
    return {**units, "hundert": 100.0, "tausend": 1000.0, "million": 1e6, "millionen": 1e6}


@cache
def _pieces() -> re.Pattern[str]:
    both = {**_german(), **_atoms(), "und": 0.0}  # "und" before "un"
    return re.compile("|".join(re.escape(word).replace(r"\ ", "[ -]") for word in sorted(both, key=lambda word: (-len(word), word))))


def spelled(message: Message) -> list[Number]:
    """Every number that is told in words, in order."""
    found = []
    for match in _spelled_pattern().finditer(message.low):
        factor = data("numbers")["before_scale"].get(re.sub(r"\s+", " ", match["before"] or ""), 1)
        start = match.start("first") if factor == 1 and match["before"] in (None, "a", "an", "some") else match.start()
        *others, last = _ends(message, start, match.start("first"), match.end("rest"), float(factor))
        found += [*others, _half(match, last) if match["half"] else _kilo(message, last)]
    return found


@cache
def _between() -> re.Pattern[str]:
    return phrases("numbers", "between", after=r"\s*$")


def _ends(message: Message, start: int, first: int, end: int, factor: float) -> list[Number]:
    """The numbers of a row; behind "between" its two ends, cut at the "and" that leaves them nearest to each other."""
    whole = _split(message, start, first, end, factor)
    if not _between().search(message.low[max(0, start - _NEAR) : start]):
        return whole
    cuts = []
    for joint in _AND.finditer(message.low, first, end):
        low, *more_low = _split(message, start, first, joint.start(), factor)
        high, *more_high = _split(message, joint.end(), joint.end(), end, 1.0)
        shared = low.factor == 1 and low.base < high.base  # "between ten and twelve thousand"
        ratio = (high.base / low.base if shared else high.value / low.value) if low.value else 0.0
        if not more_low and not more_high and ratio > 1:
            cuts.append((ratio, low, high))
    return list(min(cuts, key=lambda cut: cut[0])[1:]) if cuts else whole


def _half(match: re.Match[str], number: Number) -> Number:
    """A half of what the number counts: of a thousand in "two and a half thousand", of a million in "un million et demi"."""
    factor = scales()[match["scale"]] if match["scale"] else number.factor
    return Number(number.start, match.end(), number.base + 0.5, factor)


def _kilo(message: Message, number: Number) -> Number:
    """ "Fifty k"."""
    match = re.compile(r"[ -]?k(?![a-z0-9])").match(message.low, number.end)
    return replace(number, end=match.end(), factor=number.factor * 1000, weak=False) if match else number


def _split(message: Message, start: int, first: int, end: int, factor: float) -> list[Number]:
    """The numbers in a row of number words; "five ten" is two of them."""
    row = _Row(message, start, first, factor)
    atoms = {**_german(), **_atoms()}
    for piece in _pieces().finditer(message.low, first, end):
        if piece[0] == "und":
            continue
        value = atoms[piece[0].replace("-", " ")]
        before = message.low[: row.stop]
        if piece[0] == "mil" and (before.endswith(_english()) or _english_half().search(before[-24:])):
            value = 1e6  # "two mil", "half a mil"
        row.take(value, piece.start(), piece.end(), piece[0] in _dozens())
    return row.numbers()


class _Row:
    """Number words read one after the other."""

    def __init__(self, message: Message, start: int, first: int, factor: float) -> None:
        self._message = message
        self._found: list[Number] = []
        self._factor = factor
        self._total = self._current = self._last = 0.0
        self._begun, self.stop = start, first
        self._before, self._begins = first, first  # the end of the word before the last, and where the last begins
        self._scale, self._scaled, self._after = 0.0, first, first  # the last multiplier, its end, where the words behind it begin

    def take(self, value: float, start: int, end: int, dozen: bool) -> None:
        """The next word: it goes on with the number, multiplies it, or begins another one."""
        between = self._message.low[self.stop : start]
        if 0 < self._last < 10 and 20 <= value < 100 and _hundreds(self._message, self._begun, self.stop, start):
            self._current *= 100  # "three fifty"
        elif self._is_another(value, between, dozen):
            self._cut(self._total + self._current, self.stop, self._last, start)
        if value >= 1000 and value == self._scale and self._total:  # "tres mil y cinco mil"
            current = self._current
            self._cut(self._total, self._scaled, self._scale, self._after)
            self._current = current
        self._add(value, start, end, dozen)
        self._before, self._begins = self.stop, start
        self._last, self.stop = value, end

    def _is_another(self, value: float, between: str, dozen: bool) -> bool:
        """Whether a word begins another number: "setecientos y novecientos", "five ten"."""
        if self._current >= 100 and 200 <= value < 1000:
            return True
        return bool(self._last) and value < 100 and not dozen and not _continues(self._last, value, between)

    def _add(self, value: float, start: int, end: int, dozen: bool) -> None:
        if not self._current:
            self._after = start
        if value >= 1000:
            counted, self._current = self._current or 1.0, 0.0
            grown = value > self._total > 0
            self._total = (self._total + counted) * value if grown else self._total + counted * value
            self._scale, self._scaled = value, end
        elif value == 100 and 0 < self._last < 10 and self._current > 100:  # "dreihundert und fünfhundert"
            counted = self._last
            self._cut(self._total + self._current - counted, self._before, 100.0, self._begins)
            self._current = counted * value
        elif value == 100 or dozen:
            self._current = (self._current or 1.0) * value
        else:
            self._current += value

    def _cut(self, value: float, stop: int, last: float, begins: int) -> None:
        self._found.append(_word_number(self._message, self._begun, stop, value * self._factor, last))
        self._total, self._current, self._begun, self._factor = 0.0, 0.0, begins, 1.0

    def numbers(self) -> list[Number]:
        """All that were told."""
        value = (self._total + self._current) * self._factor
        return [*self._found, _word_number(self._message, self._begun, self.stop, value, self._last)]


@cache
def _english() -> tuple[str, ...]:
    """Number words of English alone."""
    units = data("numbers")["units"]
    others = {fold(word) for language, names in units.items() if language != "en" for word in names}
    return tuple(fold(word) for word in units["en"] if fold(word) not in others)


def _hundreds(message: Message, start: int, end: int, follows: int) -> bool:
    """Whether a small English number before tens counts hundreds: "one thirty", but not "at three thirty" and not "one or twenty"."""
    before = message.low[max(0, start - 8) : start]
    return message.low[end:follows] in (" ", "-") and message.low[:end].endswith(_english()) and not _CLOCK.search(before)


@cache
def _english_half() -> re.Pattern[str]:
    return re.compile(r"\b(?:half|half an?|quarters?|quarter of an?|couple|couple of|few|an?)\s$")


@cache
def _dozens() -> frozenset[str]:
    return frozenset(word for word, factor in scales().items() if factor == 12)


def _continues(last: float, value: float, between: str) -> bool:
    """Whether a small number word goes on with the one before ("twenty five", "soixante quinze", "fünfundzwanzig")."""
    if last >= 100 or (last in (60.0, 80.0) and value < 20) or (value == 0.5 and not between):
        return True
    return (last >= 20 and value < 10) or (last < 10 and value >= 20 and "und" in between)


def _word_number(message: Message, start: int, end: int, value: float, last: float) -> Number:
    weak = message.low[start:end] in words("numbers", "weak") and not (message.locale or "xx").startswith("es")
    factor = last if last >= 100 and value >= last else 1.0  # "forty to sixty thousand" shares its thousand
    return Number(start, end, value / factor, factor, weak=weak)
