"""Token buckets: how fast one visitor or one address may go."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from webhook.errors import TooFast

_MANY = 10_000


class Buckets:
    """One bucket per key: ``burst`` at once, then ``per_minute``."""

    def __init__(self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._levels: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable) -> float:
        """0.0 when it may go on, otherwise the seconds to wait."""
        now = self._clock()
        level, then = self._levels.get(key, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        if level < 1:
            return (1 - level) / self._rate
        self._levels[key] = (level - 1, now)
        if len(self._levels) > _MANY:
            self._forget(now)
        return 0.0

    def check(self, key: Hashable, message: str) -> None:
        """Take one.

        Raises:
            TooFast: the bucket is empty.
        """
        wait = self.take(key)
        if wait:
            raise TooFast(message.format(seconds=max(1, round(wait))), retry_after=wait)

    def _forget(self, now: float) -> None:
        """Drop full buckets, which are the same as none."""
        self._levels = {
            key: (level, then) for key, (level, then) in self._levels.items() if level + (now - then) * self._rate < self._burst
        }
