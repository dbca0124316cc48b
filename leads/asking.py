"""Early verdict and next-best question: what an open question can still change, and which one moves the score most. Pure.

An answer can only have the outcomes that the rules for its question give (or none), so that every score which can still be reached
is known: the sums of one outcome of each open question. A question whose outcomes all lead to the same tier, whatever the others
bring, need not be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from leads.conditions import Condition, holds
from leads.facts import Facts
from leads.rules import Rules
from leads.scoring import Score, bounded, score, worth

if TYPE_CHECKING:
    from leads.questions import Question, Questions

type Points = tuple[int, int]  # fit, engagement, before either is bounded
type Outcomes = frozenset[Points]

NOTHING: Outcomes = frozenset({(0, 0)})


@dataclass(frozen=True)
class Asking:
    """How to go on: questions in ``skip`` can change nothing any more, those in ``order`` come in this order, all others as written."""

    order: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


def asking(facts: Facts, rules: Rules, questions: Questions, now: datetime, today: Score | None = None) -> Asking:
    """Which open questions are worth asking, the one that can move the score most first; ``today`` is the score where it is known.

    Questions by which somebody can be reached, their consent, and those with ``ask: always`` are never skipped for their points; who
    cannot become a customer is asked nothing more.
    """
    still_open = [question for slot, question in questions.items() if question.ask and slot not in facts.answers]
    today = today or score(facts, rules, now)
    if today.unqualified:
        return Asking(skip=tuple(question.slot for question in still_open))
    known = today.unbounded
    outcomes = {question.slot: possible(question.slot, rules) for question in still_open}
    free = [question.slot for question in still_open if qualifies(question)]
    skip: list[str] = []
    if rules.stop_early:
        talk = _talk(facts, rules)
        may_skip = [slot for slot in free if not questions[slot].always and not _may_disqualify(slot, set(outcomes), facts, rules, now)]
        skip = [slot for slot in may_skip if not _matters(slot, known, outcomes, talk, rules)]
    if rules.order == "as_written":
        return Asking(skip=tuple(skip))
    asked = [slot for slot in free if slot not in skip]
    return Asking(tuple(sorted(asked, key=lambda slot: -swing(known, outcomes[slot], rules))), tuple(skip))


def qualifies(question: Question) -> bool:
    """Whether a question is asked for its points, not to reach somebody."""
    return not question.personal and question.kind != "consent"


def possible(slot: str, rules: Rules) -> Outcomes:
    """The points that an answer to a question can bring; none is always possible."""
    return NOTHING | {_points(rule.group, worth(rule, rules)) for rule in rules.rules if rule.question == slot}


def swing(known: Points, outcomes: Outcomes, rules: Rules) -> int:
    """How far apart the best and the worst answer leave the score."""
    totals = [_total(_add(known, outcome), rules) for outcome in outcomes]
    return max(totals) - min(totals)


def _matters(slot: str, known: Points, outcomes: Mapping[str, Outcomes], talk: Outcomes, rules: Rules) -> bool:
    """Whether two answers can lead to two tiers, whatever is answered elsewhere."""
    own = _sums([outcomes[slot], talk])
    others = _sums(other for name, other in outcomes.items() if name != slot)
    return any(len({rules.tier(_total(_add(known, other, mine), rules)) for mine in own}) > 1 for other in others)


def _talk(facts: Facts, rules: Rules) -> Outcomes:
    """What more messages can change: a visitor who is asked more writes more."""
    of_replies = [rule for rule in rules.rules if rule.replies is not None]
    fits = next((rule for rule in of_replies if facts.replies >= (rule.replies or 0)), None)
    before = _points(fits.group, worth(fits, rules)) if fits else (0, 0)
    later = {_points(rule.group, worth(rule, rules)) for rule in of_replies if facts.replies < (rule.replies or 0)}
    return NOTHING | {(fit - before[0], engagement - before[1]) for fit, engagement in later}


def _may_disqualify(slot: str, still_open: set[str], facts: Facts, rules: Rules, now: datetime) -> bool:
    """Whether an answer could be what is missing to a reason why this cannot become a customer."""

    def may_hold(condition: Condition) -> bool:
        return condition.question is None or condition.question in still_open or holds(condition, facts, rules.currency, now)

    return any(any(c.question == slot for c in one.all) and all(may_hold(c) for c in one.all) for one in rules.unqualified)


def _points(group: str, points: int) -> Points:
    return (points, 0) if group == "fit" else (0, points)


def _add(*parts: Points) -> Points:
    return sum(part[0] for part in parts), sum(part[1] for part in parts)


def _sums(sets: Iterable[Outcomes]) -> set[Points]:
    """All sums of one outcome out of each set."""
    sums: set[Points] = {(0, 0)}
    for outcomes in sets:
        sums = {(fit + more[0], engagement + more[1]) for fit, engagement in sums for more in outcomes}
    return sums


def _total(points: Points, rules: Rules) -> int:
    return bounded(points[0], rules.caps.get("fit")) + bounded(points[1], rules.caps.get("engagement"))
