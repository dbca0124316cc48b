"""Terms of the lexicon in the words of a message: as they are, apart, and inside compounds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leads.reading.lexicon import FILLERS, Entry, lexicon
from leads.reading.message import words
from leads.reading.wordforms import Token, heads, stem, unlinked, without_digraphs

_PARTICLES = ("bei", "ab", "an", "aus", "auf", "her", "um", "ein", "zu", "vor")
_APART = frozenset(("for", "fur", "pour", "para", "with", "mit", "avec", "con", "to", "and", "und", "et", "y", "or", "oder", "ou", "by"))
_PLAIN = 4  # letters of heads that are only looked up as they are
_SHORTEST = 3  # letters of the head of a compound; only for acts ("…bau")
_REACH = 7  # words between the first and the last of a term
STOP = re.compile(r"[.!?;\n]")


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


def matches(found: Sequence[Token], language: str, sure: bool = True) -> list[Match]:
    """All terms of one language in the words, without those that lie inside longer ones; ``sure`` when it is the text's language."""
    stems = [stem(token.word, language) for token in found]
    known = lexicon(language)
    common = words("whose", "common")
    all_found: list[Match] = []
    for index, token in enumerate(found):
        hits = [hit for entry in known.terms.get(stems[index], ()) if (hit := _at(stems, found, index, entry))]
        if token.word not in common:
            if token.word in known.exact and token.word not in known.acting:
                hits = [hit for hit in hits if hit.length > 1]
            hits += [Match(entry, index, index) for entry in known.nouns(token.word, language)]
        else:
            hits = [hit for hit in hits if hit.length > 1 or hit.entry.name == "do"]
        hits = [hit for hit in hits if hit.entry.kind != "act" or hit.length > 1 or known.is_act(token.word, language)]
        all_found += hits
        if len(token.word) > 5 and token.word not in common and not any(hit.length == 1 for hit in hits):
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
        if place is None or any(STOP.search(found[k].gap) for k in range(places[-1] + 1, place + 1)):
            return None
        places.append(place)
    for wanted in reversed(entry.stems[:pivot]):
        place = next((k for k in range(places[0] - 1, max(places[0] - _REACH, -1), -1) if stems[k] == wanted), None)
        if place is None or any(STOP.search(found[k].gap) for k in range(place + 1, places[0] + 1)):
            return None
        places.insert(0, place)
    inside = range(places[0] + 1, places[-1] + 1)
    if not is_parted(entry) and any((found[k].word in _APART and k not in places) or "," in found[k].gap for k in inside):
        return None
    between = sum(found[k].word not in FILLERS for k in range(places[0], places[-1] + 1)) - len(entry.stems)
    return Match(entry, places[0], places[-1], 1.0 if between <= 0 else 0.8) if between <= (5 if is_parted(entry) else 2) else None


def is_parted(entry: Entry) -> bool:
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
        if head in words("whose", "any_trade"):
            entries = next((found for form in unlinked(before) if (found := known.head(form, language))), [])
            yield from (Match(entry, index, index, 0.9) for entry in entries)
            if entries:
                return
        if head in words("whose", "common") or not (entries := known.head(head, language)):
            continue
        if len(head) == _SHORTEST and not any(entry.kind == "act" for entry in entries):
            continue
        if len(head) <= _PLAIN and head not in known.exact and head not in known.acting:
            continue
        modifiers = next((found for form in unlinked(before) if (found := known.nouns(form, language))), [])
        if not (sure or modifiers):
            continue
        yield from (Match(entry, index, index, 0.9) for entry in entries)
        yield from (Match(entry, index, index, 0.6) for entry in modifiers if entry.kind == "thing")
        return


def _outer(found: list[Match]) -> list[Match]:
    """Without terms that lie inside a longer one whose words stand together."""
    long = [one for one in found if len(one.entry.stems) > 1 and one.share == 1.0]
    return [
        one
        for one in found
        if not any(
            other is not one and other.first <= one.first and one.last <= other.last and len(other.entry.stems) > len(one.entry.stems)
            for other in long
        )
    ]
