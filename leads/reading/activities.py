"""What a company does, told in the visitor's own words ("we fix teeth"): the division whose terms fit best.

Terms and words are compared by their stems (Snowball), so that "fixing teeth" finds "fix teeth"; a term of several words fits when
all of them stand near each other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import snowballstemmer

from leads.reading.message import Message, data, fold, text_lines, words

_WORD = re.compile(r"[a-z0-9]+(?:['&-][a-z0-9]+)*")
_REACH = 5  # words between the first and the last of a term
_CLEAR = 0.5  # by so much the best must be better than the next division
_STEMMERS = {"en": "english", "de": "german", "fr": "french", "es": "spanish"}
_SEVERAL = 1.7  # a term of two words and more
_WE_ARE = (
    r"we're|we are|i'm|i am|it's|we run|i run|we own|i own|we have|wir sind|ich bin|wir haben|wir betreiben"
    r"|on est|nous sommes|je suis|on a|somos|soy"
)
_KIND = r"an?|the|ein\w*|un|une|una|small|little|family|kleine\w*|petit\w*|pequen\w*"
_OWN = re.compile(rf"\b(?:{_WE_ARE})\s+(?:(?:{_KIND})\s+)*(?:[a-z-]+\s)?$")
_FOR = ("for", "fur", "pour", "para", "to", "an")


@dataclass(frozen=True)
class Activity:
    """A division of the list with the place of the words that speak for it; ``clear`` when no other fits nearly as well."""

    code: str
    label: str
    start: int
    end: int
    clear: bool


_WHOSE = r"my|your|his|her|mein\w*|dein\w*|mon|ma|mi"
_WHERE = r"at|in|above|next to|near|by|with|ask|from|to|about|bei|beim|im|uber|neben|au|chez|en|con"
_ARTICLE = r"the|an?|my|our|ein\w*|dem|der|den|un|une|una|el|la|le"
_OTHERS = re.compile(rf"(?:\b(?:{_WHOSE})\s+|\b(?:{_WHERE})\s+(?:(?:{_ARTICLE})\s+)|\b(?:beim|au)\s+|brother in law is an?\s+)$")
_TRADE = re.compile(r"[ -](?:business|industry|sector|trade|space|field|branche|gewerbe|sektor|secteur|metier)")
_SHORT = 2  # letters of a stem that says nothing by itself
_FEW = 4  # words of a message in which one word says enough


@dataclass(frozen=True)
class _Term:
    stems: tuple[str, ...]
    code: str


def activity(message: Message) -> Activity | None:
    """The division that fits best, or ``None``."""
    found = [match.span() for match in _WORD.finditer(message.low)]
    scores: dict[str, float] = {}
    spans: dict[str, tuple[int, int]] = {}
    for language in _languages(message):
        said = [_stem(message.low[start:end], language) for start, end in found]
        for index, stem in enumerate(said):
            for term in _terms(language).get(stem, ()):
                last = _last(said, index, term)
                if last is None:
                    continue
                if len(term.stems) == 1 and (
                    is_others(message, *found[index]) or _word(message, found[index]) in words("people", "not_names")
                ):
                    continue
                score = 1.0 + 0.9 * (len(term.stems) - 1) + 0.02 * len("".join(term.stems)) - 0.8 * _is_customers(message, found, index)
                if score > scores.get(term.code, 0.0):
                    scores[term.code], spans[term.code] = score, (found[min(index, last)][0], found[max(index, last)][1])
    if not scores:
        return None
    first, *rest = sorted(scores, key=lambda code: (-scores[code], code))
    clear = not rest or scores[first] - scores[rest[0]] >= _CLEAR
    enough = scores[first] >= _SEVERAL or len(found) <= _FEW or _is_own(message, spans[first])
    return Activity(first, label(first), *spans[first], clear and enough)


def _is_own(message: Message, span: tuple[int, int]) -> bool:
    """Whether one word is said of themselves: "we are a bakery in …", "I'm a dentist"."""
    return _OWN.search(message.low[: span[0]]) is not None


def _word(message: Message, span: tuple[int, int]) -> str:
    return message.low[span[0] : span[1]]


def is_others(message: Message, start: int, end: int) -> bool:
    """Whether a trade is somebody else's: "ask my lawyer", "I'm at the gym", "our office is above a bakery"."""
    return _OTHERS.search(message.low[:start]) is not None and _TRADE.match(message.low, end) is None


def label(code: str) -> str:
    """What a division is called in plain words."""
    return str(data("activities")["labels"][code])


def _languages(message: Message) -> tuple[str, ...]:
    """The visitor's language, if we have terms in it, and English."""
    own = (message.locale or "")[:2]
    return (own, "en") if own in _STEMMERS and own != "en" else ("en",) if own == "en" else tuple(_STEMMERS)


@cache
def _stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(_STEMMERS[language])


@cache
def _stem(word: str, language: str) -> str:
    return str(_stemmer(language).stemWord(word))


@cache
def _terms(language: str) -> dict[str, list[_Term]]:
    """Terms by each one's rarest stem, which is the longest."""
    found: dict[str, list[_Term]] = defaultdict(list)
    for line in text_lines("activities"):
        code, spoken, names = line.split(" ", 2)
        for name in names.split(", ") if spoken == language else ():
            stems = tuple(_stem(word, language) for word in _WORD.findall(fold(name)) if word not in _FILLERS)
            if len(stems) > 1 or (stems and len(stems[0]) > _SHORT and name not in words("people", "not_names")):
                found[max(stems, key=len)].append(_Term(stems, code))
    return found


_FILLERS = frozenset("a an the of for and in de la le les du des d l el los las y et und fur der die das pour para".split())  # noqa: SIM905


def _last(said: list[str], index: int, term: _Term) -> int | None:
    """Where the farthest word of the term stands, when all are near this one."""
    near = range(max(0, index - _REACH), min(len(said), index + _REACH + 1))
    places = []
    for stem in term.stems:
        where = [place for place in near if said[place] == stem]
        if not where:
            return None
        places.append(min(where, key=lambda place: abs(place - index)))
    return max(places, key=lambda place: abs(place - index))


def _is_customers(message: Message, found: list[tuple[int, int]], index: int) -> bool:
    """ "Software for dentists": what comes after "for" is the customers' trade."""
    before = [message.low[start:end] for start, end in found[max(0, index - 3) : index]]
    return index > 1 and any(word in _FOR for word in before)
