"""The rows of the agents' inbox, read with a few queries however many there are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncSession

from leads.clock import iso
from leads.database import Database
from leads.models import OPEN_HANDOFF, Agent, Answer, Conversation, Entry, Handoff, Lead
from leads.questions import Questions
from webhook.silence import newest, silent_since
from webhook.wire import Json, person_json

SIZE = 100
_SPOKEN = ("message", "choice", "contact")

type Online = Callable[[AsyncSession, Collection[str]], Awaitable[set[str]]]


class Inbox:
    """Summaries of conversations that have begun."""

    def __init__(self, database: Database, questions: Callable[[], Questions], online: Online) -> None:
        self._database = database
        self._questions = questions
        self._online = online

    async def newest(self) -> list[Json]:
        """The newest conversations, and every older one that waits for a person or has one; newest first."""
        waits = select(Handoff.conversation_id).where(sql(OPEN_HANDOFF))
        async with self._database.read() as session:
            begun = select(Conversation).where(Conversation.started_at.is_not(None)).order_by(Conversation.last_at.desc())
            newest = list(await session.scalars(begun.limit(SIZE)))
            urgent = or_(Conversation.holder.in_(("queue", "agent")), Conversation.id.in_(waits))
            others = await session.scalars(begun.where(urgent, Conversation.id.not_in([one.id for one in newest])).limit(SIZE))
            return await self._summaries(session, [*newest, *others])

    async def one(self, conversation_id: str) -> Json | None:
        """The row of one conversation; None before it has begun."""
        rows = await self.some([conversation_id])
        return rows[0] if rows else None

    async def some(self, conversation_ids: Collection[str]) -> list[Json]:
        """The rows of those of these conversations which have begun."""
        begun = select(Conversation).where(Conversation.id.in_(conversation_ids), Conversation.started_at.is_not(None))
        async with self._database.read() as session:
            return await self._summaries(session, list(await session.scalars(begun)))

    async def _summaries(self, session: AsyncSession, conversations: Sequence[Conversation]) -> list[Json]:
        ids = [one.id for one in conversations]
        agents = select(Agent).where(Agent.id.in_([one.agent_id for one in conversations if one.agent_id]))
        by_agent = {agent.id: agent for agent in await session.scalars(agents)}
        handoffs = select(Handoff).where(Handoff.conversation_id.in_(ids), sql(OPEN_HANDOFF))
        calls = {handoff.conversation_id: handoff for handoff in await session.scalars(handoffs)}
        leads = {lead.conversation_id: lead for lead in await session.scalars(select(Lead).where(Lead.conversation_id.in_(ids)))}
        names = await self._names(session, [lead.id for lead in leads.values()])
        last = await _last_lines(session, ids)
        online = await self._online(session, ids)
        silent = await silent_since(session, [one.id for one in conversations if one.holder == "agent"])
        return [
            _summary(one, by_agent.get(one.agent_id or ""), last.get(one.id), calls.get(one.id), leads.get(one.id), names)
            | {"visitor_online": one.id in online, "silent_since": silent.get(one.id)}
            for one in conversations
        ]

    async def _names(self, session: AsyncSession, lead_ids: Collection[str]) -> dict[tuple[str, str], str]:
        """Known names and companies by (lead, kind)."""
        kinds = {slot: question.kind for slot, question in self._questions().items() if question.kind in ("name", "company")}
        newest = select(func.max(Answer.id)).where(Answer.lead_id.in_(lead_ids), Answer.slot.in_(kinds))
        newest = newest.group_by(Answer.lead_id, Answer.slot)
        rows = await session.scalars(select(Answer).where(Answer.id.in_(newest), Answer.status == "known"))
        return {(row.lead_id, kinds[row.slot]): row.text for row in rows}


def _summary(
    conversation: Conversation,
    agent: Agent | None,
    last: Entry | None,
    handoff: Handoff | None,
    lead: Lead | None,
    names: dict[tuple[str, str], str],
) -> Json:
    lead_id = lead.id if lead else ""
    return {
        "conversation_id": conversation.id,
        "name": names.get((lead_id, "name")),
        "company": names.get((lead_id, "company")),
        "last_text": last.text[:200] if last else "",
        "last_author": last.author if last else "visitor",
        "last_at": iso(conversation.last_at),
        "started_at": iso(conversation.started_at) if conversation.started_at else None,
        "holder": conversation.holder,
        "agent": person_json(agent),
        "epoch": conversation.epoch,
        "last_seq": conversation.last_seq,
        "handoff": handoff_json(handoff) if handoff else None,
        "lead": lead_json(lead) if lead else None,
    }


async def _last_lines(session: AsyncSession, ids: Collection[str]) -> dict[str, Entry]:
    last = newest(Conversation.id, Entry.kind.in_(_SPOKEN))
    lines = select(Entry).join(Conversation, Conversation.id == Entry.conversation_id).where(Conversation.id.in_(ids), Entry.seq == last)
    return {entry.conversation_id: entry for entry in await session.scalars(lines)}


def handoff_json(handoff: Handoff) -> Json:
    """An open hand-off."""
    return {
        "id": handoff.id,
        "reason": handoff.reason,
        "state": handoff.state,
        "requested_at": iso(handoff.requested_at),
        "missed_at": iso(handoff.missed_at) if handoff.missed_at else None,
    }


def lead_json(lead: Lead) -> Json:
    """Tier and the reason that counts most."""
    entries: list[dict[str, Any]] = lead.receipt.get("entries", [])
    best = max(entries, key=lambda entry: int(entry.get("points", 0)), default=None)
    reason = str(best["sentence"]) if best and int(best.get("points", 0)) > 0 else None
    return {"tier": lead.tier, "score": lead.score, "stage": lead.stage, "top_reason": reason}
