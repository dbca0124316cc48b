"""The labelled phrases and what is made of them: `handraise bench reading`."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from handraise.bench.judging import SAME, judge
from handraise.bench.readers import LIBRARIES
from handraise.bench.reading import PHRASES, bench_reading, ours, phrases
from handraise.cli import app
from handraise.read import READ_KINDS

FORTY = {"min": 40, "max": 40}
MONEY = {"min": 5.0, "max": 10.0, "currency": "EUR", "period": None}


@pytest.mark.parametrize("kind", [path.stem for path in sorted(PHRASES.glob("*.jsonl"))])
def test_there_are_enough_phrases_of_each_kind_and_no_two_are_the_same(kind: str) -> None:
    found = phrases(kind)
    assert kind in SAME and len(found) >= 500
    assert len({(phrase.text, phrase.country) for phrase in found}) == len(found)
    assert {"en", "de", "fr", "es"} <= {phrase.lang for phrase in found}
    assert 0.15 < sum(phrase.value is None for phrase in found) / len(found) < 0.45
    for phrase in found:  # a label is right when it is read as itself
        read = _as_read(kind, phrase.value)
        assert read is None or judge(kind, phrase.value, phrase.loose, read) == "right", phrase


def _as_read(kind: str, label: Any) -> Any:
    if kind == "timeline" or label is None:
        return None
    return {"code": label["codes"][0]} if kind == "industry" else {"number": label["e164"]} if kind == "phone" else label


@pytest.mark.parametrize(
    ("kind", "label", "loose", "read", "outcome"),
    [
        ("headcount", FORTY, False, None, "abstained"),
        ("headcount", None, False, None, "right"),
        ("headcount", None, False, FORTY, "wrong"),
        ("headcount", FORTY, False, {"min": 40, "max": None}, "wrong"),
        ("headcount", FORTY, True, {"min": 30, "max": 60}, "right"),
        ("headcount", FORTY, True, {"min": 100, "max": 200}, "wrong"),
        ("money", MONEY, True, {**MONEY, "currency": "USD"}, "wrong"),
        ("money", MONEY, False, {**MONEY, "period": "year"}, "wrong"),
        ("industry", {"codes": ["F43", "F41"]}, False, {"code": "F"}, "right"),
        ("industry", {"codes": ["C"]}, False, {"code": "C10"}, "right"),
        ("industry", {"codes": ["C10"]}, False, {"code": "C11"}, "wrong"),
        ("timeline", {"by": "2026-12-21"}, False, {"within_days": 31}, "right"),
        ("timeline", {"by": "2026-12-21"}, False, {"within_days": 40}, "wrong"),
        ("timeline", {"by": "2026-12-21"}, True, {"within_days": 50}, "right"),
        ("timeline", {"by": "2026-11-22"}, False, {"within_days": 14}, "right"),
        ("timeline", {"by": None}, False, {"within_days": None}, "right"),
        ("timeline", {"by": None}, False, {"within_days": 14}, "wrong"),
        ("email", {"address": "a@b.co", "free": False, "hint": None}, False, {"address": "a@b.co", "free": True, "hint": None}, "wrong"),
    ],
)
def test_judging(kind: str, label: Any, loose: bool, read: Any, outcome: str) -> None:
    assert judge(kind, label, loose, read) == outcome


ABSTAINED = {"industry": 6.5}  # percent; those that miss the aim may at least not become worse


@pytest.mark.parametrize("kind", READ_KINDS)
def test_what_is_read_well_stays_so(kind: str) -> None:
    score = ours(kind)
    assert score.share("wrong") < 1.0 and score.share("abstained") < ABSTAINED.get(kind, 5.0), score.misses
    figures = json.loads(json.dumps(score.json()))
    assert figures["phrases"] + figures["no_answers"] > 500


@pytest.mark.long
@pytest.mark.parametrize("kind", sorted(LIBRARIES))
def test_no_library_reads_more_of_it_right(kind: str) -> None:
    score, *others = bench_reading([kind], Console(file=io.StringIO()))
    assert others
    assert all(score.share("right") > theirs.share("right") for theirs in others)


def test_every_kind_can_be_measured() -> None:
    assert {path.stem for path in PHRASES.glob("*.jsonl")} >= set(READ_KINDS)
    result = CliRunner().invoke(app, ["bench", "reading", "weather"])
    assert result.exit_code == 1


def test_other_phrases_can_be_read(tmp_path: Path) -> None:
    lines = ['{"text": "a@b.co", "lang": "en", "country": null, "value": {"address": "a@b.co", "free": false, "hint": null}}', ""]
    (tmp_path / "email.jsonl").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "out.json"
    result = CliRunner().invoke(app, ["bench", "reading", "email", "--phrases", str(tmp_path), "--json", str(out)])
    assert result.exit_code == 0, result.output
    assert [(score["phrases"], score["right_percent"]) for score in json.loads(out.read_text())] == [(1, 100.0)] * 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "email.jsonl cannot be read"),
        (b"\xff", "is not written in UTF-8"),
        (b'{"text": "x", "lang": "en"', "email.jsonl, line 1: this is no labelled phrase"),
        (b'\n"x"', "email.jsonl, line 2: this is no labelled phrase"),
        (b'{"text": "x", "lang": "en", "country": null, "value": {"name": "x"}}', "email.jsonl, line 1: this is no labelled phrase"),
    ],
)
def test_phrases_that_cannot_be_used_are_told(tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "email.jsonl").write_bytes(content)
    result = CliRunner().invoke(app, ["bench", "reading", "email", "--phrases", str(tmp_path)])
    assert result.exit_code == 1
    assert said in " ".join((result.output + result.stderr).split())
