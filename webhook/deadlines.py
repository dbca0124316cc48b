"""What is due: calls that must begin or end to ring, agents who are gone, visitors who wait for an agent without a word.

Everything is read from the database at every look, so a restart forgets nothing; how long it has been so is told by :mod:`ages`.
Every hub looks, and one of them acts: all steps are conditional, so that a second one does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from leads.database import DatabaseUnavailable
from webhook.agents_there import AgentsThere
from webhook.ages import Ages
from webhook.calls import Calls, Due
from webhook.handoff import Handoffs
from webhook.leases import Leases
from webhook.silence import Silence
from webhook.tuning import Tuning

log = logging.getLogger(__name__)

LEASE = "handoffs"
_PATIENCE_WITH_TURN = 3.0  # the bot's own words come first, if they come soon


@dataclass(frozen=True)
class Parts:
    """What deadlines lead to."""

    calls: Calls
    handoffs: Handoffs
    there: AgentsThere
    silence: Silence
    leases: Leases


class Deadlines:
    """Looked at with every beat of the sweep."""

    def __init__(self, parts: Parts, ring_seconds: float, tuning: Tuning) -> None:
        self._parts = parts
        self._ring_seconds = ring_seconds
        self._nobody_seconds = max(tuning.nobody_seconds, tuning.reconnect_seconds)
        self._ages: Ages[tuple[str, str]] = Ages()

    async def look(self) -> None:
        """Do what is due."""
        await self._calls()
        await self._lost()
        await self._silent()

    async def _calls(self) -> None:
        due = await self._parts.calls.due()
        ages = self._ages.look({_key(one): one.call.rang_at or one.call.requested_at for one in due})
        nobody = self._parts.there.nobody_for() >= self._nobody_seconds
        steps = [(one, self._step(one, ages[_key(one)], nobody=nobody)) for one in due]
        urgent = [(one.call.conversation_id, step) for one, step in steps if step is not None]
        if urgent and await self._parts.leases.mine(LEASE):
            for conversation_id, step in urgent:
                await _guarded(partial(step, conversation_id), conversation_id)

    def _step(self, due: Due, age: float, *, nobody: bool) -> Callable[[str], Awaitable[None]] | None:
        handoffs = self._parts.handoffs
        if due.call.state == "requested":
            return None if due.bot_answers and age < _PATIENCE_WITH_TURN else handoffs.start
        in_vain = nobody and age >= self._nobody_seconds
        return handoffs.miss if in_vain or age >= self._ring_seconds else None

    async def _lost(self) -> None:
        """Done by every hub: the one that had the agent's connection knows best since when it is silent."""
        gone = await self._parts.there.lost()
        for one in await self._parts.calls.held_by(gone) if gone else ():
            await _guarded(partial(self._parts.handoffs.lose, one, gone), one)

    async def _silent(self) -> None:
        overdue = await self._parts.silence.overdue()
        if overdue and await self._parts.leases.mine(LEASE):
            for one in overdue:
                await _guarded(partial(self._parts.silence.tell, one), one.conversation_id)


def _key(due: Due) -> tuple[str, str]:
    return due.call.id, due.call.state


async def _guarded(step: Callable[[], Awaitable[None]], conversation_id: str) -> None:
    """One broken conversation must not keep the others waiting; it is tried again with the next beat."""
    try:
        await step()
    except DatabaseUnavailable:
        raise
    except Exception as error:
        log.error("hand-off of %s: %s", conversation_id, type(error).__name__, exc_info=error)
