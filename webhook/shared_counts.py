"""How often something happened at all hubs together: counted here at once, exchanged over Redis a moment later.

Nobody ever waits for Redis. What another hub has counted is known here about half a second late; without Redis each hub
counts for itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Hashable
from contextlib import suppress
from itertools import batched
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from leads.database import Database, DatabaseUnavailable
from webhook.hubs import Hubs
from webhook.seal import Seal, shared_seal

log = logging.getLogger(__name__)

_AWAY = (RedisError, OSError, TimeoutError, DatabaseUnavailable)
_EXCHANGE_SECONDS = 0.5
_TIMEOUT = 2.0
_AT_ONCE = 200
_MOST = 10_000  # keys that are remembered

type Counted = tuple[str, Hashable]  # what, and of whom
type Told = Callable[[Hashable, int, float], None]  # of whom, how often, for how many seconds yet


class SharedCounts:
    """Fixed windows in Redis, one per kind and key, which begin with the first count. Keys are told to Redis as digests."""

    def __init__(self, url: str, database: Database, hubs: Hubs) -> None:
        self._url = url
        self._database = database
        self._hubs = hubs
        self._seconds: dict[str, float] = {}
        self._told: dict[str, Told] = {}
        self._new: dict[Counted, int] = {}
        self._ended: set[Counted] = set()
        self._watched: dict[Counted, float] = {}  # until when it may change at other hubs
        self._stopping = asyncio.Event()

    def kind(self, name: str, seconds: float, told: Told) -> None:
        """A kind of thing to be counted in windows of so many seconds; ``told`` hears the sum of all hubs."""
        self._seconds[name] = seconds
        self._told[name] = told

    def add(self, kind: str, key: Hashable) -> None:
        """It has happened here."""
        if self._url and not self._hubs.alone and len(self._new) < _MOST:
            self._ended.discard((kind, key))
            self._new[kind, key] = self._new.get((kind, key), 0) + 1

    def end(self, kind: str, key: Hashable) -> None:
        """The count begins anew."""
        self._watched.pop((kind, key), None)
        if self._url and not self._hubs.alone:
            self._new.pop((kind, key), None)
            self._ended.add((kind, key))

    async def run(self) -> None:
        """Exchange counts until :meth:`stop`."""
        if not self._url:
            return
        client = Redis.from_url(
            self._url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, retry=Retry(NoBackoff(), 0), protocol=2
        )
        seal: Seal | None = None
        while not self._stopping.is_set():
            try:
                if self._new or self._ended or self._watched:
                    seal = seal or await shared_seal(self._database)
                    await self._exchange(client, seal)
            except _AWAY:
                self._new.clear()  # each hub has its own buckets
            except Exception as error:
                log.error("counts: %s", type(error).__name__, exc_info=error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _EXCHANGE_SECONDS)
        with suppress(*_AWAY):
            await client.aclose()

    def stop(self) -> None:
        """End; what was not exchanged is forgotten."""
        self._stopping.set()

    async def _exchange(self, client: Redis, seal: Seal) -> None:
        new, self._new = self._new, {}
        ended, self._ended = self._ended, set()
        now = time.monotonic()
        self._watched = {one: until for one, until in self._watched.items() if until > now}
        for counted in ended:
            await client.delete(self._name(seal, counted))
        for some in batched({*new, *self._watched}, _AT_ONCE):
            async with client.pipeline(transaction=False) as pipe:
                for counted in some:
                    name = self._name(seal, counted)
                    if counted in new:
                        pipe.set(name, 0, px=int(self._seconds[counted[0]] * 1000), nx=True)
                        pipe.incrby(name, new[counted])
                    pipe.get(name)
                    pipe.pttl(name)
                answers = iter(await pipe.execute())
            for counted in some:
                if counted in new:
                    next(answers), next(answers)
                self._tell(counted, next(answers), next(answers))

    def _tell(self, counted: Counted, count: Any, milliseconds: Any) -> None:
        if count is None or counted in self._ended:
            self._watched.pop(counted, None)
            return
        seconds = max(0.0, milliseconds / 1000)
        if len(self._watched) < _MOST:
            self._watched[counted] = time.monotonic() + seconds
        self._told[counted[0]](counted[1], int(count), seconds)

    def _name(self, seal: Seal, counted: Counted) -> str:
        return f"{seal.channel}:{counted[0]}:{seal.digest(repr(counted[1]))}"


class SharedLimit:
    """No more than ``most`` in a window, at all hubs together."""

    def __init__(self, counts: SharedCounts, kind: str, most: float, seconds: float = 60.0) -> None:
        self._counts = counts
        self._kind = kind
        self._most = most
        self._full: dict[Hashable, float] = {}  # key → when its window ends
        counts.kind(kind, seconds, self._told)

    def take(self, key: Hashable) -> float:
        """0.0 when it may go on, otherwise the seconds to wait."""
        wait = self._full.get(key, 0.0) - time.monotonic() if self._full else 0.0
        if wait > 0:
            return wait
        self._full.pop(key, None)
        self._counts.add(self._kind, key)
        return 0.0

    def _told(self, key: Hashable, count: int, seconds: float) -> None:
        if count >= self._most and len(self._full) < _MOST:
            self._full[key] = time.monotonic() + seconds
