"""What the other hubs have not confirmed yet: who commits faster than they can show has to wait a little."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable


class Confirms:
    """Counts hints on their way. A peer that is silent for longer than ``patience`` is not waited for until it confirms again."""

    def __init__(self, most: int, patience: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._patience = patience
        self._monotonic = monotonic
        self._sent: deque[tuple[int, int, float]] = deque()  # number of the batch, its hints, when
        self._outstanding = 0
        self._peers: dict[str, int] = {}  # peer → the last batch it has confirmed

    @property
    def full(self) -> bool:
        """Whether too many hints are on their way."""
        if self._outstanding < self._most:
            return False
        if self._monotonic() - self._sent[0][2] > self._patience:
            self._give_up()
        return self._outstanding >= self._most

    def sent(self, number: int, hints: int) -> None:
        """A batch has been sent."""
        if self._peers:
            self._sent.append((number, hints, self._monotonic()))
            self._outstanding += hints

    def heard(self, peer: str, number: int) -> None:
        """A peer has shown everything up to this batch."""
        self._peers[peer] = max(number, self._peers.get(peer, 0))
        self._settle()

    def clear(self) -> None:
        """Nobody hears anything now."""
        self._peers.clear()
        self._settle()

    def _give_up(self) -> None:
        oldest = self._sent[0][0]
        self._peers = {peer: number for peer, number in self._peers.items() if number >= oldest}
        self._settle()

    def _settle(self) -> None:
        if not self._peers:
            self._sent.clear()
            self._outstanding = 0
            return
        confirmed = min(self._peers.values())
        while self._sent and self._sent[0][0] <= confirmed:
            self._outstanding -= self._sent.popleft()[1]
