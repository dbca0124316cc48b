"""What a visitor hears while the bot is away: one honest line and the contact form, once per outage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from leads.models import Conversation, Entry, Turn
from webhook.log import Change, Log
from webhook.ownership import BOT_MAY_SPEAK
from webhook.texts import Lines
from webhook.together import Together
from webhook.turn_rows import told_away


class Away:
    """Tells visitors."""

    def __init__(self, log: Log, lines: Callable[[], Lines]) -> None:
        self._log = log
        self._lines = lines
        self._waiting: Together[str, int] = Together(self._read_waiting)

    async def tell(self, conversation_id: str, after: int = 0) -> int:
        """Say that the bot is away and offer the form; nothing when that was said, or nothing behind the entry ``after`` waits for the bot.

        Gives the entry up to which the visitor has been told, to be given as ``after`` the next time: it is asked again and again as
        long as the bot is away, for everybody who waits.
        """
        waiting = await self._waiting.ask(conversation_id) or 0
        if waiting <= after:
            return after
        async with self._log.database.read_few() as session:
            if await told_away(session, conversation_id, waiting):
                return waiting
        async with self._log.change(conversation_id) as change:
            newest = (await _waiting(change.session, [conversation_id])).get(conversation_id, 0)
            if newest > after and not await told_away(change.session, conversation_id, newest):
                await change.notice("bot_away", self._lines().bot_away)
                change.moved = True
                await offer_contact_form(change, "bot_away", self._lines())
        return max(waiting, newest)

    async def _read_waiting(self, conversation_ids: Sequence[str]) -> Mapping[str, int]:
        async with self._log.database.read_few() as session:
            return await _waiting(session, conversation_ids)


async def _waiting(session: AsyncSession, conversation_ids: Sequence[str]) -> Mapping[str, int]:
    """The newest entry of each conversation that waits for the bot, where one does."""
    newest = select(Turn.conversation_id, func.max(Turn.seq)).join(Conversation, Conversation.id == Turn.conversation_id)
    newest = newest.where(Turn.conversation_id.in_(conversation_ids), Turn.state == "pending", Conversation.holder.in_(BOT_MAY_SPEAK))
    return {conversation_id: seq for conversation_id, seq in await session.execute(newest.group_by(Turn.conversation_id))}


async def offer_contact_form(change: Change, reason: str, lines: Lines) -> None:
    """Add the form, unless it was filled in already or the widget cannot show one."""
    filled = select(exists().where(Entry.conversation_id == change.conversation.id, Entry.kind == "contact"))
    if change.conversation.protocol == "handraise" and not await change.session.scalar(filled):
        await change.append("contact_form", "system", lines.contact_form, data={"reason": reason})
