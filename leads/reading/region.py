"""Where somebody is: countries by their own names, people, cities, states, and larger regions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from babel import Locale

from leads.reading.asked_name import given_names
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.mailbox import one_slip
from leads.reading.message import Message, data, fold, phrases, text_lines

if TYPE_CHECKING:
    from leads.questions import Question

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
_LONGEST = 4  # words in a name that is looked up
_LEAST_SLIP = 7  # letters of a name in which one slip is forgiven
_WORD = re.compile(r"[^\W\d_]+(?:[.'\u2019-][^\W\d_]+)*\.?")
_CUE = re.compile(r"\b(?:based|located|headquartered|registered|office|sitzen?|ansassig|bases?|situes?|sede|estamos|from|aus|de)\b")


@dataclass(frozen=True)
class Place:
    """Something that is known to be a place: codes of countries, or the name of a larger region."""

    start: int
    end: int
    countries: tuple[str, ...] = ()
    region: str = ""


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """All the places of a message as one answer; volunteered only with a word such as "based in"."""
    if "?" in message.low[-3:] or (not asked and not phrases("regions", "based").search(message.low)):
        return []
    places = [place for place in _places(message) if not _denied(message, place)]
    meant = _meant(message, places)
    if not meant:
        return []
    region = next((place.region for place in meant if place.region), "")
    countries = sorted({code for place in meant for code in place.countries})
    value: dict[str, Any] = {"countries": countries} if countries else {"region": region}
    start, end = meant[0].start, meant[-1].end
    return [Candidate(Reading(value, describe(value), message.said(start, end), 0.9), start, end, 3)]


def describe(value: Mapping[str, Any]) -> str:
    """``Germany, Switzerland`` or ``Europe``."""
    names = Locale("en").territories
    return ", ".join(names.get(code, code) for code in value.get("countries", ())) or str(value["region"])


def _meant(message: Message, places: list[Place]) -> list[Place]:
    """Of several sentences the place after "we're based in", else all of them."""
    based = [match.end() for match in phrases("regions", "based").finditer(message.low)]
    behind = [place for place in places if any(place.start >= end for end in based)]
    chosen = behind if behind and len(behind) < len(places) else places
    countries = [place for place in chosen if place.countries]
    return countries or chosen


def _denied(message: Message, place: Place) -> bool:
    before = message.low[max(0, place.start - 24) : place.start]
    return (
        re.search(r"(?:\bnot|\bnicht|\bpas|\bno|n't|statt|instead of|moved from|left)\s+(?:in |from |the |aus |en )?$", before) is not None
    )


def _places(message: Message) -> Iterator[Place]:
    blocked = [match.span() for match in phrases("regions", "not_places").finditer(message.low)]
    said = list(_WORD.finditer(message.low))
    index = 0
    while index < len(said):
        for count in range(min(_LONGEST, len(said) - index), 0, -1):
            start, end = said[index].start(), said[index + count - 1].end()
            found = _lookup(message, start, end, index, len(said))
            if found and not any(start < stop and begin < end for begin, stop in blocked):
                yield found
                index += count
                break
        else:
            index += 1


def _lookup(message: Message, start: int, end: int, index: int, count: int) -> Place | None:
    low, raw = message.low[start:end], message.text[start:end]
    name = re.sub(r"\s+", " ", low)
    if name in _regions():
        return Place(start, end, region=_regions()[name])
    codes = _known().get(name) or _known().get(name.rstrip("."))
    if codes and _is_meant(message, start, end, raw, name):
        return Place(start, end, codes)
    if raw.strip(".").isupper() and (code := _by_code(message, raw.strip("."), count)):
        return Place(start, end, (code,))
    city = _cities().get(name)
    if city and _is_meant(message, start, end, raw, name):
        return Place(start, end, (city,))
    return _misspelled(start, end, name) if count <= 4 else None


def _is_meant(message: Message, start: int, end: int, raw: str, name: str) -> bool:
    """Short and common words count in capitals only, and a name after "I'm" is a person's."""
    if len(name) <= 3 and not raw.replace(".", "").isupper() and message.bare != name:
        return name in ("usa", "uae") or (name == "uk" or name == "nyc")
    before = message.low[max(0, start - 16) : start]
    if name in given_names() and re.search(r"(?:\bi'?m|name'?s?(?: is)?|heiße|heisse|m'appelle|me llamo|frau|herr|mr|ms)\s+$", before):
        return False
    typed_small = message.text == message.text.lower()
    return raw[:1].isupper() or typed_small or len(name) > 5


def _by_code(message: Message, raw: str, count: int) -> str | None:
    """ "MN" in America, "Calgary AB": states by their letters."""
    country = (message.country or "").upper()
    for code, key in (("US", "us_codes"), ("CA", "ca_codes"), ("AU", "au_codes")):
        if raw in data("regions")[key] and (country == code or count > 1):
            return code
    return raw if country == raw and len(raw) == 2 else None


def _misspelled(start: int, end: int, name: str) -> Place | None:
    if len(name) < _LEAST_SLIP or " " in name:
        return None
    for known, codes in _known().items():
        if len(known) >= _LEAST_SLIP and known[0] == name[0] and one_slip(name, known):
            return Place(start, end, codes)
    return None


@cache
def _regions() -> dict[str, str]:
    return {fold(name): region for region, names in data("regions")["regions"].items() for name in names}


@cache
def _known() -> dict[str, tuple[str, ...]]:
    """Folded name of a country, its people, a state or a group of countries → codes."""
    found: dict[str, tuple[str, ...]] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"):
                found[fold(name)] = (code,)
    found |= {fold(name): ("US",) for name in data("regions")["us_states"]}
    found |= {fold(name): (code,) for code, names in data("regions")["countries"].items() for name in names}
    return found | {fold(name): tuple(codes.split(",")) for codes, names in data("regions")["groups"].items() for name in names}


@cache
def _cities() -> dict[str, str]:
    """Folded name → country; of two cities the larger."""
    found = {}
    for line in text_lines("cities"):
        code, _, names = line.partition(" ")
        found.update(dict.fromkeys(names.split(","), code))
    return found
