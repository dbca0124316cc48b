"""Who looked at what, in the audit log: gathered and written together a moment later, so that nobody who only looks waits for a lock."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from leads.audit import About, Who, note
from leads.database import Database
from webhook.tuning import Tuning

log = logging.getLogger(__name__)

_MOST_KNOWN = 10_000

type _Viewing = tuple[Who, str, About | None]


class Viewings:
    """The same person looking at the same thing again within a while is one row, as is a whole list."""

    def __init__(self, database: Database, tuning: Tuning) -> None:
        self._database = database
        self._tuning = tuning
        self._waiting: dict[_Viewing, None] = {}
        self._known: dict[_Viewing, float] = {}
        self._stopping = asyncio.Event()

    def saw(self, who: tuple[str, str], what: str, about: About | None = None) -> None:
        """Somebody (kind and id) has looked at something."""
        viewing, now = (Who(*who), what, about), time.monotonic()
        if now - self._known.get(viewing, float("-inf")) < self._tuning.same_viewing_seconds:
            return
        self._known.pop(viewing, None)
        self._known[viewing] = now
        if len(self._known) > _MOST_KNOWN:
            del self._known[next(iter(self._known))]
        self._waiting[viewing] = None

    async def run(self) -> None:
        """Write until :meth:`stop`, the last time then."""
        while not self._stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._tuning.viewings_seconds)
            await self._write()

    def stop(self) -> None:
        """End after what is waiting."""
        self._stopping.set()

    async def _write(self) -> None:
        some, self._waiting = self._waiting, {}
        if not some:
            return
        try:
            async with self._database.write() as session:
                for who, what, about in some:
                    await note(session, who, what, about)
        except Exception as error:  # whatever it was, they are tried again with the next
            log.warning("%d viewings wait for the audit log: %s", len(some), type(error).__name__)
            self._waiting = {**some, **self._waiting}
