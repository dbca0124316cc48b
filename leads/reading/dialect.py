"""Ways of speaking put into plain words before money and people are read: "500 lucas", "b/w 35 and 45k", "99 dollars and 50 cents"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from leads.reading.clauses import number_words
from leads.reading.message import Message, alternatives, any_of, data, fold, words

_NEAR = 24  # characters in which a number word begins
_ENDS = (  # what stands behind such a word when it belongs to the number before it
    r"(?=\s*(?:$|[.,;:!?()\n/-]|(?:per|por|par|pro|each|every|im|al|in|total|max|tops|or so|incl|including|all|put|set|for|to|if|is)\b"
    r"|an? (?:year|month|quarter)))"
)


def rewrites(message: Message) -> list[tuple[int, int, str]]:
    """``(start, end, plain words)`` of what is said otherwise, in order and apart from each other."""
    apart: list[tuple[int, int, str]] = []
    for found in sorted((*_words(message), *_behind(message), *_cents(message), *_letters(message), *_headed(message))):
        if not apart or found[0] >= apart[-1][1]:
            apart.append(found)
    return apart


@cache
def _plain(country: str) -> dict[str, str]:
    source = data("dialect")
    return {fold(said): plain for said, plain in {**source["words"], **source["by_country"].get(country, {})}.items()}


def _words(message: Message) -> Iterator[tuple[int, int, str]]:
    plain = _plain((message.country or "").upper())
    for match in any_of(plain).finditer(message.low):
        yield match.start(), match.end(), plain[re.sub(r"\s+", " ", match[1])]


@cache
def _behind_numbers() -> tuple[dict[str, str], re.Pattern[str]]:
    plain = {fold(said): right for said, right in data("dialect")["behind_numbers"].items()}
    return plain, re.compile(rf"({alternatives(plain).replace('(?<![a-z0-9])', '(?<![a-z])')}){_ENDS}")


@cache
def _number_before() -> re.Pattern[str]:
    return re.compile(rf"(?:[0-9][km]?|{alternatives(number_words())})(?:,? |-)?$")


def _behind(message: Message) -> Iterator[tuple[int, int, str]]:
    plain, pattern = _behind_numbers()
    for match in pattern.finditer(message.low):
        if not _number_before().search(message.low[max(0, match.start() - _NEAR) : match.start()]):
            continue
        yield match.start(1), match.end(1), plain[re.sub(r"\s+", " ", match[1])]


@cache
def _small_money() -> re.Pattern[str]:
    small = alternatives(words("dialect", "cents"))
    return re.compile(rf"(?<![\d.,])(\d{{1,7}})( ?[a-z]{{1,12}}),? (?:(?:and|et|y|und|con) )?(\d{{1,2}}) ?(?:{small})")


_LETTER_ZEROS = re.compile(r"(?<![a-z0-9.,])\d[\d.,]*o[\do.,]*(?:k|m)?(?![a-z])")  # "1O0", "5,OOO"
_NO_WHOLE = re.compile(r"(?<![\w.,])\.(?=\d{1,2} ?(?:k|m|mio|mil|mill|million|millones|millionen)(?![a-z]))")  # ".5m"

_KILO_POINT = re.compile(r"(?<![\w.,])(\d{1,3})k(\d)(?!\w)")  # "1k5"
_KILO_ISH = re.compile(r"(?<![\w.,])(\d{1,3})-?ish ?k(?!\w)")  # "5-ish k"


def _letters(message: Message) -> Iterator[tuple[int, int, str]]:
    for match in _LETTER_ZEROS.finditer(message.low):
        if len(match[0]) > 2:
            yield match.start(), match.end(), match[0].replace("o", "0")
    for match in _KILO_POINT.finditer(message.low):
        yield match.start(), match.end(), f"{match[1]}.{match[2]}k"
    for match in _KILO_ISH.finditer(message.low):
        yield match.start(), match.end(), f"{match[1]}k-ish"
    for match in _NO_WHOLE.finditer(message.low):
        yield match.start(), match.end(), "0."


def _headed(message: Message) -> Iterator[tuple[int, int, str]]:
    """ "Fünfköpfiges Team": the number by itself."""
    for match in re.finditer(r"(?<![a-z])([a-z]{2,24}|[0-9]{1,4}-?)(?=kopfig)", message.low):
        yield match.start(), match.end(), f"{match[0].rstrip('-')} "


def _cents(message: Message) -> Iterator[tuple[int, int, str]]:
    for match in _small_money().finditer(message.low):
        yield match.start(), match.end(), f"{match[1]}.{int(match[3]):02}{match[2]}"
