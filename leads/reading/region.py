"""Where somebody is: countries by their own names, people, cities, states, and larger regions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from babel import Locale

from leads.reading.amounts import correction
from leads.reading.asked_name import given_names
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.mailbox import one_slip
from leads.reading.message import Message, data, fold, phrases, text_lines, words

if TYPE_CHECKING:
    from leads.questions import Question

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
_LONGEST = 4  # words in a name that is looked up
_LEAST_SLIP = 7  # letters of a name in which one slip is forgiven
_WORD = re.compile(r"[^\W\d_]+(?:[.'\u2019-][^\W\d_]+)*\.?")


@dataclass(frozen=True)
class Place:
    """Something that is known to be a place: codes of countries, or the name of a larger region."""

    start: int
    end: int
    countries: tuple[str, ...] = ()
    region: str = ""
    city: bool = False


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """All the places of a message as one answer; volunteered only with a word such as "based in"."""
    if "?" in message.low[-3:] or (not asked and not phrases("regions", "based").search(message.low)):
        return []
    places = [place for place in _contained(message, list(_places(message))) if not _denied(message, place) and _is_there(message, place)]
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
    """The places after "we're based in" or after a correction, else all of them."""
    turns = [
        match.end()
        for pattern in (phrases("regions", "based"), correction(), phrases("regions", "now"))
        for match in pattern.finditer(message.low)
    ]
    behind = [place for place in places if any(place.start >= end for end in turns)]
    chosen = behind if behind and len(behind) < len(places) else places
    countries = [place for place in chosen if place.countries]
    return countries or chosen


def _contained(message: Message, places: list[Place]) -> list[Place]:
    """ "Paris, Texas" is in Texas."""
    kept = []
    for index, place in enumerate(places):
        following = places[index + 1] if index + 1 < len(places) else None
        beside = following is not None and re.fullmatch(r"[ ,]{1,3}(?:in )?", message.low[place.end : following.start]) is not None
        if not (
            beside and place.city and following and following.countries and not following.city and place.countries != following.countries
        ):
            kept.append(place)
    return kept


def _is_there(message: Message, place: Place) -> bool:
    """Whether it is said as a place: not as a person, a language, a sort of pastry."""
    low, after, before = message.low, message.low[place.end : place.end + 30], message.low[max(0, place.start - 24) : place.start]
    if phrases("regions", "not_before", after=r"\s+$").search(before) or phrases("regions", "not_behind", before=r"[ -]").match(after):
        return False
    name = low[place.start : place.end]
    surname = re.match(r" [A-Z\u00c0-\u00de][a-z]+", message.text[place.end :])
    if name in given_names() and (
        (surname and not _is_place(fold(surname[0].strip()))) or phrases("regions", "person", before=r"[ ,]{1,2}").match(after)
    ):
        return False
    if phrases("regions", "in", after=r"\s+(?:the |la |le |el |der |den |dem |l')?(?:[a-z]+ )?$").search(before) or len(low.split()) <= 3:
        noun = re.match(r" ([a-z]{3,})", after)
        return noun is None or len(low.split()) > 3 or noun[1] in words("regions", "kinds") or _is_place(noun[1])
    noun = re.match(r"[ -]([a-z]{3,})", after)
    return noun is None or noun[1] in words("regions", "kinds") or _is_place(noun[1])


def _is_place(name: str) -> bool:
    return name in _known() or name in _cities() or name in _regions()


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
    if name == "georgia" and (message.country or "").upper() == "US":
        codes = ("US",)
    if codes and _is_meant(message, start, end, raw, name):
        return Place(start, end, codes)
    if raw.strip(".").isupper() and (code := _by_code(message, raw.strip("."), count)):
        return Place(start, end, (code,))
    city = _cities().get(name)
    if city and _is_meant(message, start, end, raw, name):
        here = (message.country or "").upper()
        return Place(start, end, (here if name in _others().get(here, ()) else city,), city=True)
    return _misspelled(start, end, name, count) if count <= 4 else None


def _is_meant(message: Message, start: int, end: int, raw: str, name: str) -> bool:
    """Short and common words count in capitals only, and a name after "I'm" is a person's."""
    if len(name) <= 3 and not raw.replace(".", "").isupper() and message.bare != name:
        return name in ("usa", "uae") or (name == "uk" or name == "nyc")
    before = message.low[max(0, start - 16) : start]
    if name in given_names() and re.search(r"(?:\bi'?m|name'?s?(?: is)?|heiße|heisse|m'appelle|me llamo|frau|herr|mr|ms)\s+$", before):
        return False
    typed_small = message.text == message.text.lower()
    return raw[:1].isupper() or (typed_small and (len(message.low.split()) <= 4 or len(name) > 4)) or len(name) > 5


def _by_code(message: Message, raw: str, count: int) -> str | None:
    """ "MN" in America, "Calgary AB": states by their letters."""
    country = (message.country or "").upper()
    for code, key in (("US", "us_codes"), ("CA", "ca_codes"), ("AU", "au_codes")):
        if raw in data("regions")[key] and (country == code or count > 1):
            return code
    return raw if country == raw and len(raw) == 2 else None


def _misspelled(start: int, end: int, name: str, count: int) -> Place | None:
    least = 5 if count == 1 else _LEAST_SLIP
    if len(name) < least or " " in name:
        return None
    for known, codes in _known().items():
        if len(known) >= least and known[0] == name[0] and one_slip(name, known):
            return Place(start, end, codes)
    if count == 1:
        for known, code in _cities().items():
            if len(known) >= _LEAST_SLIP and known[0] == name[0] and one_slip(name, known):
                return Place(start, end, (code,), city=True)
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
        if not code.startswith("+"):
            found.update(dict.fromkeys(names.split(","), code))
    return found


@cache
def _others() -> dict[str, frozenset[str]]:
    """Country → its cities of which a larger one is elsewhere."""
    split = (line.partition(" ") for line in text_lines("cities") if line.startswith("+"))
    return {code[1:]: frozenset(names.split(",")) for code, _, names in split}
