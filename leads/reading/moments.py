"""Which times of a message are when the visitor wants to start, and which of several counts."""

from __future__ import annotations

from dataclasses import dataclass

from leads.reading.message import Message
from leads.reading.times import Time, times
from leads.reading.timescene import Scene
from leads.reading.timesigns import signs
from leads.reading.timewords import tokens

_NEARLY = 45  # days that two words for the same time may differ
WISHED = 4  # a higher score says that the visitor speaks of a wish of their own
_WANTED, _ALONE, _SO, _BUSY, _OPEN = 4, 3, 2, 3, 3  # what speaks for and against a time


@dataclass(frozen=True)
class Moment:
    """A time with ``score``, how surely it is the start; ``open`` when it only says not before."""

    time: Time
    score: int
    open: bool


def moments(message: Message) -> list[Moment]:
    """The times that may be the start, the likeliest first."""
    scene = Scene(message, _kept(message))
    judged = [moment for time in scene.times if (moment := _judged(scene, time)) is not None]
    alive = [moment for moment in judged if not _is_taken_back(scene, moment, judged)]
    return sorted(alive, key=lambda moment: (-moment.score, moment.open, moment.time.start))


def _kept(message: Message) -> tuple[Time, ...]:
    """Without what a longer saying holds: "good morning", "that month", "monday.com"."""
    sayings = [sign for sign in signs(message) if sign.group in ("other", "that")]
    return tuple(
        time
        for time in times(message)
        if not any(
            sign.index < time.behind and time.index < sign.behind and (sign.group == "other" or sign.behind >= time.behind)
            for sign in sayings
        )
    )


def _judged(scene: Scene, time: Time) -> Moment | None:
    clause, alone, pointed = scene.clause(time), scene.is_alone(time), scene.is_pointed_at(time)
    wanted = scene.has("wants", clause) or pointed or time.from_now
    if scene.is_over(time) or scene.is_other(time) or scene.is_question(time):
        return None
    if not pointed and (scene.is_gone(time) or scene.is_others(time)):
        return None
    if time.rule == "bare_day" and not (alone or time.lead):
        return None  # "the 3 new ones"
    if (time.weak and not (alone or time.lead or wanted or scene.concludes(time))) or (time.count and not scene.is_framed(time, wanted)):
        return None
    fronted, concludes = scene.is_fronted(time), scene.concludes(time)
    ends = scene.has("contracts", clause) and scene.has("runs_out", clause)  # "when our contract expires in May"
    told = scene.has("said", clause) or scene.has("agreed", clause)
    if not (wanted or alone or fronted or concludes or ends or told):
        return None  # "the board meets in February"
    is_open = scene.is_open(time)
    if scene.is_denied(time) and not is_open:
        return None
    score = (_WANTED + scene.has("own", clause)) * wanted + _ALONE * alone + _SO * concludes + fronted - _BUSY * scene.has("busy", clause)
    score += scene.has_after("latest", time) - (time.lead == "after") - _OPEN * is_open - (time.weak and not time.lead)
    return Moment(time, score, is_open)


def _is_taken_back(scene: Scene, moment: Moment, judged: list[Moment]) -> bool:
    """Whether a later time stands in its place: after a correction, or because it was only said before, or is more exact."""
    later = [other.time for other in judged if other.time.start > moment.time.start and not other.open]
    if not later:
        return False
    if scene.has("said", scene.clause(moment.time)) or any(_refines(scene, time, moment.time) for time in later):
        return True
    if any(scene.begins_conclusion(time) and scene.clause(time) != scene.clause(moment.time) for time in later):
        return True
    corrections = [sign for sign in signs(scene.message) if sign.group == "takes_back" and sign.index >= moment.time.behind]
    return any(sign.index < time.index for sign in corrections for time in later)


def _refines(scene: Scene, finer: Time, time: Time) -> bool:
    """Whether a later time is a closer word for an earlier one: "mid Jan, the 15th", "new year, so january"."""
    gap = tokens(scene.message)[time.behind : finer.index]
    if not gap or sum(token.low.isalnum() for token in gap) > 2 or finer.lead in ("after", "before", "not"):
        return False
    if time.grain == "day" and time.rule not in ("month_part", "rel_part", "holiday"):
        return False
    close = time.first <= finer.last and finer.first <= time.last
    if time.lead in ("before", "by") and abs((finer.last - time.last).days) <= _NEARLY and scene.is_alone(finer) and scene.is_alone(time):
        return (finer.last - finer.first) < (time.last - time.first) or time.rule == "season"  # "before summer, end of June"
    return close and (time.lead == "after" or (finer.last - finer.first) < (time.last - time.first))
