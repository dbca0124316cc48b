"""The tracker store, in the bot's environment: states instead of histories, a bound, a way back."""

from __future__ import annotations

import pytest

from tests.bot.inside import inside

pytestmark = pytest.mark.timeout(120)

DOMAIN = '''
import asyncio
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import *
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from bot.tracker_store import RecentTrackerStore, State
domain = Domain.from_yaml("""
version: "3.1"
intents: [hello]
slots:
  a: {type: any, mappings: [{type: custom}]}
  b: {type: text, mappings: [{type: custom}]}
forms:
  form: {required_slots: [a]}
actions: [action_x]
""")
def tracker(name, events):
    return DialogueStateTracker.from_events(name, events, slots=domain.slots)
def turn(number):
    return [UserUttered(f"{number}", {"name": "hello"}), SlotSet("a", {"n": number}), ActionExecuted("action_x"), BotUttered("x"), LISTEN]
LISTEN = ActionExecuted("action_listen")
START = [ActionExecuted("action_session_start"), SessionStarted(), LISTEN]
'''

BOUND = """
async def main():
    store = RecentTrackerStore(domain, None, max_conversations=2)
    await store.save(tracker("a", START + turn(1)))
    mark = store.mark("a")
    await store.save(tracker("a", START + turn(1) + turn(2)))
    store.go_back("a", mark)
    after_going_back = (await store.retrieve("a")).get_slot("a")
    await store.save(tracker("b", START))
    await store.save(tracker("a", START))
    await store.save(tracker("c", START))
    kept = list(await store.keys())
    store.go_back("c", None)
    nothing = (await store.get_or_create_tracker("d", append_action_listen=False)).events
    return [after_going_back, kept, list(await store.keys()), len(nothing)]
found(asyncio.run(main()))
"""

STATES = """
async def main():
    endings = {
        "slots": [SlotSet("b", "x")],
        "form": [ActiveLoop("form"), ActionExecuted("form"), LISTEN],
        "rejected": [ActiveLoop("form"), ActionExecutionRejected("form"), LISTEN],
        "form over": [ActiveLoop("form"), ActiveLoop(None), LISTEN],
        "paused": [ConversationPaused()],
        "followup": [FollowupAction("action_x")],
    }
    store = RecentTrackerStore(domain)
    results = {}
    for name, events in endings.items():
        before = tracker(name, START + turn(1) + events)
        await store.save(before)
        after = await store.retrieve(name)
        states = [{key: one.get_slot(key) for key in ("a", "b")} | {
            "form": one.active_loop_name, "rejected": one.is_active_loop_rejected, "paused": one.is_paused(),
            "listens": one.latest_action_name == "action_listen", "followup": one.followup_action,
        } for one in (before, after)]
        results[name] = states + [State.of(before) == State.of(after)]
    return results
found(asyncio.run(main()))
"""

LENGTH = """
async def main():
    store = RecentTrackerStore(domain)
    sizes, starts = [], []
    current = tracker("a", START)
    for number in range(100):
        current.update_with_events(turn(number), domain)
        await store.save(current)
        current = await store.retrieve("a")
        sizes.append(len(current.events))
        current.update(UserUttered("next", {"name": "hello"}))
        starts.append(len(current.past_states(domain)))
        current = await store.retrieve("a")
    first = tracker("b", START + [UserUttered("next", {"name": "hello"})])
    return [sizes, starts, len(first.past_states(domain))]
found(asyncio.run(main()))
"""


def test_the_oldest_goes_first_and_a_failed_turn_is_undone() -> None:
    after_going_back, kept, without_c, nothing = inside(DOMAIN + BOUND)
    assert after_going_back == {"n": 1}
    assert kept == ["a", "c"]
    assert without_c == ["a"]
    assert nothing == 0


def test_the_next_turn_begins_in_the_same_state() -> None:
    for name, (before, after, same) in inside(DOMAIN + STATES).items():
        assert after == before, name
        assert same, name


def test_a_long_conversation_is_no_longer_than_a_short_one_and_never_looks_like_a_start() -> None:
    sizes, states, states_of_a_start = inside(DOMAIN + LENGTH)
    assert set(sizes) == {sizes[0]}
    assert set(states) == {states[0]}
    assert states[0] > states_of_a_start
