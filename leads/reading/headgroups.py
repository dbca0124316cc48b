"""Companies that are told by a word: "just me", "my wife and I", "zu dritt", "a handful", "mid forties", "hundreds of employees"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from leads.reading.amounts import amounts
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, alternatives, any_of, data, fold, little_words, make_message, phrases, words
from leads.reading.numbers import numbers

_HUNDRED = 100
_THIRDS = {None: (10, 9), "low": (1, 3), "mid": (4, 6), "high": (7, 9)}  # of tens or hundreds; a low ten begins with one
_SELF = re.compile(r"(?:\bi'?m|\bi am|\bas an?|\bich bin|\bals|\bje suis|\bsoy|\bjust|\bonly)\s*(?:an?|eine?|une?)?\s*$")
_OWN_ENOUGH = re.compile(r"\b(?:me|myself|i'?m|i|ich|moi|je|yo)\b")
_TOGETHER = re.compile(r"\bz(?:u|')? ([a-z]{3,24}?)(?:s?t)\b")  # "zu dritt", "z füft"
_MOST_TOGETHER = 99


def grouped(message: Message, asked: bool) -> list[Candidate]:
    """Everything of that sort in a message."""
    found = [_alone(message, asked), *_together(message), *_vague(message, asked)]
    return [candidate for candidate in found if candidate is not None]


def _reading(low: int | None, high: int | None, said: str, confidence: float, about: bool = False) -> Reading:
    value = {"min": low, "max": high}
    return Reading(value, describe(value, about), said, confidence)


def describe(value: Mapping[str, Any], about: bool = False) -> str:
    """A headcount in plain words that read back to the same value: ``more than 500 people``."""
    low, high = value["min"], value["max"]
    if low is not None and high is not None:
        text = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    else:
        text = f"more than {low:,}" if low is not None else f"up to {high:,}"
    return f"{'about ' if about else ''}{text} {'person' if low == high == 1 else 'people'}"


def _together(message: Message) -> list[Candidate]:
    """ "Wir sind zu zwölft"."""
    found = []
    for match in _TOGETHER.finditer(message.low):
        word = {"drit": "drei", "vier": "vier", "sech": "sechs", "sieb": "sieben"}.get(match[1], match[1])
        counted = numbers(make_message(word, "de"))
        if len(counted) == 1 and counted[0].end == len(word) and 1 < counted[0].value <= _MOST_TOGETHER:
            count = int(counted[0].value)
            found.append(Candidate(_reading(count, count, message.said(*match.span()), 0.85), *match.span(), 2))
    return found


def _alone(message: Message, asked: bool) -> Candidate | None:
    """ "Just me", "I'm a freelancer"."""
    value = {"min": 1, "max": 1}
    if asked and message.bare in words("headcount", "alone_asked"):
        return Candidate(Reading(value, describe(value), message.text.strip(), 0.9), 0, len(message.text), 3)
    if not amounts(message) and (nobody := phrases("headcount", "nobody_else").search(message.low)) and "?" not in message.low:
        return Candidate(Reading(value, describe(value), message.said(*nobody.span()), 0.8), nobody.start(), nobody.end(), 2)
    for match in phrases("headcount", "alone").finditer(message.low) if "?" not in message.low else ():
        before = message.low[max(0, match.start() - 12) : match.start()]
        if re.search(r"\bis it $|\bis (?:this|that) $", before):
            continue
        if asked or _SELF.search(before) or (_OWN_ENOUGH.search(match[0]) and match[0] not in words("headcount", "alone_asked")):
            return Candidate(Reading(value, describe(value), message.said(*match.span()), 0.85), match.start(), match.end(), 2)
    return None


@cache
def _we_are() -> re.Pattern[str]:
    return phrases("headcount", "we_are", after=r"\s*:?\s*(?:is|are|of|a|an|only|just|now|currently|team of)?\s*$")


@cache
def _decade() -> re.Pattern[str]:
    tens = alternatives(map(fold, data("headcount")["decades"]))
    parts = alternatives(word for names in data("headcount")["decade_parts"].values() for word in names)
    return re.compile(rf"(?:({parts})[ -])?({tens})")


@cache
def _decade_words() -> tuple[dict[str, str], dict[str, int]]:
    parts = {word: part for part, names in data("headcount")["decade_parts"].items() for word in names}
    return parts, {fold(word): int(ten) for word, ten in data("headcount")["decades"].items()}


@cache
def _counts(name: str) -> dict[str, int]:
    return {fold(word): int(count) for word, count in data("headcount")[name].items()}


@cache
def _spans() -> tuple[dict[str, tuple[int, int | None]], re.Pattern[str]]:
    """ "Hundreds of", "a handful of": how many, and the pattern that finds them before a word for people."""
    spans: dict[str, tuple[int, int | None]] = {fold(name): (int(low), None) for name, low in data("headcount")["many"].items()}
    spans |= {fold(name): (int(low), int(high)) for name, (low, high) in data("headcount")["few"].items()}
    units = alternatives(words("headcount", "units"))
    return spans, re.compile(rf"({alternatives(spans)})\s+(?:[a-z]+\s)?({units})")


def _decades(message: Message) -> list[Candidate]:
    """ "Mid forties", "low hundreds", "veintitantos"."""
    found = []
    parts, tens = _decade_words()
    for match in _decade().finditer(message.low):
        ten, part = tens[re.sub(r"\s+", " ", match[2])], parts.get(match[1] or "")
        if ten >= _HUNDRED and part is None:
            continue  # "hundreds of people" is read elsewhere
        low, high = _THIRDS[part]
        value = {"min": low * ten, "max": high * ten} if ten >= _HUNDRED else {"min": ten + low % 10, "max": ten + high}
        found.append(Candidate(Reading(value, describe(value), message.said(*match.span()), 0.7), *match.span(), 2))
    return found


def _vague(message: Message, asked: bool) -> list[Candidate]:
    """ "Hundreds of employees", "a handful of people"."""
    found: list[Candidate] = []
    whole, groups = _counts("asked_groups"), _counts("groups")
    if asked and message.bare in whole:
        value = dict.fromkeys(("min", "max"), whole[message.bare])
        return [Candidate(Reading(value, describe(value, True), message.text.strip(), 0.8), 0, len(message.text), 3)]
    digits = {fold(name): ends for name, ends in data("headcount")["digits"].items()}
    if asked and message.bare in digits:
        low, high = digits[message.bare]
        return [Candidate(_reading(low, high, message.text.strip(), 0.7), 0, len(message.text), 3)]
    found += _decades(message) if asked else []
    for match in any_of(groups, after=r"(?! (?:que|qui|die|who|that|which)\b)").finditer(message.low):
        if _is_having(message, match):
            continue
        value = dict.fromkeys(("min", "max"), groups[re.sub(r"\s+", " ", match[1])])
        if asked or _we_are().search(message.low[max(0, match.start() - 40) : match.start()]):
            found.append(Candidate(Reading(value, describe(value), message.said(*match.span()), 0.8), match.start(), match.end(), 2))
    spans, pattern = _spans()
    for match in pattern.finditer(message.low):
        low, high = spans[re.sub(r"\s+", " ", match[1])]
        vague = {"min": low, "max": high}
        found.append(Candidate(Reading(vague, describe(vague), message.said(*match.span()), 0.7), match.start(), match.end(), 2))
    return found


def _is_having(message: Message, match: re.Match[str]) -> bool:
    """Whether "a deux" is no "à deux": "on a deux boutiques"."""
    noun = re.compile(r" ([a-z]{3,})").match(message.low, match.end())
    return message.text[match.start() : match.start() + 2] == "a " and noun is not None and noun[1] not in little_words()
