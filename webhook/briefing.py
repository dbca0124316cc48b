"""Keeps the agents' screens up to date: changed conversations are read together and sent once, however often they change."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from itertools import islice

from leads.store import LeadStore
from webhook.emitter import Emitter
from webhook.inbox import SIZE, Inbox
from webhook.wire import Json

log = logging.getLogger(__name__)
_PAUSE = 0.05
_LONGEST_PAUSE = 1.0
_REST = 9.0  # pauses for one of work: rows that change all the time must not take the hub from those who write
_KEPT = 10 * SIZE


class Briefing:
    """Sends `summary` and `lead` for conversations that were marked; ``told`` lets the other hubs know of a mark."""

    def __init__(self, emitter: Emitter, inbox: Inbox, leads: LeadStore, told: Callable[[str], None]) -> None:
        self._emitter = emitter
        self._inbox = inbox
        self._leads = leads
        self._told = told
        self._marked: dict[str, None] = {}
        self._sent: dict[str, Json] = {}  # the rows that agents of this hub have
        self._something = asyncio.Event()
        self._stopping = False

    def mark(self, conversation_id: str) -> None:
        """Something about the conversation has changed, for agents everywhere."""
        self.mark_here(conversation_id)
        self._told(conversation_id)

    def mark_here(self, conversation_id: str) -> None:
        """The same for agents of this hub only."""
        if self._emitter.has_agents():
            self._marked[conversation_id] = None
            self._something.set()

    def given(self, rows: Iterable[Json]) -> None:
        """An agent who joined was given these rows; others may have older ones, which stay what they are."""
        for row in rows:
            self._sent.setdefault(row["conversation_id"], row)

    def forget(self, conversation_id: str) -> None:
        """The conversation is gone: so is its row."""
        self._marked.pop(conversation_id, None)
        self._sent.pop(conversation_id, None)

    async def run(self) -> None:
        """Send until :meth:`stop`."""
        while not self._stopping:
            await self._something.wait()
            self._something.clear()
            while self._marked and not self._stopping:
                begun = time.monotonic()
                some = list(islice(self._marked, SIZE))
                for conversation_id in some:
                    del self._marked[conversation_id]
                try:
                    await self.send(some)
                except Exception as error:
                    log.warning("the rows of %d conversations could not be sent: %s", len(some), type(error).__name__)
                took = time.monotonic() - begun
                await asyncio.sleep(min(_LONGEST_PAUSE, max(_PAUSE, _REST * took)))

    def stop(self) -> None:
        """End after what is being sent."""
        self._stopping = True
        self._something.set()

    async def send(self, conversation_ids: list[str]) -> None:
        """Send the rows now, and the lead cards to those who have the conversations open."""
        for summary in await self._inbox.some(conversation_ids):
            await self._send_row(summary)
        open_ones = [one for one in conversation_ids if self._emitter.has_desk(one)]
        for lead in await self._leads.cards(open_ones) if open_ones else []:
            await self._emitter.lead(lead["conversation_id"], lead)

    async def refresh(self) -> None:
        """Compare the whole inbox with what the agents of this hub have, and send what is different."""
        if not self._emitter.has_agents():
            self._sent.clear()
            return
        rows = await self._inbox.newest()
        different = [row for row in rows if self._sent.get(row["conversation_id"]) != row]
        if different:
            await self.send([row["conversation_id"] for row in different])
        if len(self._sent) > _KEPT:
            newest = {row["conversation_id"] for row in rows}
            self._sent = {one: row for one, row in self._sent.items() if one in newest}

    async def _send_row(self, summary: Json) -> None:
        await self._emitter.summary(summary)
        self._sent[summary["conversation_id"]] = summary
