"""Makes good what the bot could not do: a message that it did not read in time is read by the hub, so that no lead waits for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from itertools import batched

from sqlalchemy import select, update

from leads import clock
from leads.database import Database, DatabaseUnavailable
from leads.models import Conversation, Turn
from webhook.ages import Ages
from webhook.leases import Leases
from webhook.reader import LeadReader
from webhook.tuning import Tuning
from webhook.turn_rows import Job, job_of

log = logging.getLogger(__name__)

LEASE = "reconciler"
_AT_ONCE = 500
_TOGETHER = 20  # are noted as read in one transaction: while the bot is away there are as many messages as are written


class Reconciler:
    """Reads messages whose turn failed, was dropped or has waited too long.

    Answers are stored under the id of the turn, so a bot that comes back and reads the same message changes nothing. ``changed`` is
    called with the conversation whose lead may look different.
    """

    def __init__(self, database: Database, reader: LeadReader, leases: Leases, tuning: Tuning, changed: Callable[[str], None]) -> None:
        self._database = database
        self._reader = reader
        self._leases = leases
        self._tuning = tuning
        self._changed = changed
        self._stopping = asyncio.Event()
        self._ages: Ages[str] = Ages()

    async def run(self) -> None:
        """Look until :meth:`stop`; one hub does it for all."""
        await self._leases.keep_doing(LEASE, self.look, self._tuning.reconcile_seconds, self._stopping)

    def stop(self) -> None:
        """End after the present look."""
        self._stopping.set()

    async def look(self) -> None:
        """Read everything that has waited too long."""
        unread = select(Turn, Conversation).join(Conversation, Conversation.id == Turn.conversation_id).where(Turn.read_at.is_(None))
        async with self._database.read() as session:
            rows = list(await session.execute(unread.order_by(Turn.created_at).limit(_AT_ONCE)))
        ages = self._ages.look({turn.id: turn.created_at for turn, _conversation in rows})
        late = [job_of(conversation, turn) for turn, conversation in rows if ages[turn.id] >= self._tuning.unread_seconds]
        for some in batched(late, _TOGETHER):
            for job in some:
                await self._read(job)
            await self._note([job.turn_id for job in some])
            for job in some:
                self._changed(job.conversation_id)

    async def read(self, job: Job) -> None:
        """Read one message now; it is tried again later when the database does not answer.

        Raises:
            DatabaseUnavailable: it stays unread.
        """
        await self._read(job)
        await self._note([job.turn_id])
        self._changed(job.conversation_id)

    async def _read(self, job: Job) -> None:
        try:
            await self._reader.read(job)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # trying again would end the same way
            log.error("turn %s cannot be read: %s", job.turn_id, type(error).__name__, exc_info=error)

    async def _note(self, turn_ids: Collection[str]) -> None:
        """That they were read; a hub that dies before reads them once more, which changes nothing."""
        async with self._database.write_few() as session:
            await session.execute(update(Turn).where(Turn.id.in_(turn_ids), Turn.read_at.is_(None)).values(read_at=clock.now()))
