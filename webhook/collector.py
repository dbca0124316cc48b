"""Python's garbage collector, kept from stopping the hub: what lives long is looked at once, not again and again.

A full collection looks at every object there is, half a second and more with thousands of connections, and Python begins one whenever
the number of objects has grown by a quarter, counting those that are long gone. Yet nearly everything here is freed without it: a
connection that ends leaves no cycle (``webhook/fastpath.py``). So full collections come at a fixed pace, and what has survived
one that took long is left out of the next ones ("frozen"). In case that what is frozen becomes garbage after all, everything is
looked at again when as many connections have ended as there are.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

_YOUNG = 20_000  # new objects between two looks at the new ones; Python's own 700 is one line of one visitor
_OLDER = 20
_NEVER = 1_000_000_000
_LOOK_SECONDS = 10.0
_LONG_SECONDS = 0.02
_MANY = 1000  # connections


class Collector:
    """Full collections of this process. ``connections`` gives how many are there, and how many have ended so far."""

    def __init__(self, connections: Callable[[], tuple[int, int]], long_seconds: float = _LONG_SECONDS) -> None:
        self._connections = connections
        self._long_seconds = long_seconds
        self._ended = 0  # when everything was looked at last

    def look(self) -> None:
        """One full collection."""
        there, ended = self._connections()
        if ended - self._ended >= max(_MANY, there):
            self._ended = ended
            gc.unfreeze()
        begun = time.perf_counter()
        gc.collect()
        if time.perf_counter() - begun > self._long_seconds:
            gc.freeze()

    async def run(self) -> None:
        """Look now and then, for ever."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self.look()


@asynccontextmanager
async def short_collections(connections: Callable[[], tuple[int, int]]) -> AsyncIterator[None]:
    """The collector of this process is ours inside the block; afterwards it is as it was."""
    before = gc.get_threshold()
    collector = Collector(connections)
    gc.set_threshold(_YOUNG, _OLDER, _NEVER)
    gc.collect()
    gc.freeze()  # modules and everything else that is there from the start
    task = asyncio.create_task(collector.run(), name="collector")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        gc.unfreeze()
        gc.set_threshold(*before)
