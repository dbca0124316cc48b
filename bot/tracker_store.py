"""Where Rasa keeps its conversations: in memory, the most recent ones only.

The tracker is a cache. What a visitor said is in the database; a conversation that was dropped here goes on from there.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, List, Optional, Text

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

MAX_EVENTS = 120  # about ten turns; every action call sends all events, so that a long chat would become slow


class RecentTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store with upper bounds, and a way back for a turn that failed."""

    def __init__(self, domain: Domain, event_broker: Any = None, max_conversations: int = 2000, **kwargs: Any) -> None:
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)
        self.store: OrderedDict[Text, Text] = OrderedDict()
        self._max = max_conversations

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker as the most recent one and drop the oldest above the bound."""
        await super().save(tracker if len(tracker.events) <= MAX_EVENTS else shortened(tracker))
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > self._max:
            self.store.popitem(last=False)

    def mark(self, sender_id: Text) -> Optional[Text]:
        """The conversation as it is now, for :meth:`go_back`."""
        return self.store.get(sender_id)

    def go_back(self, sender_id: Text, mark: Optional[Text]) -> None:
        """Undo everything since ``mark``."""
        if mark is None:
            self.store.pop(sender_id, None)
        else:
            self.store[sender_id] = mark


def shortened(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The same state between two turns without its history: no rule looks further back than the visitor's message."""
    events: List[Event] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    events += [SlotSet(name, value) for name, value in tracker.current_slot_values().items() if value is not None]
    events += [ActiveLoop(tracker.active_loop_name)] if tracker.active_loop_name else []
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    return DialogueStateTracker.from_events(tracker.sender_id, events, slots=tracker.slots.values())
