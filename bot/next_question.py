"""Which question a form puts next: the slot `asking` may leave some out and give the others an order.

Rasa's form asks its slots as they are listed. The score knows better (`leads/asking.py`): the action that reads the message leaves
what it knows in the slot, and this repair, applied once by bot/repairs.py, makes the form follow it. A validation action of the form
could do the same, for one more call to the action server in every turn.
"""

from __future__ import annotations

from typing import Any, List, Optional, Text

from rasa.core.actions.forms import FormAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

ASKING = "asking"


def repair() -> None:
    """Put the repair in place; a second call changes nothing."""
    FormAction._find_next_slot_to_request = find_next_slot


def find_next_slot(self: FormAction, tracker: DialogueStateTracker, domain: Domain) -> Optional[Text]:
    """The next open slot of the form that is worth asking, ``None`` when the form is done."""
    open_slots = [slot for slot in self.required_slots(domain) if self._should_request_slot(tracker, slot)]
    return choose(open_slots, tracker.get_slot(ASKING) if ASKING in tracker.slots else None)


def choose(open_slots: List[Text], asking: Any) -> Optional[Text]:
    """The first of the order, then those without a place in it as they are listed; what is to be skipped never. Pure."""
    order, skip = (list(asking.get(key) or ()) for key in ("order", "skip")) if isinstance(asking, dict) else ([], [])
    asked = [slot for slot in open_slots if slot not in skip]
    return min(asked, key=lambda slot: order.index(slot) if slot in order else len(order)) if asked else None
