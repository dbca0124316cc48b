"""Wishes without a date: "as soon as possible", "no hurry", "some day", "just looking"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, data, phrases, words
from leads.reading.timeclauses import clause_at, is_undecided, signs_in, stands_alone, token_at
from leads.reading.timesigns import Sign
from leads.reading.timewords import tokens

URGENT_DAYS = 14
SOON = "as soon as possible"
SURE = 5  # strength of urgent words that need no question
_URGENT, _VAGUE = 3, 2
_SURE_WORDS = ("asap", "a.s.a.p.", "a.s.a.p", "immediately", "right away")
_FIXED = re.compile(r"date|line|time|termin|frist|datum|fecha|plazo|delai|echeance|plan")
_BEFORE = 16  # letters in front of a word for soon
_CONDITION = re.compile(r"\s+(?:my|the|our|his|her|he|she|they|it|someone|somebody)\b")


def urgent(message: Message, asked: bool) -> Iterator[Candidate]:
    """Words that want it at once; "now", "yesterday" only where nothing else is said."""
    if message.bare in words("timeline", "urgent_alone"):
        yield _soon(message, 0, len(message.text), SURE)
        return
    for pattern in (phrases("timeline", "urgent"), *_patterns("urgent_patterns")):
        for match in pattern.finditer(message.low):
            if _is_meant(message, *match.span()):
                sure = match[0] in _SURE_WORDS or "possible" in match[0]
                yield _soon(message, *match.span(), SURE if sure else _URGENT + 1)
    for match in phrases("timeline", "urgent_asked").finditer(message.low) if asked else ():
        if stands_alone(message, *match.span()) and not _is_remark(message, match.start()):
            yield _soon(message, *match.span(), _URGENT)


def _is_remark(message: Message, start: int) -> bool:
    """ "That's soon", "wie schnell geht das"."""
    return phrases("timeline", "not_urgent", after=r"\s+$").search(message.low[max(0, start - _BEFORE) : start]) is not None


@cache
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<![a-z0-9])(?:{pattern})(?![a-z0-9])") for pattern in data("timeline")[name])


def _soon(message: Message, start: int, end: int, strength: int) -> Candidate:
    return Candidate(Reading({"within_days": URGENT_DAYS, "label": SOON}, SOON, message.said(start, end), 0.9), start, end, strength)


def undated(message: Message, asked: bool) -> Iterator[Candidate]:
    """Words that want it at no special time."""
    if message.bare in words("timeline", "later"):
        yield _no_date(message, 0, len(message.text), "later")
    patterns = (phrases("timeline", "none"), *_patterns("none_patterns"))
    for match in (match for pattern in patterns for match in pattern.finditer(message.low)):
        otherwise = _is_condition(message, *match.span()) or _is_not_yet(message, match)
        if not otherwise and _is_meant(message, *match.span(), undated=True):
            looking = "look" in match[0] or "brows" in match[0]
            one = _no_date(message, *match.span(), "just looking" if looking else "no fixed date")
            if not (asked and says_little(one) and is_undecided(message)):
                yield one


def _is_not_yet(message: Message, match: re.Match[str]) -> bool:
    """ "No date yet": there will be one."""
    if message.low.startswith(" ago", match.end()):
        return True
    first = token_at(message, match.start())
    if first is None or not _FIXED.search(match[0]):
        return False
    return any(sign.group == "not_yet" for sign in signs_in(message, clause_at(message, first)))


def _no_date(message: Message, start: int, end: int, label: str) -> Candidate:
    return Candidate(Reading({"within_days": None, "label": label}, label, message.said(start, end), 0.9), start, end, _VAGUE)


def says_little(candidate: Candidate) -> bool:
    """ "Some day", which a time beside it makes more exact."""
    return candidate.reading.said.lower() in words("timeline", "some_time") or candidate.reading.text == "later"


def is_volunteered(candidate: Candidate) -> bool:
    """Whether it says that nothing is wanted yet, whatever was asked."""
    return any(part in candidate.reading.said.lower() for part in data("timeline")["none_volunteered"])


def _is_meant(message: Message, start: int, end: int, undated: bool = False) -> bool:
    """Whether it is not denied, not asked and not about a call."""
    first = token_at(message, start)
    if first is None:
        return False
    row, found = tokens(message), signs_in(message, clause_at(message, first))
    if not undated and any(sign.group == "no" and 0 <= first - sign.behind <= 2 and not _matters_not(found, sign) for sign in found):
        return False
    beside = [sign for sign in found if not (start <= row[sign.index].start and row[sign.behind - 1].end <= end)]
    return not any(sign.group in ("appointments", "asks") or (sign.group == "others" and not undated) for sign in beside)


def _matters_not(found: list[Sign], sign: Sign) -> bool:
    return any(one.group == "no_matter" and one.index <= sign.index and sign.behind <= one.behind for one in found)


def _is_condition(message: Message, start: int, end: int) -> bool:
    """ "Whenever my brother stops arguing": it depends on something."""
    return message.low[start:end] == "whenever" and _CONDITION.match(message.low, end) is not None
