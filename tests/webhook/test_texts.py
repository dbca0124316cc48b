"""bot/widget.yml: what may be in it, and what is said when something else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.errors import FileProblem
from webhook.greeting import load_greeting
from webhook.livefile import LiveFile
from webhook.texts import Lines, Texts, check_texts, load_texts

ROOT = Path(__file__).parents[2]


def test_the_file_of_the_product_is_good() -> None:
    texts = load_texts(ROOT / "bot" / "widget.yml")
    assert texts.site.name and texts.site.colour.startswith("#")
    assert set(texts.site.json()) == {
        "name", "assistant", "colour", "position", "teaser", "placeholder", "privacy_url", "consent_text", "locale",
            "chat_consent", "marketing_text",
    }  # fmt: skip


def test_what_is_not_said_keeps_its_default(tmp_path: Path) -> None:
    path = tmp_path / "widget.yml"
    path.write_text("name: Northwind\n")
    assert load_texts(path) == Texts(load_texts(path).site, Lines())
    assert load_texts(path).site.name == "Northwind"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("name: A\ncolour: red\n", 2, "six hex digits"),
        ("position: top\n", 1, "left, right"),
        ("privacy_url: javascript:alert(1)\n", 1, "https://"),
        ("nmae: A\n", 1, "nmae"),
        ("lines:\n  joined: '{agnet} is here'\n", 2, "{agent}"),
        ("lines:\n  bot_away: 'Hello {agent}'\n", 2, "Remove it"),
        ("lines:\n  hello: x\n", 2, "hello"),
        ("name: [A\n", 2, "YAML"),
        ("name: ''\n", 1, "empty"),
        ("- a\n", 1, "name: value"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, line: int, words: str) -> None:
    path = tmp_path / "widget.yml"
    path.write_text(text)
    problem = check_texts(path)[0]
    assert words in str(problem)
    assert problem.line in (line, line - 1)


def test_blanks_are_filled_and_nothing_else() -> None:
    lines = Lines(joined="{agent} is here {0} {email} ${PATH}")
    assert lines.say("joined", agent="{email} <b>") == "{email} <b> is here {0} {email} ${PATH}"


def test_the_greeting_of_the_domain(tmp_path: Path) -> None:
    path = tmp_path / "domain.yml"
    path.write_text("intents: []\n")
    assert load_greeting(path) is None
    path.write_text("responses:\n  utter_greet:\n    - text: Hi\n      buttons: [{title: A}]\n")
    with pytest.raises(FileProblem, match="payload"):
        load_greeting(path)
    assert load_greeting(ROOT / "domain.yml") is not None


def test_a_live_file_is_read_again_and_keeps_its_last_good_content(tmp_path: Path) -> None:
    path = tmp_path / "number"

    def read(source: Path) -> int:
        try:
            return int(source.read_text())
        except ValueError:
            raise FileProblem(source, 1, 1, "No number.", "Write one.") from None

    live = LiveFile(path, read, 0)
    assert live.get() == 0
    for text, value in (("1", 1), ("22", 22), ("broken", 22), ("333", 333)):
        path.write_text(text)
        assert live.get() == value
    path.unlink()
    assert live.get() == 333


def test_a_live_file_that_is_asked_at_every_line_is_looked_at_now_and_then(tmp_path: Path) -> None:
    path, now = tmp_path / "number", [100.0]
    path.write_text("1")
    live = LiveFile(path, lambda source: int(source.read_text()), 0, look_seconds=0.1, clock=lambda: now[0])
    assert live.get() == 1
    path.write_text("22")
    now[0] += 0.05
    assert live.get() == 1
    now[0] += 0.06
    assert live.get() == 22


def test_a_live_file_outlives_whatever_somebody_writes_into_it(tmp_path: Path) -> None:
    path = tmp_path / "widget.yml"
    live = LiveFile(path, load_texts, Texts())
    for text in ("name: Northwind", "name: 2026-99-99", "[" * 5000):
        path.write_text(text)
        assert live.get().site.name == "Northwind"
