"""Visitors while they are there: their pages, what they are shown first, how fast they may go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from leads.database import DatabaseUnavailable
from webhook.gate import is_local
from webhook.greeting import Greeting
from webhook.limits import Buckets, shared_buckets
from webhook.openings import opening_for
from webhook.presence import Room, Trails
from webhook.presence_rows import VISITOR, PresenceRows
from webhook.reader import LeadReader
from webhook.shared_counts import SharedCounts
from webhook.texts import Texts
from webhook.together import Together
from webhook.tuning import Tuning
from webhook.wire import Json

log = logging.getLogger(__name__)

_FAST = "You are sending messages very fast. Try again in {seconds} s."
_BUSY_SITE = "Very many people begin a chat here just now. Try again in {seconds} s."
_MANY = "Too many new chats from your network. Try again in {seconds} s."


class Limits:
    """The token buckets of visitors."""

    def __init__(self, tuning: Tuning, counts: SharedCounts) -> None:
        self._messages = Buckets(tuning.messages_per_minute, tuning.message_burst)
        self._signals = Buckets(tuning.signals_per_minute, tuning.signal_burst)
        self._chats = _chats(counts, "chats", tuning.new_chats_per_minute)
        self._local_chats = _chats(counts, "local-chats", tuning.local_new_chats_per_minute)
        self._site_chats = _chats(counts, "site-chats", tuning.site_new_chats_per_minute)

    def message(self, conversation_id: str) -> None:
        """One line, button or form; TooFast when there were too many."""
        self._messages.check(conversation_id, _FAST)

    def signal(self, conversation_id: str) -> None:
        """Something small that is not part of the log."""
        self._signals.check(conversation_id, _FAST)

    def new_chat(self, address: str, site: str) -> None:
        """A conversation begins. A site that is flooded from everywhere leaves room for the others."""
        (self._local_chats if is_local(address) else self._chats).check(address, _MANY)
        self._site_chats.check(site, _BUSY_SITE)


def _chats(counts: SharedCounts, kind: str, per_minute: float) -> Buckets:
    return shared_buckets(counts, kind, per_minute, max(1, round(per_minute)))


class Visits:
    """Presence and pages of visitors. ``changed`` is called when somebody comes or goes."""

    def __init__(
        self,
        reader: LeadReader,
        texts: Callable[[str], Texts],
        greeting: Callable[[], Greeting | None],
        changed: Callable[[str], None],
        presence: PresenceRows,
    ) -> None:
        self._reader = reader
        self._texts = texts
        self._greeting = greeting
        self._changed = changed
        self._presence = presence
        self.room: Room[str] = Room()
        self.trails = Trails()
        self._started: set[str] = set()
        self._saves: set[asyncio.Task[None]] = set()
        self._one_at_a_time = asyncio.Lock()
        self._last_pages = Together(reader.last_pages)

    def greeting(self, site: str, page: str | None = None) -> Greeting:
        """The first line of a chat that begins on the page with this address."""
        texts = self._texts(site)
        usual = self._greeting() or Greeting(texts.lines.greeting)
        opening = opening_for(texts.openings, page)
        return Greeting(opening.text, opening.buttons or usual.buttons) if opening else usual

    def site(self, site: str, lang: str | None = None) -> Json:
        """What the widget of this site shows of itself, to somebody who reads this language."""
        return self._texts(site).site.json(lang)

    def came(self, conversation_id: str, sid: str) -> None:
        """A tab has joined, perhaps from another conversation."""
        if self.room.of(sid) not in (None, conversation_id):
            self.left(sid)
        if self.room.enter(conversation_id, sid):
            self._presence.enter(VISITOR, conversation_id)
            self._changed(conversation_id)

    def left(self, sid: str) -> None:
        """A tab is gone."""
        conversation_id = self.room.leave(sid)
        if conversation_id is not None:
            self._gone(conversation_id)

    def sweep(self, alive: Callable[[str], bool]) -> None:
        """Forget tabs whose connection is gone."""
        for conversation_id in self.room.sweep(alive):
            self._gone(conversation_id)

    def page(self, conversation_id: str, url: str, title: str, *, started: bool = False) -> None:
        """Note a page; stored once the visitor has said something, behind everything else: nobody waits for it.

        After a restart everybody comes back with a page at once.
        """
        self.trails.visit(conversation_id, url, title)
        if started:
            self._started.add(conversation_id)
        if conversation_id in self._started:
            save = asyncio.create_task(self._save_in_turn(conversation_id), name="pages")
            self._saves.add(save)
            save.add_done_callback(self._saves.discard)

    def forget(self, conversation_id: str) -> None:
        """The conversation is gone: its pages are dropped."""
        self.trails.forget(conversation_id)
        self._started.discard(conversation_id)

    async def stop(self) -> None:
        """Pages that are being stored are stored."""
        await asyncio.gather(*self._saves)

    async def started(self, conversation_id: str) -> None:
        """The visitor's first word: from now on pages are stored."""
        self._started.add(conversation_id)
        await self.save_pages(conversation_id)

    def _gone(self, conversation_id: str) -> None:
        self._started.discard(conversation_id)
        self._presence.leave(VISITOR, conversation_id)
        self._changed(conversation_id)

    async def _save_in_turn(self, conversation_id: str) -> None:
        """A reload and a restart of the hub are no new page; after the latter hundreds of visitors say where they are."""
        with suppress(DatabaseUnavailable):
            last = await self._last_pages.ask(conversation_id)
            if last is not None:
                self.trails.was_on(conversation_id, last["url"])
        async with self._one_at_a_time:
            await self.save_pages(conversation_id)

    async def save_pages(self, conversation_id: str) -> None:
        """Store pages that are only in memory; a failure loses the trail, not the chat."""
        pages = self.trails.take_unsaved(conversation_id)
        if not pages:
            return
        try:
            await self._reader.pages(conversation_id, pages)
        except Exception as error:
            log.warning("pages of %s were not stored: %s", conversation_id, type(error).__name__)
            return
        self._changed(conversation_id)
