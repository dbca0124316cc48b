"""The repaired check of the action server's answers refuses what Rasa's own refuses. Runs in the bot's environment."""

from __future__ import annotations

import json
import subprocess

import pytest

from handraise.prepare import BOT_PYTHON
from tests.bot.processes import ROOT, bot_environment

SCRIPT = """
import json, logging, sys
logging.disable(logging.CRITICAL)
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from bot import remote
action = RemoteAction("action_x", None)
def verdicts():
    for sample in json.load(open(sys.argv[1])):
        try:
            yield RemoteAction._validate_action_result(action, sample)
        except ValidationError:
            yield False
before = list(verdicts())
remote.repair(); remote.repair()
print("RESULT" + json.dumps([before, list(verdicts())]))
"""
SAMPLES = [
    {"events": [], "responses": []},
    {},
    {"events": [{"event": "slot", "name": "a", "value": {"b": [1, None]}, "timestamp": None}], "responses": [{"text": "x"}]},
    {"events": [{"event": "followup", "name": "action_listen", "timestamp": 1.5}]},
    {"events": [{"event": "active_loop", "name": None}]},
    {"events": [{"event": "no_such_event"}]},
    {"events": [{"name": "a"}]},
    {"events": {}},
    {"responses": ["x"]},
    {"responses": None},
    [],
    None,
    "x",
]


@pytest.mark.timeout(120)
def test_same_verdicts(tmp_path: object) -> None:
    path = f"{tmp_path}/samples.json"
    with open(path, "w") as file:
        json.dump(SAMPLES, file)
    done = subprocess.run(
        [BOT_PYTHON, "-c", SCRIPT, path], cwd=ROOT, env=bot_environment(), capture_output=True, text=True, timeout=100, check=True
    )
    before, after = json.loads(done.stdout.split("RESULT")[1])
    assert after == before
    assert True in before
    assert False in before
