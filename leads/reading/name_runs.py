"""Runs of words that are written like a name, from a place in a message on, and whether what stands behind them goes on like speech."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from leads.reading.company_words import meaningless
from leads.reading.message import data
from leads.reading.name_capitals import capital_name
from leads.reading.name_cut import Word, listed, phrases_of
from leads.reading.name_others import is_city_first, is_company, is_place, without_place
from leads.reading.name_small import small_name
from leads.reading.name_words import is_also_word, is_given, is_title

_MOST_SMALL = 4
_CJK_LETTERS = 6


@dataclass(frozen=True)
class Run:
    """Words of a name; ``end`` is the number of the word behind them, ``given`` whether one is surely a given name."""

    said: tuple[Word, ...]
    end: int
    given: bool
    titled: bool = False


def run_at(said: Sequence[Word], place: int, cue: int, language: str, *, small: bool, shouted: bool) -> Run | None:
    """The name that begins with the word at ``place``, if one does."""
    begun = place
    while place < len(said) and _is_title_before(said, place, language):
        place += 1
    titled = place > begun
    if place >= len(said) or said[place].number:
        return None
    word = said[place]
    if not word.latin:
        return _elsewhere(said, place, cue)
    row = small_name(said, place, cue, titled, small) if shouted or not word.capital else capital_name(said, place, cue, titled, language)
    if not row:
        return None
    row = without_place(row)
    if is_company(row, said[place + len(row) :]) or (len(row) == 1 and len(row[0].text) < 2):
        return None
    if len(row) == 1 and cue < 2 and not row[0].dot and not is_given(row[0].low) and meaningless(row[0].text):
        return None
    given = any(is_given(one.low) and not is_also_word(one.low) for one in row) or (is_given(row[0].low) and len(row) > 1)
    if len(row) == 1 and cue < 2 and not titled and is_city_first(row[0].low):
        return None
    if len(row) <= 2 and not is_given(row[0].low) and cue < 2 and not titled and is_place(row):
        return None
    return Run(tuple(row), _end_of(said, place + len(row)), given or (cue > 1), titled)


def _end_of(said: Sequence[Word], place: int) -> int:
    """Behind the degrees that follow a name."""
    while place < len(said) and said[place].low in listed("degrees") and not said[place].stop:
        place += 1
    return place


def _is_title_before(said: Sequence[Word], place: int, language: str) -> bool:
    if place + 1 >= len(said) or said[place + 1].stop.strip("-.") or not is_title(said[place], language):
        return False
    word, after = said[place], said[place + 1]
    if word.low in ("don", "dona", "m", "d", "c", "me", "mag", "graf", "coach", "officer", "chief", "judge", "father", "lord", "sir"):
        return after.capital == word.capital or word.low in ("don", "dona")
    return True


def _elsewhere(said: Sequence[Word], place: int, cue: int) -> Run | None:
    """A name in another script: all of a segment, or what is announced."""
    row: list[Word] = []
    for word in said[place:]:
        if word.latin or word.number or word.low in listed("elsewhere") or phrases_of("closes").at([word], 0):
            break
        if any(word.text.startswith(begin) for begin in data("asked_name")["elsewhere_begins"]):
            return None
        row.append(word)
    ideographs = any("\u3040" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7af" for sign in row[0].text) if row else False
    text = "".join(word.text for word in row)
    row, announced = _unglued(row)
    text = "".join(word.text for word in row)
    cue = max(cue, announced)
    if not row or len(row) > _MOST_SMALL or (ideographs and len(text) > _CJK_LETTERS) or (len(text) < 2 and cue < 2):
        return None
    return Run(tuple(row), place + len(row), cue > 0)


def _unglued(row: list[Word]) -> tuple[list[Word], int]:
    """Without what scripts without blanks write directly before and behind a name; how strongly that announces it."""
    announced = 0
    while row:
        first, last = row[0], row[-1]
        before = next((sign for sign in data("asked_name")["glued_before"] if first.text.startswith(sign)), "")
        behind = next((sign for sign in data("asked_name")["glued_behind"] if last.text.endswith(sign)), "")
        if not before and not behind:
            break
        announced = 2
        cut_first = replace(first, text=first.text[len(before) :], low=first.low[len(before) :], start=first.start + len(before))
        row = [cut_first, *row[1:]] if cut_first.text else row[1:]
        if behind and row:
            last = row[-1]
            cut_last = replace(last, text=last.text.removesuffix(behind), low=last.low.removesuffix(behind), end=last.end - len(behind))
            row = [*row[:-1], cut_last] if cut_last.text else row[:-1]
    return row, announced
