"""`handraise bench questions`: every way in which the questions can be answered, and how many of them had to be asked.

An answer matters by the rule that it meets, so one answer for each rule (and one refusal) stands for all. Every combination is asked
twice: all questions in the order of the file, and only those that :mod:`leads.asking` finds worth asking. Both must end in one tier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from typing import Any

from rich.console import Console
from rich.table import Table

from leads.asking import asking, qualifies
from leads.conditions import Condition
from leads.facts import FactAnswer, Facts
from leads.questions import Question, Questions
from leads.rules import Rules
from leads.scoring import Score, score

NOW = datetime(2026, 11, 21, tzinfo=UTC)
REFUSED = FactAnswer("declined", None, "", "")

type Answers = Mapping[str, FactAnswer]


@dataclass
class Outcome:
    """What came of all combinations: how many there are, which ended otherwise than with all questions, and what was asked."""

    combinations: int = 0
    differing: list[tuple[Answers, str, str]] = field(default_factory=list)  # answers, early tier, full tier
    asked: Counter[int] = field(default_factory=Counter)  # how many qualifying questions were put -> in how many combinations
    tiers: Counter[str] = field(default_factory=Counter)
    saved: dict[str, Counter[int]] = field(default_factory=dict)  # tier -> questions saved -> combinations

    @property
    def asked_on_average(self) -> float:
        """Qualifying questions put, on average over all combinations."""
        return sum(number * times for number, times in self.asked.items()) / max(1, self.combinations)


def enumerate_answers(questions: Questions, rules: Rules, *, contact_first: bool = False) -> Outcome:
    """Ask through every combination of answers, early and in full; ``contact_first``: contact details were given before the rest."""
    outcome = Outcome()
    total = sum(1 for question in questions.values() if question.ask and qualifies(question))
    for answers in combinations(questions, rules):
        full = score(Facts(answers, (), len(answers)), rules, NOW)
        early, asked = ask_through(answers, questions, rules, contact_first=contact_first)
        put = sum(1 for slot in asked if qualifies(questions[slot]))
        outcome.combinations += 1
        outcome.asked[put] += 1
        outcome.tiers[full.tier] += 1
        outcome.saved.setdefault(full.tier, Counter())[total - put] += 1
        if bool(early.unqualified) != bool(full.unqualified) or (early.tier != full.tier and not full.unqualified):
            outcome.differing.append((answers, early.tier, full.tier))
    return outcome


def combinations(questions: Questions, rules: Rules) -> Iterator[Answers]:
    """Every combination of one answer for each rule, or a refusal, of each question that is asked."""
    asked = [question for question in questions.values() if question.ask]
    for chosen in product(*(samples(question, rules) for question in asked)):
        yield {question.slot: answer for question, answer in zip(asked, chosen, strict=True)}


def ask_through(answers: Answers, questions: Questions, rules: Rules, *, contact_first: bool = False) -> tuple[Score, list[str]]:
    """The score when only what is worth asking is asked, and what was asked."""
    known = {slot: answer for slot, answer in answers.items() if contact_first and not qualifies(questions[slot])}
    while True:
        plan = asking(Facts(known, (), len(known)), rules, questions, NOW)
        still_open = [slot for slot in answers if slot not in known and slot not in plan.skip]
        if not still_open:
            return score(Facts(known, (), len(known)), rules, NOW), list(known)
        # the questions that qualify come in one form, the contact details in the next
        qualifying = [slot for slot in still_open if qualifies(questions[slot])]
        following = next((slot for slot in plan.order if slot in qualifying), (qualifying or still_open)[0])
        known[following] = answers[following]


def samples(question: Question, rules: Rules) -> list[FactAnswer]:
    """One answer for each rule about a question, and a refusal."""
    conditions = [rule for rule in rules.rules if rule.question == question.slot]
    conditions += [c for one in rules.unqualified for c in one.all if c.question == question.slot]  # type: ignore[misc]
    return [REFUSED, *(FactAnswer("known", sample(one, question, rules), "x", "x") for one in conditions if one.status == "known")]


def sample(condition: Condition, question: Question, rules: Rules) -> dict[str, Any]:
    """A value that meets a condition."""
    if condition.at_least is not None or condition.at_most is not None:
        figure = condition.at_least if condition.at_least is not None else condition.at_most
        money = {"currency": rules.currency, "period": "year"} if question.kind == "money" else {}
        return {"min": figure, "max": figure, **money}
    if condition.within_days is not None:
        return {"within_days": condition.within_days}
    if condition.is_one_of:
        return {"label": condition.is_one_of[0]}
    return {"address": "a@b.example", "free": False} if condition.work_email else {}


def bench_questions(questions: Questions, rules: Rules, console: Console) -> list[Outcome]:
    """Enumerate and show: contact details asked for last, and given before the rest."""
    total = sum(1 for question in questions.values() if question.ask and qualifies(question))
    found = []
    for contact_first in (False, True):
        with console.status("Asking through every combination of answers …"):
            outcome = enumerate_answers(questions, rules, contact_first=contact_first)
        found.append(outcome)
        when = "given first" if contact_first else "asked for last"
        table = Table(title=f"{outcome.combinations:,} combinations of answers, {total} questions that qualify, contact details {when}")
        table.add_column("tier")
        for heading in ("combinations", "asked", *(f"{number} saved" for number in range(total + 1))):
            table.add_column(heading, justify="right")
        for tier in ("cold", "warm", "hot"):
            saved = outcome.saved.get(tier, Counter())
            average = total - sum(number * count for number, count in saved.items()) / max(1, saved.total())
            table.add_row(tier, f"{saved.total():,}", f"{average:.2f}", *(f"{saved[number]:,}" for number in range(total + 1)))
        console.print(table)
        console.print(f"{outcome.asked_on_average:.2f} of {total} questions asked on average; every combination counts alike.")
        if outcome.differing:
            console.print(f"[red]{len(outcome.differing)} combinations ended in another tier than with all questions.[/]")
        else:
            console.print("[green]Every combination ended in the tier that all questions give.[/]")
    return found
