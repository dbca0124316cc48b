"""questions.yml and scoring.yml: the shipped ones are right, and every mistake is told with its place and its mending."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.errors import FileProblem
from leads.questions import KINDS, Questions
from leads.rules import Rules
from tests.leads.conftest import ROOT

GOOD_QUESTION = """questions:
  budget:
    kind: money
    label: Budget
    why: To help.
"""
GOOD_RULES = """tiers: {warm: 10, hot: 20}
fit:
  - rule: big
    question: budget
    at_least: 100
    points: 5
    sentence: budget of {text}
"""


def problem(kind: type[Questions] | type[Rules], text: str | bytes, folder: Path) -> FileProblem:
    path = folder / "file.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(FileProblem) as caught:
        kind.load(path)
    assert kind.check(path)[0].message == caught.value.message
    return caught.value


def test_the_shipped_files_are_right() -> None:
    assert Questions.check(ROOT / "bot" / "questions.yml") == []
    questions = Questions.load(ROOT / "bot" / "questions.yml")
    assert Rules.check(ROOT / "bot" / "scoring.yml", questions) == []
    assert list(questions)[:4] == ["budget", "company_size", "industry", "timeline"]
    assert {question.kind for question in questions.values()} <= set(KINDS)
    assert all(question.why for question in questions.values())
    assert questions["email"].personal
    assert not questions["budget"].personal
    assert not questions["phone"].ask


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("kind: money", "kind: cash", 3, "cash"),
        ("    kind: money\n", "", 2, "kind"),
        ("label: Budget", "lable: Budget", 4, "lable"),
        ("    label: Budget\n", "", 2, "label"),
        ("label: Budget", "label: [a]", 4, "label"),
        ("label: Budget", "label: ''", 4, "empty"),
        ("why: To help.", "refusable: maybe", 5, "true or false"),
        ("why: To help.", "choices: five", 5, "list"),
        ("why: To help.", "choices: [{title: A, valu: b}]", 5, "valu"),
        ("why: To help.", "text: no", 5, "text"),
        ("why: To help.", "label: twice", 5, "duplicate"),
        ("kind: money", "kind: choice", 2, "without choices"),
        ("  budget:", "  Budget Size:", 2, "name of a question"),
        ("questions:", "question:", 1, "question"),
        ("why: To help.", "why: 'open", 6, "YAML"),
        ("  budget:", "  budget: nothing\n  other:", 2, "name: value"),
        (GOOD_QUESTION, "- a\n- b\n", 1, "name: value"),
        (GOOD_QUESTION, "", 1, "name: value"),
    ],
)
def test_a_mistake_in_the_questions_is_told_with_its_place(old: str, new: str, line: int, words: str, tmp_path: Path) -> None:
    found = problem(Questions, GOOD_QUESTION.replace(old, new), tmp_path)
    assert (found.line, words in found.message) == (line, True), str(found)
    assert found.column >= 1
    assert found.fix
    assert str(found).startswith(f"{tmp_path / 'file.yml'}:{line}:{found.column}: ")


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("hot: 20", "hot: 5", 1, "out of order"),
        ("hot: 20", "hott: 20", 1, "hott"),
        ("hot: 20", "hot: many", 1, "whole number"),
        ("points: 5", "points: 5.5", 6, "whole number"),
        ("    points: 5\n", "", 3, "points"),
        ("question: budget", "questoin: budget", 4, "questoin"),
        ("question: budget", "question: budget\n    event: page", 3, "exactly one thing"),
        ("    at_least: 100\n", "", 3, "exactly one condition"),
        ("at_least: 100", "at_least: 100\n    known: true", 3, "exactly one condition"),
        ("question: budget", "event: left", 5, "belongs to a question"),
        ("at_least: 100", "known: false", 5, "only be true"),
        ("at_least: 100", "known: true\n    page: /x", 6, "event page"),
        ("budget of {text}", '"budget of {txt}"', 7, "txt"),
        ("budget of {text}", '"budget of {text"', 7, "brace"),
        ("fit:", "fitt:", 2, "fitt"),
        ("tiers:", "currency: XYZ\ntiers:", 1, "XYZ"),
        ("fit:", "caps: {fit: -1}\nfit:", 2, "below 0"),
        ("fit:", "mql: {tier: lukewarm}\nfit:", 2, "lukewarm"),
        ("  - rule: big", "  - {rule: big, replies: 1, points: 1, sentence: x}\n  - rule: big", 4, "big"),
    ],
)
def test_a_mistake_in_the_rules_is_told_with_its_place(old: str, new: str, line: int, words: str, tmp_path: Path) -> None:
    found = problem(Rules, GOOD_RULES.replace(old, new), tmp_path)
    assert (found.line, words in found.message) == (line, True), str(found)
    assert found.fix


def test_a_rule_for_a_question_that_does_not_exist_is_told(tmp_path: Path) -> None:
    path = tmp_path / "scoring.yml"
    path.write_text(GOOD_RULES)
    assert len(Rules.load(path, {"budget"}).rules) == 1
    with pytest.raises(FileProblem, match=r"scoring\.yml:4:.*'budget'"):
        Rules.load(path, {"other"})


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "questions.yml"
    path.write_text("questions:\n  a: {kind: x, label: A}\n  b: {kind: text, label: B}\n  c: {kind: text}\n")
    assert [found.line for found in Questions.check(path)] == [2, 4]


@pytest.mark.parametrize("kind", [Questions, Rules])
def test_files_that_cannot_be_read_are_told(kind: type[Questions] | type[Rules], tmp_path: Path) -> None:
    assert "UTF-8" in problem(kind, b"a: \xff\xfe", tmp_path).message
    with pytest.raises(FileProblem, match="cannot be read"):
        kind.load(tmp_path / "missing.yml")
    assert "YAML" in problem(kind, "a: \x01", tmp_path).message


def test_the_hash_stands_for_the_content_not_the_layout(tmp_path: Path) -> None:
    def hash_of(text: str) -> str:
        path = tmp_path / "scoring.yml"
        path.write_text(text)
        return Rules.load(path).hash

    first = hash_of(GOOD_RULES)
    assert hash_of("# a comment\n" + GOOD_RULES.replace("{warm: 10, hot: 20}", "\n  hot: 20\n  warm: 10")) == first
    assert hash_of(GOOD_RULES.replace("points: 5", "points: 6")) != first
