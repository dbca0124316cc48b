"""Bot turns: one at a time per conversation, different conversations in parallel, none lost, none answered twice."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

from leads.database import DatabaseUnavailable
from webhook.bot import Bot, BotClosed
from webhook.bot_client import BotAway, BotBroke, BotDied, BotError, BotTimeout
from webhook.bots import Bots
from webhook.errors import NotFound
from webhook.tuning import Tuning
from webhook.turn_rows import Job, TurnRows

log = logging.getLogger(__name__)

_AT_ONCE = 0.05  # seconds, in which nothing that was looked at has become useless


class Around(Protocol):
    """What the rest of the hub does around a turn."""

    async def typing(self, conversation_id: str, on: bool) -> None:
        """The bot begins or ends to type."""

    async def away(self, conversation_id: str, after: int) -> int:
        """A message behind the entry ``after`` has waited too long; gives the last entry of which the visitor has been told."""

    async def read(self, job: Job) -> None:
        """A message will never be served by the bot: keep what it says about the lead."""

    async def finished(self, conversation_id: str) -> None:
        """A turn has ended, whatever came of it."""

    def page(self, conversation_id: str) -> dict[str, str] | None:
        """The page the visitor looks at."""


class Turns:
    """Workers, one per conversation with something to do. The database says what; waking twice does no harm."""

    def __init__(self, rows: TurnRows, bots: Bots, around: Around, tuning: Tuning) -> None:
        self._rows = rows
        self._bots = bots
        self._around = around
        self._tuning = tuning
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._serving: set[str] = set()
        self._looks = asyncio.Semaphore(tuning.turn_looks)
        self._begun = time.monotonic()

    def wake(self, conversation_id: str) -> None:
        """There may be something to do."""
        self._again.add(conversation_id)
        if conversation_id not in self._workers:
            task = asyncio.create_task(self._work(conversation_id), name=f"turns {conversation_id}")
            self._workers[conversation_id] = task

    def is_serving(self, conversation_id: str) -> bool:
        """Whether a turn is with the bot right now."""
        return conversation_id in self._serving

    async def resume(self) -> None:
        """Wake every conversation with a turn that has not ended: at start, and now and then."""
        for conversation_id in await self._rows.waiting():
            if conversation_id not in self._workers:
                self.wake(conversation_id)

    async def stop(self) -> None:
        """Wait for all workers, which the closed bot lets go; cancelling them could leave a transaction open."""
        await asyncio.gather(*self._workers.values(), return_exceptions=True)

    async def _work(self, conversation_id: str) -> None:
        try:
            while conversation_id in self._again:
                self._again.discard(conversation_id)
                await self._serve_all(conversation_id)
        except BotClosed:
            return
        except NotFound:
            log.info("turns of %s end: the conversation is gone", conversation_id)
        except DatabaseUnavailable as error:
            log.warning("turns of %s wait: the database did not answer: %s", conversation_id, error)
        except Exception as error:
            log.error("turns of %s stopped: %s", conversation_id, type(error).__name__, exc_info=error)
        finally:
            del self._workers[conversation_id]

    async def _serve_all(self, conversation_id: str) -> None:
        while job := await self._next(conversation_id):
            found = time.monotonic()
            async with self._watched(job), self._bots.turn_slot(job.sender_id) as bot:
                at_once = time.monotonic() - found < _AT_ONCE
                current = job if at_once else await self._next(conversation_id)  # what is still useful after the wait
                if current is not None:
                    await self._serve(current, bot)
            await self._around.finished(conversation_id)

    async def _next(self, conversation_id: str) -> Job | None:
        """Few look at the same time: after a restart hundreds of turns wait, and visitors who come back need the database, too."""
        async with self._looks:
            found = await self._rows.next(conversation_id, self._tuning.stale_seconds, self._tuning.abandoned_seconds)
        for old in found.superseded:
            await self._around.read(old)
        return found.job

    async def _serve(self, job: Job, bot: Bot) -> None:
        cid = job.conversation_id
        self._serving.add(cid)
        await self._around.typing(cid, True)
        try:
            answer = await bot.serve(job.request(self._around.page(cid)))
            if not await self._rows.finish(job, answer):
                log.warning("turn %s: the bot said nothing", job.turn_id)
                bot.failed()
                await self._rows.fail(job)
        except BotError as error:
            await self._failed(job, error, bot)
        except (BotClosed, DatabaseUnavailable):
            raise
        except Exception as error:
            log.error("turn %s: its answer could not be kept: %s", job.turn_id, type(error).__name__, exc_info=error)
            await self._failed(job, BotBroke(type(error).__name__), bot)
        finally:
            self._serving.discard(cid)
            with suppress(Exception):
                await self._around.typing(cid, False)

    async def _failed(self, job: Job, error: BotError, bot: Bot) -> None:
        """Try again, or give up: what hangs while the bot answers others, or kills it, is at fault itself."""
        may_be_its_fault = isinstance(error, BotTimeout | BotDied)
        if isinstance(error, BotAway) and not may_be_its_fault:
            return  # stays as it is until the bot is back
        tried = await self._rows.tried(job)
        hangs_for_all = isinstance(error, BotTimeout) and not bot.has_answered_since(job.since)
        bots_fault = hangs_for_all and time.monotonic() - job.since < self._tuning.hopeless_seconds
        if may_be_its_fault and (tried < self._tuning.turn_runs or bots_fault):
            return
        log.warning("turn %s given up: %s", job.turn_id, error)
        await self._around.read(job)  # what it says about the lead is kept all the same
        await self._rows.fail(job)

    @asynccontextmanager
    async def _watched(self, job: Job) -> AsyncIterator[None]:
        """Tell the visitor when the message has waited too long; counted from when it was stored."""
        served = asyncio.Event()
        task = asyncio.create_task(self._tell_later(job, served))
        try:
            yield
        finally:
            served.set()
            await task

    async def _tell_later(self, job: Job, served: asyncio.Event) -> None:
        """And look again now and then: what is said while this turn waits has no watch of its own."""
        told, wait = 0, self._until_told(job)
        while not served.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(served.wait(), wait)
                return
            try:
                told = await self._around.away(job.conversation_id, told)
                wait = self._until_next_look()
            except Exception as error:  # a locked database passes; the visitor must still be told
                log.error("telling %s that the bot is away failed: %s", job.conversation_id, type(error).__name__)
                wait = self._tuning.tell_again_seconds

    def _until_told(self, job: Job) -> float:
        """What waited for a hub that was not there either gets a moment after its start: the bot may well answer."""
        patience = self._tuning.away_seconds
        if self._bots.away_for > patience:
            patience = self._tuning.known_away_seconds
        now = time.monotonic()
        return max(0.0, job.since + patience - now, self._begun + min(patience, self._tuning.known_away_seconds) - now)

    def _until_next_look(self) -> float:
        """All who wait look at the same moments, so that one reading serves them."""
        between = self._tuning.away_seconds
        return between - time.monotonic() % (between / 10)
