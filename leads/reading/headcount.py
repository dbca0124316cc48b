"""Headcount: how many people a company has."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from leads.reading.about import marks, topics
from leads.reading.amounts import Amount, amounts, is_part_at, strong_enough
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.headgroups import describe, grouped
from leads.reading.headparts import listed
from leads.reading.headplaces import worked_out
from leads.reading.headsums import sums
from leads.reading.message import Message, alternatives, little_words, phrases, words
from leads.reading.totals import settled
from leads.reading.typos import repaired
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
_BEHIND = (("currencies", "after_bare"), ("headcount", "after_bare"))  # lists of words that no bare number counts
_HOURS = 24
_SMALL = 20  # friends, brothers or partners that are a company
_SMALL_K = 5000
_AT_HOUR = re.compile(
    r"(?<!we're )(?<!are )(?<!still )(?<!now )(?<!currently )"
    r"\b(?:at|um|a las|[0-9] a|vers les|after|nach|apres|despues de las|around|before)\s$"
)
_AGE = re.compile(r"(?:\bi'?m|\bi am|\bich bin|\bj'ai|\btengo)\s+(?:about|around|over|almost)?\s*$")  # of one person
_SAID_OF = re.compile(
    r" (?:of (?:us|them|those|which) )?"
    r"(?:are|is|were|sind|ist|sont|est|estan|son|work|works|arbeiten|who|that|qui|que|die|otherwise|sonst|sinon)\b"
)
_OF_OURS = re.compile(r" of (?:our|my|the|their|your)\b(?! (?:people|employees|staff))")  # "2 of our 3 locations"
_NOW_AT = re.compile(r"\b(?:we're|we are|we're now|we've grown|we grew|i'm|now|currently|back|team is|staff is|it's|its) up to\s*$")
_PURPOSE = re.compile(r"(?<!on )\b(?:for|fur|pour|para)\s+(?:about|around|up to|etwa|bis zu|environ|unas?|unos)?\s*$")
_CONJUNCTION = re.compile(r",|\b(?:with|mit|avec|con|and|und|et|y|but|aber|mais|pero)\b")
_NOUN = re.compile(r"[ -]{1,2}([a-z]{2,})")
_WORKED_OUT = 10
_OF_GROUP = 5  # points of what we are beside a group
_BY = re.compile(r"\b(?:with|mit|avec|con)\s(?:about |around |just |only |nur |etwa )?$")
_TEAM = re.compile(r"(?<=team)|[ -]{1,2}(?:[a-z]+ )?(?:team|crew|squad|abteilung|equipe|equipo|service|department)\b")
_TEAM_OF = re.compile(r"\b(?:team|crew|squad|department|abteilung|equipe|equipo) (?:of|von|de)\s$")
_JE = re.compile(r"\b(?:je|jeweils)\s$")
_AHEAD = 40  # characters behind a number that may name the people
_NOW = 4  # what holds today counts more than what was, and less than what is said of the whole company
_REST = re.compile(
    r"\s*(?:$|[.,;!?)]|and\b|but\b|in\b|en\b|im\b|aus\b|dans\b|nell?a?\b|em\b|now\b|so\b|at\b|right now|today|currently|und\b|et\b|y\b)"
)


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """What :func:`_find` finds when slips are put right, at its places in the typed message."""
    read = repaired(message)
    found = _find(read.message, question, asked)
    return list(map(read.back, found)) if read.slips else found


def _find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Numbers of people; a bare number only when it was asked for."""
    if asked and _ASKS.match(message.low):
        return []
    single = (_candidate(message, amount, asked) for amount in amounts(message) if not _is_part(message, amount))
    found = [_placed(message, candidate) for candidate in single if candidate is not None]
    groups = [one for one in grouped(message, asked) if not (found and is_part_at(message, one.start))]
    found += [*groups, *(_above(one, found) for one in sums(message)), *(listed(message) if asked else ()), *worked_out(message, asked)]
    return settled(message, [candidate for candidate in found if not _is_other(message, candidate, asked)])


def _above(total: Candidate, found: list[Candidate]) -> Candidate:
    """A sum with more strength than the parts that it holds."""
    inside = [one.strength for one in found if total.start <= one.start and one.end <= total.end]
    return replace(total, strength=max([total.strength, *(strength + 1 for strength in inside)]))


def _is_part(message: Message, amount: Amount) -> bool:
    """Whether a number is a part of one before it: "of which", "31, but two are on leave"."""
    if amount.part:
        return True
    larger = any(other.start < amount.start and other.middle > amount.middle and not other.denied for other in amounts(message))
    return larger and _SAID_OF.match(message.low, amount.last.end) is not None


def _is_other(message: Message, candidate: Candidate, asked: bool) -> bool:
    """Whether the clause is about another time, another company, or other people; a bare number also about other things.

    Who asks "how much is it for 20 people?" tells the size unasked; as an answer it is a question.
    """
    parts = [amount.start for amount in amounts(message) if candidate.start <= amount.start < candidate.end]
    about = frozenset().union(*(topics(message, place) for place in parts or [candidate.start]))
    about -= frozenset() if asked else {"question"}
    if candidate.strength >= _WORKED_OUT:
        about -= {"past_time", "past", "sought", "moving"}
    if _cue("now").search(message.low[max(0, candidate.start - _AHEAD) : candidate.start]):
        about -= {"past_time", "past"}
    if "department" in marks(message, candidate.start) and "whole" not in marks(message, candidate.start):
        return True
    if _BY.search(message.low[: candidate.start][-_AHEAD:]):
        about -= {"served"}  # "we serve 3000 customers with 25 people"
    of_staff = phrases("headcount", "staff").search(candidate.reading.said.lower()) is not None
    others = _OTHER_PEOPLE if not of_staff else frozenset({"sought", "moving"})
    bare = not phrases("headcount", "units").search(message.low, candidate.start, candidate.end)
    bare = bare and not _cue("we_are").search(message.low[max(0, candidate.start - _AHEAD) : candidate.start])
    if phrases("headcount", "rest_unknown").search(message.low):
        return True
    if "price" in about and "?" in message.low[slice(*message.sentence(candidate.start))]:
        return True
    if phrases("headcount", "each_day", before=r"[^.;!?0-9]{0,60}?").match(message.low, candidate.end):
        return True  # "500 people come in every day"
    ahead = message.low[: candidate.start][-_AHEAD:]
    of_a_team = _TEAM.match(message.low, candidate.end) or _TEAM_OF.search(ahead) or marks(message, candidate.start) & {"team", "group"}
    if of_a_team and phrases("headcount", "unknown_rest").search(message.low):
        return True
    return bool(about & (_ELSEWHEN | others)) or (bare and bool(about & _OTHER_NUMBERS))


def _placed(message: Message, candidate: Candidate) -> Candidate:
    """With the strength of what its clause says of: the firm before its group, the group before a team."""
    said = marks(message, candidate.start)
    here = _cue("we_are").search(message.low[: candidate.start][-_AHEAD:]) is not None
    grouped_elsewhere = any("group" in marks(message, amount.start) for amount in amounts(message))
    if here and grouped_elsewhere and "group" not in said:
        return replace(candidate, strength=candidate.strength + _OF_GROUP)  # "a group of 3000, but here we are 120"
    points = 4 if "whole" in said else 2 if "group" in said else -4 if said & {"team", "department"} else 0
    return replace(candidate, strength=candidate.strength + points + ("now" in said))


def _candidate(message: Message, amount: Amount, asked: bool) -> Candidate | None:
    if _lasts(message, amount) or not _whole(amount.low) or not _whole(amount.high):
        return None
    unit = _unit().match(message.low, amount.last.end) or _unit().match(message.low, amount.end)
    if amount.currency and (unit is None or not amount.aside):
        return None
    if unit is None and (amount.middle <= _SMALL or "team" in marks(message, amount.start)):
        unit = _small_unit().match(message.low, amount.last.end)
    end = max(amount.end, unit.end()) if unit else amount.end
    before = message.low[max(0, amount.start - 40) : amount.start]
    strength = _strength(message, amount, before, unit, end)
    if asked and strength < _NOW and len(amounts(message)) > 1 and _cue("now").search(message.low[: amount.first.start][-40:]):
        strength += _NOW
    if unit is not None and amount.middle == 1 and _asks_for_somebody(message, asked):
        return None
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
    if (unit is None or is_workers(unit[1])) and _others_beside(message, amount):
        return None
    if unit is None and strength <= _NOW and _AGE.search(before):
        return None
    if _JE.search(before) and (message.locale or "de").startswith("de"):
        return None  # "je 8 in zwei Filialen": for each of several
    if asked and strength <= _NOW and _PURPOSE.search(before) and not message.low[end:].lstrip().startswith("of us"):
        return None
    if strength == 0 and amount.middle <= _HOURS and _AT_HOUR.search(before):
        return None
    value = {"min": _int(amount.low), "max": _int(amount.high)}
    if amount.low is None and _NOW_AT.search(message.low[: amount.first.start][-40:]):
        value["min"] = value["max"]  # "now we're up to 17"
    if amount.first is not amount.last and phrases("headcount", "went", after=r"\s*$").search(message.low[: amount.first.start]):
        value["min"] = value["max"]  # "we went from 20 to 21"
    if value["min"] == value["max"] and value["min"] is not None and _without_me(message, amount, end):
        value = dict.fromkeys(("min", "max"), value["min"] + 1)
    said = message.said(amount.start, end)
    return Candidate(
        Reading(value, describe(value, amount.about), said, 0.95 if unit or strength > 3 else 0.85),
        amount.start,
        end,
        strength,
        strength == 0,
        amount.denied,
    )


def _lasts(message: Message, amount: Amount) -> bool:
    """Whether the number is for each month or year; "40 this year" only says when."""
    when = phrases("currencies", "periods", "when").search(message.low, amount.last.end, amount.end)
    return amount.period not in (None, "once") and when is None


def _asks_for_somebody(message: Message, asked: bool) -> bool:
    """ "Quiero hablar con una persona", "a person": somebody is asked for."""
    wanted = phrases("headcount", "talk_to").search(message.low) is not None
    return wanted or (not asked and message.bare in words("headcount", "somebody"))


def _others_beside(message: Message, amount: Amount) -> bool:
    """ "120 nurses plus admin": others are told of without a number, so that nobody can say how many all are."""
    noun = _NOUN.match(message.low, amount.last.end)
    if noun is None or not is_workers(noun[1]):
        return False
    nobody = r"\s(?!(?:me|myself|i|ich|moi|yo|the (?:boss|owner|founder)|der chef|le patron|el jefe|an?|one|eine?n?|une?)\b)"
    unnumbered = nobody + r"(?:[a-z-]+\s?){1,4}(?:$|[.,;!?)])"
    return phrases("headcount", "plus_others", before=r"\s?", after=unnumbered).match(message.low, noun.end()) is not None


def _without_me(message: Message, amount: Amount, end: int) -> bool:
    """ "18 not counting me", "ohne mich 7": the writer comes on top."""
    names = ("headcount", "without_me")
    behind = phrases(*names, before=r"[ ,(]{1,2}").match(message.low, end)
    return bool(
        behind or phrases(*names, after=r"[ ,:]{1,2}(?:sind wir |we are |on est |somos )?$").search(message.low[: amount.start][-_AHEAD:])
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
    beside_me = unit is not None and unit[1] in words("headcount", "beside_me")
    points = 5 if company else 2 if team or part or beside_me else 3 if unit else 2
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
    beside = any(other.first.plain and other.currency is None for other in amounts(message) if other is not amount)
    return letter == "m" or (letter == "k" and (beside or amount.middle > _SMALL_K) and not open_end)


def _of_something(message: Message, end: int) -> bool:
    """Whether a word follows that a number of people has never behind it: "2 magasins", "60 couverts"."""
    if _OF_OURS.match(message.low, end):
        return True
    noun = _NOUN.match(message.low, end)
    if noun is None or noun[1] in little_words() or any(noun[1] in words(*names) for names in _BEHIND):
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
def _small_unit() -> re.Pattern[str]:
    return phrases("headcount", "small_units", before=r"[ -](?:[a-z]+[ -])?")


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(rf"[ -]{{0,2}}(?:(?!last )[a-z]+ )?({alternatives(words('headcount', 'counted'))})")


@cache
def _cue(name: str) -> re.Pattern[str]:
    return phrases("headcount", name, after=r"\s*:?\s*(?:is|are|of|a|an|only|just|now|currently|team of)?\s*$")


@cache
def _follows(name: str) -> re.Pattern[str]:
    return phrases("headcount", name, before=r"[ ,]{0,2}")
