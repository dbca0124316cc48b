"""The form follows the slot `asking`, and Rasa's own form does not. Runs in the bot's environment."""

from __future__ import annotations

import pytest

from tests.bot.inside import inside

SCRIPT = """
from rasa.core.actions.forms import FormAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from bot import next_question
domain = Domain.from_yaml('''
version: "3.1"
slots:
  a: {type: any, mappings: [{type: custom}]}
  b: {type: any, mappings: [{type: custom}]}
  c: {type: any, mappings: [{type: custom}]}
  asking: {type: any, mappings: [{type: custom}]}
forms:
  form: {required_slots: [a, b, c]}
''')
form = FormAction("form", None)
def choices():
    for slots in given:
        tracker = DialogueStateTracker.from_events("x", [SlotSet(*pair) for pair in slots.items()], domain.slots)
        yield form._find_next_slot_to_request(tracker, domain)
before = list(choices())
next_question.repair(); next_question.repair()
found([before, list(choices())])
"""
SAMPLES = [
    ({}, "a", "a"),
    ({"asking": {"order": ["c", "a"], "skip": []}}, "a", "c"),
    ({"asking": {"order": ["c", "a"], "skip": []}, "c": 1}, "a", "a"),
    ({"asking": {"order": ["c"], "skip": ["a"]}, "c": 1}, "a", "b"),
    ({"asking": {"order": [], "skip": ["a", "b", "c"]}}, "a", None),
    ({"asking": {}, "a": 1}, "b", "b"),
    ({"asking": "nonsense"}, "a", "a"),
    ({"a": 1, "b": 1, "c": 1}, None, None),
]


@pytest.mark.long
def test_the_form_puts_what_is_worth_asking_and_rasas_own_does_not() -> None:
    before, after = inside(SCRIPT, [slots for slots, _, _ in SAMPLES])
    assert before == [own for _, own, _ in SAMPLES]
    assert after == [ours for _, _, ours in SAMPLES]
