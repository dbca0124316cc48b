"""Rings the agents' browsers of this hub: looks which calls ring and makes every browser match, again and again.

Nothing depends on an event that may be lost: a failed read, a restart, a hint that did not come or an agent who comes later is
made good by the next look.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from leads.database import DatabaseUnavailable
from webhook.agents_there import AgentsThere
from webhook.ages import Ages
from webhook.calls import Call, Calls
from webhook.emitter import Emitter
from webhook.inbox import Inbox

log = logging.getLogger(__name__)

WIDER = 1 / 3  # of the time to ring: then also agents are rung who talk with somebody
_REST = 0.2  # after a failure


@dataclass(slots=True)
class Rung:
    """A call that browsers of this hub were rung for."""

    call: Call
    sids: set[str] = field(default_factory=set)


class Rings:
    """``told`` lets the other hubs know that calls have changed."""

    def __init__(
        self,
        calls: Calls,
        there: AgentsThere,
        inbox: Inbox,
        emitter: Emitter,
        told: Callable[[], None],
        ring_seconds: float,
        look_seconds: float,
    ) -> None:
        self._calls = calls
        self._there = there
        self._inbox = inbox
        self._emitter = emitter
        self._told = told
        self._wider_after = ring_seconds * WIDER
        self._look_seconds = look_seconds
        self._ages: Ages[tuple[str, datetime | None]] = Ages()
        self._rung: dict[str, Rung] = {}  # conversation → who rings here
        self._came: set[str] = set()  # browsers that want to know of missed calls, too
        self._something = asyncio.Event()
        self._stopping = False

    def mark(self) -> None:
        """Look at once; calls or agents have changed."""
        self._something.set()

    def changed(self) -> None:
        """The same, here and at every other hub."""
        self.mark()
        self._told()

    def came(self, sids: Iterable[str]) -> None:
        """Browsers have joined, or their agent wants to be rung again: missed calls of visitors who are still there ring once more."""
        self._came.update(sids)
        for rung in self._rung.values():
            rung.sids.difference_update(self._came)
        self.mark()

    async def run(self) -> None:
        """Look until :meth:`stop`."""
        while not self._stopping:
            try:
                await self.look()
            except DatabaseUnavailable as error:
                log.warning("calls could not be read: %s", error)
                await self._rest()
            except Exception as error:
                log.error("rings: %s", type(error).__name__, exc_info=error)
                await self._rest()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), self._look_seconds)
            self._something.clear()

    def stop(self) -> None:
        """End after the present look."""
        self._stopping = True
        self.mark()

    async def look(self) -> None:
        """Make the browsers here match the calls."""
        here = set(self._there.room.sids())
        if not here:
            self._rung.clear()
            self._came.clear()
            return
        came = self._came & here
        again = {one for one, rung in self._rung.items() if rung.call.state == "missed"}
        calls = await self._calls.ringing(again, missed=bool(came))
        await self._stop_ended([one for one in self._rung if one not in calls])
        ages = self._ages.look({(call.id, call.rang_at): call.rang_at for call in calls.values()})
        narrow = any(call.state == "ringing" and ages[call.id, call.rang_at] < self._wider_after for call in calls.values())
        busy = await self._calls.busy() if narrow else set()
        for call in sorted(calls.values(), key=Call.order):
            wide = ages[call.id, call.rang_at] >= self._wider_after
            await self._match(call, self._audience(call, came, busy, wide=wide))
        self._came -= came
        self._came &= set(self._there.room.sids())

    def _audience(self, call: Call, came: Collection[str], busy: Collection[str], *, wide: bool) -> set[str]:
        """The browsers that should ring now. Who rings already goes on ringing, though a look may find fewer."""
        available = self._there.available()
        free = available.difference(busy)
        wanted = available if wide or not free else free
        rung = self._rung.get(call.conversation_id)
        before = rung.sids if rung and rung.call == call else set()
        chosen = set()
        for agent_id in available:
            for sid in self._there.room.sids(agent_id):
                rings = agent_id in wanted if call.state == "ringing" else sid in came
                if rings or sid in before:
                    chosen.add(sid)
        return chosen

    async def _match(self, call: Call, wanted: set[str]) -> None:
        rung = self._rung.get(call.conversation_id)
        if rung is None or rung.call != call:
            if rung is not None and call.state == "missed":
                await self._emitter.ring_stop(call.conversation_id, "missed", None)
            rung = self._rung[call.conversation_id] = Rung(call)
        for sid in rung.sids - wanted:
            rung.sids.discard(sid)
            await self._emitter.ring_stop(call.conversation_id, "cancelled", None, sid)
        new = wanted - rung.sids
        summary = await self._inbox.one(call.conversation_id) if new else None
        if summary is not None:
            for sid in new:
                await self._emitter.ring_one(summary, sid)
                rung.sids.add(sid)

    async def _stop_ended(self, conversation_ids: Collection[str]) -> None:
        """Tell everybody here what became of calls that ring no more."""
        if not conversation_ids:
            return
        ends = await self._calls.ends([self._rung[one].call.id for one in conversation_ids])
        for conversation_id in conversation_ids:
            reason, by = ends.get(conversation_id, ("cancelled", None))
            if reason == "missed" and self._rung[conversation_id].call.state == "missed":
                reason = "cancelled"  # the visitor is gone
            await self._emitter.ring_stop(conversation_id, reason, by)
            del self._rung[conversation_id]

    async def _rest(self) -> None:
        await asyncio.sleep(_REST)
        self.mark()
