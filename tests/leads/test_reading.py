"""What holds for reading whatever the text is."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from leads.questions import Choice, Question, Questions
from leads.reading import UNSURE, headgroups, moneywords, read_answer, read_message
from leads.reading.message import fold
from leads.reading.numbers import MAX_VALUE
from tests.examples import examples

BUDGET = Question("budget", "money", "Budget")
SIZE = Question("size", "headcount", "Size")
EVERY_KIND = Questions(
    [
        BUDGET,
        SIZE,
        *(
            Question(kind, kind, kind, choices=(Choice("Small", "small plan"), Choice("Large", "large plan")))
            for kind in ("industry", "timeline", "consent", "name", "email", "phone", "company", "choice", "yes_no", "text")
        ),
    ]
)
WORDS = (
    "40k|50|-|to|not|sorry|,|?|.|€|$|EUR|k|m|million|people|person-team|per|/mo|a year|budget|we're|I'm|my name is|Jane|at|dot|com|@"
    "|+49|030|0|1.000|1,5|und|hundert|quatre-vingt|asap|in|months|by March|no|yes|why|fintech|bank|GmbH|2026|24/7|%|<|>|~|+|'|\"|(|\n"
)
PIECES = st.sampled_from(WORDS.split("|"))
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map(" ".join), st.lists(PIECES, max_size=40).map("".join))


@examples(400)
@given(TEXTS, st.sampled_from([None, "nothing", *EVERY_KIND]), st.sampled_from([None, "de", "es"]), st.sampled_from([None, "DE", "US"]))
def test_no_text_breaks_it(text: str, asked: str | None, locale: str | None, country: str | None) -> None:
    found = read_message(text, EVERY_KIND, asked=asked, locale=locale, country=country)
    slots = [one.slot for one in found]
    assert slots == [slot for slot in EVERY_KIND if slot in slots]
    for one in found:
        assert one.status in ("known", "declined", "unknown")
        assert (one.reading is not None) == (one.status == "known")
        if one.reading is not None:
            json.dumps(one.reading.value, allow_nan=False)
            assert 0 < one.reading.confidence <= 1
            assert one.reading.text


@given(st.text(max_size=200))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


FIGURES = st.one_of(
    st.integers(1, 10**9).map(float),
    st.integers(1, 999).map(lambda number: number * 1000.0),
    st.integers(1, 10**7).map(lambda cents: cents / 100),
)


@st.composite
def sums(draw: st.DrawFn) -> dict[str, Any]:
    low, high = sorted((draw(FIGURES), draw(FIGURES)))
    ends = draw(st.sampled_from([(low, high), (low, low), (low, None), (None, high)]))
    currency = draw(st.sampled_from(["EUR", "USD", "INR", "CHF", None]))
    period = draw(st.sampled_from(["year", "month", "quarter", "week", "day", "once", None]))
    return {"min": ends[0], "max": ends[1], "currency": currency, "period": period}


@examples(300)
@given(sums(), st.booleans())
def test_money_in_plain_words_reads_back(value: dict[str, Any], about: bool) -> None:
    assume(value["currency"] or value["period"] or max(value["min"] or 0, value["max"] or 0) >= 200)  # less is no budget without a sign
    reading = read_answer(moneywords.describe(value, about), BUDGET)
    assert reading is not None
    assert reading.value == value


@examples(300)
@given(st.integers(1, 10**7), st.integers(1, 10**7), st.sampled_from(["both", "same", "low", "high"]), st.booleans())
def test_a_headcount_in_plain_words_reads_back(one: int, other: int, form: str, about: bool) -> None:
    low, high = sorted((one, other))
    value = {"both": (low, high), "same": (low, low), "low": (low, None), "high": (None, high)}[form]
    reading = read_answer(headgroups.describe({"min": value[0], "max": value[1]}, about), SIZE)
    assert reading is not None
    assert reading.value == {"min": value[0], "max": value[1]}


@pytest.mark.parametrize("text", ["9" * 5000, "1" * 400 + " euros", "9,999,999,999,999,999 euros", "9" * 14 + "k"])
def test_absurd_numbers_are_not_read(text: str) -> None:
    reading = read_answer(text, BUDGET)
    assert reading is None or (reading.value["max"] or 0) <= MAX_VALUE


def test_only_what_fits_a_message_is_read() -> None:
    assert read_answer("x " * 2000 + "40k euros", BUDGET) is None
    assert read_answer("x " * 1990 + "40k euros", BUDGET) is not None


def test_said_is_a_part_of_the_message(questions: Questions) -> None:
    text = "Hi, we're a 120-person fintech in Berlin looking for a chat tool, we have about 40k euros a year."
    found = {one.slot: one.said for one in read_message(text, questions, asked=None)}
    assert found == {"budget": "about 40k euros a year", "company_size": "120-person", "industry": "fintech"}
    assert all(said in text for said in found.values())


@pytest.mark.parametrize(("intent", "status"), [("decline", "declined"), ("dont_know", "unknown"), ("inform", None), (None, None)])
def test_what_the_bot_understood_as_a_refusal_is_one(intent: str | None, status: str | None, questions: Questions) -> None:
    found = read_message("nah, let us move along with it", questions, asked="budget", intent=intent)
    assert [one.status for one in found] == ([status] if status else [])


@pytest.mark.parametrize(
    ("text", "intent", "left"),
    [
        ("no budget yet", "dont_know", {"budget": "unknown"}),
        ("das Budget verrate ich nicht", "decline", {"budget": "declined"}),
        ("no idea", "dont_know", {"industry": "unknown"}),
    ],
)
def test_a_refusal_leaves_open_the_question_that_it_names(questions: Questions, text: str, intent: str, left: dict[str, str]) -> None:
    assert {one.slot: one.status for one in read_message(text, questions, asked="industry", intent=intent)} == left


def test_a_refusal_beside_an_answer_to_something_else_is_not_invented(questions: Questions) -> None:
    found = read_message("we are 40 people by the way", questions, asked="budget", intent="decline")
    assert [(one.slot, one.status) for one in found] == [("company_size", "known")]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("we are a dental chain, not sure about the budget yet, need it by June", "unknown"),
        ("I'll have to ask my boss about budget but we are 35 people in logistics", "unknown"),
        ("unser Budget steht noch nicht fest, wir sind 20 Leute", "unknown"),
        ("our budget is confidential, but we're 30 people", "declined"),
        ("we have 20k, not sure about the budget for next year", "known"),
        ("not sure what it is, our budget is 20k", "known"),
        ("is your answer to my budget question still open?", None),
        ("we are 20 people", None),
    ],
)
def test_a_part_of_a_message_leaves_a_question_open(text: str, status: str | None, questions: Questions) -> None:
    found = {one.slot: one.status for one in read_message(text, questions, asked=None)}
    assert found.get("budget") == status


def test_what_is_known_stays_unless_it_is_taken_back(questions: Questions) -> None:
    known = {"budget": {"min": 1000.0, "max": 1000.0, "currency": None, "period": None}}
    assert read_message("not sure about the budget, really", questions, asked="industry", known=known) == []
    found = read_message("actually forget the budget", questions, asked="industry", known=known)
    assert [(one.slot, one.status) for one in found] == [("budget", "declined")]


@pytest.mark.parametrize(("text", "status"), [("maybe", "unknown"), ("n/a", "declined"), ("it's none of your business", "declined")])
def test_the_words_of_a_refusal_count_for_more_than_its_intent(text: str, status: str, questions: Questions) -> None:
    found = read_message(text, questions, asked="industry", intent="decline" if status == "unknown" else "dont_know")
    assert [one.status for one in found] == [status]


def test_a_question_that_may_not_be_refused_is_not(questions: Questions) -> None:
    must = Questions([Question("budget", "money", "Budget", refusable=False)])
    assert read_message("I'd rather not say", must, asked="budget", intent="decline") == []


def test_country_and_language_settle_what_is_ambiguous() -> None:
    def value(text: str, **hints: str) -> dict[str, Any]:
        reading = read_answer(text, BUDGET, **hints)  # type: ignore[arg-type]
        assert reading is not None
        return reading.value

    assert value("$500", country="AU")["currency"] == "AUD"
    assert value("$500")["currency"] == "USD"
    assert value("2 mil", locale="es")["min"] == 2000
    assert value("2 mil", locale="en")["min"] == 2_000_000


def test_dates_count_from_today() -> None:
    question = Question("start", "timeline", "Start")
    for today, days in ((date(2026, 1, 1), 89), (date(2026, 3, 30), 1), (date(2026, 4, 1), 364)):
        reading = read_answer("by the end of March", question, today=today)
        assert reading is not None
        assert reading.value["within_days"] == days


def test_a_second_question_of_a_kind_needs_no_program() -> None:
    both = Questions(
        [
            Question("budget", "money", "Budget"),
            Question("spend", "money", "Present cost", words=("today", "currently", "zendesk")),
            Question("plan", "choice", "Plan", choices=(Choice("Small", "small plan"), Choice("Large", "large plan"))),
        ]
    )

    def read(text: str, asked: str | None) -> dict[str, str]:
        return {one.slot: one.reading.text for one in read_message(text, both, asked=asked) if one.reading}

    assert read("40k euros", None) == {"budget": "40k EUR"}
    assert read("40k euros", "spend") == {"spend": "40k EUR"}
    assert read("zendesk takes 300 euros a month", None) == {"spend": "300 EUR a month"}
    assert read("the large one", "plan") == {"plan": "Large"}
    assert read("larg", "plan") == {"plan": "Large"}
    assert read("the second", "plan") == {"plan": "Large"}
    assert read("Small plan", "plan") == {"plan": "Small"}
    assert read("not small, large", "plan") == {"plan": "Large"}
    assert read("whatever", "plan") == {}


def test_people_are_not_counted_in_the_thousands_of_a_sum(questions: Questions) -> None:
    found = {
        one.slot: one.reading.text for one in read_message("30k euros a year and we are 45 people", questions, asked=None) if one.reading
    }
    assert found == {"budget": "30k EUR a year", "company_size": "45 people"}


@pytest.mark.parametrize(
    ("text", "budget"), [("ok 10k", "10k"), ("no wait 8k", "8k"), ("20-30k", "20k to 30k"), ("5k run", None), ("2027", None), ("12", None)]
)
def test_a_bare_sum_is_money_whatever_was_asked(text: str, budget: str | None, questions: Questions) -> None:
    found = {one.slot: one.reading.text for one in read_message(text, questions, asked="industry") if one.reading}
    assert found.get("budget") == budget


def test_free_text_is_taken_as_it_is() -> None:
    need = Questions([Question("need", "text", "Need")])
    reading = read_answer("Something that answers at night", need["need"])
    assert reading is not None
    assert reading.text == "Something that answers at night"
    assert read_message("Something that answers at night", need, asked=None) == []
    assert read_answer("why?", need["need"]) is None


def test_a_number_without_its_country_is_taken_for_one_of_the_language_and_else_asked_about_again() -> None:
    phone = Question("phone", "phone", "Phone")
    german, unknown = read_answer("0171 2345678", phone, locale="de"), read_answer("0171 2345678", phone)
    assert german is not None and german.value == {"number": "+491712345678", "country": "DE"}
    assert unknown is not None and unknown.value["number"] == "01712345678" and unknown.confidence < UNSURE
