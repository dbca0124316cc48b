"""Deletes what is too old, once a day, by one hub for all; when it was done last is read from the audit log, so restarts change nothing."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from leads import clock
from leads.retention import Retention
from webhook.leases import Leases
from webhook.tuning import Tuning

log = logging.getLogger(__name__)

LEASE = "retention"
NIGHT = range(1, 5)  # hours in UTC; after two days without a run, any
_A_DAY, _TWO_DAYS = timedelta(hours=20), timedelta(days=2)


class Retaining:
    """Looks now and then whether a run is due."""

    def __init__(self, retention: Retention, leases: Leases, tuning: Tuning) -> None:
        self._retention = retention
        self._leases = leases
        self._tuning = tuning
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Look until :meth:`stop`."""
        await self._leases.keep_doing(LEASE, self.look, self._tuning.retention_seconds, self._stopping)

    def stop(self) -> None:
        """End after the present look."""
        self._stopping.set()

    async def look(self) -> None:
        """Run when it is time."""
        now, last = clock.now(), await self._retention.last_run()
        waited = now - last if last is not None else _TWO_DAYS
        if waited < _A_DAY or (waited < _TWO_DAYS and now.hour not in NIGHT):
            return
        counts = await self._retention.run(now)
        log.info("deleted for their age: %s", ", ".join(f"{count} {kind}" for kind, count in counts.items()))
