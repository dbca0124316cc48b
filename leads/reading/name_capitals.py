"""Names typed with capitals: as far as these go, with particles between them."""

from __future__ import annotations

from collections.abc import Sequence

from leads.reading.message import words
from leads.reading.name_cut import Word, is_suffix, listed, phrases_of
from leads.reading.name_words import (
    is_calling,
    is_common,
    is_english,
    is_family,
    is_formed,
    is_given,
    is_little,
    is_never,
    is_title,
    is_word,
)

_MOST_WORDS = 6
_SHORTEST = 2  # letters of a name: "Xi"


def capital_name(said: Sequence[Word], place: int, cue: int, titled: bool, language: str) -> list[Word]:
    """A name in capitals: as far as they go, with particles between them."""
    first = said[place]
    known = is_given(first.low)
    initial = len(first.low) == 1 and first.dot
    two = place + 1 < len(said) and said[place + 1].capital and not is_word(said[place + 1].low)
    if is_never(first.low) and not titled and not initial and not (known and (two or (is_english(first.low) and not is_little(first.low)))):
        pair = cue == 0 and place + 2 == len(said) and said[place + 1].capital and first.low in listed("days")
        if not pair:
            return []
    row = [first]
    while place + len(row) < len(said) and len(row) < _MOST_WORDS + 2:
        at = place + len(row)
        word = said[at]
        if word.number or phrases_of("closes").whole(said, at):
            break
        if is_suffix(word):
            row.append(word)
            continue
        if word.low in listed("degrees") and (word.text.upper() == word.text or len(word.low) > 2) and not is_family(word.low):
            break
        if word.low in listed("jobs") and not (known and is_family(word.low) and word.text[1:].islower() and at + 1 == len(said)):
            break
        if word.capital and not (is_title(word, language) and len(word.low) > 1 and not is_family(word.low) and len(row) == 0):
            row.append(word)
            continue
        if word.low in listed("particles") and _particle_before_capital(said, at):
            row.append(word)
            continue
        break
    while len(row) > 1 and row[-1].low in listed("particles") and not row[-1].text[0].isupper() and not is_suffix(row[-1]):
        row.pop()
    if not titled and not _is_name_like(row, cue, said[place + len(row) :]):
        return []
    return row if len(row) <= _MOST_WORDS else []


def _particle_before_capital(said: Sequence[Word], at: int) -> bool:
    """Whether a name goes on behind a particle: not with a place of work, "von der Firma"."""
    for word in said[at + 1 : at + 3]:
        if word.low in listed("particles") and not word.capital:
            continue
        noun = said[at].low in ("vom", "zum", "zur", "am", "im") and is_common(word.low) and not is_family(word.low)
        return word.capital and not noun and word.low not in listed("jobs") and word.low not in listed("people") and not word.number
    return False


def _is_name_like(row: list[Word], cue: int, behind: Sequence[Word]) -> bool:
    """Whether capitalised words are a name and not a sentence's beginning, a job or a thing."""
    parts = listed("particles") - {row[0].low} if is_given(row[0].low) else listed("particles")  # "Ben Ode"
    said = [word for word in row if (word.low not in parts and len(word.low) > 1) or len(row) == 1]
    if len(said) < len(row) and row[0].dot and said:
        return not is_never(said[0].low)  # initials
    if not said:
        return False
    first = said[0]
    plain = [is_word(word.low) and not (is_given(word.low) or is_family(word.low)) for word in said]
    if is_given(first.low):
        if first.low in words("people", "not_names") and len(said) == 1 and behind and cue == 0 and first.low not in ("may", "will"):
            return False
        if len(said) > 1:
            return not (is_word(first.low) and all(plain[1:]) and cue == 0)
        return True
    if cue > 1:
        return not (is_word(first.low) and len(said) == 1 and (is_never(first.low) or first.low in listed("words_first")))
    if len(said) == 1:
        if is_calling(first.low, small=False):
            return False
        return not (is_word(first.low) or is_formed(first.low)) or (
            (is_family(first.low) or len(first.low) == _SHORTEST) and cue == 0 and not behind and not is_little(first.low)
        )
    if is_never(first.low) or (plain[0] and is_common(first.low)):
        return not is_given(said[1].low) and not any(plain[1:]) and not behind
    return not all(is_word(word.low) or is_formed(word.low) for word in said) and not (
        plain[-1] and not any(is_given(word.low) for word in said)
    )
