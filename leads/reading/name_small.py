"""Names typed in one case: everyday words end them, unless they are family names behind a given one."""

from __future__ import annotations

from collections.abc import Sequence

from leads.reading.name_cut import Word, is_suffix, listed, phrases_of
from leads.reading.name_others import names_place
from leads.reading.name_words import is_also_word, is_calling, is_family, is_formed, is_given, is_little, is_never, is_season, is_word

_MOST_WORDS = 6


def small_name(said: Sequence[Word], place: int, cue: int, titled: bool, small: bool) -> list[Word]:
    """A name in small letters (or all in capitals): everyday words end it, unless they are family names behind a given one."""
    first = said[place]
    if not titled and not _may_begin_small(said, place, cue):
        return []
    if not small and cue < 1 and not is_given(first.low):
        return []
    row = [first]
    while place + len(row) < len(said) and len(row) < _MOST_WORDS:
        at = place + len(row)
        word = said[at]
        if word.own and at + 1 < len(said):
            break
        if is_suffix(word):
            row.append(word)
            continue
        if len(word.low) == 1 and word.latin and word.low not in listed("particles"):
            if not word.dot and not (at + 1 < len(said) and is_family(said[at + 1].low) and not is_little(said[at + 1].low)):
                break
            row.append(word)
            continue
        if word.number or phrases_of("closes").whole(said, at) or not (_goes_on_small(word, row) or _particle_small(said, at)):
            break
        row.append(word)
    while (
        len(row) > 1
        and row[-1].low in listed("particles")
        and not (is_suffix(row[-1]) or (is_family(row[-1].low) and not is_never(row[-1].low)))
    ):
        row.pop()
    if len(row) == 1 and _has_strange_family(said, place):
        row.append(said[place + 1])
    return row if len(row) <= _MOST_WORDS else []


def _has_strange_family(said: Sequence[Word], place: int) -> bool:
    """Whether a given name has one more word behind it, and no other, that is a thing rather than speech: "rainer zufall"."""
    if place + 2 != len(said) or not is_given(said[place].low) or is_also_word(said[place].low):
        return False
    low = said[place + 1].low
    speech = is_little(low) or is_never(low) or low in listed("others_do") or low in listed("people") or low.endswith("ly")
    return not (
        speech
        or said[place + 1].number
        or phrases_of("closes").at(said, place + 1)
        or phrases_of("fillers").at(said, place + 1)
        or names_place(low)
    )


def _may_begin_small(said: Sequence[Word], place: int, cue: int) -> bool:
    """Whether a word typed small may be the first of a name."""
    low = said[place].low
    if is_never(low):
        whole = place + 1 == len(said)
        return is_given(low) and (
            (not whole and is_family(said[place + 1].low) and not is_little(said[place + 1].low)) or (is_season(low) and whole)
        )
    if cue == 1 and place + 1 == len(said) and is_calling(low, small=True):
        return False
    if not is_word(low) or is_given(low):
        return True
    return not is_little(low) and (cue > 2 or (cue == 2 and is_family(low)))


def _goes_on_small(word: Word, row: list[Word]) -> bool:
    low = word.low
    before = row[-1].low
    if before in listed("sure_particles"):
        return not is_never(low) or is_family(low)
    if is_little(low) or (is_never(low) and not (is_family(low) and is_given(row[0].low) and low not in listed("jobs"))):
        return False
    if is_word(low):
        return (is_family(low) and (is_given(row[0].low) or len(row[0].low) == 1)) or (
            is_given(low) and is_given(row[0].low) and low not in listed("words_first")
        )
    return is_given(low) or is_family(low) or not is_formed(low)


def _particle_small(said: Sequence[Word], at: int) -> bool:
    low = said[at].low
    if low not in listed("particles") or at + 1 >= len(said):
        return False
    after = said[at + 1].low
    if after in listed("particles"):
        return at + 2 < len(said) and _particle_small(said, at + 1)
    if is_never(after):
        return False
    if low in ("y", "i", "e", "und", "in", "im", "an", "am", "auf", "do", "te", "op"):
        return False
    return is_family(after) or (not is_word(after) and not names_place(after)) or (low in listed("sure_particles") and not is_never(after))
