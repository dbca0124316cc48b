"""The table of leads: flat, complete and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.export import csv_row, safe_cell
from leads.questions import Questions
from leads.reading import Reading
from leads.store import LeadStore, NewAnswer


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49 30", "-5", "@SUM(A1)", "\tx", "\rx", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", " =1", "\u3000=1", "\n=1", "\x00=1"],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"), [("Jane", "Jane"), ("", ""), (None, ""), (-5, "-5"), (3, "3"), ("a=b", "a=b"), ("O'Neil, Jo", "O'Neil, Jo")]
)
def test_the_rest_stays_as_it_is(value: object, cell: str) -> None:
    assert safe_cell(value) == cell


@given(st.text())
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


async def test_a_lead_becomes_a_row_with_what_was_said_and_read(store: LeadStore, conversation: str, questions: Questions) -> None:
    reading = Reading({"label": "=evil()", "code": None}, "=evil()", '=evil(), "really"\nyes', 0.3)
    await store.record(
        conversation,
        source="m",
        seq=1,
        read_by="reader",
        answers=[NewAnswer("industry", "known", reading.said, reading), NewAnswer("budget", "declined", "no")],
    )
    rows = [csv_row(lead) async for lead in store.export()]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    read = next(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert read["industry_said"] == '\'=evil(), "really"\nyes'
    assert read["industry_read"] == "'=evil()"
    assert (read["budget_status"], read["timeline_status"]) == ("declined", "missing")
    assert read["tier"] == "cold"
    assert all(f"{slot}_value" in read for slot in questions)
