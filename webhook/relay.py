"""Between the log and the browsers of this hub: each entry is shown once and in order, wherever it was committed.

For every conversation that somebody looks at here, the relay knows the last entry that was shown. What follows is sent straight on,
what leaves a gap is read from the database, what is older is skipped. Other hubs are told by a hint; that a hint is lost is found
by asking the database now and then.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from leads.database import DatabaseUnavailable
from webhook.emitter import Emitter
from webhook.gaps import Gaps, Known, Piece
from webhook.hints import NEWS, TYPING, Hints
from webhook.hubs import Hubs
from webhook.log import News
from webhook.seal import Hint
from webhook.tuning import Tuning
from webhook.wire import Json

log = logging.getLogger(__name__)

_AT_ONCE = 200  # conversations
_TICK = 0.1
_REST = 0.5  # after a failure


@dataclass(slots=True)
class Track:
    """How far a conversation was shown to those who look at it here; ``seq`` is unknown until the first of them has its view."""

    seq: int | None = None
    epoch: int = 0
    agent: str | None = None  # name of the holder, for typing
    missed: bool = False  # something happened before ``seq`` was known
    unspoken: bool = False  # other people's widgets have not been told yet
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Relay:
    """Shows what was committed. ``marked`` is called for each conversation whose row in the inbox may have changed."""

    def __init__(self, emitter: Emitter, gaps: Gaps, hints: Hints, hubs: Hubs, tuning: Tuning, marked: Callable[[str], None]) -> None:
        self._emitter = emitter
        self._gaps = gaps
        self._hints = hints
        self._hubs = hubs
        self._tuning = tuning
        self._marked = marked
        self._tracks: dict[str, Track] = {}
        self._behind: dict[str, bool] = {}  # conversation → its state must be sent in any case
        self._something = asyncio.Event()
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.polled: Callable[[], Awaitable[None]] | None = None
        hints.on(NEWS, self._on_news)
        hints.on(TYPING, self._on_typing)
        hints.on_batch = self._something.set

    # what the namespaces tell

    def enter(self, conversation_id: str) -> None:
        """Somebody has entered the room of a conversation and will read it now: nothing may fall between."""
        if conversation_id not in self._tracks:
            self._tracks[conversation_id] = Track()

    def given(self, conversation_id: str, state: Json) -> None:
        """The view that somebody who entered was given."""
        self.seen(conversation_id, state["last_seq"], state["epoch"], _name(state))

    def seen(self, conversation_id: str, seq: int, epoch: int, agent: str | None = None) -> None:
        """Up to where somebody who entered has read. Those who were there before may not have got so far."""
        track = self._tracks.get(conversation_id)
        if track is None:
            return
        if track.seq is None or (seq > track.seq and self._emitter.listeners(conversation_id) == 1):
            track.seq, track.epoch, track.agent = seq, epoch, agent
        if track.missed or seq > track.seq:
            track.missed = False
            self._mark(conversation_id)

    def forget(self, conversation_id: str) -> None:
        """The conversation is gone: nothing more will come of it."""
        self._tracks.pop(conversation_id, None)
        self._behind.pop(conversation_id, None)

    # what the log tells

    async def announce(self, news: News) -> None:
        """Show what this hub has committed, and tell the others."""
        last = news.entries[-1]["seq"] if news.entries else 0
        self._tell_others(news.conversation_id, last, moved=news.state is not None)
        self._marked(news.conversation_id)
        track = self._tracks.get(news.conversation_id)
        if track is not None:
            try:
                await self._show(news.conversation_id, track, Piece(news.protocol, news.state or {}, list(news.entries)))
            except BaseException:
                self._mark(news.conversation_id)
                raise

    async def room(self) -> None:
        """Awaited before an acknowledgement: other hubs that listen are not left far behind."""
        await self._hints.room()

    def typed(self, conversation_id: str, who: str, on: bool) -> None:
        """Somebody types here; browsers of this hub were told."""
        self._hints.tell(TYPING, conversation_id, who, on)

    def refresh(self) -> None:
        """The bot has come or gone: everybody sees the state anew."""
        for conversation_id in self._tracks:
            self._mark(conversation_id, moved=True)

    async def run(self) -> None:
        """Fill gaps and poll until :meth:`stop`."""
        await asyncio.gather(self._fill(), self._poll())

    def stop(self) -> None:
        """End after what is being read."""
        self._stopping = True
        self._something.set()

    def _tell_others(self, conversation_id: str, last: int, *, moved: bool) -> None:
        untold = self._hints.untold(NEWS, conversation_id)
        if untold:
            last, moved = max(last, untold[2]), moved or untold[3]
        self._hints.tell(NEWS, conversation_id, last, moved)

    def _on_news(self, hint: Hint) -> None:
        _kind, conversation_id, last, moved = hint
        self._marked(conversation_id)
        track = self._tracks.get(conversation_id)
        if track is not None and (moved or track.seq is None or last > track.seq):
            self._mark(conversation_id, moved=moved)

    def _on_typing(self, hint: Hint) -> None:
        _kind, conversation_id, who, on = hint
        track = self._tracks.get(conversation_id)
        if track is not None:
            name = track.agent if who == "agent" else None
            self._spawn(self._emitter.show_typing(conversation_id, who, name, on))

    def _mark(self, conversation_id: str, *, moved: bool = False) -> None:
        self._behind[conversation_id] = moved or self._behind.get(conversation_id, False)
        self._something.set()

    async def _fill(self) -> None:
        while not self._stopping:
            await self._something.wait()
            self._something.clear()
            owed = self._hints.owed()
            try:
                while self._behind and not self._stopping:
                    await self._fill_some()
            except Exception as error:
                self._failed("gaps were not filled", error)
                await asyncio.sleep(_REST)
                self._something.set()
            else:
                self._hints.confirm(owed)

    async def _fill_some(self) -> None:
        some = {one: self._behind.pop(one) for one in list(islice(self._behind, _AT_ONCE))}
        try:
            known: list[Known] = []
            for conversation_id in some:
                track = self._tracks.get(conversation_id)
                if track is not None and track.seq is None:
                    track.missed = True
                elif track is not None and track.seq is not None:
                    known.append((conversation_id, track.seq, track.epoch))
            if not known:
                return
            pieces = await self._gaps.read(known)
        except BaseException:
            for conversation_id, moved in some.items():
                self._mark(conversation_id, moved=moved)
            raise
        for conversation_id, _seq, epoch in known:
            piece = pieces.get(conversation_id)
            if piece is not None:
                await self._show_read(conversation_id, piece, moved=some[conversation_id] or piece.state["epoch"] != epoch)

    async def _show_read(self, conversation_id: str, piece: Piece, *, moved: bool) -> None:
        """One broken conversation must not keep the others waiting; it is found again by the next poll."""
        track = self._tracks.get(conversation_id)
        if track is None:
            return
        last, state = piece.state["last_seq"], piece.state if moved else {}
        try:
            await self._show(conversation_id, track, Piece(piece.protocol, state, piece.entries))
        except Exception as error:
            self._failed(f"news of {conversation_id} were not shown", error)
        else:
            if piece.entries and track.seq is not None and track.seq < last:
                self._mark(conversation_id)  # a very long gap comes in pieces

    async def _show(self, conversation_id: str, track: Track, piece: Piece) -> None:
        """Send what follows; a gap is left to :meth:`_fill`."""
        async with track.lock:
            if track.seq is None:
                track.missed = True
                return
            for entry in piece.entries:
                if entry["seq"] == track.seq + 1:
                    await self._emitter.entry(conversation_id, entry)
                    track.seq = max(track.seq, entry["seq"])  # who entered meanwhile may have read further
                    track.unspoken = piece.protocol == "rasa"
                elif entry["seq"] > track.seq:
                    self._mark(conversation_id, moved=bool(piece.state))
                    return
            if piece.state:
                await self._emitter.state(conversation_id, piece.state)
                track.epoch, track.agent = piece.state["epoch"], _name(piece.state)
        if track.unspoken and self._emitter.speak is not None:
            track.unspoken = False
            try:
                await self._emitter.speak(conversation_id)
            except BaseException:
                track.unspoken = True
                raise

    async def _poll(self) -> None:
        polled_at, was = time.monotonic(), self._around()
        while not self._stopping:
            await asyncio.sleep(_TICK)
            now, alone = self._around(), self._hubs.alone
            quick = not self._hints.all_heard and not alone
            wait = self._tuning.quick_poll_seconds if quick else self._tuning.poll_seconds
            if now != was or time.monotonic() - polled_at >= wait:
                polled_at = time.monotonic()
                await self._poll_once(rows=not alone or now != was)
                was = now

    def _around(self) -> tuple[bool, int, int, frozenset[str]]:
        """With each change of this something may have been missed, and who was there with a dead hub is gone."""
        return self._hints.all_heard, self._hints.subscriptions, self._hints.gaps, self._hubs.alive()

    async def _poll_once(self, *, rows: bool) -> None:
        """One statement for everything that somebody looks at here."""
        try:
            known = list(self._known())
            for conversation_id in await self._gaps.behind(known) if known else ():
                self._mark(conversation_id)
            if self.polled is not None and rows:
                await self.polled()
        except Exception as error:
            self._failed("the database was not asked for news", error)

    def _known(self) -> Iterable[Known]:
        looked_at = self._emitter.has_listeners
        for conversation_id, track in list(self._tracks.items()):
            if not looked_at(conversation_id):
                del self._tracks[conversation_id]
            elif track.seq is not None:
                if track.unspoken:
                    self._mark(conversation_id)
                yield conversation_id, track.seq, track.epoch

    def _failed(self, what: str, error: Exception) -> None:
        if isinstance(error, DatabaseUnavailable):
            log.warning("%s: %s", what, error)
        else:
            log.error("%s: %s", what, type(error).__name__, exc_info=error)

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _name(state: Json) -> str | None:
    return state["agent"]["name"] if state.get("agent") else None
