"""The bounded tracker store, in the bot's environment."""

from __future__ import annotations

import json
import subprocess

import pytest

from handraise.prepare import BOT_PYTHON
from tests.bot.processes import ROOT, bot_environment

SCRIPT = """
import asyncio, json, logging
logging.disable(logging.CRITICAL)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from bot.tracker_store import RecentTrackerStore
def tracker(name, *texts):
    return DialogueStateTracker.from_events(name, [UserUttered(text) for text in texts])
async def main():
    store = RecentTrackerStore(Domain.empty(), None, max_conversations=2)
    await store.save(tracker("a", "1"))
    mark = store.mark("a")
    await store.save(tracker("a", "1", "2"))
    store.go_back("a", mark)
    after_going_back = len((await store.retrieve("a")).events)
    await store.save(tracker("b", "1"))
    await store.save(tracker("a", "1"))
    await store.save(tracker("c", "1"))
    kept = list(await store.keys())
    store.go_back("c", None)
    return [after_going_back, kept, list(await store.keys())]
print("RESULT" + json.dumps(asyncio.run(main())))
"""


@pytest.mark.timeout(120)
def test_the_oldest_goes_first_and_a_failed_turn_is_undone() -> None:
    done = subprocess.run(
        [BOT_PYTHON, "-c", SCRIPT], cwd=ROOT, env=bot_environment(), capture_output=True, text=True, timeout=100, check=True
    )
    after_going_back, kept, without_c = json.loads(done.stdout.split("RESULT")[1])
    assert after_going_back == 1
    assert kept == ["a", "c"]
    assert without_c == ["a"]
