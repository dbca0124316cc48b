"""Words of a message that speak for a division: nouns for trades, and acts with things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leads.reading.lexicon import FILLERS, Entry, acts, lexicon, things
from leads.reading.message import words
from leads.reading.wordforms import Token, heads, stem, unlinked, without_digraphs

_PARTICLES = ("bei", "ab", "an", "aus", "auf", "her", "um", "ein", "zu", "vor")
_SHORTEST = 3  # letters of the head of a compound; only for acts ("…bau")
_REACH = 7  # words between the first and the last of a term
_NEAR = 9  # words between an act and its thing
TRADE, PAIR, SAFE_PAIR, THING, ACT = 2.8, 3.0, 2.2, 1.4, 1.2
_OBJECT = 0.3  # of a trade that something is done to
_OF = ("de", "d", "del", "des", "du", "la", "l", "el", "los", "las")
_PAUSE = re.compile(r"[.!?;:,()\n]")
_HALF = 0.5  # of a noun that only describes the next one
_STOP = re.compile(r"[.!?;\n]")


@dataclass(frozen=True)
class Match:
    """A term at a place: words ``first`` to ``last``; ``share`` of its weight that it keeps as a part of a compound."""

    entry: Entry
    first: int
    last: int
    share: float = 1.0

    @property
    def length(self) -> int:
        """In words."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Evidence:
    """A division with how much speaks for it, and where."""

    code: str
    weight: float
    first: int
    last: int


def matches(found: Sequence[Token], language: str, sure: bool = True) -> list[Match]:
    """All terms of one language in the words, without those that lie inside longer ones; ``sure`` when it is the text's language."""
    stems = [stem(token.word, language) for token in found]
    known = lexicon(language)
    common = words("whose", "common")
    all_found: list[Match] = []
    for index, token in enumerate(found):
        hits = [hit for entry in known.terms.get(stems[index], ()) if (hit := _at(stems, found, index, entry))]
        if token.word not in common:
            hits += [Match(entry, index, index) for entry in known.nouns(token.word, language)]
        else:
            hits = [hit for hit in hits if hit.length > 1 or hit.entry.name == "do"]
        all_found += hits
        if len(token.word) > 5 and not any(hit.length == 1 for hit in hits):
            all_found += _compound(token.word, index, language, sure)
    return _outer(all_found)


def _at(stems: Sequence[str], found: Sequence[Token], index: int, entry: Entry) -> Match | None:
    """The term around the place of its longest word, in its order, other words between at most here and there."""
    if len(entry.stems) == 1:
        return Match(entry, index, index)
    pivot = entry.stems.index(stems[index])
    places = [index]
    for wanted in entry.stems[pivot + 1 :]:
        place = next((k for k in range(places[-1] + 1, min(places[-1] + _REACH, len(stems))) if stems[k] == wanted), None)
        if place is None or any(_STOP.search(found[k].gap) for k in range(places[-1] + 1, place + 1)):
            return None
        places.append(place)
    for wanted in reversed(entry.stems[:pivot]):
        place = next((k for k in range(places[0] - 1, max(places[0] - _REACH, -1), -1) if stems[k] == wanted), None)
        if place is None or any(_STOP.search(found[k].gap) for k in range(place + 1, places[0] + 1)):
            return None
        places.insert(0, place)
    between = sum(found[k].word not in FILLERS for k in range(places[0], places[-1] + 1)) - len(entry.stems)
    return Match(entry, places[0], places[-1], 1.0 if between <= 0 else 0.8) if between <= (5 if _is_parted(entry) else 2) else None


def _is_parted(entry: Entry) -> bool:
    """A German verb whose particle stands at the end of the clause: "bringen … bei"."""
    return len(entry.stems) == 2 and entry.stems[1] in _PARTICLES


def _compound(word: str, index: int, language: str, sure: bool) -> Iterator[Match]:
    """ "Hochzeitsfotografin", "Fahrradverleih", "Baeckerei": by the head, and the thing before it."""
    known = lexicon(language)
    plain = without_digraphs(word)
    if plain != word and (entries := known.head(plain, language)):
        yield from (Match(entry, index, index) for entry in entries)
        return
    if language != "de":
        return
    for before, head in heads(plain):
        if head in words("whose", "common") or not (entries := known.head(head, language)):
            continue
        if len(head) == _SHORTEST and not any(entry.kind == "act" for entry in entries):
            continue
        modifiers = next((found for form in unlinked(before) if (found := known.nouns(form, language))), [])
        if not (sure or modifiers):
            continue
        yield from (Match(entry, index, index, 0.9) for entry in entries)
        yield from (Match(entry, index, index, 0.6) for entry in modifiers if entry.kind == "thing")
        return


def _outer(found: list[Match]) -> list[Match]:
    """Without terms that lie inside a longer one whose words stand together."""
    long = [one for one in found if len(one.entry.stems) > 1]
    return [
        one
        for one in found
        if not any(
            other is not one and other.first <= one.first and one.last <= other.last and len(other.entry.stems) > len(one.entry.stems)
            for other in long
        )
    ]


def evidence(found: Sequence[Token], weights: Sequence[float], hits: Sequence[Match], language: str) -> Iterator[Evidence]:
    """What the terms say, each by how much its words count."""
    doing = [hit for hit in hits if hit.entry.kind == "act" and min(weights[hit.first : hit.last + 1]) > 0]
    for hit in hits:
        weight = min(weights[hit.first : hit.last + 1]) * hit.share
        if weight and hit.entry.kind == "trade":
            if server := _served(hit, doing, found):
                yield Evidence(server, weights[hit.first] * SAFE_PAIR, hit.first, hit.last)
                weight *= _OBJECT
            if _is_supplied(hit, doing, found):
                weight *= _OBJECT
            several = 0.4 * (len(hit.entry.stems) - 1)
            yield Evidence(hit.entry.name, weight * _described(hit, hits, found, language) * (TRADE + several), hit.first, hit.last)
        elif weight and hit.entry.kind == "thing":
            code = things()[hit.entry.name].get("alone")
            if code:
                share = _described(hit, hits, found, language)
                yield Evidence(code, weight * share * (THING + 0.2 * (len(hit.entry.stems) - 1)), hit.first, hit.last)
        elif weight and (code := acts()[hit.entry.name].get("alone")):
            product = hit.entry.name == "software" and hit.first > 0 and found[hit.first - 1].word in words("whose", "product")
            yield Evidence(code, weight * (PAIR if product else ACT), hit.first, hit.last)
    yield from _pairs(found, weights, hits)


def _served(trade: Match, doing: Sequence[Match], found: Sequence[Token]) -> str | None:
    """The division of an act done to a trade ("we insure farms"), whose own division is the customers' then."""
    for act in doing:
        code = acts()[act.entry.name].get("any")
        near = act.last < trade.first <= act.last + 3 and not any(_PAUSE.search(found[k].gap) for k in range(act.last + 1, trade.first + 1))
        told = any(found[k].word in words("whose", "self") for k in range(max(0, act.first - 2), act.first))
        if code and near and told and act.entry.name not in ("sell", "make"):
            return code
    return None


def _is_supplied(trade: Match, doing: Sequence[Match], found: Sequence[Token]) -> bool:
    """Those to whom something is sold: "to cafes", "a supermercados"."""
    to = any(found[k].word in words("whose", "to") for k in range(max(0, trade.first - 2), trade.first))
    return to and any(act.first < trade.first for act in doing if act.entry.name not in ("do",))


def _described(hit: Match, hits: Sequence[Match], found: Sequence[Token], language: str) -> float:
    """Half for what only describes: "restaurant" in "restaurant software", "Hotel" in "logiciel d'hôtel"."""
    for other in hits:
        if other.entry.name == hit.entry.name or other.length > 3:
            continue
        acting = other.entry.kind == "act" and hit.entry.kind != "act" and "alone" in acts()[other.entry.name]
        heavy = other.entry.kind == "trade" or acting
        if not heavy:
            continue
        if language in ("en", "de") and other.first == hit.last + 1 and not found[other.first].gap.strip(" -"):
            return _HALF
        if language in ("fr", "es"):
            between = range(other.last + 1, hit.first)
            if 1 <= len(between) <= 2 and all(found[k].word in _OF for k in between):
                return _HALF
    return 1.0


def _pairs(found: Sequence[Token], weights: Sequence[float], hits: Sequence[Match]) -> Iterator[Evidence]:
    doing = [hit for hit in hits if hit.entry.kind == "act"]
    having = [hit for hit in hits if hit.entry.kind == "thing"]
    places = sorted({hit.first for hit in doing})
    bulk = _is_bulk(found, doing, weights)
    for place in places:
        here = [hit for hit in doing if hit.first == place]
        end = max(hit.last for hit in here)
        if min(weights[place : end + 1]) == 0:
            continue
        for thing in having:
            share = _bond(place, end, thing, places, found, weights)
            if share:
                for sign in _codes(here, thing, share * min(weights[place], 1.3)):
                    yield Evidence("G46", sign.weight, sign.first, sign.last) if bulk and sign.code == "G47" else sign


def _is_bulk(found: Sequence[Token], doing: Sequence[Match], weights: Sequence[float]) -> bool:
    """Whether what is sold goes to other businesses."""
    if any(hit.entry.name == "wholesale" and min(weights[hit.first : hit.last + 1]) > 0 for hit in doing):
        return True
    business, to = words("whose", "b2b"), words("whose", "to")
    return any(
        token.word in business and any(found[k].word in to for k in range(max(0, index - 3), index)) for index, token in enumerate(found)
    )


def _bond(place: int, end: int, thing: Match, places: Sequence[int], found: Sequence[Token], weights: Sequence[float]) -> float:
    """How closely a thing belongs to the act: after it before the next one, or just before it; 0 when not at all."""
    weight = min(weights[thing.first : thing.last + 1])
    if weight == 0:
        return 0.0
    weight = max(weight, 0.75) if thing.first > end and weight >= 0.3 else weight
    if thing.first <= end and place <= thing.last:
        return weight if thing.length == 1 and thing.share < 1 else 0.0  # parts of one compound
    low, high = (end, thing.first) if thing.first > end else (thing.last, place)
    if high - low > _NEAR or any(_STOP.search(found[k].gap) for k in range(low + 1, high + 1)):
        return 0.0
    others = [other for other in places if low < other < high and not _joined(other, place, found)]
    distance = 1.0 - 0.03 * (high - low - 1)
    if thing.first > end:
        return weight * distance * (0.6 if others else 1.0)
    return weight * distance * (0.35 if others else 0.95 if high == low + 1 else 0.8)


def _joined(one: int, other: int, found: Sequence[Token]) -> bool:
    """ "Make and sell": acts beside each other have one thing."""
    low, high = sorted((one, other))
    links = ("and", "or", "und", "oder", "et", "ou", "y", "e", "o", "n", "then", "also", "dann", "puis")
    return high - low <= 2 and all(token.word in links for token in found[low + 1 : high])


def _codes(here: Sequence[Match], thing: Match, share: float) -> Iterator[Evidence]:
    codes = things()[thing.entry.name]
    share *= thing.share if thing.share == 1 else 0.95
    first, last = min(here[0].first, thing.first), max(here[0].last, thing.last)
    said = [hit for hit in here if hit.entry.name in codes]
    if said:
        weight = SAFE_PAIR if said[0].entry.name == "do" else PAIR
        yield Evidence(codes[said[0].entry.name], share * said[0].share * weight, first, last)
        return
    anyhow = next((code for hit in here if (code := acts()[hit.entry.name].get("any"))), None)
    if anyhow:
        yield Evidence(anyhow, share * SAFE_PAIR, first, last)
