"""Visitors who come back after hours: the bot greets them with what it knows, once for each return."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import exists, select

from leads import clock
from leads.models import Turn
from webhook.log import Log
from webhook.turn_rows import add_turn

log = logging.getLogger(__name__)
EVENT = "welcome_back"


class Returns:
    """Asks for the greeting. ``wake`` is called after the commit; ``seconds`` is how long nothing was said before it counts as a return."""

    def __init__(self, chat_log: Log, wake: Callable[[str], None], seconds: float) -> None:
        self._log = chat_log
        self._wake = wake
        self._away = timedelta(seconds=seconds)

    async def joined(self, conversation_id: str, last_at: datetime | None) -> None:
        """A tab has opened a conversation in which the last thing happened at ``last_at``; a failure costs the greeting, not the chat."""
        if last_at is None or clock.now() - last_at < self._away:
            return
        try:
            if await self._ask(conversation_id):
                self._wake(conversation_id)
        except Exception as error:
            log.warning("the visitor of %s was not greeted: %s", conversation_id, type(error).__name__)

    async def _ask(self, conversation_id: str) -> bool:
        """False when somebody else speaks, something waits for the bot, or another tab came first and was greeted."""
        async with self._log.change(conversation_id) as change:
            conversation = change.conversation
            waits = exists().where(Turn.conversation_id == conversation_id, Turn.state == "pending")
            quiet = conversation.holder == "bot" and change.now - conversation.last_at >= self._away
            if not quiet or await change.session.scalar(select(waits)):
                return False
            add_turn(change, {"event": EVENT}, conversation.last_seq)
        return True
