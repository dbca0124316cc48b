"""Scores leads anew when time has made points fade or the rules have been edited, so that lists compare like with like."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from leads.database import DatabaseUnavailable
from leads.errors import UnknownConversation
from leads.store import LeadStore
from webhook.leases import Leases
from webhook.tuning import Tuning

log = logging.getLogger(__name__)

LEASE = "rescorer"
_AT_ONCE = 100


class Rescorer:
    """One hub does it for all, a lead a transaction, so that nobody who chats waits for more than one.

    ``changed`` is called with the conversation whose lead looks different now.
    """

    def __init__(self, leads: LeadStore, leases: Leases, tuning: Tuning, changed: Callable[[str], None]) -> None:
        self._leads = leads
        self._leases = leases
        self._tuning = tuning
        self._changed = changed
        self._stopping = asyncio.Event()
        self._rules_known = False

    async def run(self) -> None:
        """Look until :meth:`stop`."""
        await self._leases.keep_doing(LEASE, self._look, self._tuning.rescore_seconds, self._stopping)

    def stop(self) -> None:
        """End after the present lead."""
        self._stopping.set()

    async def _look(self) -> None:
        if not self._rules_known:  # they are read at the start, once
            if others := await self._leads.expect_rules():
                log.info("scoring %d leads anew by the present rules", others)
            self._rules_known = True
        while waiting := await self._leads.to_refresh(_AT_ONCE):
            done = [await self._refresh(conversation_id) for conversation_id in waiting if not self._stopping.is_set()]
            if not all(done) or self._stopping.is_set():
                return

    async def _refresh(self, conversation_id: str) -> bool:
        """Whether it was scored; one that cannot be does not keep the others waiting."""
        try:
            if await self._leads.refresh(conversation_id):
                self._changed(conversation_id)
        except DatabaseUnavailable:
            raise
        except UnknownConversation:
            return True  # removed since it was looked for
        except Exception as error:
            log.error("the lead of %s cannot be scored: %s", conversation_id, type(error).__name__, exc_info=error)
            return False
        return True
