"""Hints between hubs over Redis: which conversation has news, who types, that calls changed. Ids and numbers only, never a text.

A hint saves the wait for the next look at the database and nothing else: it may be lost, doubled or late.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from leads.database import Database, DatabaseUnavailable
from webhook.confirms import Confirms
from webhook.hubs import Hubs
from webhook.seal import Batch, Hint, Seal, shared_seal
from webhook.tuning import Tuning

log = logging.getLogger(__name__)

_AWAY = (RedisError, OSError, TimeoutError)
_PER_BATCH = 500
_MOST_WAITING = 10_000
_CONNECT_SECONDS = 2.0
_SUBSCRIBE_SECONDS = 3.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
_CONFIRM_SECONDS = 0.02  # confirmations wait so long for each other
_GATHER_SECONDS = 0.002  # between two batches, so that a busy hub sends few large ones
_PEERS = 64  # of which the last number is remembered

NEWS = "news"  # conversation, last entry, whether its state has changed
TYPING = "typing"  # conversation, who, on
CALLS = "calls"  # calls for a person have changed
ROW = "row"  # conversation: its row in the inbox looks different

type Handler = Callable[[Hint], None]


class Hints:
    """Sends and hears hints. When not :attr:`all_heard`, not everything may be hoped for: then hubs look at the database more often."""

    def __init__(self, url: str, database: Database, hubs: Hubs, tuning: Tuning) -> None:
        self._url = url
        self._database = database
        self._hubs = hubs
        self._tuning = tuning
        self._seal: Seal | None = None
        self._handlers: dict[str, Handler] = {}
        self._waiting: dict[tuple[str, str], Hint] = {}
        self._number = 0
        self._unheard: dict[int, float] = {}  # our own batches that did not come back yet, and when they left
        self._last: dict[str, int] = {}  # sender → its last batch; an older one is a copy
        self._heard_at: dict[str, float] = {}  # sender → when that batch came
        self._owed: dict[str, int] = {}  # sender → its last batch that was not confirmed yet
        self._confirming: dict[str, int] = {}
        self._confirms = Confirms(tuning.hints_outstanding, tuning.deaf_peer_seconds)
        self._something = asyncio.Event()
        self._room = asyncio.Event()
        self._stopping = False
        self._subscribed = False
        self._reachable = False
        self._other_heard_at = float("-inf")
        self.on_batch: Callable[[], None] = lambda: None  # hints have come that want to be confirmed
        self.subscriptions = 0  # with each of them something may have been missed
        self.gaps = 0  # with each of them something was: a sender could not publish a batch

    @property
    def live(self) -> bool:
        """Whether our own hints come back to us in time."""
        if not (self._subscribed and self._reachable):
            return False
        oldest = next(iter(self._unheard.values()), None)
        return oldest is None or time.monotonic() - oldest < self._tuning.hint_seconds

    @property
    def all_heard(self) -> bool:
        """Whether every other hub that lives is heard as well: one that alone has lost Redis still commits lines."""
        oldest = time.monotonic() - self._tuning.ping_seconds - self._tuning.hint_seconds
        return self.live and all(self._heard_at.get(one, float("-inf")) > oldest for one in self._hubs.other_instances())

    def on(self, kind: str, handler: Handler) -> None:
        """What to do with hints of a kind from other hubs; the handler only notes it and returns."""
        self._handlers[kind] = handler

    def tell(self, kind: str, key: str = "", *more: Any) -> None:
        """Tell the other hubs; a newer hint of the same kind and key replaces one that was not sent yet."""
        if self._has_others() and len(self._waiting) < _MOST_WAITING:
            self._waiting[kind, key] = (kind, key, *more)
            self._something.set()

    def untold(self, kind: str, key: str) -> Hint | None:
        """A hint that was not sent yet, for somebody who wants to add to it."""
        return self._waiting.get((kind, key))

    async def room(self) -> None:
        """Wait while other hubs are far behind with what they were told; a deaf one is not waited for."""
        while self._confirms.full and self.live and not self._stopping:
            self._room.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._room.wait(), self._tuning.deaf_peer_seconds / 4)

    def owed(self) -> dict[str, int]:
        """Up to which batch other hubs were heard; to be given to :meth:`confirm` once that is shown."""
        return dict(self._owed)

    def confirm(self, shown: dict[str, int]) -> None:
        """Let the senders know how far they were served."""
        for sender, number in shown.items():
            self._confirming[sender] = number
            if self._owed.get(sender) == number:
                del self._owed[sender]
            self._something.set()

    async def run(self) -> None:
        """Send and hear until :meth:`stop`; without an address there is nothing to do."""
        if not self._url:
            return
        seal = await self._read_seal()
        if seal is None:
            return
        self._seal = seal
        listening = asyncio.create_task(self._listen(seal), name="hints")
        try:
            await self._send(seal)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    def stop(self) -> None:
        """End; what was not sent is found in the database."""
        self._stopping = True
        self._something.set()
        self._room.set()

    async def _read_seal(self) -> Seal | None:
        while not self._stopping:
            try:
                return await shared_seal(self._database)
            except DatabaseUnavailable as error:
                log.warning("hints wait for the database: %s", error)
                await self._pause(_LONGEST_PAUSE)
        return None

    async def _send(self, seal: Seal) -> None:
        pause = _FIRST_PAUSE
        client = self._client(timeout=self._tuning.hint_seconds * 2)
        try:
            while not self._stopping:
                try:
                    await self._send_batch(client, seal)
                    pause = _FIRST_PAUSE
                    await self._gather()
                except _AWAY as error:
                    self._lost(error)
                    await asyncio.sleep(pause)
                    pause = min(_LONGEST_PAUSE, pause * 2)
        finally:
            with suppress(*_AWAY):
                await client.aclose()

    async def _send_batch(self, client: Redis, seal: Seal) -> None:
        """Everything that waits; an empty batch is a sign of life that must come back to us."""
        keys = list(self._waiting)[:_PER_BATCH]
        hints = [self._waiting.pop(key) for key in keys]
        confirms, self._confirming = self._confirming, {}
        self._number += 1
        if self._subscribed:
            self._unheard[self._number] = time.monotonic()
        if hints:
            self._confirms.sent(self._number, len(hints))
        await client.publish(seal.channel, seal.close(Batch(self._hubs.instance, self._number, hints, confirms)))
        if not self._reachable:
            self._reachable = True
            log.info("Redis is there")

    async def _gather(self) -> None:
        """Wait for the next batch: at once when there are hints, a little later for confirmations, otherwise a sign of life."""
        await asyncio.sleep(_GATHER_SECONDS)
        if not self._waiting and not self._confirming:
            await self._pause(self._tuning.ping_seconds)
        if not self._waiting and self._confirming:
            await self._pause(_CONFIRM_SECONDS)

    async def _pause(self, seconds: float) -> None:
        self._something.clear()
        if not self._stopping:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), seconds)

    def _lost(self, error: BaseException) -> None:
        self._waiting.clear()
        self._confirms.clear()
        self._room.set()
        if self._reachable:
            self._reachable = False
            log.warning("Redis is away, hubs look at the database more often: %s", type(error).__name__)

    async def _listen(self, seal: Seal) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                async with self._client(timeout=None) as client, client.pubsub() as pubsub:
                    async with asyncio.timeout(_SUBSCRIBE_SECONDS):
                        await pubsub.subscribe(seal.channel)
                        await pubsub.get_message(timeout=None)
                    self._unheard.clear()
                    self._subscribed = True
                    self.subscriptions += 1
                    pause = _FIRST_PAUSE
                    await self._hear(pubsub, seal)
            except _AWAY as error:
                log.warning("hints are not heard, subscribing again: %s", type(error).__name__)
            except Exception as error:
                log.error("hints: %s", type(error).__name__, exc_info=error)
            finally:
                self._subscribed = False
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  # hubs need not come back all at once
            pause = min(_LONGEST_PAUSE, pause * 2)

    async def _hear(self, pubsub: PubSub, seal: Seal) -> None:
        """Raises TimeoutError when not even our own signs of life come back."""
        while True:
            message = await asyncio.wait_for(pubsub.get_message(ignore_subscribe_messages=True, timeout=None), self._tuning.deaf_seconds)
            batch = seal.open(message["data"]) if message else None
            if batch is None:
                continue
            if batch.sender == self._hubs.instance:
                self._heard_own(batch.number)
            elif batch.number > self._last.get(batch.sender, 0):
                self._heard(batch)

    def _heard_own(self, number: int) -> None:
        for older in [one for one in self._unheard if one <= number]:
            del self._unheard[older]

    def _heard(self, batch: Batch) -> None:
        self._other_heard_at = self._heard_at[batch.sender] = time.monotonic()
        if batch.number > self._last.get(batch.sender, batch.number) + 1:
            self.gaps += 1
        self._last[batch.sender] = batch.number
        if len(self._last) > _PEERS:
            oldest = next(iter(self._last))
            del self._last[oldest], self._heard_at[oldest]
        if self._hubs.instance in batch.confirms:
            self._confirms.heard(batch.sender, batch.confirms[self._hubs.instance])
            self._room.set()
        for hint in batch.hints:
            try:
                handler = self._handlers.get(hint[0])
                if handler:
                    handler(hint)
            except Exception as error:
                log.error("a hint was not understood: %s", type(error).__name__, exc_info=error)
        if batch.hints:
            self._owed[batch.sender] = batch.number
            self.on_batch()

    def _has_others(self) -> bool:
        """Whether anybody may hear us; a hub that has just started is heard before its heartbeat is read."""
        return bool(self._url) and (not self._hubs.alone or time.monotonic() - self._other_heard_at < self._tuning.dead_seconds)

    def _client(self, timeout: float | None) -> Redis:
        return Redis.from_url(
            self._url, socket_timeout=timeout, socket_connect_timeout=_CONNECT_SECONDS, retry=Retry(NoBackoff(), 0), protocol=2
        )
