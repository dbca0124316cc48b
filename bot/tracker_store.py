"""Where Rasa keeps its conversations: in memory, the most recent ones only, and of each its state, not its history.

The tracker is a cache. What a visitor said is in the database; a conversation that was dropped here goes on from there.

Rasa replays every event of a conversation several times in each turn (loading, copying before each action, looking back for each
prediction) and sends all of them with each call of an action, so that a turn costs the more the longer people talk. Between two turns
only what the next one can depend on is kept: slots, the active form, whether the bot is to be silent. A rule has one message of the
visitor at most (Rasa refuses others), so no rule looks further back; policies that do (TED, Memoization over several messages) would
need another store in endpoints.yml.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Text

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    Event,
    FollowupAction,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker


class State(NamedTuple):
    """A conversation between two turns. Slot values are shared with trackers; nobody may change them in place."""

    slots: Dict[Text, Any]  # those that are set
    loop: Optional[Text] = None  # the active form
    rejected: bool = False
    paused: bool = False
    followup: Optional[Text] = None

    @classmethod
    def of(cls, tracker: DialogueStateTracker) -> State:
        """What is kept of a tracker."""
        loop = tracker.active_loop
        return cls(
            {name: slot.value for name, slot in tracker.slots.items() if slot.value is not None},
            loop.name if loop else None,
            bool(loop and loop.rejected),
            tracker.is_paused(),
            tracker.followup_action if tracker.followup_action != ACTION_LISTEN_NAME else None,
        )

    def events(self) -> List[Event]:
        """The shortest history that leads to this state. It begins with an action, so that it is no start of a conversation."""
        events: List[Event] = [ActionExecuted(ACTION_LISTEN_NAME)]
        events += [SlotSet(name, value) for name, value in self.slots.items()]
        if self.loop is not None:
            events.append(ActiveLoop(self.loop))
            events += [ActionExecutionRejected(self.loop)] if self.rejected else []
        events += [ConversationPaused()] if self.paused else []
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
        return events + ([FollowupAction(self.followup)] if self.followup else [])


class RecentTrackerStore(TrackerStore):
    """The states of the most recent conversations, and a way back for a turn that failed."""

    def __init__(self, domain: Domain, event_broker: Any = None, max_conversations: int = 2000, **kwargs: Any) -> None:
        kwargs.pop("host", None)
        super().__init__(domain, event_broker, **kwargs)
        self._states: OrderedDict[Text, State] = OrderedDict()
        self._max = max_conversations

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the state as the most recent one and drop the oldest above the bound. A tracker without events has none yet."""
        await self.stream_events(tracker)
        if not tracker.events:
            return
        self._states[tracker.sender_id] = State.of(tracker)
        self._states.move_to_end(tracker.sender_id)
        while len(self._states) > self._max:
            self._states.popitem(last=False)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        """A new tracker in the state of the conversation."""
        state = self._states.get(sender_id)
        if state is None:
            return None
        return DialogueStateTracker.from_events(sender_id, state.events(), slots=self.domain.slots)

    async def keys(self) -> Iterable[Text]:
        """The conversations that are known, the one that was served last at the end."""
        return self._states.keys()

    def mark(self, sender_id: Text) -> Optional[State]:
        """The conversation as it is now: for a look at it, and for :meth:`go_back`."""
        return self._states.get(sender_id)

    def go_back(self, sender_id: Text, mark: Optional[State]) -> None:
        """Undo everything since ``mark``."""
        if mark is None:
            self._states.pop(sender_id, None)
        else:
            self._states[sender_id] = mark
