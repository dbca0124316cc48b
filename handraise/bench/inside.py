"""What a hub process says of itself while it is watched: its tasks, and how late its event loop and its garbage collector make it."""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
import time

_BEAT = 0.1


class Pauses:
    """The longest collection since it was last asked for."""

    def __init__(self) -> None:
        self._begun = 0.0
        self._worst = 0.0

    def note(self, phase: str, info: dict[str, int]) -> None:
        """Called by the collector before and after its work."""
        if phase == "start":
            self._begun = time.perf_counter()
        else:
            self._worst = max(self._worst, time.perf_counter() - self._begun)

    def take(self) -> float:
        """In seconds."""
        worst, self._worst = self._worst, 0.0
        return worst


async def tell(every: float) -> None:
    """Print a line of JSON every so many seconds."""
    pauses = Pauses()
    gc.callbacks.append(pauses.note)
    worst, said = 0.0, time.monotonic()
    while True:
        before = time.monotonic()
        await asyncio.sleep(_BEAT)
        worst = max(worst, time.monotonic() - before - _BEAT)
        if time.monotonic() - said >= every:
            line = {
                "tasks": len(asyncio.all_tasks()),
                "threads": threading.active_count(),
                "lag_ms": round(worst * 1000, 1),
                "gc_ms": round(pauses.take() * 1000, 1),
            }
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
            worst, said = 0.0, time.monotonic()
