"""Questions that are asked at the same time, answered with one reading: after a restart everybody comes back at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence


class Together[K, V]:
    """Asks ``read`` for whatever waits, one reading after the other; nothing waits for company.

    Many readings at the same time would take each other's processor and all connections of the database.
    """

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], most: int = 32) -> None:
        self._read = read
        self._most = most
        self._waiting: dict[K, asyncio.Future[V | None]] = {}
        self._running: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V | None:
        """What was read for the key after this call; None when there is nothing.

        Raises:
            Exception: whatever the reading raised.
        """
        future = self._waiting.get(key)
        if future is None:
            future = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="together")
        return await asyncio.shield(future)

    async def _run(self) -> None:
        try:
            while self._waiting:
                keys = list(self._waiting)[: self._most]
                await self._answer({key: self._waiting.pop(key) for key in keys})
        finally:
            self._running = None

    async def _answer(self, asked: Mapping[K, asyncio.Future[V | None]]) -> None:
        try:
            found = await self._read(list(asked))
        except Exception as error:
            for future in asked.values():
                future.set_exception(error)
                future.exception()  # whoever asked may have left: then nobody retrieves it
        else:
            for key, future in asked.items():
                future.set_result(found.get(key))
