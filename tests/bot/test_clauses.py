"""A message in its parts, and which intent leads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clauses import MAX_CLAUSES, Guess, choose, clauses, names_one


def test_parts() -> None:
    assert clauses("we have 40k, what does it cost?") == ["we have 40k", "what does it cost?"]
    assert clauses("We're 120 people. Do you integrate with slack? And is it secure?") == [
        "We're 120 people.",
        "Do you integrate with slack?",
        "And is it secure?",
    ]
    assert clauses("we are 10 people and how much is it") == ["we are 10 people and", "how much is it"]
    assert clauses("what does it cost?") == []
    assert clauses("hello") == []


@given(st.text())
def test_any_text_has_a_bounded_number_of_parts(text: str) -> None:
    assert len(clauses(text)) <= MAX_CLAUSES


def test_a_question_beside_an_answer_leads() -> None:
    leader, beside = choose(Guess("inform", 0.9), [Guess("inform", 0.9), Guess("ask_price", 0.9)])
    assert (leader.name, beside) == ("ask_price", [])


def test_questions_are_answered_in_their_order() -> None:
    parts = [Guess("ask_integrations", 0.9), Guess("ask_security", 0.8)]
    leader, beside = choose(Guess("ask_security", 0.5), parts)
    assert ([*beside, leader.name]) == ["ask_integrations", "ask_security"]


def test_a_wish_for_a_person_leads_whatever_else_is_said() -> None:
    leader, beside = choose(Guess("ask_price", 0.9), [Guess("ask_price", 0.9), Guess("human", 0.9)])
    assert (leader.name, beside) == ("human", ["ask_price"])


def test_an_unsure_part_changes_nothing() -> None:
    assert choose(Guess("inform", 0.9), [Guess("human", 0.4)]) == (Guess("inform", 0.9), [])


def test_the_words_of_the_message_can_ask_for_a_person() -> None:
    assert choose(Guess("insult", 0.7), [], person=True) == (Guess("human", 1.0), [])
    assert choose(Guess("ask_price", 0.7), [Guess("ask_price", 0.9), Guess("inform", 0.9)], person=True)[0].name == "human"


def test_nothing_grave_is_done_on_a_vague_guess() -> None:
    assert choose(Guess("human", 0.25), [])[0].name == "nlu_fallback"
    assert choose(Guess("delete_data", 0.3), [])[0].name == "nlu_fallback"
    assert choose(Guess("human", 0.5), [])[0].name == "human"
    assert choose(Guess("ask_price", 0.25), [])[0].name == "ask_price"


OFFERED = [{"title": "5k\u201325k €", "payload": "5k to 25k EUR a year"}, {"title": "Zendesk", "payload": "zendesk"}]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Zendesk", True),
        ("zendesk!", True),
        ("5k - 25k", True),
        ("5K\u201325K", True),
        ("5k to 25k EUR a year.", True),
        ("do you work with Zendesk?", False),
        ("", False),
        ("?", False),
    ],
)
def test_a_text_that_is_a_button_on_offer_is_an_answer(text: str, named: bool) -> None:
    assert names_one(text, OFFERED) is named
