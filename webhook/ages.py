"""How long something has been so: told by this hub's own monotonic time, whatever the clocks of the machines do meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime

from leads import clock


@dataclass(frozen=True, slots=True)
class _Known:
    stamp: datetime | None
    since: float  # of the monotonic time


class Ages[K: Hashable]:
    """Looks again and again at the same things, each with the stamp somebody's clock gave it.

    What appears between two looks, or has another stamp than before, cannot be older than the time between them. Only at the first
    look is a stamp compared with the clock, and then never for more than ``longest``: so much is believed of a time at which this hub
    did not run.
    """

    def __init__(
        self, longest: float = float("inf"), monotonic: Callable[[], float] = time.monotonic, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._longest = longest
        self._monotonic = monotonic
        self._now = now
        self._known: dict[K, _Known] = {}
        self._looked_at: float | None = None

    def look(self, stamps: Mapping[K, datetime | None]) -> dict[K, float]:
        """The ages in seconds of what there is now; everything else is forgotten."""
        mono, now = self._monotonic(), self._now()
        most = self._longest if self._looked_at is None else mono - self._looked_at
        self._looked_at = mono
        known = {}
        for key, stamp in stamps.items():
            before = self._known.get(key)
            if before is not None and before.stamp == stamp:
                known[key] = before
            else:
                told = (now - stamp).total_seconds() if stamp is not None else 0.0
                known[key] = _Known(stamp, mono - min(max(0.0, told), most))
        self._known = known
        return {key: mono - one.since for key, one in known.items()}
