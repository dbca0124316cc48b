"""Where Rasa keeps its conversations: in memory, the most recent ones only.

The tracker is a cache. What a visitor said is in the database; a conversation that was dropped here goes on from there.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Optional, Text

from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class RecentTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store with an upper bound, and a way back for a turn that failed."""

    def __init__(self, domain: Domain, event_broker: Any = None, max_conversations: int = 2000, **kwargs: Any) -> None:
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)
        self.store: OrderedDict[Text, Text] = OrderedDict()
        self._max = max_conversations

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the tracker as the most recent one and drop the oldest above the bound."""
        await super().save(tracker)
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
