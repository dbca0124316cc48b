"""Jobs that one hub does for all: taken by one conditional write when nobody alive has them, kept as long as the hub is fresh."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from leads.database import Database, DatabaseUnavailable
from leads.models import Lease
from webhook.hubs import Hubs

log = logging.getLogger(__name__)


class Leases:
    """Asks for jobs. Doing one twice does no harm, as every job is made of conditional transactions; this only saves the work."""

    def __init__(self, database: Database, hubs: Hubs) -> None:
        self._database = database
        self._hubs = hubs
        self._held: dict[str, int] = {}  # job → the term in which it was taken

    async def mine(self, name: str) -> bool:
        """Take or keep a job; False when a living hub has it, or when this hub cannot be sure that it counts as alive."""
        if not self._hubs.fresh:
            return False
        term = self._hubs.term
        if self._held.get(name) == term:
            return True  # nobody may take it from a hub that beats
        try:
            if not await self._take(name):
                return False
        except DatabaseUnavailable:
            return False
        self._held[name] = term
        return self._hubs.fresh

    async def keep_doing(self, name: str, look: Callable[[], Awaitable[None]], seconds: float, stopping: asyncio.Event) -> None:
        """Do a job every so many seconds, while this hub has it, until ``stopping`` is set; a failure is tried again at the next look."""
        while not stopping.is_set():
            try:
                if await self.mine(name):
                    await look()
            except DatabaseUnavailable as error:
                log.warning("%s waits for the database: %s", name, error)
            except Exception as error:
                log.error("%s: %s", name, type(error).__name__, exc_info=error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), seconds)

    async def _take(self, name: str) -> bool:
        me, living = self._hubs.name, self._hubs.alive()
        async with self._database.read() as session:
            holder = await session.scalar(select(Lease.holder).where(Lease.name == name))
        if holder is not None and holder != me and holder in living:
            return False
        insert = sqlite.insert if self._database.engine.dialect.name == "sqlite" else postgresql.insert
        taken = (
            insert(Lease)
            .values(name=name, holder=me)
            .on_conflict_do_update(index_elements=[Lease.name], set_={"holder": me}, where=Lease.holder.not_in(living - {me}))
            .returning(Lease.holder)
        )
        async with self._database.write() as session:
            return await session.scalar(taken) is not None
