"""Labelled phrases: what every kind of answer reads, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from leads.questions import Question, Questions
from leads.reading import Reading, read_answer, read_message

TODAY = date(2026, 11, 21)


@cache
def _file(name: str) -> Any:
    return YAML(typ="safe").load((Path(__file__).parent / "data" / f"{name}.yml").read_text(encoding="utf-8"))


def phrases(name: str, *keys: str) -> list[Any]:
    found = _file(name)
    return [item for key in keys for item in found[key]] if keys else list(found)


def asked(text: str, slot: str, questions: Questions, country: str | None = None) -> Reading | None:
    return read_answer(text, questions[slot], country=country, today=TODAY)


def volunteered(text: str, slot: str, questions: Questions) -> Reading | None:
    return {one.slot: one.reading for one in read_message(text, questions, asked=None, today=TODAY)}.get(slot)


@pytest.mark.parametrize(("text", "low", "high", "currency", "period"), phrases("money", "asked"))
def test_money_asked(text: str, low: float, high: float, currency: str, period: str, questions: Questions) -> None:
    reading = asked(text, "budget", questions)
    assert reading is not None
    assert reading.value == {"min": low, "max": high, "currency": currency, "period": period}


@pytest.mark.parametrize(("text", "low", "high", "currency", "period"), phrases("money", "volunteered"))
def test_money_volunteered(text: str, low: float, high: float, currency: str, period: str, questions: Questions) -> None:
    reading = volunteered(text, "budget", questions)
    assert reading is not None
    assert reading.value == {"min": low, "max": high, "currency": currency, "period": period}


@pytest.mark.parametrize(("text", "low", "high"), phrases("headcount", "asked"))
def test_headcount_asked(text: str, low: int, high: int, questions: Questions) -> None:
    reading = asked(text, "company_size", questions)
    assert reading is not None
    assert reading.value == {"min": low, "max": high}


@pytest.mark.parametrize(("text", "low", "high"), phrases("headcount", "volunteered"))
def test_headcount_volunteered(text: str, low: int, high: int, questions: Questions) -> None:
    reading = volunteered(text, "company_size", questions)
    assert reading is not None
    assert reading.value == {"min": low, "max": high}


@pytest.mark.parametrize(("text", "label"), phrases("industry", "asked"))
def test_industry_asked(text: str, label: str, questions: Questions) -> None:
    reading = asked(text, "industry", questions)
    assert reading is not None
    assert (reading.value["label"], bool(reading.value["code"])) == (label, True)


@pytest.mark.parametrize(("text", "label"), phrases("industry", "volunteered"))
def test_industry_volunteered(text: str, label: str, questions: Questions) -> None:
    reading = volunteered(text, "industry", questions)
    assert reading is not None
    assert reading.value["label"] == label


@pytest.mark.parametrize(("text", "label"), phrases("industry", "own_words"))
def test_an_industry_of_no_list_is_kept_with_little_confidence(text: str, label: str, questions: Questions) -> None:
    reading = asked(text, "industry", questions)
    assert reading is not None
    assert (reading.value["label"], reading.value["code"]) == (label, None)
    assert reading.confidence < 0.5


@pytest.mark.parametrize(("text", "days"), phrases("timeline", "asked"))
def test_timeline_asked(text: str, days: int, questions: Questions) -> None:
    reading = asked(text, "timeline", questions)
    assert reading is not None
    assert reading.value["within_days"] == days


@pytest.mark.parametrize("text", phrases("timeline", "open_ended"))
def test_timeline_without_a_date(text: str, questions: Questions) -> None:
    reading = asked(text, "timeline", questions)
    assert reading is not None
    assert reading.value["within_days"] is None


@pytest.mark.parametrize(("text", "days"), phrases("timeline", "volunteered"))
def test_timeline_volunteered(text: str, days: int, questions: Questions) -> None:
    reading = volunteered(text, "timeline", questions)
    assert reading is not None
    assert reading.value["within_days"] == days


@pytest.mark.parametrize(("text", "address", "free", "hint"), phrases("contact", "email"))
def test_email(text: str, address: str, free: bool, hint: str | None, questions: Questions) -> None:
    for reading in (asked(text, "email", questions), volunteered(text, "email", questions)):
        assert reading is not None
        assert reading.value == {"address": address, "free": free, "hint": hint}


@pytest.mark.parametrize(("text", "name"), phrases("contact", "name"))
def test_name_asked(text: str, name: str, questions: Questions) -> None:
    reading = asked(text, "name", questions)
    assert reading is not None
    assert reading.text == name


@pytest.mark.parametrize(("text", "name"), phrases("contact", "volunteered_name"))
def test_name_volunteered(text: str, name: str, questions: Questions) -> None:
    reading = volunteered(text, "name", questions)
    assert reading is not None
    assert reading.text == name


@pytest.mark.parametrize(("text", "country", "number"), phrases("contact", "phone"))
def test_phone(text: str, country: str | None, number: str, questions: Questions) -> None:
    reading = asked(text, "phone", questions, country)
    assert reading is not None
    assert reading.value["number"] == number


@pytest.mark.parametrize(("text", "name"), phrases("contact", "company"))
def test_company_volunteered(text: str, name: str, questions: Questions) -> None:
    reading = volunteered(text, "company", questions)
    assert reading is not None
    assert reading.text == name


def abstentions() -> Iterator[tuple[str, str]]:
    lists = [("money", "abstain", "budget"), ("headcount", "abstain", "company_size"), ("industry", "abstain", "industry")]
    lists += [
        ("timeline", "abstain", "timeline"),
        ("contact", "no_email", "email"),
        ("contact", "no_name", "name"),
        ("contact", "no_phone", "phone"),
    ]
    for name, key, slot in lists:
        yield from ((text, slot) for text in phrases(name, key))


@pytest.mark.parametrize(("text", "slot"), list(abstentions()))
def test_what_is_no_answer_is_not_read(text: str, slot: str, questions: Questions) -> None:
    assert asked(text, slot, questions) is None
    assert slot not in {one.slot for one in read_message(text, questions, asked=slot, today=TODAY) if one.status == "known"}


def silences() -> Iterator[tuple[str, str]]:
    lists = [("money", "budget"), ("headcount", "company_size"), ("industry", "industry"), ("timeline", "timeline")]
    for name, slot in lists:
        yield from ((text, slot) for text in phrases(name, "not_volunteered"))
    yield from ((text, "name") for text in phrases("contact", "not_volunteered_name"))
    yield from ((text, "company") for text in phrases("contact", "no_company"))


@pytest.mark.parametrize(("text", "slot"), list(silences()))
def test_what_was_not_volunteered_is_not_read(text: str, slot: str, questions: Questions) -> None:
    assert volunteered(text, slot, questions) is None


@pytest.mark.parametrize(("text", "meant"), [(text, key) for key in ("yes", "no", "neither") for text in phrases("yes_no", key)])
def test_consent(text: str, meant: str, questions: Questions) -> None:
    reading = asked(text, "contact_consent", questions)
    assert (reading.text if reading else "neither") == meant


@pytest.mark.parametrize(
    ("text", "status"), [(text, key) for key in ("declined", "unknown", "neither") for text in phrases("refusals", key)]
)
@pytest.mark.parametrize("slot", ["budget", "timeline"])
def test_refusals(text: str, status: str, slot: str, questions: Questions) -> None:
    found = {one.slot: one.status for one in read_message(text, questions, asked=slot, today=TODAY)}
    assert found.get(slot, "neither") == status


@pytest.mark.parametrize("sample", phrases("messages"), ids=lambda sample: f"{sample['asked']}: {sample['text'][:40]}")
def test_whole_messages(sample: dict[str, Any], questions: Questions) -> None:
    found = read_message(sample["text"], questions, asked=sample["asked"], known=sample.get("known", ()), today=TODAY)
    assert {one.slot: one.reading.text for one in found if one.reading} == sample["read"]


def test_every_button_is_read(questions: Questions) -> None:
    for question in questions.values():
        for choice in question.choices:
            assert asked(choice.value, question.slot, questions) is not None, choice
            found = read_message(choice.value, questions, asked=question.slot, today=TODAY)
            assert [one.slot for one in found] == [question.slot], choice


def with_question(questions: Questions, question: Question) -> Questions:
    return Questions([*questions.values(), question])
