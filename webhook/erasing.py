"""Erasing people while the hub runs: everybody who looks is told, memory is dropped here and in the bots, as often as it takes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy import text as sql

from leads import clock
from leads.audit import Who
from leads.database import Database, DatabaseUnavailable
from leads.erasure import Erased, Eraser, as_told, chain
from leads.models import TO_ERASE, Conversation, Erasure
from leads.privacy_rows import BOTS_OWE
from webhook.bots import Bots
from webhook.emitter import Emitter
from webhook.leases import Leases
from webhook.tuning import Tuning
from webhook.wire import Json

log = logging.getLogger(__name__)

LEASE = "erasing"
_LATE = 50  # rows before the newest known one that may have been committed after it
_AT_ONCE = 100
_BOTS_FOR = timedelta(days=7)  # no bot keeps a conversation that long without a turn


class Erasing:
    """Erases what visitors asked for and follows up what anybody else has erased.

    ``memory`` is what of this hub remembers conversations: each is called with the id of one that is gone.
    """

    def __init__(
        self,
        database: Database,
        eraser: Eraser,
        emitter: Emitter,
        bots: Bots,
        leases: Leases,
        memory: Sequence[Callable[[str], None]],
        tuning: Tuning,
    ) -> None:
        self._database = database
        self._eraser = eraser
        self._emitter = emitter
        self._bots = bots
        self._leases = leases
        self._memory = memory
        self._tuning = tuning
        self._seen: int | None = None
        self._followed: set[int] = set()
        self._stopping = asyncio.Event()
        self._looking = asyncio.Lock()

    async def forget_me(self, conversation_id: str) -> Erased | None:
        """A visitor's own wish: this conversation and those from which it was begun anew; ``None`` when it was erased before.

        Raises:
            DatabaseUnavailable: nothing was erased.
        """
        async with self._database.read() as session:
            ids = await chain(session, conversation_id)
        erased = await self._eraser.erase(ids, Who("visitor", conversation_id))
        await self._guarded(self.look())
        return erased

    async def erased_with(self, token_hash: str) -> Erased | None:
        """The erasure in which the conversation of a token went."""
        return await self._eraser.erased_with(token_hash)

    async def run(self) -> None:
        """Look until :meth:`stop`; first whoever a restored backup brought back is erased again."""
        await self._guarded(self._eraser.keep_away())
        while not self._stopping.is_set():
            await self._guarded(self.look())
            if await self._leases.mine(LEASE):
                await self._guarded(self._asked_for())
                await self._guarded(self._bots_forget())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._tuning.erase_seconds)

    def stop(self) -> None:
        """End after the present look."""
        self._stopping.set()

    async def look(self) -> None:
        """Follow up what was erased since the last look, by whichever process."""
        async with self._looking:
            async with self._database.read() as session:
                if self._seen is None:
                    self._seen = await session.scalar(select(func.max(Erasure.id))) or 0
                found = select(Erasure).where(Erasure.id > self._seen - _LATE).order_by(Erasure.id)
                rows = list(await session.scalars(found))
            self._followed &= {row.id for row in rows}
            for row in rows:
                if row.id not in self._followed:
                    self._followed.add(row.id)
                    self._seen = max(self._seen, row.id)
                    await self._follow_up(row)

    async def _follow_up(self, row: Erasure) -> None:
        for conversation_id in row.conversations:
            for forget in self._memory:
                forget(conversation_id)
            await self._emitter.erased(conversation_id, erased_json(as_told(row.reference, row)))

    async def _asked_for(self) -> None:
        """What the bot was asked to have erased."""
        async with self._database.read() as session:
            ids = list(await session.scalars(select(Conversation.id).where(sql(TO_ERASE)).limit(_AT_ONCE)))
        for conversation_id in ids:
            await self.forget_me(conversation_id)

    async def _bots_forget(self) -> None:
        """Every bot drops its memory of them; one that is away is asked again, for it may only be out of reach."""
        async with self._database.read() as session:
            rows = list(await session.scalars(select(Erasure).where(sql(BOTS_OWE)).order_by(Erasure.id).limit(_AT_ONCE)))
        for row in rows:
            done = await self._bots.forget(row.senders)
            if done or clock.now() - row.at > _BOTS_FOR:
                async with self._database.write() as session:
                    await session.execute(update(Erasure).where(Erasure.id == row.id).values(bots_at=clock.now()))

    async def _guarded(self, work: Awaitable[object]) -> None:
        try:
            await work
        except DatabaseUnavailable as error:
            log.warning("erasing waits for the database: %s", error)
        except Exception as error:
            log.error("erasing: %s", type(error).__name__, exc_info=error)


def erased_json(erased: Erased | None) -> Json:
    """What the visitor is told."""
    if erased is None:
        return {"messages": 0, "answers": 0, "reference": ""}
    return {"messages": erased.messages, "answers": erased.answers, "reference": erased.reference}
