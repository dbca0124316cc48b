"""Requests of people at the command line: find, erase, the report and its check."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from leads.database import Database
from tests.handraise.test_cli import data as data
from tests.handraise.test_cli import output, run
from tests.leads.people import EMAIL, MARK, add_person, traces


@pytest.fixture
def person(data: Path) -> str:
    """The id of the conversation of somebody in the database."""
    return asyncio.run(_in(data, lambda database: add_person(database)))


async def _in[T](data: Path, work: Callable[[Database], Awaitable[T]]) -> T:
    database = Database(f"sqlite+aiosqlite:///{data}/handraise.db")
    try:
        return await work(database)
    finally:
        await database.close()


def left(data: Path) -> list[str]:
    return asyncio.run(_in(data, lambda database: traces(database, EMAIL, MARK)))


def test_a_person_is_found_and_erased_and_the_report_can_be_checked(data: Path, person: str, tmp_path: Path) -> None:
    (row,) = output("person", "find", EMAIL, "--json")
    assert (row["conversation_id"], row["messages"], sorted(row["where"])) == (person, 1, ["email", "identity", "message"])
    file = tmp_path / "report.json"
    shown = run("person", "erase", EMAIL, "--yes", "--report", str(file)).stdout
    report = json.loads(file.read_text())
    assert report["reference"] in shown and "3 answers" in shown
    assert left(data) == []
    assert output("person", "find", EMAIL, "--json") == []
    assert output("person", "report", report["reference"]) == report
    assert "as it was signed" in run("person", "verify", str(file)).stdout
    file.write_text(json.dumps({**report, "marks": 0}))
    assert "does not fit" in run("person", "verify", str(file), code=1).output
    rows = output("audit", "list", "--json")
    assert [row["what"] for row in rows] == ["person_sought", "erased", "person_sought"]
    assert rows[1]["about"] == {"kind": "conversation", "id": person}
    assert EMAIL not in json.dumps(rows)
    assert "3 rows are as they were written" in run("audit", "verify").stdout


def test_words_that_may_be_anybodys_erase_nothing(data: Path, person: str) -> None:
    assert output("person", "find", "Markersen", "--json")[0]["conversation_id"] == person
    assert "may stand in anybody's chat" in run("person", "erase", "Markersen", "--yes", code=1).output
    assert "Nothing was found" in run("person", "erase", "nobody@acme.io", "--yes", code=1).output
    assert "too little" in run("person", "find", "x", code=1).output
    assert left(data) != []


def test_without_a_yes_nothing_is_erased(data: Path, person: str) -> None:
    assert "1 conversation" in run("person", "erase", person, code=1).output
    assert left(data) != []


def test_everything_about_a_person_is_in_one_archive(data: Path, person: str, tmp_path: Path) -> None:
    other = asyncio.run(_in(data, lambda database: add_person(database, email="bob@else.io", phone="+442079460111", mark="OTHER")))
    file = tmp_path / "jane.zip"
    counts = output("person", "export", EMAIL, "--out", str(file), "--json")["rows"]
    again = output("person", "export", EMAIL, "--out", str(file), "--json")["rows"]
    with zipfile.ZipFile(file) as archive:
        content = json.loads(archive.read("person.json"))
        tables = {name for name in archive.namelist() if name.startswith("csv/")}
        rows = list(csv.DictReader(io.StringIO(archive.read("csv/answers.csv").decode())))
        whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert (counts["entries"], counts["answers"], counts["consents"], counts["handoffs"], counts["leads"]) == (2, 3, 1, 1, 1)
    assert content["leads"][0]["receipt"] == {"entries": [{"said": MARK}]}
    assert [row["what"] for row in content["audit"]] == ["person_exported"], "who saw it is part of it"
    assert again["audit"] == 1 and {"csv/entries.csv", "csv/consents.csv", "csv/identities.csv", "csv/lead_events.csv"} <= tables
    assert next(row for row in rows if row["slot"] == "phone")["text"] == "'+44 20 7946 0958", "no spreadsheet takes it for a formula"
    assert "OTHER" not in whole and other not in whole and "token_hash" not in whole


def test_an_archive_that_cannot_be_written_is_said_to_be_so(data: Path, person: str, tmp_path: Path) -> None:
    assert "cannot be written" in run("person", "export", EMAIL, "--out", str(tmp_path / "no" / "x.zip"), code=1).output
    assert "Nothing was found" in run("person", "export", "nobody@acme.io", code=1).output


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"reference": "x"}'])
def test_a_file_that_is_no_report_is_said_to_be_none(data: Path, tmp_path: Path, content: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    run("person", "verify", str(file), code=1)
