"""`handraise read`: anybody may try the readers on their own lines."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from handraise.cli import app
from handraise.read import READ_KINDS, read_lines


def run(*words: str, lines: str = "") -> tuple[int, list[Any]]:
    result = CliRunner().invoke(app, ["read", *words], input=lines)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_each_line_has_its_answer() -> None:
    code, found = run("money", lines="50-80k€ a year\nwhy?\nwe have roughly two mil\n")
    assert code == 0
    assert found[0]["value"] == {"min": 50000, "max": 80000, "currency": "EUR", "period": "year"}
    assert found[0]["matched"] in "50-80k€ a year" and 0 < found[0]["confidence"] <= 1
    assert found[1] is None
    assert found[2]["value"]["min"] == 2_000_000


def test_lines_of_json_say_where_the_writer_is() -> None:
    lines = '{"text": "$5k", "country": "CA"}\n{"text": "$5k"}\n'
    assert [one["value"]["currency"] for one in run("money", lines=lines)[1]] == ["CAD", "USD"]
    assert run("phone", "--country", "DE", lines="030 1234567\n")[1][0]["value"]["number"] == "+49301234567"
    assert run("timeline", "--today", "2026-11-21", lines="in 3 weeks\n")[1][0]["value"]["within_days"] == 21


def test_a_line_that_cannot_be_used_does_not_stop_the_others() -> None:
    code, found = run("money", lines='{"text": 5}\n{broken\n{"text": "1k", "lang": 7}\n40k\n')
    assert code == 1
    assert [next(iter(one)) for one in found] == ["error", "error", "error", "value"]
    assert "Line 2" in found[1]["error"]


@pytest.mark.parametrize("words", [["weather"], ["money", "--today", "soon"]])
def test_what_is_not_known_is_said(words: list[str]) -> None:
    assert run(*words) == (1, [])


@pytest.mark.parametrize("kind", READ_KINDS)
@given(text=st.text(max_size=200))
def test_any_text_gives_a_line(kind: str, text: str) -> None:
    assert len(list(read_lines(kind, [json.dumps({"text": text}), text]))) == 2
