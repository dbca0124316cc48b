"""`handraise bench intents`: what it counts is counted right, and its held-out lines are honest."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handraise.bench.intents import HELD_OUT, Contestant, Line, Tally, folds_of, held_out_lines, training_lines
from handraise.cli import app
from handraise.steps import Failure
from leads import yamlfile

ROOT = Path(__file__).parents[2]
FILES = ("unseen.txt", "elsewhere.txt")


def test_no_held_out_line_is_trained_on() -> None:
    trained = {line.text.lower() for line in training_lines(ROOT)}
    assert [line for name in FILES for line in held_out_lines(HELD_OUT / name) if line.text.lower() in trained] == []


def test_held_out_lines_are_many_in_four_languages_and_of_every_intent_that_is_typed() -> None:
    lines = held_out_lines(HELD_OUT / "unseen.txt")
    typed = {line.intent for line in training_lines(ROOT)}
    assert len(lines) >= 300
    assert {line.intent for line in lines} == typed
    by_language = Counter(line.lang for line in lines)
    assert all(by_language[language] >= 30 for language in ("en", "de", "fr", "es"))
    assert {line.intent for line in held_out_lines(HELD_OUT / "elsewhere.txt")} == {"out_of_scope"}
    assert typed <= set(yamlfile.load(ROOT / "domain.yml").value["intents"])


def test_a_phrase_without_heading_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "lines.txt"
    path.write_text("# said\nhello\n")
    with pytest.raises(Failure, match=r"lines\.txt:2: the phrase 'hello'"):
        held_out_lines(path)


def test_a_tally_counts_what_is_beyond_the_bot_and_false_alarms() -> None:
    tally = Tally()
    for wanted, got in (
        ("greet", "greet"),
        ("greet", "nlu_fallback"),  # not understood
        ("thanks", "greet"),
        ("thanks", "thanks"),
        ("out_of_scope", "nlu_fallback"),  # as good as recognised
        ("out_of_scope", "out_of_scope"),
        ("out_of_scope", "thanks"),
    ):
        tally.add(Line("…", wanted, "en"), got)
    assert tally.accuracy == pytest.approx(100 * 4 / 7)
    assert tally.beyond_recall == pytest.approx(100 * 2 / 3)
    assert tally.false_alarms == pytest.approx(25)
    greet, thanks, beyond = 2 * 1 / (2 + 2), 2 * 1 / (2 + 2), 2 * 2 / (3 + 2)
    assert tally.macro_f1 == pytest.approx(100 * (greet + thanks + beyond) / 3)


def test_a_contestant_without_a_fallback_of_its_own_abstains_below_its_thresholds() -> None:
    one = Contestant("ours", "letters", threshold=0.3, ambiguity=0.1)
    assert [one.intent(guess) for guess in (("greet", 0.5, 0.2), ("greet", 0.29, 0.0), ("greet", 0.5, 0.45))] == [
        "greet",
        "nlu_fallback",
        "nlu_fallback",
    ]
    assert Contestant("Rasa's", "rasa", [{"name": "…"}]).intent(("greet", 0.1, 0.0)) == "greet"


@pytest.mark.parametrize("folds", [2, 5])
def test_folds_share_out_every_line_once_and_every_intent_evenly(folds: int) -> None:
    lines = training_lines(ROOT)
    parts = folds_of(lines, folds)
    assert sorted(place for part in parts for place in part) == list(range(len(lines)))
    for intent, number in Counter(line.intent for line in lines).items():
        counts = [sum(lines[place].intent == intent for place in part) for part in parts]
        assert max(counts) - min(counts) <= 1, (intent, number)


def test_a_contestant_is_measured_from_end_to_end(tmp_path: Path) -> None:
    out = tmp_path / "found.json"
    done = CliRunner().invoke(app, ["bench", "intents", "--folds", "1", "--only", "linear SVM", "--json", str(out)])
    assert done.exit_code == 0, done.output
    assert "words and letters, linear SVM" in done.output
    (found,) = json.loads(out.read_text())
    assert found["unseen"]["lines"] >= 300
    assert 50 < found["unseen"]["accuracy"] <= 100
    assert found["ms"] > 0 and found["mb"] > 0


def test_an_unknown_contestant_is_told() -> None:
    done = CliRunner().invoke(app, ["bench", "intents", "--only", "oracle"])
    assert done.exit_code == 1
