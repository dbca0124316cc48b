"""Short answers that are something else than was asked, or have a laugh beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.questions import Questions
from leads.reading import read_message

QUESTIONS = Questions.load(Path(__file__).parents[3] / "bot" / "questions.yml")


def read(text: str, asked: str, locale: str) -> dict[str, str]:
    found = read_message(text, QUESTIONS, asked=asked, locale=locale)
    return {one.slot: one.reading.text if one.reading else one.status for one in found}


@pytest.mark.parametrize(
    ("text", "locale"),
    [("somos 200 en banca", "es"), ("we are about 200", "en"), ("wir sind 200", "de"), ("on est 200", "fr"), ("siamo in 200", "it")],
)
def test_a_bare_number_of_us_is_no_budget(text: str, locale: str) -> None:
    found = read(text, "budget", locale)
    assert "budget" not in found
    assert found["company_size"].endswith("200 people")


@pytest.mark.parametrize("text", ["we're around 5k", "we're 500 a month", "we are thinking 500"])
def test_a_sum_behind_the_same_words_is_one(text: str) -> None:
    assert "budget" in read(text, "budget", "en")


@pytest.mark.parametrize(
    ("text", "asked", "locale", "number"),
    [
        ("0151 23456789", "name", "de", "+49 1512 3456789"),
        ("06 12 34 56 78", "budget", "fr", "+33 6 12 34 56 78"),
        ("(06) 12 34 56 78.", "company_size", "fr", "+33 6 12 34 56 78"),
    ],
)
def test_a_number_with_a_leading_zero_by_itself_is_a_telephone(text: str, asked: str, locale: str, number: str) -> None:
    assert read(text, asked, locale) == {"phone": number}


@pytest.mark.parametrize("text", ["12 34 56 78", "we need 06 12 34 56 78 of them", "007"])
def test_other_digits_are_none(text: str) -> None:
    assert "phone" not in read(text, "budget", "fr")


@pytest.mark.parametrize("text", ["no budget lol", "haha no budget", "no budget xD", "No budget, hahaha!"])
def test_a_laugh_changes_nothing(text: str) -> None:
    assert read(text, "budget", "en") == {"budget": "no budget"}
