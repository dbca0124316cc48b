"""`handraise bench turn`: both bots play the same visits, and every value is there."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handraise.bench.turn import RATIOS
from handraise.bench.turn_talk import Heard, answer_to, visits
from handraise.bench.turn_training import HEAD, example_file
from handraise.cli import app
from leads.settings import Settings

ROOT = Path(__file__).parents[2]
QUESTIONS = (
    "Roughly what budget do you have in mind?",
    "How many people work at your company?",
    "Which industry are you in?",
    "When would you like to start?",
    "May we keep your name and e-mail address?",
    "Thank you. What is your name?",
    "Which e-mail address can we write to?",
)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_both_bots_are_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"HANDRAISE_{name.upper()}", raising=False)
    monkeypatch.setenv("HANDRAISE_BOT_FILES", str(ROOT))
    out = tmp_path / "turn.json"
    result = CliRunner().invoke(app, ["bench", "turn", "--quick", "--json", str(out)])
    assert result.exit_code == 0, result.output
    found = json.loads(out.read_text())
    told = " ".join(result.output.split())
    assert [ratio.title for ratio in RATIOS if ratio.title not in told] == []
    for bot in found["bots"].values():
        assert bot["errors"] == []
        assert {"turns_per_second", "p50", "memory", "start_seconds", "growth"} <= bot["values"].keys()
        assert None not in [value for values in bot["values"].values() for value in values]
    assert found["bots"]["handraise"]["values"]["training_seconds"]


class Asks:
    """A bot that puts its questions in an order of its own and is told what it heard."""

    def __init__(self, questions: list[str]) -> None:
        self.questions, self.heard = questions, list[str]()

    async def say(self, text: str) -> str:
        self.heard.append(text)
        if len(self.heard) <= 1:
            return "Hello."
        return "Noted.\n" + self.questions.pop(0) if self.questions else "Thank you. A colleague will write to you."


def heard(questions: list[str]) -> tuple[Heard, list[str]]:
    line = Asks(questions)
    return asyncio.run(visits([line], 1)), line.heard


def test_a_visitor_answers_what_is_asked_in_whatever_order() -> None:
    for questions in (list(QUESTIONS), list(reversed(QUESTIONS))):
        result, said = heard(list(questions))
        assert said == ["hello", "what does it cost?", *(answer_to(question) for question in questions)]
        assert (result.unfinished, len(result.seconds)) == (0, 9)


def test_a_visit_that_comes_to_no_end_is_told() -> None:
    assert heard([*QUESTIONS[:4]])[0].unfinished == 1
    assert heard([QUESTIONS[0]] * 30)[0].unfinished == 1


def test_the_last_question_of_a_reply_is_answered() -> None:
    assert answer_to("Noted: 120 people.\nWhich industry are you in?") == "retail"
    assert answer_to("Thank you. A colleague will write to you.") is None


def test_both_bots_put_the_questions_that_the_visitor_answers() -> None:
    for domain in (ROOT / "domain.yml", ROOT / "handraise" / "bench" / "peers" / "stock_rasa" / "domain.yml"):
        text = domain.read_text()
        for name in ("budget", "company_size", "industry", "timeline", "contact_consent", "name", "email"):
            assert answer_to(text.split(f"utter_ask_{name}:")[1].split("utter_", 1)[0]), (domain, name)


def test_the_trainer_has_an_example_to_add() -> None:
    assert HEAD.search(example_file(ROOT).read_text())
