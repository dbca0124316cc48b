"""What a hub process says of itself while it is watched: its tasks, and how late its event loop is."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time

_BEAT = 0.1


async def tell(every: float) -> None:
    """Print a line of JSON every so many seconds."""
    worst, said = 0.0, time.monotonic()
    while True:
        before = time.monotonic()
        await asyncio.sleep(_BEAT)
        worst = max(worst, time.monotonic() - before - _BEAT)
        if time.monotonic() - said >= every:
            line = {"tasks": len(asyncio.all_tasks()), "threads": threading.active_count(), "lag_ms": round(worst * 1000, 1)}
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
            worst, said = 0.0, time.monotonic()
