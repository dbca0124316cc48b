"""Early verdict and next-best question: what is not asked could not have changed the tier, for the shipped rules and for any."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handraise.bench.questions import enumerate_answers
from leads.asking import Asking, asking
from leads.conditions import Condition
from leads.facts import FactAnswer, FactEvent, Facts
from leads.questions import Question, Questions
from leads.rule import Disqualifier, Rule
from leads.rules import Rules
from tests.examples import examples

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
EMAIL = Question("email", "email", "E-mail", personal=True)


def known(**value: Any) -> FactAnswer:
    return FactAnswer("known", value, "x", "x")


def ask(rules: Rules, *asked: Question, events: list[FactEvent] | None = None, replies: int = 0, **answers: FactAnswer) -> Asking:
    return asking(Facts(answers, events or [], replies), rules, Questions(asked), NOW)


def headcounts(*slots: str, **options: Any) -> list[Question]:
    return [Question(slot, "headcount", slot, **options) for slot in slots]


def worth(slot: str, *points: int) -> list[Rule]:
    """Rules for one question: the first for 100 and more, the second for less."""
    return [Rule(f"{slot}{number}", "fit", one, "x", question=slot, at_least=100 / (number + 1)) for number, one in enumerate(points)]


@pytest.mark.parametrize("contact_first", [False, True])
def test_the_shipped_rules_never_need_what_is_not_asked(contact_first: bool, rules: Rules, questions: Questions) -> None:
    outcome = enumerate_answers(questions, rules, contact_first=contact_first)
    assert outcome.combinations == 5 * 5 * 3 * 3 * 2 * 3
    assert outcome.differing == []
    assert outcome.asked_on_average < 4
    assert set(outcome.tiers) == {"cold", "warm", "hot"}


def test_the_question_that_can_move_the_score_most_comes_first() -> None:
    rules = Rules((*worth("a", 5), *worth("b", 20, 10), *worth("c", -25, 5)), "h", 20, 40)
    assert ask(rules, *headcounts("a", "b", "c", "d")).order == ("b", "a", "c")  # fit never counts below 0: c can give 5 or take nothing
    assert ask(rules, *headcounts("a", "b", "c"), a=known(min=100, max=100)).order == ("b", "c")
    assert ask(rules, *headcounts("a", "b", "c"), b=known(min=100, max=100)) == Asking(order=("c",), skip=("a",))


def test_the_author_may_keep_the_order_and_have_everything_asked() -> None:
    rules = Rules((*worth("a", 5), *worth("b", 20)), "h", 90, 99)
    assert ask(rules, *headcounts("a", "b")) == Asking(skip=("a", "b"))
    assert ask(replace(rules, stop_early=False), *headcounts("a", "b")) == Asking(order=("b", "a"))
    assert ask(replace(rules, stop_early=False, order="as_written"), *headcounts("a", "b")) == Asking()
    assert ask(rules, *headcounts("a", always=True), *headcounts("b")) == Asking(order=("a",), skip=("b",))


def test_contact_details_are_asked_for_whatever_they_score() -> None:
    rules = Rules(tuple(worth("a", 5)), "h", 90, 99)
    assert ask(rules, EMAIL, Question("agreed", "consent", "Consent"), *headcounts("a")) == Asking(skip=("a",))


def test_an_answer_still_to_come_keeps_a_question_open_that_matters_only_then() -> None:
    rules = Rules((*worth("a", 5), Rule("mail", "engagement", 6, "x", question="email")), "h", 10, 99)
    assert ask(rules, EMAIL, *headcounts("a")).skip == ()
    assert ask(rules, EMAIL, *headcounts("a"), email=FactAnswer("declined", None, "", "")).skip == ("a",)


def test_who_is_asked_more_writes_more_and_that_may_count() -> None:
    rules = Rules((*worth("a", 5), Rule("talked", "engagement", 6, "x", replies=3)), "h", 10, 99)
    assert ask(rules, *headcounts("a")).skip == ()
    assert ask(rules, *headcounts("a"), replies=3).skip == ()
    assert ask(replace(rules, warm=12), *headcounts("a"), replies=3).skip == ("a",)


def test_who_cannot_become_a_customer_is_asked_nothing_more() -> None:
    poor = Disqualifier("poor", (Condition(question="a", at_most=5), Condition(question="b", at_most=5)), "too small")
    rules = Rules(tuple(worth("c", 50)), "h", 10, 20, unqualified=(poor,))
    assert ask(rules, EMAIL, *headcounts("a", "b", "c")).skip == ()  # a and b bring no points, but may settle it
    assert ask(rules, EMAIL, *headcounts("a", "b", "c"), a=known(min=9, max=9)).skip == ("b",)
    assert ask(rules, EMAIL, *headcounts("a", "b", "c"), a=known(min=1, max=1), b=known(min=1, max=1)).skip == ("email", "c")


POINTS = st.integers(-30, 60)
RULES = st.builds(
    lambda points, mail, talked, caps, warm, step, order, poor: Rules(
        (
            *(rule for slot, two in zip("abcd", points, strict=True) for rule in worth(slot, *two)),
            *([Rule("mail", "engagement", mail, "x", question="email")] if mail else []),
            *([Rule("talked", "engagement", talked, "x", replies=3)] if talked else []),
        ),
        "h",
        warm,
        warm + step,
        caps=caps,
        order=order,
        unqualified=(Disqualifier("poor", tuple(Condition(question=slot, at_most=60) for slot in poor), "x"),) if poor else (),
    ),
    st.lists(st.lists(POINTS, max_size=2), min_size=4, max_size=4),
    POINTS,
    POINTS,
    st.dictionaries(st.sampled_from(["fit", "engagement"]), st.integers(0, 80)),
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from(["best_first", "as_written"]),
    st.lists(st.sampled_from("abcd"), max_size=2, unique=True),
)


@examples(60)
@given(RULES, st.booleans())
def test_no_rules_need_what_is_not_asked(rules: Rules, contact_first: bool) -> None:
    outcome = enumerate_answers(Questions([*headcounts(*"abcd"), EMAIL]), rules, contact_first=contact_first)
    assert outcome.differing == []
