"""Connections on which nobody has joined yet: few for each address, and not for long."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable


class Unjoined:
    """``most`` and ``most_local`` of one address at the same time; this machine's own may stand for everybody behind a proxy."""

    def __init__(self, most: int, most_local: int, is_local: Callable[[str], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._most_local = most_local
        self._is_local = is_local
        self._clock = clock
        self._born: dict[str, tuple[float, str]] = {}  # connection → when, and whose
        self._of: Counter[str] = Counter()

    def has_room(self, address: str) -> bool:
        """Whether one more of this address may wait."""
        return self._of[address] < (self._most_local if self._is_local(address) else self._most)

    def add(self, connection: str, address: str) -> None:
        """It has come and has to join."""
        self._born[connection] = (self._clock(), address)
        self._of[address] += 1

    def remove(self, connection: str) -> None:
        """It has joined, or is gone."""
        _, address = self._born.pop(connection, (0.0, None))
        if address is not None:
            self._of[address] -= 1
            if not self._of[address]:
                del self._of[address]

    def take_old(self, seconds: float) -> list[str]:
        """Those that have waited for longer; they are forgotten."""
        limit = self._clock() - seconds
        old = [connection for connection, (born, _) in self._born.items() if born < limit]
        for connection in old:
            self.remove(connection)
        return old
