"""Keeps the agents' screens up to date: changed conversations are read once and sent, however often they change."""

from __future__ import annotations

import asyncio
import logging

from leads.store import LeadStore
from webhook.emitter import Emitter
from webhook.inbox import Inbox

log = logging.getLogger(__name__)
_PAUSE = 0.05


class Briefing:
    """Sends `summary` and `lead` for conversations that were marked."""

    def __init__(self, emitter: Emitter, inbox: Inbox, leads: LeadStore) -> None:
        self._emitter = emitter
        self._inbox = inbox
        self._leads = leads
        self._marked: dict[str, None] = {}
        self._something = asyncio.Event()
        self._stopping = False

    def mark(self, conversation_id: str) -> None:
        """Something about the conversation has changed."""
        if self._emitter.has_agents():
            self._marked[conversation_id] = None
            self._something.set()

    async def run(self) -> None:
        """Send until :meth:`stop`."""
        while not self._stopping:
            await self._something.wait()
            self._something.clear()
            for conversation_id in list(self._marked):
                self._marked.pop(conversation_id, None)
                try:
                    await self.send(conversation_id)
                except Exception as error:
                    log.warning("the row of %s could not be sent: %s", conversation_id, type(error).__name__)
            await asyncio.sleep(_PAUSE)

    def stop(self) -> None:
        """End after what is being sent."""
        self._stopping = True
        self._something.set()

    async def send(self, conversation_id: str) -> None:
        """Send the row now, and the lead card to those who have the conversation open."""
        summary = await self._inbox.one(conversation_id)
        if summary is not None:
            await self._emitter.summary(summary)
        if self._emitter.has_desk(conversation_id):
            lead = await self._leads.card(conversation_id)
            if lead is not None:
                await self._emitter.lead(conversation_id, lead)
