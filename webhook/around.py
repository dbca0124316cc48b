"""What the rest of the hub does around a bot turn and around the bot's coming and going."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from webhook.agents_there import AgentsThere
from webhook.away import Away
from webhook.briefing import Briefing
from webhook.conversations import Conversations
from webhook.emitter import Emitter
from webhook.handoff import Handoffs
from webhook.reconciler import Reconciler
from webhook.relay import Relay
from webhook.rings import Rings
from webhook.turn_rows import Job
from webhook.visits import Visits

log = logging.getLogger(__name__)


class Around:
    """Joins turns to the parts that come after them; ``handoffs``, ``conversations`` and ``relay`` are set by the composition root."""

    handoffs: Handoffs
    conversations: Conversations
    relay: Relay

    def __init__(self, emitter: Emitter, away: Away, reconciler: Reconciler, visits: Visits, briefing: Briefing) -> None:
        self._emitter = emitter
        self._away = away
        self._reconciler = reconciler
        self._visits = visits
        self._briefing = briefing
        self._tasks: set[asyncio.Task[None]] = set()

    async def typing(self, conversation_id: str, on: bool) -> None:
        """The bot begins or ends to type."""
        await self._emitter.typing(conversation_id, "bot", None, on)

    async def away(self, conversation_id: str, after: int) -> int:
        """A message behind the entry ``after`` has waited too long: after the honest line nobody seems to type any more."""
        told = await self._away.tell(conversation_id, after)
        if told != after or not after:
            await self.typing(conversation_id, False)
        return told

    async def read(self, job: Job) -> None:
        """The bot will never see this message."""
        await self._reconciler.read(job)

    async def finished(self, conversation_id: str) -> None:
        """The turn may have asked for a person, and has told us more about the lead."""
        await self.handoffs.start(conversation_id)
        self._briefing.mark(conversation_id)

    def page(self, conversation_id: str) -> dict[str, str] | None:
        """The page the visitor looks at."""
        return self._visits.trails.current(conversation_id)

    def started(self, conversation_id: str) -> None:
        """The visitor's first word."""
        self._spawn(self._visits.started(conversation_id))

    def bot_changed(self, online: bool) -> None:
        """Everybody who is there sees whether the assistant is."""
        self.relay.refresh()

    def agents_changed(self, there: AgentsThere, rings: Rings) -> None:
        """Agents have come, gone, or want to be rung or not: their consoles show it, and others may have to ring."""
        rings.mark()
        self._spawn(self._emitter.agents(there.json()))

    async def stop(self) -> None:
        """Wait for what is still going on."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            log.error("background work failed: %s", type(error).__name__, exc_info=error)
