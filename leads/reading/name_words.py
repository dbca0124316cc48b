"""What a word may be where a name is asked for: a given name, a family name, an everyday word, a title."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from leads.reading.message import data, text_lines, words
from leads.reading.name_cut import Word, listed, plain

_REMEMBERED = 20_000
_ELIDED = frozenset({"j", "qu", "m", "n", "s", "c", "t", "lorsqu", "puisqu"})
_COMPOUND, _PART = 9, 4  # letters of a compound and of its parts
_ROOT, _STEM = 4, 3  # letters before an ending


def _ends_with(low: str, key: str) -> bool:
    return any(low.endswith(ending) and len(low) - len(ending) >= _STEM for ending in data("asked_name")[key])


@cache
def given_names() -> frozenset[str]:
    """Folded given names of many countries."""
    return frozenset(text_lines("given_names")) | words("given_names", "names")


@cache
def _families() -> frozenset[str]:
    return frozenset(word for line in text_lines("family_names") for word in line.split())


@cache
def everyday() -> frozenset[str]:
    """Words of our languages that are said often and are no names."""
    lists = frozenset(word for name in ("common_words", "everyday_words") for line in text_lines(name) for word in line.split())
    said = frozenset(
        word
        for key in ("fillers", "cues", "am", "closes", "of_others")
        for phrase in data("asked_name")[key]
        for word in plain(phrase).split()
    )
    own = listed("no_names") | listed("jobs") | listed("people") | listed("others_do") | listed("words_first") | listed("function_words")
    return frozenset(word.replace("ß", "ss") for word in lists) | (said - given_names()) | own | words("people", "not_names")


@lru_cache(_REMEMBERED)
def is_given(low: str) -> bool:
    """Whether somebody may have it for a given name: "anna", "anne-sophie"."""
    return low in given_names() or low in words("given_names", "short") or ("-" in low and any(map(is_given, low.split("-")[:2])))


@lru_cache(_REMEMBERED)
def is_family(low: str) -> bool:
    """Whether it is a family name, by a list or by its ending."""
    return low in _families() or ("-" in low and any(part in _families() for part in low.split("-"))) or _ends_with(low, "family_endings")


@lru_cache(_REMEMBERED)
def is_word(low: str) -> bool:
    """Whether it is an everyday word, whatever else it may be."""
    if "'" in low:
        begun, _, rest = low.partition("'")
        return (
            begun in _ELIDED
            or "n't" in low
            or rest in ("m", "re", "ll", "ve", "d")
            or (begun in ("l", "d") and (rest in everyday() or is_formed(rest)))
        )
    return low in everyday()


@cache
def _also() -> frozenset[str]:
    """Given names that are ordinary English words too."""
    return frozenset(text_lines("given_words"))


@cache
def _common() -> frozenset[str]:
    return frozenset(word for line in text_lines("common_words") for word in line.split())


def is_common(low: str) -> bool:
    """Whether it is among the most frequent words of our languages."""
    return low in _common() or low in words("people", "not_names")


def is_english(low: str) -> bool:
    """Whether a given name is an English word that is no rare name for it: "Will", "May", "Hope"."""
    return low in _also() or low in ("will", "may", "art", "hope")


def is_season(low: str) -> bool:
    """Whether it is a given name of the calendar: "April", "Summer"."""
    return low in _also() and low in words("people", "not_names")


def is_also_word(low: str) -> bool:
    """Whether a given name is an ordinary word as well: "mark", "hope"."""
    return low in _also() or low in listed("also_words") or low in everyday()


def is_little(low: str) -> bool:
    """Whether it is a word of grammar, which ends a name typed small."""
    return low in listed("function_words") or low in listed("remarks")


@lru_cache(_REMEMBERED)
def is_formed(low: str) -> bool:
    """Whether it is an everyday word with an ending, or made of two: "einkäuferin", "hausmeister"; for words that are not known."""
    if is_given(low) or low in _families() or not low.isascii():
        return False
    for ending in data("asked_name")["word_endings"]:
        if low.endswith(ending) and len(low) - len(ending) >= _ROOT and low.removesuffix(ending) in everyday():
            return True
    if len(low) < _COMPOUND:
        return False
    heads = ((low[:place], low[place:]) for place in range(_PART, len(low) - _PART + 1))
    return any(_part(tail) and any(_part(head.removesuffix(link)) for link in ("", "s", "n", "en", "e", "-")) for head, tail in heads)


def _part(word: str) -> bool:
    return len(word) >= _PART and (word in everyday() or word.removesuffix("in") in everyday() or word.removesuffix("en") in everyday())


def is_calling(low: str, *, small: bool) -> bool:
    """Whether an unknown word ends like a trade or a state: "bürokauffrau", "vegetarier"."""
    if is_given(low) or low in _families():
        return False
    return _ends_with(low, "callings") or (small and _ends_with(low, "small_callings"))


def is_never(low: str) -> bool:
    """What nobody is called, however it is written."""
    return low in words("people", "not_names") or low in listed("no_names") or low in listed("jobs") or "n't" in low


@cache
def _titles(language: str) -> frozenset[str]:
    found = data("asked_name")["titles"]
    return frozenset(plain(word) for word in [*found["any"], *found.get(language, [])])


def is_title(word: Word, language: str) -> bool:
    """ "Dr", "Prof.", "Dr.med"; single letters only with their dot."""
    parts = re.split(r"[.-]+", word.low)
    if not all(part in _titles(language) for part in parts):
        return False
    return len(parts) > 1 or word.dot or (parts[0] not in listed("dotted") and (parts[0] != "me" or word.text[0].isupper()))
