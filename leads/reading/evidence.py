"""Words of a message that speak for a division: nouns for trades, and acts with things."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from leads.reading.lexicon import acts, senses, things
from leads.reading.message import words
from leads.reading.terms import STOP, Match, is_parted
from leads.reading.whose import MAIN, is_ours
from leads.reading.wordforms import Token

_NEAR = 9  # words between an act and its thing
TRADE, PAIR, SAFE_PAIR, THING, ACT = 2.8, 3.0, 2.2, 1.4, 1.4
_OBJECT = 0.3  # of a trade that something is done to
_TRADING = ("sell", "wholesale", "rent")
_LINKS = ("and", "or", "und", "oder", "et", "ou", "y", "e", "o", "n", "then", "also", "dann", "puis")
_TO = {"en": "to", "de": "an", "fr": "aux", "es": "a"}
_OF = ("de", "d", "del", "des", "du", "la", "l", "el", "los", "las")
_PAUSE = re.compile(r"[.!?;:,()\n]")
_HALF = 0.4  # of a noun that only describes the next one


@dataclass(frozen=True)
class Evidence:
    """A division with how much speaks for it, and where; ``kind`` is ``trade``, ``pair``, ``thing`` or ``act``."""

    code: str
    weight: float
    first: int
    last: int
    kind: str


def evidence(found: Sequence[Token], weights: Sequence[float], hits: Sequence[Match], language: str) -> Iterator[Evidence]:
    """What the terms say, each by how much its words count."""
    signs = _signs(found, weights, hits, language)
    if not _is_bulk(found, hits, weights, language):
        yield from signs
        return
    for sign in signs:
        yield replace(sign, code="G46") if sign.code == "G47" else sign


def _signs(found: Sequence[Token], weights: Sequence[float], hits: Sequence[Match], language: str) -> Iterator[Evidence]:
    doing = [hit for hit in hits if hit.entry.kind == "act" and min(weights[hit.first : hit.last + 1]) > 0]
    pairs = list(_pairs(found, weights, hits, language))
    yield from pairs
    strong = [pair for pair in pairs if pair.weight > SAFE_PAIR and pair.first < pair.last]
    for hit in hits:
        weight = min(weights[hit.first : hit.last + 1]) * hit.share
        if weight and hit.entry.kind == "trade":
            if server := _served(hit, doing, found):
                yield Evidence(server, weights[hit.first] * SAFE_PAIR, hit.first, hit.last, "pair")
                weight *= _OBJECT
            if _is_supplied(hit, doing, found, language) or _is_object(hit, strong):
                weight *= _OBJECT
            several = 0.4 * (len(hit.entry.stems) - 1)
            weight *= _described(hit, hits, found, language) * (TRADE + several)
            yield Evidence(_sense(hit, found, weights), weight, hit.first, hit.last, "trade")
        elif weight and hit.entry.kind == "thing":
            code = things()[hit.entry.name].get("alone")
            if code:
                share = _described(hit, hits, found, language)
                yield Evidence(code, weight * share * (THING + 0.2 * (len(hit.entry.stems) - 1)), hit.first, hit.last, "thing")
        elif weight and (code := acts()[hit.entry.name].get("alone")):
            product = hit.entry.name == "software" and hit.first > 0 and found[hit.first - 1].word in words("whose", "product")
            yield Evidence(code, weight * (PAIR if product else ACT), hit.first, hit.last, "act")


def _sense(trade: Match, found: Sequence[Token], weights: Sequence[float]) -> str:
    """The division of a word that has several, by the others of the message: a painter of canvases, pilots of ships."""
    said = found[trade.last].word
    beside = {token.word for token, weight in zip(found, weights, strict=True) if weight > 0}
    return next((code for code, names, context in senses() if said in names and context & beside), trade.entry.name)


def _served(trade: Match, doing: Sequence[Match], found: Sequence[Token]) -> str | None:
    """The division of an act done to a trade ("we insure farms"), whose own division is the customers' then."""
    for act in doing:
        code = acts()[act.entry.name].get("any")
        near = act.last < trade.first <= act.last + 3 and not any(_PAUSE.search(found[k].gap) for k in range(act.last + 1, trade.first + 1))
        told = any(found[k].word in words("whose", "self") for k in range(max(0, act.first - 2), act.first)) or is_ours(
            found[act.first].word
        )
        if code and near and told and _act(act) not in ("sell", "make"):
            return code
    return None


def _is_object(trade: Match, pairs: Sequence[Evidence]) -> bool:
    """Whether a word for a trade is the act or the thing of a pair that says something else: "we place nurses"."""
    return trade.length == 1 and any(trade.first in (pair.first, pair.last) and pair.code != trade.entry.name for pair in pairs)


def _is_supplied(trade: Match, doing: Sequence[Match], found: Sequence[Token], language: str) -> bool:
    """Those to whom something is sold: "to cafes", "a supermercados"."""
    to = any(found[k].word == _TO[language] for k in range(max(0, trade.first - 2), trade.first))
    return to and any(act.first < trade.first for act in doing if act.entry.name not in ("do",))


def _described(hit: Match, hits: Sequence[Match], found: Sequence[Token], language: str) -> float:
    """Less for what only describes: "restaurant" in "restaurant software", "auto" and "home" in "auto and home policies"."""
    for other in hits:
        if other.entry.name == hit.entry.name or other.length > 3:
            continue
        if language in ("en", "de"):
            between = range(hit.last + 1, other.first)
            joined = len(between) == 1 and found[between[0]].word in _LINKS and _heads_thing(other, hits, found)
            run = other.first > hit.last and all(_is_known(k, hits) for k in between) and len(between) < 2
            unbroken = run and not any(found[k].gap.strip(" -") for k in range(hit.last + 1, other.first + 1))
            if (unbroken and _is_head(other, hit)) or (joined and language == "en" and hit.entry.kind == "thing"):
                return _HALF
        elif _is_head(other, hit):
            between = range(other.last + 1, hit.first)
            if 1 <= len(between) <= 2 and all(found[k].word in _OF for k in between):
                return _HALF
    return 1.0


def _is_known(place: int, hits: Sequence[Match]) -> bool:
    return any(hit.entry.kind == "act" and hit.first == hit.last == place and hit.entry.name != "do" for hit in hits)


def _is_head(other: Match, hit: Match) -> bool:
    """Whether a word can be what another one beside it describes."""
    if other.entry.kind == "act":
        return hit.entry.kind != "act" and "alone" in acts()[other.entry.name]
    return other.entry.kind == "trade" or hit.entry.kind != "act"


def _heads_thing(other: Match, hits: Sequence[Match], found: Sequence[Token]) -> bool:
    """ "Home" in "auto and home policies": a thing that describes the next one."""
    return other.entry.kind == "thing" and any(
        one.entry.kind == "thing" and one.first == other.last + 1 and not found[one.first].gap.strip(" -") for one in hits
    )


def _pairs(found: Sequence[Token], weights: Sequence[float], hits: Sequence[Match], language: str) -> Iterator[Evidence]:
    doing = [hit for hit in hits if hit.entry.kind == "act"]
    having = [hit for hit in hits if hit.entry.kind == "thing"]
    places = sorted({hit.first for hit in doing})
    for place in places:
        here = [hit for hit in doing if hit.first == place]
        here = [hit for hit in here if hit.length > 1 and is_parted(hit.entry)] or here  # "bauen … um" is not "bauen"
        end = max(hit.last for hit in here)
        if min(weights[place : end + 1]) == 0 or _is_participle(place, doing, found):
            continue
        for thing in having:
            noun = all("noun" in acts()[hit.entry.name] for hit in here)
            if noun and (_is_after_colon(end, thing, found) or (language == "en" and _is_described_by(end, thing, found))):
                continue
            share = _bond(place, end, thing, places, found, weights)
            if share:
                others = [hit for hit in hits if hit.first != place]
                share *= _described(thing, others, found, language) if language != "de" else 1.0
                yield from _codes(here, thing, share * min(weights[place], MAIN))


def _is_participle(place: int, doing: Sequence[Match], found: Sequence[Token]) -> bool:
    """ "We sell refurbished phones": what was done with what is sold, by whomever."""
    return found[place].word.endswith("ed") and any(hit.last == place - 1 and _act(hit) in _TRADING for hit in doing)


def _is_described_by(end: int, thing: Match, found: Sequence[Token]) -> bool:
    """ "School uniforms": a noun before the thing is not what is done with it, but for "school for dancing" and "a shop, bikes"."""
    between = range(end + 1, thing.first + 1)
    return thing.first > end and not any(found[k].word in ("of", "for", "with") or _PAUSE.search(found[k].gap) for k in between)


def _is_after_colon(end: int, thing: Match, found: Sequence[Token]) -> bool:
    """ "Unser Geschäft: Weinbau" is no shop for it."""
    return thing.first > end and any(":" in found[k].gap for k in range(end + 1, thing.first + 1))


def _is_bulk(found: Sequence[Token], hits: Sequence[Match], weights: Sequence[float], language: str) -> bool:
    """Whether what is sold goes to other businesses."""
    if not any(hit.entry.name in ("sell", "shop", "wholesale", "G47") for hit in hits):
        return False
    if any(hit.entry.name == "wholesale" and min(weights[hit.first : hit.last + 1]) > 0 for hit in hits):
        return True
    business, to = words("whose", "b2b"), _TO[language]
    return any(
        token.word in business and any(found[k].word == to for k in range(max(0, index - 3), index)) for index, token in enumerate(found)
    )


def _bond(place: int, end: int, thing: Match, places: Sequence[int], found: Sequence[Token], weights: Sequence[float]) -> float:
    """How closely a thing belongs to the act: after it before the next one, or just before it; 0 when not at all."""
    weight = min(weights[thing.first : thing.last + 1])
    if weight == 0:
        return 0.0
    weight = max(weight, 0.75) if thing.first > end and weight >= 0.3 else weight
    if place < thing.first and thing.last < end:
        return weight  # between the parts of a verb: "wir stellen Uhren her"
    if thing.first <= end and place <= thing.last:
        return weight if thing.length == 1 and thing.share < 1 else 0.0  # parts of one compound
    low, high = (end, thing.first) if thing.first > end else (thing.last, place)
    if high - low > _NEAR or any(STOP.search(found[k].gap) for k in range(low + 1, high + 1)):
        return 0.0
    others = [other for other in places if low < other < high and not _joined(other, place, found)]
    distance = 1.0 - 0.03 * (high - low - 1)
    if thing.first > end:
        return weight * distance * (0.6 if others else 1.0)
    return weight * distance * (0.35 if others else 0.95 if high == low + 1 else 0.8)


def _joined(one: int, other: int, found: Sequence[Token]) -> bool:
    """ "Make and sell": acts beside each other have one thing."""
    low, high = sorted((one, other))
    return high - low <= 2 and all(token.word in _LINKS for token in found[low + 1 : high])


def _act(hit: Match) -> str:
    """The act whose divisions count: those of "shop" are those of selling."""
    return acts()[hit.entry.name].get("as", hit.entry.name)


def _kind(hit: Match, codes: Mapping[str, str]) -> str:
    """Under which name of its own or of the act that it shares a thing has a code: a pizza plant is no pizzeria."""
    return next((name for name in (hit.entry.name, _act(hit)) if name in codes), "")


def _codes(here: Sequence[Match], thing: Match, share: float) -> Iterator[Evidence]:
    codes = things()[thing.entry.name]
    share *= thing.share if thing.share == 1 else 0.95
    first, last = min(here[0].first, thing.first), max(here[0].last, thing.last)
    said = sorted((hit for hit in here if _kind(hit, codes)), key=lambda hit: list(acts()).index(hit.entry.name))
    if said:
        weight = SAFE_PAIR if said[0].entry.name == "do" else PAIR
        whole = codes[_kind(said[0], codes)]
        yield Evidence(whole[0] if "section" in acts()[said[0].entry.name] else whole, share * said[0].share * weight, first, last, "pair")
        return
    if thing.last < here[0].first and "alone" in codes and any(hit.entry.name == "repair" for hit in here):
        return  # "medical billing service" is no repair: the thing says it alone
    anyhow = next((code for hit in here if (code := acts()[hit.entry.name].get("any"))), None)
    if anyhow:
        yield Evidence(anyhow, share * SAFE_PAIR, first, last, "pair")
