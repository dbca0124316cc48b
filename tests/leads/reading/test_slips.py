"""Slips in number words and words for people are put right; what only looks like one is left alone, and nothing moves its places."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.questions import Question
from leads.reading import read_answer
from leads.reading.message import make_message
from leads.reading.typos import put_right, repaired
from tests.examples import examples

PEOPLE = ["employees", "workers", "colleagues", "mitarbeiter", "angestellte", "collaborateurs", "personnes", "empleados", "trabajadores"]
NUMBERS = {"seventeen": 17, "nineteen": 19, "fourteen": 14, "siebzehn": 17, "vierzig": 40, "quarante": 40, "cincuenta": 50, "cuarenta": 40}


@st.composite
def slipped(draw: st.DrawFn, right: list[str]) -> tuple[str, str]:
    """A word and the same with two neighbours changed round, or with a letter twice or left out, not among its first two."""
    word = draw(st.sampled_from(right))
    at = draw(st.integers(2, len(word) - 2))
    wrong = draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1 :],
            ]
        )
    )
    return word, wrong


@examples(200)
@given(slipped(PEOPLE), st.integers(2, 900))
def test_a_slip_in_a_word_for_people_costs_nothing(words: tuple[str, str], count: int) -> None:
    _, wrong = words
    reading = read_answer(f"{count} {wrong}", Question("size", "headcount", "Size"))
    assert reading is not None
    assert reading.value == {"min": count, "max": count}


@examples(200)
@given(slipped(sorted(NUMBERS)))
def test_a_slip_in_a_number_word_is_read_as_that_number_or_not_at_all(words: tuple[str, str]) -> None:
    right, wrong = words
    reading = read_answer(f"{wrong} euros", Question("budget", "money", "Budget"))
    assert reading is None or reading.value["min"] == NUMBERS[right] or wrong in NUMBERS


@pytest.mark.parametrize("word", ["steven", "pearson", "weight", "there", "heute", "stuff", "parson", "dozent", "quarantine", "vestidos"])
def test_a_word_of_its_own_is_no_slip(word: str) -> None:
    assert put_right(word) is None


@examples(300)
@given(
    st.lists(st.one_of(st.sampled_from(["emploees", "poeple", "ninty", "zu", "12", "lucas", "b/w", ","]), st.text(max_size=8)), max_size=12)
)
def test_what_was_said_is_shown_as_it_was_typed(pieces: list[str]) -> None:
    text = " ".join(pieces)
    read = repaired(make_message(text, "es", "CL"))
    places = [read.place(place) for place in range(len(read.message.text) + 1)]
    assert places == sorted(places)
    assert not places or 0 <= places[0] <= places[-1] <= len(text)
    for kind in ("money", "headcount"):
        reading = read_answer(text, Question(kind, kind, kind), locale="es", country="CL")
        assert reading is None or reading.said in text


@given(st.text(string.ascii_lowercase, min_size=4, max_size=24))
def test_any_word_is_put_right_once(word: str) -> None:
    right = put_right(word)
    assert right is None or put_right(right) is None
