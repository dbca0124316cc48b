"""The repaired check of the action server's answers refuses what Rasa's own refuses. Runs in the bot's environment."""

from __future__ import annotations

import pytest

from tests.bot.inside import inside

SCRIPT = """
import jsonschema
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from bot import remote
action = RemoteAction("action_x", None)
def verdicts():
    for sample in given:
        try:
            yield RemoteAction._validate_action_result(action, sample)
        except ValidationError:
            yield False
checks = []
kind = jsonschema.validators.validator_for(RemoteAction.action_response_format_spec())
kind.check_schema = classmethod(lambda cls, schema, *args, **kwargs: checks.append(1))
before = list(verdicts()); own_checks = len(checks); checks.clear()
remote.repair(); remote.repair()
found([before, own_checks, list(verdicts()), len(checks), [remote.is_plain(sample) for sample in given]])
"""
SAMPLES = [
    {"events": [], "responses": []},
    {},
    {"events": [{"event": "slot", "name": "a", "value": {"b": [1, None]}, "timestamp": None}], "responses": [{"text": "x"}]},
    {"events": [{"event": "followup", "name": "action_listen", "timestamp": 1.5}]},
    {"events": [{"event": "active_loop", "name": None}]},
    {"events": [{"event": "no_such_event"}]},
    {"events": [{"name": "a"}]},
    {"events": [{"event": "slot", "name": "a"}]},
    {"events": [{"event": "slot", "name": 1, "value": 1}]},
    {"events": [{"event": "slot", "name": "a", "value": 1, "timestamp": True}]},
    {"events": [{"event": "slot", "name": "a", "value": 1, "metadata": []}]},
    {"events": [{"event": "followup", "name": "x", "metadata": {"a": 1}}], "responses": []},
    {"events": [{"event": "user", "text": "x"}]},
    {"events": [{"event": "user", "text": 1}]},
    {"events": [{"event": "reset_slots"}, {"event": "pause"}, {"event": "restart"}, {"event": "bot", "text": 1}]},
    {"events": [{"event": ["slot"]}]},
    {"events": ["x"]},
    {"events": None},
    {"events": {}},
    {"responses": ["x"]},
    {"responses": None},
    [],
    None,
    "x",
]


@pytest.mark.long
@pytest.mark.timeout(120)
def test_same_verdicts() -> None:
    before, own_checks, after, checks, plain = inside(SCRIPT, SAMPLES)
    assert after == before
    assert True in before
    assert False in before
    assert own_checks >= len(SAMPLES), "Rasa no longer checks the schema itself every time"
    assert checks == 0
    assert [sample for sample, right, is_plain in zip(SAMPLES, before, plain, strict=True) if is_plain and not right] == []
    assert sum(plain) >= 5
