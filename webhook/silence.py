"""Visitors who wait for the agent who holds their chat: told honestly, once, and the agent is reminded."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from leads.clock import iso
from leads.models import Agent, Conversation, Entry, Handoff
from webhook.ages import Ages
from webhook.away import offer_contact_form
from webhook.log import Log
from webhook.texts import Lines

AGENT_SILENT = "agent_silent"
_SPOKEN = ("message", "choice", "contact")
_LOOKS = 20  # in the time that a visitor waits

_OTHERS = Entry.author != text("'visitor'")  # in the words of ``ix_entries_answers``: the logs of visitors become long
TOLD = and_(Entry.kind == "notice", Entry.data["code"].as_string() == AGENT_SILENT)
AGENT_SPOKE = and_(Entry.kind == "message", Entry.author == "agent")


@dataclass(frozen=True, slots=True)
class Wait:
    """A visitor without a word of the agent; the next word of anybody makes it another one."""

    conversation_id: str
    epoch: int
    word: int  # the agent's last line or the last time the visitor was told


class Silence:
    """Finds waits that last too long. ``address`` gives a visitor's e-mail address."""

    def __init__(self, log: Log, lines: Callable[[], Lines], address: Callable[[str], Awaitable[str | None]], seconds: float) -> None:
        self._log = log
        self._lines = lines
        self._address = address
        self._seconds = seconds
        self._ages: Ages[Wait] = Ages()
        self._looked_at = float("-inf")

    async def overdue(self) -> list[Wait]:
        """Who has waited too long; looked at now and then."""
        if time.monotonic() - self._looked_at < self._seconds / _LOOKS:
            return []
        self._looked_at = time.monotonic()
        async with self._log.database.read() as session:
            rows = (await session.execute(_waits())).all()
        since: dict[Wait, datetime | None] = {
            Wait(one, epoch, word): max(at for at in (line, moved) if at) for one, epoch, word, line, moved in rows
        }
        return [wait for wait, age in self._ages.look(since).items() if age >= self._seconds]

    async def tell(self, wait: Wait) -> None:
        """Say so, unless something was said meanwhile, and offer to be written to."""
        address = await self._address(wait.conversation_id)
        async with self._log.change(wait.conversation_id) as change:
            conversation = change.conversation
            words = select(func.max(Entry.seq)).where(Entry.conversation_id == conversation.id, _OTHERS, or_(AGENT_SPOKE, TOLD))
            agent = await change.session.get(Agent, conversation.agent_id) if conversation.agent_id else None
            if conversation.epoch != wait.epoch or agent is None or (await change.session.scalar(words) or 0) != wait.word:
                return
            lines = self._lines()
            await change.notice(AGENT_SILENT, lines.say(AGENT_SILENT, agent=agent.shown_name))
            if not address:
                await offer_contact_form(change, AGENT_SILENT, lines)


async def silent_since(session: AsyncSession, held: Collection[str]) -> dict[str, str]:
    """Which of these conversations wait for their agent since when: the visitor was told, and the agent has not written yet."""
    if not held:
        return {}
    last = newest(Conversation.id, and_(_OTHERS, or_(AGENT_SPOKE, TOLD)))
    rows = select(Entry.conversation_id, Entry.at).join(Conversation, Conversation.id == Entry.conversation_id)
    rows = rows.where(Conversation.id.in_(held), Entry.seq == last, TOLD)
    return {conversation_id: iso(at) for conversation_id, at in await session.execute(rows)}


def newest(conversation_id: Any, what: ColumnElement[bool]) -> ScalarSelect[int]:
    """The ``seq`` of the last such entry of a conversation, looked for from the end: logs become long."""
    last = select(Entry.seq).where(Entry.conversation_id == conversation_id, what).order_by(Entry.seq.desc()).limit(1)
    return last.correlate_except(Entry).scalar_subquery()


def _waits() -> Select[Any]:
    """Held chats in which the visitor has the last word, or was called somebody who has not said anything; since when."""
    bot_spoke = and_(Entry.kind == "message", Entry.author == "bot")
    words = (
        select(
            Conversation.id,
            Conversation.epoch,
            func.coalesce(newest(Conversation.id, and_(_OTHERS, or_(AGENT_SPOKE, TOLD))), 0).label("word"),
            func.coalesce(newest(Conversation.id, and_(_OTHERS, or_(AGENT_SPOKE, TOLD, bot_spoke))), 0).label("any_word"),
        )
        .where(Conversation.holder == "agent")
        .cte("words")
    )
    line = (
        select(Entry.at)
        .where(Entry.conversation_id == words.c.id, Entry.author == "visitor", Entry.kind.in_(_SPOKEN), Entry.seq > words.c.any_word)
        .order_by(Entry.seq)
        .limit(1)
    )
    moved = (  # only after the last word: before that it does not matter
        select(Entry.at)
        .where(Entry.conversation_id == words.c.id, _OTHERS, Entry.kind == "holder", Entry.seq > words.c.word)
        .order_by(Entry.seq.desc())
        .limit(1)
    )
    since = select(
        words.c.id, words.c.epoch, words.c.word, line.scalar_subquery().label("line"), moved.scalar_subquery().label("moved")
    ).cte("since")
    called = exists().where(Handoff.conversation_id == since.c.id, Handoff.state == "accepted", Handoff.accepted_at >= since.c.moved)
    return select(since).where(or_(since.c.line.is_not(None), called))
