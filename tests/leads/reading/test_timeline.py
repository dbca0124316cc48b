"""When somebody wants to start: what is read when it was asked, and what is left alone when it was not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from leads.questions import Question, Questions
from leads.reading import read_answer, read_message

TODAY = date(2026, 11, 21)  # a Saturday
QUESTION = Question("timeline", "timeline", "Timeline")


def asked(text: str, language: str = "en", country: str | None = None) -> int | str | None:
    reading = read_answer(text, QUESTION, locale=language, country=country, today=TODAY)
    return "nothing" if reading is None else reading.value["within_days"]


def days_to(year: int, month: int, day: int) -> int:
    return (date(year, month, day) - TODAY).days


@pytest.mark.parametrize(
    ("text", "language", "country", "day"),
    [
        ("primavera", "es", "ES", (2027, 5, 31)),
        ("verano", "es", "AR", (2027, 2, 28)),
        ("summer", "en", "AU", (2027, 2, 28)),
        ("summer", "en", "GB", (2027, 8, 31)),
        ("03/04/2027", "en", "US", (2027, 3, 4)),
        ("03/04/2027", "en", "GB", (2027, 4, 3)),
        ("oktober 27", "de", "DE", (2027, 10, 31)),
        ("october 27", "en", "US", (2027, 10, 27)),
        ("mid Jan, the 15th", "en", None, (2027, 1, 15)),
        ("fiestas patrias", "es", "MX", (2027, 9, 16)),
        ("fiestas patrias", "es", "PE", (2027, 7, 28)),
        ("thanksgiving", "en", "US", (2026, 11, 26)),
        ("thanksgiving", "en", "CA", (2027, 10, 11)),
        ("the Friday before Christmas", "en", None, (2026, 12, 18)),
        ("der letzte Freitag im Januar", "de", "DE", (2027, 1, 29)),
    ],
)
def test_the_same_words_mean_another_day_elsewhere(text: str, language: str, country: str | None, day: tuple[int, int, int]) -> None:

    assert asked(text, language, country) == days_to(*day)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("we move in February, so realistically April", (2027, 4, 30)),
        ("we move in february and want to start that same month", (2027, 2, 28)),
        ("not January, February", (2027, 2, 28)),
        ("before the end of Q1", (2027, 3, 31)),
        ("ideally january but march is more realistic", (2027, 3, 31)),
        ("I said March, I mean April", (2027, 4, 30)),
        ("no rush, sometime in march", (2027, 3, 31)),
        ("June at the earliest, August at the latest", (2027, 8, 31)),
    ],
)
def test_of_several_times_the_one_that_is_meant_counts(text: str, day: tuple[int, int, int]) -> None:
    assert asked(text) == days_to(*day)


@pytest.mark.parametrize(
    "text", ["not before March", "after March", "in more than a year", "no rush, our contract runs until May", "not until May"]
)
def test_what_has_no_last_day_has_none(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "that's soon",
        "wie schnell geht das",
        "the contract is 12 months",
        "we'd use it for 6 months",
        "it took 3 months last time",
        "we met in october",
        "the board meets in february",
        "our Q3 numbers were bad",
        "how fast can you, 3 weeks?",
        "we are open Monday to Friday",
        "my name is April",
        "April Jones, thanks",
        "call me on tuesday",
        "I need a quote by friday",
        "whenever my brother stops arguing",
        "Q2 of FY27",
        "no date yet",
        "20 hours a week",
        "launch your site in 7 days!",
        "ask april@march.com",
    ],
)
def test_a_time_of_something_else_is_asked_about(text: str) -> None:
    assert asked(text) == "nothing"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("we have 40k a year", None),
        ("the $99 a month plan is what we can do", None),
        ("I could talk in January", None),
        ("gern an h.sommer@t-online.de", None),
        ("12 people, we need it by March", "by March"),
        ("we want to begin on 1 March", "on 1 March"),
    ],
)
def test_a_time_is_volunteered_only_with_a_wish(text: str, label: str | None) -> None:
    questions = Questions.load(Path("bot/questions.yml"))
    found = {one.slot: one.reading.text for one in read_message(text, questions, asked="budget", today=TODAY) if one.reading}
    assert found.get("timeline") == label
