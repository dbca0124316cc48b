"""A repair to how Rasa 3.6.21 fills slots: a message is read once, not once more when a form begins.

`action_validate_slot_mappings` reads the message before anything else in a turn and leaves its id in the slot `last_read`. Rasa calls
it again when a form begins in the same turn, and it answers that there is nothing to do (actions/read.py): every other turn
paid for a call to the action server that says nothing. Applied once by bot/repairs.py.
"""

from __future__ import annotations

from typing import Any, List

from rasa.core.actions.action import ActionExtractSlots
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

LAST_READ = "last_read"
_validate = ActionExtractSlots._execute_validation_action


def repair() -> None:
    """Put the repair in place; a second call changes nothing."""
    ActionExtractSlots._execute_validation_action = validate


async def validate(
    self: ActionExtractSlots, extraction_events: List[Event], output_channel: Any, nlg: Any, tracker: DialogueStateTracker, domain: Any
) -> List[Event]:
    """As Rasa's, which hands on what it extracted when the action has nothing to say."""
    if was_read(tracker):
        return [event for event in extraction_events if isinstance(event, SlotSet)]
    return await _validate(self, extraction_events, output_channel, nlg, tracker, domain)


def was_read(tracker: DialogueStateTracker) -> bool:
    """Whether the action has read the present message already."""
    message = tracker.latest_message
    return bool(message and message.message_id and LAST_READ in tracker.slots and tracker.get_slot(LAST_READ) == message.message_id)
