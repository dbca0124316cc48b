"""What stands behind a name: nothing, a remark about it, or speech about somebody else."""

from __future__ import annotations

from collections.abc import Sequence

from leads.reading.name_cut import Word, listed, phrases_of
from leads.reading.name_runs import Run
from leads.reading.name_words import is_also_word, is_formed, is_given, is_never

_PAST = 4  # letters of a verb in the past with its ending, at least
_NEAR = 3  # words behind a name in which a verb tells that somebody else is meant


def ends_well(said: Sequence[Word], run: Run, cue: int, *, alone: bool, first: bool) -> bool | None:
    """Whether the run is all that its segment says; None when what stands behind it tells that it is no answer."""
    rest = said[run.end :]
    word = run.said[0]
    known = is_given(word.low) and not is_also_word(word.low)
    if run.said[-1].own:
        return True if rest and phrases_of("closes").whole(said, run.end) else None
    if not rest or phrases_of("closes").whole(said, run.end):
        return True if _stands_alone(run, cue, alone=alone, first=first, closed=bool(rest)) else None
    step = phrases_of("closes").at(said, run.end)
    if step and step > 1 and cue < 2:
        return False
    if cue > 1:
        return False
    behind = rest[0].low
    if cue == 0 and (behind in listed("others_do") or _of_other(rest)):
        return None
    if cue == 1 and behind in listed("who"):
        return None
    if cue == 0 and run.titled and behind not in listed("remarks"):
        return None
    if rest[0].number or behind in listed("remarks") or phrases_of("remarks").at(said, run.end) or phrases_of("closes").at(said, run.end):
        good = known or is_given(word.low) or cue or len(run.said) > 1 or ((word.capital or alone) and not rest[0].number)
        return False if good else None
    if cue:
        return False if known or len(run.said) > 1 or word.capital or not is_formed(word.low) else None
    if any(one.low in listed("others_do") for one in rest[:_NEAR]) or not (known or (len(run.said) > 1 and run.given)):
        return None
    return False


def _of_other(rest: Sequence[Word]) -> bool:
    """ "Karen in sales already has it": somebody else does something, and nobody speaks of himself."""
    low = [word.low for word in rest]
    if len(low) > 1 and low[1] in listed("yours"):
        return True
    does = any(
        word in listed("others_do") and word not in ("is", "ist", "est", "es", "a", "and", "will", "can", "never", "always", "still")
        for word in low
    )
    return (
        does
        and low[0] in ("in", "at", "from", "of", "with", "aus", "von", "vom", "bei", "de", "du", "del", "chez")
        and not any(word in listed("first_person") for word in low)
    )


def _stands_alone(run: Run, cue: int, *, alone: bool, first: bool, closed: bool) -> bool:
    """Whether a run that fills its segment is a name for all that is known of its words."""
    word = run.said[0]
    if cue > 1 or run.titled or run.given or not word.latin:
        return True
    if is_given(word.low) and word.capital and not is_never(word.low):
        return True
    if word.capital and not _all_capital(run):
        return alone or len(run.said) > 1
    if len(run.said) == 1:
        if is_given(word.low):
            return word.low not in listed("words_first")
        return (alone and not is_formed(word.low) and (first or closed or cue > 0)) or (closed and not is_formed(word.low))
    return (alone or first or cue > 0) and not all(is_formed(one.low) for one in run.said)


def _all_capital(run: Run) -> bool:
    return all(word.text.isupper() for word in run.said)
