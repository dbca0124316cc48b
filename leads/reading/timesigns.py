"""What is said around times: wishes, refusals, the past, other people; each phrase of ``data/timeline.yml`` at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from leads.reading.message import Message, data, words
from leads.reading.timewords import Token, split, tokens

_ED = re.compile(r"[a-z]{2,}ed$")
_STEM = 4  # letters of the shortest stem
_BESIDE = ("other", "person", "may_follow", "cues", "past")  # lists that stand beside the signs


@dataclass(frozen=True)
class Sign:
    """A phrase of a list: tokens from ``index`` up to ``behind``."""

    group: str
    index: int
    behind: int


type Phrase = tuple[tuple[str, ...], str, str]  # its tokens, how it is written, its list


@cache
def _lexicon() -> Mapping[str, list[Phrase]]:
    source = data("timeline")
    found: dict[str, list[Phrase]] = {}
    for group, listed in (*source["signs"].items(), *((name, source[name]) for name in _BESIDE)):
        for written in {str(phrase).lower() for phrase in listed}:
            if written.endswith("*"):
                _stems_of(found, written, group)
            elif row := split(written):
                found.setdefault(row[0], []).append((row, written, group))
    return found


def _stems_of(found: dict[str, list[Phrase]], written: str, group: str) -> None:
    """ "start*" is any word that begins so; it is kept under its first letters."""
    stem = split(written)[0]
    found.setdefault(stem[:_STEM] + "*", []).append(((stem,), written, group))


@lru_cache(maxsize=4)
def signs(message: Message) -> tuple[Sign, ...]:
    """Every phrase of every list, in order; English past forms are ``did``."""
    return tuple(_signs(message.text.lower(), tokens(message)))


def _signs(typed: str, row: tuple[Token, ...]) -> Iterator[Sign]:
    for index, token in enumerate(row):
        passive = index > 0 and row[index - 1].low in words("timeline", "past_forms", "passive")
        for phrase, written, group in _lexicon().get(token.low, ()):
            part = row[index : index + len(phrase)]
            whole = len(part) == len(phrase) and all(one.low == word for one, word in zip(part, phrase, strict=True))
            if whole and not (group == "gone" and passive) and _as_typed(typed, part, written):  # "has to be spent" is not past
                yield Sign(group, index, index + len(phrase))
        for (stem,), _, group in _lexicon().get(token.low[:_STEM] + "*", ()):
            if token.low.startswith(stem):
                yield Sign(group, index, index + 1)
        if not passive and _ED.match(token.low) and token.low not in words("timeline", "past_forms", "not_ed"):
            yield Sign("did", index, index + 1)


def _as_typed(typed: str, part: tuple[Token, ...], written: str) -> bool:
    """Whether accents that were typed are those of the phrase: "wär" is not "war"; who types none is understood all the same."""
    said = typed[part[0].start : part[-1].end]
    return said.isascii() or not written.isascii() or len(part) > 1


def is_past(message: Message, start: int, end: int) -> bool:
    """Whether a stretch of text has a past form of German, French or Spanish, by its endings; where the language is known, of that."""
    language, typed = (message.locale or "").lower()[:2], message.text[start:end].lower()
    known = language if language in ("de", "fr", "es") else None
    return (
        (known in (None, "de") and _is_german_past(re.findall(r"[a-z]+", message.low[start:end])))
        or (known in (None, "fr") and _is_french_past(typed))
        or (known in (None, "es") and _is_spanish_past(typed))
    )


def _is_german_past(spoken: list[str]) -> bool:
    participle = _pattern(data("timeline")["past_forms"]["participle"])
    return any(word in words("timeline", "past_forms", "helpers") for word in spoken) and any(
        len(word) > 5 and participle.fullmatch(word) and word not in words("timeline", "past_forms", "planned") for word in spoken
    )


def _is_french_past(typed: str) -> bool:
    forms = data("timeline")["past_forms"]
    return any(not _pattern(forms["french_planned"]).search(match[0]) for match in _pattern(forms["french"]).finditer(typed))


def _is_spanish_past(typed: str) -> bool:
    return _pattern(data("timeline")["past_forms"]["spanish"]).search(typed) is not None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
