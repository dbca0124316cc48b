"""Timeline: within how many days something is wanted, and how that was put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, fold, words
from leads.reading.moments import WISHED, Moment, moments
from leads.reading.timeclauses import asks_back, is_wanted
from leads.reading.times import Time
from leads.reading.wishes import SURE, is_volunteered, says_little, undated, urgent

if TYPE_CHECKING:
    from leads.questions import Question

_LIKELIEST, _LEAST = 8, 6  # strength of the likeliest time and of the others; words without a date have less
_FARTHEST = 3660  # days; what is later is no plan


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Times from now; volunteered ones only when the visitor speaks of wanting or starting something."""
    if asked and asks_back(message):
        return []
    vague = list(undated(message, asked))
    found = [moment for moment in moments(message) if not _is_some_day(moment, vague)]
    soon = [one for one in urgent(message, asked) if not _lies_in(one, found) and not any(_overlap(other, one) for other in vague)]
    vague = [one for one in vague if not (says_little(one) and (found or soon))]
    if vague and found and max(moment.score for moment in found) <= 1:
        found = []  # "no rush, our contract runs until May"
    every = [*(_dated(message, moment, place) for place, moment in enumerate(found)), *soon, *vague]
    if asked:
        return every
    wished = {moment.time.opened for moment in found if moment.score > WISHED}
    kept = [one for one in every if one.strength == SURE or one.start in wished or _is_volunteered(message, one, vague)]
    return [*kept, *(replace(one, bare=True) for one in every if one not in kept and _is_whole(message, one))]


def _is_volunteered(message: Message, candidate: Candidate, vague: list[Candidate]) -> bool:
    return is_volunteered(candidate) if candidate in vague else is_wanted(message, candidate.start)


def _dated(message: Message, moment: Moment, place: int) -> Candidate:
    """A time as an answer; of several the likelier one is the stronger."""
    time = moment.time
    said = message.said(time.opened, time.closed)
    days: int | None = max((time.last - message.today).days, 1)
    if moment.open or (days or 0) > _FARTHEST:
        days, label = None, said if not time.count else f"later than {_counted(time)}"
    elif time.count:
        label = f"within {_counted(time)}"
    else:
        core = message.said(time.start, time.closed)
        led = time.lead not in (None, "near", "from") or time.rule == "rel" or fold(core.split()[0]) in words("times", "the")
        label = said if led else f"by {core}"
    return Candidate(
        Reading({"within_days": days, "label": label}, label, said, 0.9), time.opened, time.closed, max(_LIKELIEST - place, _LEAST)
    )


def _counted(time: Time) -> str:
    count, unit = time.count or (1.0, "day")
    return f"{count:g} {unit}{'' if count == 1 else 's'}"


def _is_some_day(moment: Moment, vague: list[Candidate]) -> bool:
    """ "Un jour", "one day": no count of days."""
    return moment.time.count == (1.0, "day") and any(one.start < moment.time.closed and moment.time.opened < one.end for one in vague)


def _lies_in(candidate: Candidate, found: list[Moment]) -> bool:
    return any(moment.time.opened < candidate.end and candidate.start < moment.time.closed for moment in found)


def _overlap(one: Candidate, other: Candidate) -> bool:
    """ "Es pressiert nicht" holds "pressiert"."""
    return one.start < other.end and other.start < one.end


def _is_whole(message: Message, candidate: Candidate) -> bool:
    """Whether it is all of the message: "end of the year"."""
    rest = message.low[: candidate.start] + message.low[candidate.end :]
    return not rest.strip(" .!,;:\"'()\n") and message.bare not in words("timeline", "later")


def describe(value: Mapping[str, Any]) -> str:
    """The label as it is shown."""
    return str(value["label"])
