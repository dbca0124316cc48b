"""Waiting for what comes by itself: looked for again and again, for a limited time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

# A bound for what must come, on however busy a machine: nothing is judged by how long it takes.
PATIENCE = 30.0


async def until[T](look: Callable[[], Awaitable[T]], seconds: float = PATIENCE) -> T:
    """The first answer that is neither None nor False nor empty.

    Raises:
        TimeoutError: there was none in so many seconds.
    """
    async with asyncio.timeout(seconds):
        while not (found := await look()):
            await asyncio.sleep(0.02)  # between two looks
        return found
