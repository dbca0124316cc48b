"""The heartbeat of the hub: looks at everything that has a deadline, in the database and among the connections."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from leads import clock
from leads.database import DatabaseUnavailable
from webhook.agent import AgentNamespace
from webhook.agents_there import AgentsThere
from webhook.conversations import Conversations
from webhook.dead_tokens import DeadTokens
from webhook.deadlines import Deadlines
from webhook.emitter import VISITOR
from webhook.hubs import Hubs
from webhook.leases import Leases
from webhook.sockets import GuardedServer
from webhook.tuning import Tuning
from webhook.turns import Turns
from webhook.visits import Visits

log = logging.getLogger(__name__)


class Sweep:
    """Runs until it is stopped; a step that fails is tried again with the next beat."""

    def __init__(
        self,
        server: GuardedServer,
        deadlines: Deadlines,
        there: AgentsThere,
        agent_sockets: AgentNamespace,
        dead_tokens: DeadTokens,
        visits: Visits,
        turns: Turns,
        conversations: Conversations,
        leases: Leases,
        hubs: Hubs,
        tuning: Tuning,
    ) -> None:
        self._server = server
        self._deadlines = deadlines
        self._there = there
        self._agent_sockets = agent_sockets
        self._dead_tokens = dead_tokens
        self._visits = visits
        self._turns = turns
        self._conversations = conversations
        self._leases = leases
        self._hubs = hubs
        self._tuning = tuning
        self._stopping = asyncio.Event()
        self._turns_at = float("-inf")
        self._alive = hubs.alive()
        self._purged_at = time.monotonic()

    async def run(self) -> None:
        """Beat until :meth:`stop`, the first time at once."""
        steps = (self._sockets, self._agents, self._dead_tokens.look, self._deadlines.look, self._pending_turns, self._purge)
        while not self._stopping.is_set():
            for step in steps:
                await self._guarded(step)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._tuning.sweep_seconds)

    def stop(self) -> None:
        """End after the present beat; cancelling it could leave a transaction open."""
        self._stopping.set()

    async def _sockets(self) -> None:
        await self._server.cut_unproven(self._tuning.join_seconds)
        self._visits.sweep(self._is_visitor)

    async def _agents(self) -> None:
        await self._agent_sockets.cut_ended()
        await self._there.beat()

    async def _pending_turns(self) -> None:
        """Turns that a restart, a locked database, or a hub that has just been found dead left behind."""
        now, alive = time.monotonic(), self._hubs.alive()
        if now - self._turns_at >= self._tuning.turns_seconds or alive != self._alive:
            await self._turns.resume()
            self._turns_at, self._alive = now, alive

    async def _purge(self) -> None:
        if time.monotonic() - self._purged_at >= self._tuning.purge_seconds:
            self._purged_at = time.monotonic()
            if not await self._leases.mine("purge"):
                return
            before, there = clock.now() - timedelta(hours=self._tuning.unstarted_hours), set(self._visits.room.everything())
            while await self._conversations.purge_unstarted(before, there):
                pass

    def _is_visitor(self, sid: str) -> bool:
        return any(self._server.last_sign_of_life(sid, namespace) is not None for namespace in (VISITOR, "/"))

    async def _guarded(self, step: Callable[[], Awaitable[None]]) -> None:
        try:
            await step()
        except DatabaseUnavailable as error:
            log.warning("the database did not answer: %s", error)
        except Exception as error:
            log.error("sweep: %s", type(error).__name__, exc_info=error)
