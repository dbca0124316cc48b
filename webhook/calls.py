"""Calls for a person as the database has them: what rings, who could come, what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from leads.database import Database
from leads.models import Agent, Conversation, Entry, Handoff, Turn
from webhook.wire import Json, person_json

type Online = Callable[[AsyncSession, Collection[str]], Awaitable[set[str]]]


@dataclass(frozen=True, slots=True)
class Call:
    """One call that rings; asked for again it is another one."""

    id: str
    conversation_id: str
    state: str
    reason: str
    requested_at: datetime
    rang_at: datetime | None

    def order(self) -> tuple[bool, bool, datetime]:
        """Whose agent is gone comes first, then the hot ones, then whoever waits longest."""
        return self.reason != "agent_lost", self.reason != "hot", self.requested_at


@dataclass(frozen=True, slots=True)
class Due:
    """A call that something may have to happen to."""

    call: Call
    bot_answers: bool  # a turn has not ended, so the bot may still say something first


class Calls:
    """Reads calls; each question is one indexed query, and a second one only if there is something to ask about."""

    def __init__(self, database: Database, online: Online) -> None:
        self._database = database
        self._online = online

    async def ringing(self, also: Collection[str], *, missed: bool) -> dict[str, Call]:
        """What rings, by conversation. Of missed calls those in ``also``, or all, as long as the visitor is there."""
        rings = Handoff.state == "ringing"
        wanted = Handoff.state == "missed" if missed else (Handoff.state == "missed") & Handoff.conversation_id.in_(also)
        async with self._database.read() as session:
            rows = await session.execute(_calls().where(or_(rings, wanted) if missed or also else rings))
            calls = {call.conversation_id: call for call in (Call(*row) for row in rows)}
            quiet = [one for one, call in calls.items() if call.state == "missed"]
            here = await self._online(session, quiet) if quiet else set()
        return {one: call for one, call in calls.items() if call.state == "ringing" or one in here}

    async def due(self) -> list[Due]:
        """What was asked for and does not ring yet, and what rings; the most urgent first."""
        answering = exists().where(Turn.conversation_id == Handoff.conversation_id, Turn.state == "pending")
        async with self._database.read() as session:
            rows = await session.execute(_calls(answering).where(Handoff.state.in_(("requested", "ringing"))))
            found = [Due(Call(*row[:-1]), bool(row[-1])) for row in rows]
        return sorted(found, key=lambda due: due.call.order())

    async def busy(self) -> set[str]:
        """Agents who hold a chat."""
        held = select(Conversation.agent_id).where(Conversation.holder == "agent", Conversation.agent_id.is_not(None)).distinct()
        async with self._database.read() as session:
            return {agent_id for agent_id in await session.scalars(held) if agent_id}

    async def held_by(self, agent_ids: Collection[str]) -> list[str]:
        """The conversations that these agents hold."""
        held = select(Conversation.id).where(Conversation.holder == "agent", Conversation.agent_id.in_(agent_ids))
        async with self._database.read() as session:
            return list(await session.scalars(held))

    async def ends(self, ids: Collection[str]) -> dict[str, tuple[str, Json | None]]:
        """Why calls ring no more, and by whom; by conversation."""
        ended = select(Handoff, Agent, Conversation.holder).join(Conversation, Conversation.id == Handoff.conversation_id)
        ended = ended.outerjoin(Agent, Agent.id == Handoff.agent_id).where(Handoff.id.in_(ids))
        found: dict[str, tuple[str, Json | None]] = {}
        async with self._database.read() as session:
            for call, agent, holder in await session.execute(ended):
                found[call.conversation_id] = await _end(session, call, agent, holder)
        return found


def _calls(*more: Any) -> Select[Any]:
    row = (Handoff.id, Handoff.conversation_id, Handoff.state, Handoff.reason, Handoff.requested_at, Handoff.rang_at)
    return select(*row, *more)


async def _end(session: AsyncSession, call: Handoff, agent: Agent | None, holder: str) -> tuple[str, Json | None]:
    if call.state == "accepted":
        return "accepted", person_json(agent)
    if call.state == "missed":
        return "missed", None
    if holder == "closed":
        moves = select(Entry.data).where(Entry.conversation_id == call.conversation_id, Entry.kind == "holder")
        last = await session.scalar(moves.order_by(Entry.seq.desc()).limit(1))
        if last and last.get("reason") == "closed":
            return "closed", None
    return "cancelled", None
