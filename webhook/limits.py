"""Token buckets: how fast one visitor, one address or one site may go."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from webhook.errors import TooFast
from webhook.shared_counts import SharedCounts, SharedLimit

_MANY = 10_000
_ROUNDING = 1e-9


class Buckets:
    """One bucket per key: ``burst`` at once, then ``per_minute``; ``elsewhere`` knows what other hubs have let pass."""

    def __init__(
        self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic, elsewhere: SharedLimit | None = None
    ) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst)
        self._clock = clock
        self._elsewhere = elsewhere
        self._levels: dict[Hashable, tuple[float, float]] = {}

    def take(self, key: Hashable) -> float:
        """0.0 when it may go on, otherwise the seconds to wait."""
        now = self._clock()
        level, then = self._levels.get(key, (self._burst, now))
        level = min(self._burst, level + (now - then) * self._rate)
        if level < 1 - _ROUNDING:
            return (1 - level) / self._rate
        wait = self._elsewhere.take(key) if self._elsewhere else 0.0
        if wait:
            return wait
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


def shared_buckets(counts: SharedCounts, kind: str, per_minute: float, burst: int) -> Buckets:
    """Buckets that hold for all hubs together: in a minute no more than one bucket alone would give in its first."""
    return Buckets(per_minute, burst, elsewhere=SharedLimit(counts, kind, per_minute + burst))
