"""What a visitor hears while the bot is away: one honest line and the contact form, once per outage."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from leads.models import Conversation, Entry, Turn
from webhook.log import Change, Log
from webhook.ownership import BOT_MAY_SPEAK
from webhook.texts import Lines
from webhook.turn_rows import told_away


class Away:
    """Tells visitors."""

    def __init__(self, log: Log, lines: Callable[[], Lines]) -> None:
        self._log = log
        self._lines = lines

    async def tell(self, conversation_id: str) -> None:
        """Say that the bot is away and offer the form; nothing when that was said or nobody waits for the bot."""
        async with self._log.database.read() as session:  # asked again and again as long as the bot is away
            if not await _is_due(session, conversation_id):
                return
        async with self._log.change(conversation_id) as change:
            if not await _is_due(change.session, conversation_id):
                return
            await change.notice("bot_away", self._lines().bot_away)
            change.moved = True
            await offer_contact_form(change, "bot_away", self._lines())


async def _is_due(session: AsyncSession, conversation_id: str) -> bool:
    newest = select(func.max(Turn.seq)).join(Conversation, Conversation.id == Turn.conversation_id)
    newest = newest.where(Turn.conversation_id == conversation_id, Turn.state == "pending", Conversation.holder.in_(BOT_MAY_SPEAK))
    seq = await session.scalar(newest)
    return seq is not None and not await told_away(session, conversation_id, seq)


async def offer_contact_form(change: Change, reason: str, lines: Lines) -> None:
    """Add the form, unless it was filled in already or the widget cannot show one."""
    filled = select(exists().where(Entry.conversation_id == change.conversation.id, Entry.kind == "contact"))
    if change.conversation.protocol == "handraise" and not await change.session.scalar(filled):
        await change.append("contact_form", "system", lines.contact_form, data={"reason": reason})
