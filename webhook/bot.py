"""One bot as the hub sees it: there or away, tried again with patience, looked for while it is away."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from webhook.bot_client import BotAway, BotClient, BotError, BotNotReady, BotRefused, BotTimeout, BotUnreachable, TurnAnswer
from webhook.breaker import Breaker
from webhook.tuning import Tuning

log = logging.getLogger(__name__)

_RESTS_BESIDE_A_SOUND_ONE = 10


class BotClosed(Exception):
    """The hub is stopping; what waits for a bot waits in the database."""


class Bot:
    """Serves turns. ``on_change`` is called when it comes or goes; ``has_another`` says whether a turn can go elsewhere."""

    def __init__(self, client: BotClient, tuning: Tuning, changed: asyncio.Condition, has_another: Callable[[Bot], bool]) -> None:
        self._client = client
        self._tuning = tuning
        self._changed = changed
        self._has_another = has_another
        self._breaker = Breaker(tuning.breaker_failures, tuning.breaker_window, tuning.breaker_rest)
        self._away_since = time.monotonic()
        self._answered_at = float("-inf")
        self._serving = 0
        self._waiting = 0  # turns that would go to it, or are with it
        self._needed_at = time.monotonic()
        self.online = False
        self.on_change: Callable[[bool], None] = lambda online: None

    @property
    def away_for(self) -> float:
        """Seconds since it was last there; 0.0 while it is."""
        return 0.0 if self.online else time.monotonic() - self._away_since

    @property
    def is_sound(self) -> bool:
        """Whether it is there and nothing is held back from it."""
        return self.online and not self._breaker.is_open

    def has_answered_since(self, when: float) -> bool:
        """Whether it has answered anything after ``when`` of the monotonic clock."""
        return self._answered_at >= when

    def wanted(self, on: bool) -> None:
        """A turn waits for it, or no longer does: while one does, the turn itself finds out whether it works again."""
        self._waiting += 1 if on else -1
        self._needed_at = time.monotonic()

    def may_try(self, *, another: bool = False) -> bool:
        """Whether a turn may go to it now; asking changes nothing. When another bot is sound, nobody's turn need be the trial so soon."""
        rests = _RESTS_BESIDE_A_SOUND_ONE if another else 1
        return (self.online or self._breaker.is_open) and self._breaker.would_allow(time.monotonic(), rests)

    def take(self) -> bool:
        """Take a place; False when all are taken. :meth:`turn` gives it back."""
        if self._serving >= self._tuning.parallel_turns:
            return False
        self._serving += 1
        self._breaker.allow(time.monotonic())
        return True

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn in a place that was taken."""
        is_trial = self._breaker.is_open
        try:
            yield
        finally:
            self._serving -= 1
            if is_trial:
                self._breaker.gave_up()
            await self._wake()

    async def serve(self, request: dict[str, Any]) -> TurnAnswer:
        """One turn in a place: a second and a third try with the same id, unless another bot can have it.

        Raises:
            BotError: the last failure.
        """
        waits, begun = iter(self._tuning.retry_seconds), time.monotonic()
        while True:
            try:
                answer = await self._client.turn(request)
            except BotRefused:
                raise
            except BotError as error:
                log.warning("turn %s: %s", request["turn_id"], error)
                self._breaker.failed(time.monotonic())
                wait = next(waits, None)
                elsewhere = isinstance(error, BotTimeout | BotAway) and self._has_another(self)
                if wait is None or self._breaker.is_open or isinstance(error, BotUnreachable) or elsewhere:
                    if not isinstance(error, BotTimeout) or self._answered_at < begun:  # else it is this turn that hangs, not the bot
                        await self._lost(error)
                    raise
                await asyncio.sleep(wait)
            else:
                if answer.replies or "event" in request:
                    self._breaker.succeeded()
                    self._answered_at = time.monotonic()
                await self._set(online=True)
                return answer

    async def forget(self, sender_ids: Sequence[str]) -> bool:
        """Drop the memory of these conversations; False when it could not be asked."""
        try:
            await self._client.forget(sender_ids)
        except BotError as error:
            log.warning("the bot was not told to forget %d conversations: %s", len(sender_ids), error)
            return False
        return True

    def failed(self) -> None:
        """Its answer was none."""
        self._breaker.failed(time.monotonic())

    async def watch(self) -> None:
        """Look for the bot whenever it is away, for ever."""
        while True:
            try:
                await self._look()
            except Exception as error:
                log.error("looking for the bot failed: %s", type(error).__name__, exc_info=error)
            await asyncio.sleep(self._tuning.probe_seconds)

    async def close(self) -> None:
        """Its calls are broken off."""
        await self._client.close()

    async def _look(self) -> None:
        if self._breaker.is_open and not self._is_idle():
            await self._wake()  # somebody's turn is the trial
        elif not self.online and await self._client.is_ready():
            await self._set(online=True)  # if the breaker is open, the next turn is still the trial

    def _is_idle(self) -> bool:
        """Whether no turn has wanted the bot for a while, so that none will be the trial."""
        return not self._waiting and time.monotonic() - self._needed_at > self._tuning.breaker_rest

    async def _lost(self, error: BotError) -> None:
        if isinstance(error, BotNotReady | BotTimeout):
            self._breaker.trip(time.monotonic())  # it says that it is there, so only a turn can tell when it works again
        if isinstance(error, BotAway | BotTimeout):
            await self._set(online=False)

    async def _set(self, *, online: bool) -> None:
        if online != self.online:
            self.online = online
            self._away_since = time.monotonic()
            log.info("the bot is %s", "there" if online else "away")
            self.on_change(online)
        await self._wake()

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()
