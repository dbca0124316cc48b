"""``bot/scoring.schema.json``, which editors use, and the program agree on what may stand in ``bot/scoring.yml``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from leads.rules import Rules

ROOT = Path(__file__).resolve().parents[2]
VALIDATOR = Draft202012Validator(json.loads((ROOT / "bot/scoring.schema.json").read_text(encoding="utf-8")))
RULE = "{{rule: a, points: 5, sentence: x, {}}}"
FITTING = [
    "question: budget, at_least: 100",
    "question: budget, at_least: 100, at_most: 200.5",
    "question: budget, at_most: 200, half_life_days: 30",
    "question: industry, is_one_of: [K, retail]",
    "question: industry, is_none_of: [K]",
    "question: timeline, within_days: 30",
    "question: email, work_email: true",
    "question: email, known: true",
    "question: budget, declined: true",
    "event: asked_price",
    "event: page, page: /pricing, within_days: 3, times: 2, up_to: 4, half_life_days: 7",
    "replies: 4",
]
WRONG = [
    "",
    "question: budget",
    "event: asked_price, replies: 2",
    "question: budget, known: true, declined: true",
    "question: budget, known: true, at_least: 3",
    "question: budget, known: false",
    "question: budget, at_least: many",
    "question: email, known: true, page: /x",
    "question: email, known: true, times: 2",
    "question: email, known: true, up_to: 2",
    "event: asked_price, page: /x",
    "event: asked_price, known: true",
    "event: asked_price, at_least: 3",
    "event: asked_price, times: 0",
    "replies: 0",
    "replies: 4, half_life_days: 3",
    "replies: 4, within_days: 3",
    "event: asked_price, colour: red",
]
TIERS = "tiers: {warm: 10, hot: 20}\n"
FILES_FITTING = [
    "ideal_customer: {budget: {at_least: 20000}, industry: {is_one_of: [K]}}\n",
    TIERS + "segments:\n  - {segment: big, question: company_size, at_least: 200}\n",
    TIERS + "segments:\n  - {segment: big, all: [{question: company_size, at_least: 200}, {event: asked_price}]}\n",
    TIERS + 'unqualified:\n  - {rule: poor, question: budget, at_most: 100, reason: "only {text}"}\n',
    TIERS
    + "weights: {fit: 1.5}\ncaps: {engagement: 0}\nasking: {order: as_written, stop_early: false}\nmql: {tier: hot, contact: false}\n",
]
FILES_WRONG = [
    "fit: []\n",
    "ideal_customer: {}\n",
    "ideal_customer: {budget: {at_least: 1, known: true}}\n",
    "ideal_customer: {budget: {event: page}}\n",
    TIERS + "segments:\n  - {segment: big}\n",
    TIERS + "segments:\n  - {segment: big, all: []}\n",
    TIERS + "segments:\n  - {segment: big, event: asked_price, all: [{event: asked_price}]}\n",
    TIERS + "unqualified:\n  - {rule: poor, question: budget, at_most: 100}\n",
    TIERS + "weights: {fit: -1}\n",
    TIERS + "weights: {luck: 1}\n",
    TIERS + "asking: {order: loudest_first}\n",
    TIERS + "asking: {stop_early: perhaps}\n",
]


def verdicts(text: str, tmp_path: Path) -> tuple[bool, bool]:
    """Whether the schema takes it, and whether the program does."""
    path = tmp_path / "scoring.yml"
    path.write_text(text)
    document: Any = YAML(typ="safe").load(text)
    return VALIDATOR.is_valid(document), not Rules.check(path)


def test_the_shipped_rules_fit() -> None:
    assert [error.message for error in VALIDATOR.iter_errors(YAML(typ="safe").load(ROOT / "bot/scoring.yml"))] == []


@pytest.mark.parametrize("text", [*(f"{TIERS}fit:\n  - {RULE.format(rule)}\n" for rule in FITTING), *FILES_FITTING])
def test_both_take(text: str, tmp_path: Path) -> None:
    assert verdicts(text, tmp_path) == (True, True)


@pytest.mark.parametrize("text", [*(f"{TIERS}fit:\n  - {RULE.format(rule)}\n" for rule in WRONG), *FILES_WRONG])
def test_both_refuse(text: str, tmp_path: Path) -> None:
    assert verdicts(text, tmp_path) == (False, False)
