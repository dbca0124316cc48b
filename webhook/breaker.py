"""A circuit breaker: after many failures in a short time nothing is tried for a while, then one call decides."""

from __future__ import annotations

from collections import deque


class Breaker:
    """Pure; every method is told the time in seconds."""

    def __init__(self, failures: int, window: float, rest: float) -> None:
        self._limit = failures
        self._window = window
        self._rest = rest
        self._failures: deque[float] = deque()
        self._opened: float | None = None
        self._probing = False

    @property
    def is_open(self) -> bool:
        """Whether calls are held back."""
        return self._opened is not None

    def would_allow(self, now: float, rests: int = 1) -> bool:
        """Whether :meth:`allow` would say yes; with more ``rests``, only after so many."""
        return self._opened is None or (not self._probing and now - self._opened >= self._rest * rests)

    def allow(self, now: float) -> bool:
        """Whether a call may be made now; while it is open, one at a time after each rest."""
        if not self.would_allow(now):
            return False
        self._probing = self._opened is not None
        return True

    def succeeded(self) -> None:
        """A call was answered."""
        self._failures.clear()
        self._opened = None
        self._probing = False

    def failed(self, now: float) -> None:
        """A call failed."""
        self._failures.append(now)
        while self._failures and now - self._failures[0] > self._window:
            self._failures.popleft()
        if self._probing or len(self._failures) >= self._limit:
            self._opened = now
        self._probing = False

    def trip(self, now: float) -> None:
        """Hold calls back from now on, whatever was counted."""
        self._opened = now
        self._probing = False

    def gave_up(self) -> None:
        """A call that was allowed was never made."""
        self._probing = False
