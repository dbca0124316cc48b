"""Plain lines, many in one transaction: whatever is waiting is committed together, then announced, then acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from leads.database import DatabaseUnavailable
from webhook.append_plan import Line, Request, Stored
from webhook.append_stores import Store
from webhook.log import News
from webhook.wire import entry_json

log = logging.getLogger(__name__)

_MANY = 2000  # that may wait
_BATCH = 500

type Done = Callable[[Stored | Exception | None], None]
type _Waiting = tuple[Request, Done]


class Appends:
    """The queue in front of a store. While a batch is announced the next one is on its way; nothing waits for company.

    A line that has no simple answer (the first word, a closed chat, a conflict, a refusal) is given back as None and goes through
    :meth:`webhook.log.Log.change`, alone. So do the lines of its conversation that already wait behind it: they stay behind it.
    """

    def __init__(
        self, store: Store, tell: Callable[[News], Awaitable[None]], room: Callable[[], Awaitable[None]], wake: Callable[[str], None]
    ) -> None:
        self._store = store
        self._tell = tell
        self._room = room
        self._wake = wake
        self._queue: list[_Waiting] = []
        self._running: asyncio.Task[None] | None = None

    def append(self, request: Request) -> asyncio.Future[Stored | None]:
        """Put the line at the end of the queue. What is given says where it is in the log, once it is committed; None: it is no plain line.

        Raises:
            DatabaseUnavailable: nothing was stored, or nobody knows; the same line may come again.
        """
        future: asyncio.Future[Stored | None] = asyncio.get_running_loop().create_future()

        def done(outcome: Stored | Exception | None) -> None:
            if future.done():
                return
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.put(request, done)
        return future

    def put(self, request: Request, done: Done) -> None:
        """The same for whoever does not wait: ``done`` is called once, with what :meth:`append` would give or raise.

        Raises:
            DatabaseUnavailable: too many lines wait; ``done`` is not called.
        """
        if len(self._queue) >= _MANY:
            raise DatabaseUnavailable("too many lines wait")
        self._queue.append((request, done))
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="appends")

    async def stop(self) -> None:
        """After what is waiting."""
        if self._running is not None:
            await asyncio.wait([self._running])
        await self._store.close()

    async def _run(self) -> None:
        try:
            ahead = self._begin()
            while ahead is not None:
                batch, writing = ahead
                try:
                    outcomes = await writing
                except Exception as error:
                    self._fail(batch, error)
                    ahead = self._begin()
                    continue
                if None in outcomes:
                    self._give_back([one for one, stored in zip(batch, outcomes, strict=True) if stored is None], None)
                ahead = self._begin()
                await self._settle(batch, outcomes)
                ahead = ahead or self._begin()
        finally:
            self._running = None

    def _begin(self) -> tuple[list[_Waiting], asyncio.Task[list[Stored | None]]] | None:
        batch, self._queue = self._queue[:_BATCH], self._queue[_BATCH:]
        if not batch:
            return None
        # eager: the statement is on its way before anything else happens
        work = self._store.write([request for request, _done in batch])
        return batch, asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)

    async def _settle(self, batch: list[_Waiting], outcomes: list[Stored | None]) -> None:
        news: dict[str, tuple[str, list[Line]]] = {}
        asked: set[str] = set()
        for stored in outcomes:
            if stored is None or stored.line is None:
                continue
            news.setdefault(stored.line.conversation_id, (stored.protocol, []))[1].append(stored.line)
            if stored.asks_bot:
                asked.add(stored.line.conversation_id)
        for conversation_id, (protocol, lines) in news.items():
            await self._tell(News(conversation_id, protocol, tuple(entry_json(line) for line in lines), None))
        if news:
            await self._room()
        for (_request, done), stored in zip(batch, outcomes, strict=True):
            if stored is not None:
                done(stored)
        for conversation_id in asked:
            self._wake(conversation_id)

    def _fail(self, batch: list[_Waiting], error: Exception) -> None:
        """Out of reach: everybody may try again. Anything else may be the fault of one of them: each goes the long way, alone."""
        if not isinstance(error, DatabaseUnavailable):
            log.error("a batch of %s lines failed: %s", len(batch), type(error).__name__, exc_info=error)
        self._give_back(batch, error if isinstance(error, DatabaseUnavailable) else None)

    def _give_back(self, lines: list[_Waiting], error: DatabaseUnavailable | None) -> None:
        """These were not stored, and what waits behind them in their conversations is not stored before them."""
        theirs = {request.conversation_id for request, _done in lines}
        behind = [one for one in self._queue if one[0].conversation_id in theirs]
        if behind:
            self._queue = [one for one in self._queue if one[0].conversation_id not in theirs]
        for _request, done in [*lines, *behind]:
            done(DatabaseUnavailable(str(error)) if error else None)
