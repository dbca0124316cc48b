"""What one connection has said and was not answered yet, when it need not wait for one answer before it is heard again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

MOST = 32  # of one connection; more wait until these are answered

type Answer = dict[str, Any]
type Work = Callable[[], Awaitable[Answer]]


class Underway:
    """Counts them. Those that turn out to need work of their own are done here, one after the other in the order they came.

    While there is such work nothing else has room, so that what came later stays later.
    """

    __slots__ = ("_apart", "_count", "_quiet", "_task")

    def __init__(self) -> None:
        self._count = 0
        self._apart: deque[tuple[Work, Callable[[Answer], None]]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._quiet: asyncio.Future[None] | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more may be under way."""
        return self._count < MOST and self._task is None

    def begin(self) -> None:
        """One more is under way."""
        self._count += 1

    def end(self) -> None:
        """One of them was answered."""
        self._count -= 1
        if not self._count and self._quiet is not None:
            if not self._quiet.done():
                self._quiet.set_result(None)
            self._quiet = None

    def apart(self, work: Work, acknowledge: Callable[[Answer], None]) -> None:
        """One of them needs work of its own, after which it is acknowledged."""
        self._apart.append((work, acknowledge))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work(), name="lines apart")

    async def settled(self) -> None:
        """Until none is under way."""
        if self._count:
            if self._quiet is None:
                self._quiet = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._quiet)

    async def _work(self) -> None:
        try:
            while self._apart:
                work, acknowledge = self._apart.popleft()
                try:
                    acknowledge(await work())
                finally:
                    self.end()
        finally:
            self._task = None
