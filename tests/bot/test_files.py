"""The bot's files fit together: questions, forms, words, rules and actions."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from actions.__main__ import all_actions, load
from handraise.prepare import BOT_PYTHON
from leads.database import Database
from leads.store import LeadStore
from tests.bot.processes import ROOT, bot_environment

QUESTIONS, RULES = load(ROOT / "bot")


@pytest.fixture(scope="module")
def domain() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(ROOT / "domain.yml")
    return found


def test_every_question_has_a_slot_and_every_asked_one_a_form_and_words(domain: dict[str, Any]) -> None:
    asked = [slot for form in domain["forms"].values() for slot in form["required_slots"]]
    assert asked == [question.slot for question in QUESTIONS.values() if question.ask]
    for slot, question in QUESTIONS.items():
        assert domain["slots"][slot] == {"type": "any", "mappings": [{"type": "custom"}]}
        if question.ask:
            assert f"utter_ask_{slot}" in domain["responses"]
            assert f"utter_unclear_{slot}" in domain["responses"]
            assert question.why


def test_the_consent_asked_for_is_the_consent_that_is_kept(domain: dict[str, Any]) -> None:
    texts = QUESTIONS["contact_consent"].wording.texts.values()
    variations = [variation["text"] for variation in domain["responses"]["utter_ask_contact_consent"]]
    assert all(any(text in variation for text in texts) for variation in variations)


def test_every_topic_has_its_answer(domain: dict[str, Any]) -> None:
    topics = [intent.removeprefix("ask_") for intent in domain["intents"] if intent.startswith("ask_")]
    assert [topic for topic in topics if f"utter_{topic}" not in domain["responses"]] == []


def test_every_button_leads_somewhere(domain: dict[str, Any]) -> None:
    for variations in domain["responses"].values():
        for button in (button for variation in variations for button in variation.get("buttons", [])):
            assert button["payload"].removeprefix("/") in domain["intents"], button


def test_the_action_server_has_every_action_of_the_domain(domain: dict[str, Any]) -> None:
    actions = all_actions(LeadStore(Database("sqlite+aiosqlite://"), QUESTIONS, RULES), QUESTIONS)
    assert sorted(action.name() for action in actions) == sorted(domain["actions"])


def test_errors_are_calm(domain: dict[str, Any]) -> None:
    for name, variations in domain["responses"].items():
        for variation in variations:
            assert "!" not in variation["text"], name
            assert "oops" not in variation["text"].lower(), name


def test_files_stay_short() -> None:
    assert len((ROOT / "domain.yml").read_text().splitlines()) <= 330


@pytest.mark.long
@pytest.mark.timeout(180)
def test_rasa_finds_no_fault(tmp_path: Path) -> None:
    command: list[str | Path] = [BOT_PYTHON, "-m", "rasa", "data", "validate", "--data", "bot/data", "--fail-on-warnings"]
    done = subprocess.run(command, cwd=ROOT, env=bot_environment(), capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
