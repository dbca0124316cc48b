"""What a company does, told in the visitor's own words ("we fix teeth"): the division that most of what is said speaks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from leads.reading.certainty import certainty, features
from leads.reading.company_words import common
from leads.reading.evidence import Evidence, evidence
from leads.reading.lexicon import NEAR, lexicon
from leads.reading.message import Message, data, words
from leads.reading.terms import matches
from leads.reading.whose import Parts
from leads.reading.wordforms import LANGUAGES, Token, tokens

_ENOUGH = 1.0  # less is a hint, no answer
_DOUBTFUL = 0.45  # at most so certain when another code fits as well
_CLOSE = 0.85  # a second code with this share of the first makes it doubtful
_FOREIGN = 0.8  # of what English words say in a text in another language
_LONG_WORD, _MOST_SLIPS = 7, 4  # letters; words that are compared with all that are known
_STRONG = 2.0  # a sign of this weight says enough when another code has as much
_MORE = 0.3  # of each further sign for the same code
_MOST_SIGNS = 4


@dataclass(frozen=True)
class Activity:
    """A code of the list with the place of the words that speak for it; ``certainty`` is how likely it is right (0 to 1)."""

    code: str
    label: str
    start: int
    end: int
    certainty: float
    features: dict[str, float]

    @property
    def clear(self) -> bool:
        """Whether it may be kept without asking."""
        return self.certainty >= float(data("certainty")["enough"])


def activity(message: Message) -> Activity | None:
    """The division that fits best, its section when several of one fit as well, or ``None``."""
    found = tokens(message)
    return _read(message, found) or _read(message, _corrected(message, found))


def _corrected(message: Message, found: list[Token]) -> list[Token]:
    """With unknown words replaced by what they were meant to be ("resturant"); nothing when there are none."""
    changed, tried = list(found), 0
    for index, token in enumerate(found):
        if len(token.word) < _LONG_WORD or tried == _MOST_SLIPS or token.word in common():
            continue
        tried += 1
        near = next((known for language in _languages(message, found) if (known := lexicon(language).nearest(token.word, language))), None)
        if near is not None:
            changed[index] = Token(near, token.start, token.end, token.gap)
    return changed if changed != found else []


def _read(message: Message, found: list[Token]) -> Activity | None:
    parts = Parts(found, message.low)
    signs = _signs(message, found, parts)
    scores = _scores(signs)
    if not scores:
        return None
    code, clear = _decided(scores, signs)
    best = max((sign for sign in signs if sign.code[0] == code[0]), key=lambda sign: (sign.code.startswith(code), sign.weight))
    score = max(scores.values())
    second = max((value for one, value in scores.items() if one[0] != code[0]), default=0.0)
    facts = features(message, parts, best, signs, score, min(second, score), _languages(message, found)[0])
    sure = certainty(facts)
    clear = clear and score >= _ENOUGH
    return Activity(code, label(code), found[best.first].start, found[best.last].end, sure if clear else min(sure, _DOUBTFUL), facts)


def alternatives(message: Message, most: int = 3) -> list[str]:
    """The codes that something in the message speaks for, the likeliest first; those that say the same less exactly are left out."""
    found = tokens(message)
    scores = _scores(_signs(message, found, Parts(found, message.low)))
    codes: list[str] = []
    for code in sorted(scores, key=lambda one: (-scores[one], one)):
        if not any(code.startswith(other) or other.startswith(code) or label(code) == label(other) for other in codes):
            codes.append(code)
    return codes[:most]


def _signs(message: Message, found: Sequence[Token], parts: Parts) -> list[Evidence]:
    """What all languages say; English counts a little less in a text that is in another."""
    languages = _languages(message, found)
    signs: list[Evidence] = []
    for language in languages:
        sure = language == languages[0] and len(languages) < len(LANGUAGES)
        share = 1.0 if language == languages[0] or len(languages) == len(LANGUAGES) else _FOREIGN
        hits = matches(found, language, sure)
        if language != languages[0] and (message.locale or "")[:2] != "en":  # "j'ai" is no artificial intelligence
            others = _small(languages[0]) | _not_english(languages[0])
            hits = [hit for hit in hits if hit.first < hit.last or found[hit.first].word not in others]
        for sign in evidence(found, parts.weights, hits, language):
            signs.append(replace(sign, weight=sign.weight * share))
    return signs


def _scores(signs: Sequence[Evidence]) -> dict[str, float]:
    """The weight of each code: its best sign and a share of those at other places."""
    places: dict[str, dict[int, float]] = defaultdict(dict)
    for sign in signs:
        known = places[sign.code]
        key = sign.last
        known[key] = max(known.get(key, 0.0), sign.weight - 0.004 * sign.first)
    found = {}
    for code, weights in places.items():
        first, *rest = sorted(weights.values(), reverse=True)[:_MOST_SIGNS]
        found[code] = first + _MORE * sum(rest)
    return {code: score for code, score in found.items() if score > 0}


def _decided(scores: dict[str, float], signs: Sequence[Evidence]) -> tuple[str, bool]:
    """The best code and whether it is clear; of several good ones in one section the section."""
    first, *rest = sorted(scores, key=lambda code: (-scores[code], code))
    rivals = [code for code in rest if scores[code] >= _CLOSE * scores[first] and not code.startswith(first) and not first.startswith(code)]
    if not rivals:
        return first, True
    if all(code[0] == first[0] for code in rivals):
        return first[0], True
    said = {code: max((sign for sign in signs if sign.code == code), key=lambda sign: sign.weight) for code in (first, *rivals)}
    best = said[first]
    apart = [code for code in rivals if not (said[code].first <= best.last and best.first <= said[code].last)]
    if not apart:
        return first, True
    early = min((first, *apart), key=lambda code: said[code].first)  # of two trades the one that is named first
    return early, said[early].weight >= _STRONG


def label(code: str) -> str:
    """What a division or section is called in plain words."""
    return str(data("activities")["labels"][code])


def _languages(message: Message, found: Sequence[Token]) -> tuple[str, ...]:
    """The visitor's language, the one whose small words are in the text, and English."""
    counts = {language: sum(token.word in _small(language) for token in found) for language in LANGUAGES}
    own = (message.locale or "")[:2]
    own = NEAR.get(own, own)
    most = max(counts.values())
    likely = {language for language, count in counts.items() if count == most} if most else set()
    if own in LANGUAGES and (not most or counts[own] >= most):
        likely = {own}
    elif own in LANGUAGES:
        likely.add(own)
    if not likely:
        return tuple(LANGUAGES)
    return (*(language for language in LANGUAGES if language in likely and language != "en"), "en")


@cache
def _small(language: str) -> frozenset[str]:
    return words("activities", "small", language)


def _not_english(language: str) -> frozenset[str]:
    return words("activities", "not_english", language) if language != "en" else frozenset()
