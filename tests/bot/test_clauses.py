"""A message in its parts, and which intent leads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clauses import MAX_CLAUSES, Guess, agreed, choose, clauses, likely, picked


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
    assert choose(Guess("insult", 0.35), [])[0].name == "nlu_fallback"
    assert choose(Guess("affirm", 0.25), [])[0].name == "affirm"


def test_a_topic_that_is_only_likely_is_offered_not_answered() -> None:
    ranking = [Guess("ask_price", 0.3), Guess("greet", 0.2), Guess("support", 0.18), Guess("ask_demo", 0.05)]
    assert choose(ranking[0], [])[0].name == "nlu_fallback"
    assert likely(ranking) == ["ask_price", "support"]


def test_who_wants_nobody_is_not_called_and_still_gets_an_answer() -> None:
    assert choose(Guess("human", 0.9), [], nobody=True) == (Guess("no_person", 1.0), [])
    leader, beside = choose(Guess("human", 0.9), [Guess("human", 0.9), Guess("ask_price", 0.9)], nobody=True)
    assert (leader.name, beside) == ("ask_price", [])


def test_a_time_for_a_call_is_no_wish_for_somebody_now() -> None:
    assert choose(Guess("appointment", 0.7), [], person=True)[0].name == "appointment"
    assert choose(Guess("appointment", 0.3), [], person=True)[0].name == "human"


def test_of_a_letter_only_the_parts_are_believed() -> None:
    assert choose(Guess("human", 0.9), [Guess("inform", 0.9)], long=True) == (Guess("inform", 0.9), [])
    assert choose(Guess("inform", 0.9), [Guess("not_buying", 0.8)], long=True)[0].name == "not_buying"


OFFERED = [{"title": "5k\u201325k €", "payload": "5k to 25k EUR a year"}, {"title": "Zendesk", "payload": "zendesk"}]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Zendesk", "Zendesk"),
        ("zendesk!", "Zendesk"),
        ("5k - 25k", "5k\u201325k €"),
        ("5K\u201325K", "5k\u201325k €"),
        ("5k to 25k EUR a year.", "5k\u201325k €"),
        ("the second one please", "Zendesk"),
        ("I'd take the first", "5k\u201325k €"),
        ("option 2", "Zendesk"),
        ("the last one", "Zendesk"),
        ("die zweite bitte", "Zendesk"),
        ("la primera", "5k\u201325k €"),
        ("the third one", None),  # there is none
        ("2", None),  # a figure may be the answer
        ("second thoughts on that", None),
        ("do you work with Zendesk?", None),
        ("", None),
        ("?", None),
    ],
)
def test_a_text_may_name_a_button_or_its_place(text: str, title: str | None) -> None:
    button = picked(text, OFFERED)
    assert (button and button["title"]) == title
    assert picked(text, []) is None


def test_what_comes_after_a_greeting_leads() -> None:
    assert choose(Guess("greet", 0.9), [Guess("ask_demo", 0.45)])[0].name == "ask_demo"
    assert choose(Guess("greet", 0.9), [Guess("ask_demo", 0.2)])[0].name == "greet"
    assert choose(Guess("thanks", 0.9), [Guess("inform", 0.9)])[0].name == "thanks"


def test_help_is_no_question_of_its_own_beside_what_it_is_needed_for() -> None:
    assert choose(Guess("support", 0.6), [Guess("ask_help", 0.9), Guess("support", 0.9)]) == (Guess("support", 0.6), [])
    assert choose(Guess("inform", 0.6), [Guess("ask_help", 0.9), Guess("inform", 0.9)])[0].name == "ask_help"


@pytest.mark.parametrize(
    ("intent", "said", "payload", "meant"),
    [
        ("affirm", "Shall I call a colleague?", "/human", True),
        ("deny", "Shall I call a colleague?", "/human", False),
        ("affirm", "I am here if you need anything.", "/human", False),  # nothing was asked
        ("affirm", "Roughly what budget do you have in mind?", "less than 5k EUR a year", False),
        ("affirm", "So, roughly what budget do you have in mind?", "/skip_question", False),
    ],
)
def test_a_plain_yes_means_what_the_bot_offers_to_do(intent: str, said: str, payload: str, meant: bool) -> None:
    button = {"title": "First", "payload": payload}
    assert agreed(Guess(intent, 0.9), said, [button]) == (button if meant else None)
    assert agreed(Guess(intent, 0.3), said, [button]) is None
