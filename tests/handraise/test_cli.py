"""The commands on a real database: what they print for people and for programs, and how they refuse."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from handraise.agent import ensure_first_agent
from handraise.cli import app
from leads.clock import now
from leads.database import Database
from leads.models import Conversation, Entry
from leads.questions import Questions
from leads.reading import read_message
from leads.rules import Rules
from leads.settings import Settings, load_settings
from leads.store import LeadStore, NewAnswer
from tests.databases import new_file

ROOT = Path(__file__).parents[2]
SAID = "We are 120 people in fintech with about 40k euros a year"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with an empty database of the present revision."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HANDRAISE_{name.upper()}", raising=False)
    monkeypatch.setenv("HANDRAISE_DATA", str(tmp_path))
    monkeypatch.setenv("HANDRAISE_BOT_FILES", str(ROOT))
    new_file(tmp_path / "handraise.db")
    return tmp_path


@pytest.fixture
def conversation(data: Path) -> str:
    """One conversation with a lead, as hub and actions store it."""
    return asyncio.run(_talk(data))


async def _talk(data: Path) -> str:
    database = Database(f"sqlite+aiosqlite:///{data}/handraise.db")
    async with database.write() as session:
        row = Conversation(site="demo", created_at=now(), started_at=now(), last_at=now(), last_seq=1)
        session.add(row)
        await session.flush()
        session.add(Entry(conversation_id=row.id, seq=1, kind="message", author="visitor", text=SAID, at=now()))
    questions = Questions.load(ROOT / "bot" / "questions.yml")
    store = LeadStore(database, questions, Rules.load(ROOT / "bot" / "scoring.yml"))
    answers = [NewAnswer(item.slot, item.status, item.said, item.reading) for item in read_message(SAID, questions, asked=None)]
    await store.record(row.id, source="m1", seq=1, read_by="reader", answers=answers)
    await database.close()
    return row.id


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def output(*words: str) -> Any:
    return json.loads(run(*words).stdout)


def test_leads_as_json_lines_hold_what_was_said_and_read(conversation: str) -> None:
    (lead,) = [json.loads(line) for line in run("leads", "export").stdout.splitlines()]
    assert lead["conversation_id"] == conversation
    budget = next(answer for answer in lead["answers"] if answer["slot"] == "budget")
    assert (budget["said"], budget["text"]) == ("about 40k euros a year", "about 40k EUR a year")
    assert sum(row["points"] for row in lead["receipt"]["entries"]) == lead["score"] > 0
    assert lead["tier"] == "warm"


def test_leads_as_csv_in_a_file(conversation: str, tmp_path: Path) -> None:
    out = tmp_path / "leads.csv"
    run("leads", "export", "--format", "csv", "--out", str(out))
    (row,) = list(csv.DictReader(io.StringIO(out.read_text())))
    assert "40k EUR" in " ".join(row.values())
    assert row["tier"] == "warm"


def test_no_leads_are_no_lines(data: Path) -> None:
    assert run("leads", "export").stdout == ""


def test_an_unknown_format_is_refused(data: Path) -> None:
    assert "jsonl or csv" in run("leads", "export", "--format", "xml", code=2).output


def test_a_conversation_is_listed_and_shown(conversation: str) -> None:
    assert [row["id"] for row in output("conversation", "list", "--json")] == [conversation]
    shown = output("conversation", "show", conversation, "--json")
    assert [entry["text"] for entry in shown["entries"]] == [SAID]
    assert shown["lead"]["tier"] == "warm"
    plain = run("conversation", "show", conversation).stdout
    assert SAID in plain
    assert "budget of about 40k EUR a year" in plain


def test_an_unknown_conversation_is_said(data: Path) -> None:
    assert "There is no conversation nowhere" in run("conversation", "show", "nowhere", code=1).output


def test_agents_are_added_listed_and_given_a_new_password(data: Path) -> None:
    run("agent", "add", "--email", "jane@example.com", "--name", "Jane", "--password", "correct-horse")
    assert output("agent", "list", "--json") == [{"email": "jane@example.com", "name": "Jane", "role": "agent", "active": True}]
    run("agent", "password", "jane@example.com", "--password", "battery-staple")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--email", "jane@example.com", "--name", "J", "--password", "correct-horse"), "jane@example.com"),
        (("--email", "new@example.com", "--name", "N", "--password", "short"), "characters"),
        (("--email", "nonsense", "--name", "N", "--password", "correct-horse"), "nonsense"),
        (("--email", "new@example.com", "--name", "Admin", "--password", "correct-horse"), "Mara Lind"),
    ],
    ids=["taken", "short password", "no address", "a role for a name"],
)
def test_a_wrong_agent_is_refused_in_words(data: Path, words: tuple[str, ...], said: str) -> None:
    run("agent", "add", "--email", "jane@example.com", "--name", "Jane", "--password", "correct-horse")
    assert said in run("agent", "add", *words, code=1).output


def test_the_first_account_has_no_name_until_somebody_gives_it_one(data: Path) -> None:
    first = asyncio.run(ensure_first_agent(load_settings()))
    assert first.email == "admin@example.com"
    assert "(no name yet)" in run("agent", "list").output
    assert "Mara Lind" in run("agent", "name", first.email, "Root", code=1).output, "an example of a name"
    run("agent", "name", first.email, "Jane Doe")
    assert output("agent", "list", "--json") == [{"email": first.email, "name": "Jane Doe", "role": "admin", "active": True}]


def test_the_password_of_nobody(data: Path) -> None:
    assert "ghost@example.com" in run("agent", "password", "ghost@example.com", "--password", "correct-horse", code=1).output


def test_check_names_file_and_line_for_programs(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert output("check", "--fast", "--json") == {"ok": True, "problems": [], "rasa": []}
    monkeypatch.setenv("HANDRAISE_BOT_FILES", str(tmp_path))
    problems = json.loads(run("check", "--fast", "--json", code=1).stdout)["problems"]
    assert {problem["message"] for problem in problems} == {"The file cannot be read: No such file or directory."}


def test_the_doctor_names_what_is_wrong(data: Path) -> None:
    report = json.loads(run("doctor", "--json", code=1).stdout)
    found = {finding["name"]: finding for finding in report["findings"]}
    assert found["database"]["state"] == "ok"
    assert (found["model"]["state"], found["model"]["fix"]) == ("error", "Run handraise train.")
    assert all(finding["fix"] for finding in report["findings"] if finding["state"] != "ok")


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("up",),
        ("train",),
        ("check",),
        ("doctor",),
        ("agent", "add"),
        ("leads", "export"),
        ("conversation", "show"),
        ("bench", "hub"),
        ("bench", "idle"),
    ],
)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    assert "Usage" in run(*command, "--help").output


def test_somebody_is_invited_by_a_link_and_reset_by_another(data: Path) -> None:
    link = output("agent", "invite", "--email", "nora@example.com", "--name", "Nora Falk", "--role", "marketer", "--json")
    assert link["address"].startswith("http://localhost:8080/console/welcome#") and link["email"] == "nora@example.com"
    again = run("agent", "reset", "nora@example.com").stdout
    assert "/console/welcome#" in again and link["address"] not in again
    assert "already" in run("agent", "invite", "--email", "nora@example.com", "--name", "N", code=1).output
    assert "no agent" in run("agent", "reset", "nobody@example.com", code=1).output
    assert "signs in with the password alone" in run("agent", "second-factor", "off", "nora@example.com").output


def test_roles_and_switching_off(data: Path) -> None:
    run("agent", "add", "--email", "ada@example.com", "--name", "Ada", "--role", "admin", "--password", "lantern gravel orchid")
    run("agent", "invite", "--email", "nora@example.com", "--name", "Nora")
    run("agent", "role", "nora@example.com", "marketer")
    run("agent", "off", "nora@example.com")
    assert [(row["role"], row["active"]) for row in output("agent", "list", "--json")] == [("admin", True), ("marketer", False)]
    run("agent", "on", "nora@example.com")
    for words in (("role", "ada@example.com", "agent"), ("off", "ada@example.com")):
        assert "only administrator" in run("agent", *words, code=1).output
    assert "The role is one of" in run("agent", "role", "nora@example.com", "root", code=1).output


def test_tokens_for_programs(data: Path) -> None:
    made = output("token", "add", "--name", "CRM", "--scope", "leads:read", "--scope", "leads:export", "--days", "30", "--json")
    assert made["token"].startswith("hr_") and made["scopes"] == ["leads:read", "leads:export"]
    assert "  hr_" in run("token", "add", "--name", "Sheet", "--scope", "leads:export").stdout
    listed = run("token", "list").stdout
    assert "CRM" in listed and made["token"] not in listed and "never used" in listed
    assert "scopes are some of" in run("token", "add", "--name", "x", "--scope", "everything", code=1).output
    run("token", "remove", made["id"])
    assert "no such token" in run("token", "remove", made["id"], code=1).output
