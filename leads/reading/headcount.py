"""Headcount: how many people a company has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from leads.reading.about import marks, topics
from leads.reading.amounts import Amount, amounts, strong_enough
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.headparts import listed
from leads.reading.headsums import sums
from leads.reading.message import Message, alternatives, any_of, data, fold, phrases, words
from leads.reading.workers import is_workers
from leads.reading.years import is_year

if TYPE_CHECKING:
    from leads.questions import Question

_MOST = 10_000_000
_ASKS = re.compile(  # asks something back
    r"\W*(?:can|could|do|does|did|is|are|why|what|how|which|who|sind|ist|kann|warum|wie|was|wer|est-ce|pourquoi|comment|es|por que)\b"
    r".*\?\W*$",
    re.DOTALL,
)
_ELSEWHEN = frozenset({"past_time", "past", "plan", "hypothetical", "others", "open", "joke", "question"})
_OTHER_PEOPLE = frozenset({"served", "public", "sought", "moving"})
_OTHER_NUMBERS = frozenset({"audience", "revenue", "salary", "costs", "debt", "funding", "paid", "price"})
_HOURS = 24
_SMALL_K = 5000
_HUNDRED = 100
_THIRDS = {None: (10, 9), "low": (1, 3), "mid": (4, 6), "high": (7, 9)}  # of tens or hundreds; a low ten begins with one
_AT_HOUR = re.compile(r"(?<!we're )(?<!are )(?<!still )(?<!now )(?<!currently )\b(?:at|um|a las|[0-9] a|vers les)\s$")
_AGE = re.compile(r"(?:\bi'?m|\bi am|\bich bin|\bj'ai|\btengo)\s+(?:about|around|over|almost)?\s*$")  # of one person
_PURPOSE = re.compile(r"(?<!on )\b(?:for|fur|pour|para)\s+(?:about|around|up to|etwa|bis zu|environ|unas?|unos)?\s*$")
_CONJUNCTION = re.compile(r",|\b(?:and|und|et|y|but|aber|mais|pero)\b")
_NOUN = re.compile(r"[ -]{1,2}([a-z]{2,})")
_AHEAD = 40  # characters behind a number that may name the people
_NOW = 4  # what holds today counts more than what was, and less than what is said of the whole company
_SELF = re.compile(r"(?:\bi'?m|\bi am|\bas an?|\bich bin|\bals|\bje suis|\bsoy|\bjust|\bonly)\s*(?:an?|eine?|une?)?\s*$")
_OWN_ENOUGH = re.compile(r"\b(?:me|myself|i'?m|i|ich|moi|je|yo)\b")
_REST = re.compile(r"\s*(?:$|[.,;!?)]|and\b|but\b|in\b|now\b|so\b|at\b|right now|today|currently|und\b|et\b|y\b)")


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Numbers of people; a bare number only when it was asked for."""
    if asked and _ASKS.match(message.low):
        return []
    found = [_candidate(message, amount, asked) for amount in amounts(message)]
    found = [_placed(message, candidate) for candidate in found if candidate is not None]
    found += [_alone(message, asked), *_vague(message, asked), *sums(message), *(listed(message) if asked else ())]
    return [candidate for candidate in found if candidate is not None and not _is_other(message, candidate, asked)]


def _is_other(message: Message, candidate: Candidate, asked: bool) -> bool:
    """Whether the clause is about another time, another company, or other people; a bare number also about other things.

    Who asks "how much is it for 20 people?" tells the size unasked; as an answer it is a question.
    """
    parts = [amount.start for amount in amounts(message) if candidate.start <= amount.start < candidate.end]
    about = frozenset().union(*(topics(message, place) for place in parts or [candidate.start]))
    about -= frozenset() if asked else {"question"}
    if "department" in marks(message, candidate.start) and "whole" not in marks(message, candidate.start):
        return True
    of_staff = phrases("headcount", "staff").search(candidate.reading.said.lower()) is not None
    others = _OTHER_PEOPLE if not of_staff else frozenset({"sought", "moving"})
    bare = not phrases("headcount", "units").search(message.low, candidate.start, candidate.end)
    return bool(about & (_ELSEWHEN | others)) or (bare and bool(about & _OTHER_NUMBERS))


def _placed(message: Message, candidate: Candidate) -> Candidate:
    """With the strength of what its clause says of: the firm before its group, the group before a team."""
    said = marks(message, candidate.start)
    points = 4 if "whole" in said else 2 if "group" in said else -4 if said & {"team", "department"} else 0
    return replace(candidate, strength=candidate.strength + points)


def describe(value: Mapping[str, Any], about: bool = False) -> str:
    """A headcount in plain words that read back to the same value: ``more than 500 people``."""
    low, high = value["min"], value["max"]
    if low is not None and high is not None:
        text = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    else:
        text = f"more than {low:,}" if low is not None else f"up to {high:,}"
    return f"{'about ' if about else ''}{text} {'person' if low == high == 1 else 'people'}"


def _candidate(message: Message, amount: Amount, asked: bool) -> Candidate | None:
    if amount.currency or amount.period not in (None, "once") or not _whole(amount.low) or not _whole(amount.high):
        return None
    unit = _unit().match(message.low, amount.last.end) or _unit().match(message.low, amount.end)
    end = max(amount.end, unit.end()) if unit else amount.end
    before = message.low[max(0, amount.start - 40) : amount.start]
    strength = _strength(message, amount, before, unit, end)
    if asked and strength < _NOW and len(amounts(message)) > 1 and _cue("now").search(message.low[: amount.first.start][-40:]):
        strength += _NOW
    if unit is None and (
        _counted().match(message.low, amount.last.end) or (amount.first.weak and not (asked and strong_enough(message, amount)))
    ):
        return None
    if strength == 0 and (
        not asked or _is_money(message, amount) or is_year(message, amount) or _about_money(message, amount) or _of_something(message, end)
    ):
        return None
    is_staff = unit is not None and unit[1] in words("headcount", "staff")
    if strength <= 3 and not is_staff and phrases("headcount", "not_people").search(_CONJUNCTION.split(before[-25:])[-1]):
        return None
    if unit is None and strength <= _NOW and _AGE.search(before):
        return None
    if asked and strength <= _NOW and _PURPOSE.search(before) and not message.low[end:].lstrip().startswith("of us"):
        return None
    if strength == 0 and amount.middle <= _HOURS and _AT_HOUR.search(before):
        return None
    value = {"min": _int(amount.low), "max": _int(amount.high)}
    if amount.first is not amount.last and phrases("headcount", "went", after=r"\s*$").search(message.low[: amount.first.start]):
        value["min"] = value["max"]  # "we went from 20 to 21"
    said = message.said(amount.start, end)
    return Candidate(
        Reading(value, describe(value, amount.about), said, 0.95 if unit or strength > 3 else 0.85),
        amount.start,
        end,
        strength,
        strength == 0,
        amount.denied,
    )


def _strength(message: Message, amount: Amount, before: str, unit: re.Match[str] | None, end: int) -> int:
    """How surely the number is the size of the company; 0: nothing says so."""
    after = message.low[end : end + 40]
    company = bool(_cue("company").search(before))
    team = bool(_cue("team").search(before))
    whole = bool(_follows("whole").match(after)) or bool(_follows("whole").match(message.low, amount.last.end, amount.end))
    part = bool(_follows("part").match(after)) or (unit is not None and unit[1] in words("headcount", "part"))
    we_are = amount.last.factor == 1 and bool(_cue("we_are").search(before)) and bool(_REST.match(after))
    if not (company or team or unit or we_are or whole):
        return 0
    points = 5 if company else 2 if team or part else 3 if unit else 2
    return points + 3 * whole


def _about_money(message: Message, amount: Amount) -> bool:
    start, end = message.clause(amount.start)
    return bool(phrases("currencies", "budget_words").search(message.low, start, max(end, amount.end)))


def _is_money(message: Message, amount: Amount) -> bool:
    """Whether thousands told by a mere letter are rather money: "10k", but not "1.5k" and "10k+"."""
    letter = message.low[amount.last.end - 1 : amount.last.end]
    open_end = amount.low is None or amount.high is None
    if "whole" in marks(message, amount.start):
        return False
    return letter == "m" or (letter == "k" and amount.middle > _SMALL_K and not open_end)


def _of_something(message: Message, end: int) -> bool:
    """Whether a word follows that a number of people has never behind it: "2 magasins", "60 couverts"."""
    noun = _NOUN.match(message.low, end)
    if noun is None or noun[1] in words("currencies", "after_bare") or noun[1] in words("headcount", "after_bare"):
        return False
    near = phrases("headcount", "units", before=r"(?:[ -]{1,2}[a-z]+){1,2}[ -]")  # "28 warm bodies"
    return not (noun[1].endswith("ly") or near.match(message.low, end) or _workers(message, end))


def _workers(message: Message, end: int) -> bool:
    """Whether one of the next words names people by what they do: "300 drivers, mechanics and dispatchers"."""
    near = re.findall(r"[a-z-]{5,}", message.low[end : message.clause(end)[1]][:_AHEAD])
    return any(map(is_workers, near))


def _whole(value: float | None) -> bool:
    return value is None or (value == int(value) and 0 < value <= _MOST)


def _int(value: float | None) -> int | None:
    return None if value is None else int(value)


@cache
def _unit() -> re.Pattern[str]:
    between = alternatives(words("headcount", "between"))
    return re.compile(
        rf"(?:[ -]|\s\()?(?:of |de |d'|von )?(?:(?:{between})[ -]){{0,2}}({alternatives(words('headcount', 'units'))})(?:[ -]team)?"
    )


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(rf"[ -]{{0,2}}(?:(?!last )[a-z]+ )?({alternatives(words('headcount', 'counted'))})")


@cache
def _cue(name: str) -> re.Pattern[str]:
    return phrases("headcount", name, after=r"\s*:?\s*(?:is|are|of|a|an|only|just|now|currently|team of)?\s*$")


@cache
def _follows(name: str) -> re.Pattern[str]:
    return phrases("headcount", name, before=r"[ ,]{0,2}")


def _alone(message: Message, asked: bool) -> Candidate | None:
    """ "Just me", "I'm a freelancer"."""
    value = {"min": 1, "max": 1}
    if asked and message.bare in words("headcount", "alone_asked"):
        return Candidate(Reading(value, describe(value), message.text.strip(), 0.9), 0, len(message.text), 3)
    for match in phrases("headcount", "alone").finditer(message.low) if "?" not in message.low else ():
        before = message.low[max(0, match.start() - 12) : match.start()]
        if re.search(r"\bis it $|\bis (?:this|that) $", before):
            continue
        if asked or _SELF.search(before) or (_OWN_ENOUGH.search(match[0]) and match[0] not in words("headcount", "alone_asked")):
            return Candidate(Reading(value, describe(value), message.said(*match.span()), 0.85), match.start(), match.end(), 2)
    return None


@cache
def _decade() -> re.Pattern[str]:
    tens = alternatives(map(fold, data("headcount")["decades"]))
    parts = alternatives(word for names in data("headcount")["decade_parts"].values() for word in names)
    return re.compile(rf"(?:({parts})[ -])?({tens})")


def _decades(message: Message) -> list[Candidate]:
    """ "Mid forties", "low hundreds", "veintitantos"."""
    found = []
    parts = {word: part for part, names in data("headcount")["decade_parts"].items() for word in names}
    tens = {fold(word): int(ten) for word, ten in data("headcount")["decades"].items()}
    for match in _decade().finditer(message.low):
        ten, part = tens[re.sub(r"\s+", " ", match[2])], parts.get(match[1] or "")
        if ten >= _HUNDRED and part is None:
            continue  # "hundreds of people" is read elsewhere
        low, high = _THIRDS[part]
        value = {"min": low * ten, "max": high * ten} if ten >= _HUNDRED else {"min": ten + low % 10, "max": ten + high}
        found.append(Candidate(Reading(value, describe(value), message.said(*match.span()), 0.7), *match.span(), 2))
    return found


def _vague(message: Message, asked: bool) -> list[Candidate]:
    """ "Hundreds of employees", "a handful of people"."""
    found: list[Candidate] = []
    whole = {fold(name): int(count) for name, count in data("headcount")["asked_groups"].items()}
    if asked and message.bare in whole:
        value = dict.fromkeys(("min", "max"), whole[message.bare])
        return [Candidate(Reading(value, describe(value, True), message.text.strip(), 0.8), 0, len(message.text), 3)]
    units = alternatives(words("headcount", "units"))
    groups = {fold(name): int(count) for name, count in data("headcount")["groups"].items()}
    found += _decades(message) if asked else []
    for match in any_of(groups).finditer(message.low):
        value = dict.fromkeys(("min", "max"), groups[re.sub(r"\s+", " ", match[1])])
        if asked or _cue("we_are").search(message.low[max(0, match.start() - 40) : match.start()]):
            found.append(Candidate(Reading(value, describe(value), message.said(*match.span()), 0.8), match.start(), match.end(), 2))
    spans = {fold(name): (low, None) for name, low in data("headcount")["many"].items()}
    spans |= {fold(name): tuple(span) for name, span in data("headcount")["few"].items()}
    pattern = re.compile(rf"({alternatives(spans)})\s+(?:[a-z]+\s)?({units})")
    for match in pattern.finditer(message.low):
        low, high = spans[re.sub(r"\s+", " ", match[1])]
        vague = {"min": low, "max": high}
        found.append(Candidate(Reading(vague, describe(vague), message.said(*match.span()), 0.7), match.start(), match.end(), 2))
    return found
