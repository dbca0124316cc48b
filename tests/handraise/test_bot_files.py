"""The checks of what a marketer edits: good files pass, each kind of mistake is found in the right file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from handraise.bot_files import problems

ROOT = Path(__file__).parents[2]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the bot's files that a test may break."""
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "bot", tmp_path / "bot", ignore=shutil.ignore_patterns(".venv"))
    return tmp_path


def line_of(path: Path, text: str) -> int:
    return next(number for number, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def test_the_files_we_ship_are_right() -> None:
    assert problems(ROOT) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("domain.yml", "  - greet\n", "  - greet: [\n", "not valid YAML"),
        ("domain.yml", "  - greet\n", "", "'greet'"),
        ("domain.yml", "required_slots: [budget,", "required_slots: [bugdet,", "'bugdet'"),
        ("domain.yml", 'payload: "/ask_price"', 'payload: "/ask_prize"', "'ask_prize'"),
        ("bot/data/rules/person.yml", "intent: human", "intent: humna", "intent 'humna' is not in domain.yml"),
        ("bot/data/rules/person.yml", "action: action_handoff", "action: action_handof", "action 'action_handof' is not in domain.yml"),
        ("bot/data/nlu/small_talk.yml", "intent: greet", "intent: greeet", "'greeet' has examples but is not in domain.yml"),
        ("bot/data/nlu/small_talk.yml", "nlu:", "nlu: - x", "not valid YAML"),
        ("bot/questions.yml", "kind: money", "kind: mony", "mony"),
        ("bot/questions.yml", "  industry:\n", "\tindustry:\n", "YAML"),
        ("bot/scoring.yml", "points: 40", "points: lots", "points"),
        ("bot/scoring.yml", "question: industry, is_one_of: [K", "question: industri, is_one_of: [K", "industri"),
        ("bot/widget.yml", "position: right", "position: middle", "middle"),
        ("bot/widget.yml", "  joined:", "  joind:", "joind"),
        ("bot/widget.yml", "page: /pricing", "page: pricing", "pricing"),
        ("bot/widget.yml", '"/ask_demo"', '"/ask_demon"', "ask_demon"),
        ("config.yml", "policies:\n", "policies:\n  - name: AugmentedMemoizationPolicy\n", "looks at earlier messages"),
        ("config.yml", "policies:\n", "policies:\n  - name: TEDPolicy\n", "looks at earlier messages"),
        ("bot/scoring.yml", "rule: budget_large,", "rool: budget_large,", "rool"),
    ],
)
def test_a_mistake_is_found_where_it_is(files: Path, file: str, before: str, after: str, said: str) -> None:
    path = files / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    found = problems(files)
    assert found, "nothing was found"
    first = next((problem for problem in found if said in str(problem)), None)
    assert first is not None, f"{said!r} is in none of {list(map(str, found))}"
    assert first.fix
    if after:
        assert first.path == path
        near = line_of(path, after.splitlines()[0].strip())
        assert near - 1 <= first.line <= near + 1, f"line {first.line} instead of {near}"


def test_a_question_without_slot_and_words_is_found(files: Path) -> None:
    path = files / "bot" / "questions.yml"
    path.write_text(path.read_text() + '\n  team:\n    kind: text\n    label: Team\n    why: "So that we know."\n')
    assert [str(problem) for problem in problems(files) if "'team' has no slot" in problem.message]


def test_a_form_that_asks_without_words_is_found(files: Path) -> None:
    path = files / "domain.yml"
    path.write_text(path.read_text().replace("utter_ask_budget:", "utter_aks_budget:"))
    assert any("no words to ask with" in problem.message for problem in problems(files))


@pytest.mark.parametrize("name", ["domain.yml", "bot/questions.yml", "bot/data/nlu/small_talk.yml"])
@pytest.mark.parametrize(
    "content",
    [
        "",
        "just words",
        "- a\n- b\n",
        "x: &a [*a]\n",
        "!!python/object/apply:os.system [ls]\n",
        "\x00",
        "nlu: 5\nrules: x\nresponses: [1]\n",
        "when: 2026-99-99\n",
        "much: " + "9" * 6000,
        "deep: " + "[" * 1000,  # more than Python can follow
    ],
)
def test_no_file_content_ends_in_a_trace(files: Path, name: str, content: str) -> None:
    (files / name).write_text(content)
    found = problems(files)
    assert found and all(problem.message and problem.fix for problem in found)
