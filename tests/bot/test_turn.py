"""Typed text never becomes a command, whatever stands in front of the slash."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.turn import BadTurn, check_turn, harmless

INTENTS = {"human", "answer", "resume", "restart"}
BASE = {"turn_id": "t", "sender_id": "s"}


@pytest.mark.parametrize(
    "front", ["/", "//", " /", "\u00a0/", "\u3000/", "\uff0f", "\ufeff/", "\u200b/", "\u2215", "\x00/", "\u2060\u00ad/", "\u202e/"]
)
def test_a_slash_in_front_is_taken_off(front: str) -> None:
    assert harmless(front + "restart") == "restart"


@given(st.text())
def test_no_text_is_a_command_after_any_clean_up(text: str) -> None:
    found = harmless(text)
    assert found
    for cleaned in (found, found.strip(), unicodedata.normalize("NFKC", found).strip(), re.sub(r"^[\W_]*(?=/)", "", found[:1])):
        assert not cleaned.startswith("/")


@given(st.text(alphabet=" /\uff0f\u3000\ufeffab", max_size=12))
def test_words_stay(text: str) -> None:
    assert harmless(text) in (text.lstrip(" /\uff0f\u3000\ufeff"), "?")


def test_a_slash_elsewhere_stays() -> None:
    assert harmless("24/7 support and/or chat") == "24/7 support and/or chat"


def test_typed_text_has_no_intent_and_a_button_has_one() -> None:
    assert check_turn({**BASE, "text": "/human"}, INTENTS).intent is None
    assert check_turn({**BASE, "choice": {"title": "A person", "payload": "/human"}}, INTENTS).intent == "human"
    answer = check_turn({**BASE, "choice": {"title": "51-200", "payload": "51-200 people"}}, INTENTS)
    assert (answer.intent, answer.text) == ("answer", "51-200 people")
    assert check_turn({**BASE, "event": "resume"}, INTENTS).text == ""


def test_a_payload_that_is_almost_a_command_is_text() -> None:
    turn = check_turn({**BASE, "choice": {"title": "x", "payload": '/human{"a": 1}'}}, INTENTS)
    assert (turn.intent, turn.text) == ("answer", 'human{"a": 1}')


@given(st.one_of(st.none(), st.integers(), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.text())))
def test_any_other_body_is_refused(body: object) -> None:
    with pytest.raises(BadTurn):
        check_turn(body, INTENTS)
