"""What a time in a message is about: a start, a call, the earliest day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from dateutil.relativedelta import relativedelta

from leads.reading.about import topics
from leads.reading.candidates import Candidate
from leads.reading.days import months
from leads.reading.message import Message, any_of, fold, phrases, words

_FILLING = ("the", "end", "of", "in", "mid", "early", "late", "about", "at", "least", "de", "le", "el", "im", "ende", "anfang", "fin")


def appointment(message: Message, candidate: Candidate) -> bool:
    """Whether it is about a call or a demo and not about a start: "call me tomorrow"."""
    return bool(phrases("timeline", "appointments").search(message.low, *message.clause(candidate.start)))


def whole(message: Message, candidate: Candidate) -> bool:
    """Whether a time is the whole message: "end of the year"."""
    if message.bare in words("timeline", "later") or message.low.rstrip().endswith("?"):
        return False
    lead = any_of(words("timeline", "by") | words("timeline", "before"), after=r"\s+(?:the )?").match(message.bare)
    rest = message.bare[lead.end() :] if lead else message.bare
    return fold(candidate.reading.said).strip(" .!,") in (message.bare, rest)


def not_before(message: Message, candidate: Candidate) -> Candidate:
    """ "Not before March" says when at the earliest, not within how many days."""
    for match in phrases("timeline", "not_before").finditer(message.low, max(0, candidate.start - 30)):
        between = message.low[match.end() : candidate.start].split()
        if match.start() >= candidate.start or not all(word in _FILLING for word in between):
            continue
        said = message.said(match.start(), candidate.end)
        reading = replace(candidate.reading, value={"within_days": None, "label": said}, text=said, said=said)
        return replace(candidate, start=match.start(), reading=reading, denied=False, strength=candidate.strength + 2)
    return candidate


def asks_back(message: Message) -> bool:
    """ "How long does it take, 3 months?" asks; "could we say Monday?" answers."""
    return "?" in message.low[-3:] and phrases("timeline", "asks").search(message.low) is not None


def is_other(message: Message, candidate: Candidate) -> bool:
    """Whether the words mean something else here: opening hours, a person called April, winter tires, monday.com."""
    low, end = message.low, candidate.end
    if re.match(r"\.[a-z]|[- ](?:old\b)", low[end : end + 6]) or phrases("timeline", "other").search(
        low, max(0, candidate.start - 20), end + 12
    ):
        return True
    said = low[candidate.start : end].split()[-1:]
    if not said or (said[0] not in months() and said[0] not in words("timeline", "seasons_plain")):
        return False
    noun = re.match(r" ([a-z]{3,})", low[end:])
    surname = re.match(r" [A-Z\u00c0-\u00de][a-z]", message.text[end:]) is not None and said[0] in months()
    person = phrases("days", "person", after=r"\W*(?:[a-z]+ )?$").search(low[max(0, candidate.start - 24) : candidate.start]) is not None
    thing = noun is not None and said[0] in words("timeline", "seasons_plain") and noun[1] not in words("currencies", "after_bare")
    return surname or person or thing or re.match(r" here\b", low[end:]) is not None


_ELSEWHEN = frozenset({"past_time", "past", "others", "joke", "kin", "origin", "lived"})
_MONTH, _QUARTER, _YEAR = 30, 91, 365  # days of the units that the calendar counts
_MONTHS = {_MONTH: 1, _QUARTER: 3, _YEAR: 12}


def in_months(today: date, count: float, unit: int) -> int:
    """Days until so many units from today; months, quarters and years by the calendar: "in 3 months" is the same day of the third."""
    if unit not in _MONTHS:
        return int(count * unit)
    whole_months, part = divmod(count * _MONTHS[unit], 1)
    if whole_months > 12 * 20:
        return int(count * unit)
    return (today + relativedelta(months=int(whole_months)) - today).days + int(part * _MONTH)


def of_another_thing(message: Message, start: int, end: int) -> bool:
    """Whether the clause is about another time or thing: a birthday, a notice period, what the last provider took, last March."""
    clause = message.low[slice(*message.clause(start))]
    if phrases("timeline", "ordinal_last").search(message.low, max(0, start - 4), end + 8):
        return False
    if phrases("timeline", "other_things").search(clause) or phrases("timeline", "last", after=r"\s+(?:the |le |el )?$").search(
        message.low[max(0, start - 16) : start]
    ):
        return True
    if re.match(r"\s+(?:dernier|derniere|passee?|pasad[oa]|ago|vergangenen|letzten)\b", message.low[end:]):
        return True
    about = topics(message, start) & _ELSEWHEN
    if about == {"past_time"} and phrases("timeline", "earlier").search(clause):
        return False
    return bool(about) and not phrases("timeline", "meant").search(clause)


def unsure(message: Message) -> bool:
    """ "Not sure, still comparing": no answer yet, and no "some day" either."""
    return phrases("timeline", "unsure").search(message.low) is not None


def stands_alone(message: Message, start: int, end: int) -> bool:
    """Whether a word is all that stands between stops, or "next" and the like go with it: "March, when …", "l'été prochain"."""
    before, after = message.low[:start], message.low[end:]
    if message.bare.endswith(message.low[start:end]):
        return True
    opened = re.search(r"(?:^|[,.!;:(]\s*|\bl'|\bcet |\bnext |\bmaybe |\bin )$", before) is not None
    closed = r"\s*(?:$|[,.!;:)]|prochaine?\b|proximo\b|que viene|i guess|maybe|probably|or so|ideally|peut|vielleicht)"
    return opened and re.match(closed, after) is not None
