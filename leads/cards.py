"""The reading side of the leads: the card an agent sees, the list in the console, the export."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from leads import rows, search
from leads.clock import iso
from leads.identities import verified
from leads.models import Consent, Handoff, Lead, LeadEvent
from leads.questions import Questions
from leads.state import StoredAnswer

EXPORT_BATCH = 200
MAX_SIZE = 200
MOST_WORDS = 8
PAGES_SHOWN = 50

type Place = tuple[datetime, str]


async def some(session: AsyncSession, questions: Questions, conversation_ids: Collection[str]) -> list[dict[str, Any]]:
    """The lead cards of those of these conversations that have one."""
    leads = list(await session.scalars(select(Lead).where(Lead.conversation_id.in_(conversation_ids))))
    return await _cards(session, questions, leads) if leads else []


async def page(
    session: AsyncSession, questions: Questions, tier: str | None, stage: str | None, query: str | None, number: int, size: int
) -> dict[str, Any]:
    """One page of cards without receipt but with the time of the last change, newest change first."""
    size = min(max(size, 1), MAX_SIZE)
    words = (query or "").lower().split()[:MOST_WORDS]
    leads, total = await search.leads_page(session, _chosen(tier, stage), words, (number - 1) * size, size)
    found = await _cards(session, questions, leads)
    for one, lead in zip(found, leads, strict=True):
        del one["receipt"]
        one["updated_at"] = iso(lead.updated_at)
    return {"leads": found, "total": total, "page": number, "pages": max(1, ceil(total / size))}


async def export_batch(session: AsyncSession, questions: Questions, after: Place | None) -> tuple[list[dict[str, Any]], Place | None]:
    """The next leads after a place, oldest first, and the place to go on from (``None``: that was all)."""
    wanted = select(Lead).order_by(Lead.created_at, Lead.id).limit(EXPORT_BATCH)
    if after is not None:
        at, last = after
        wanted = wanted.where(or_(Lead.created_at > at, and_(Lead.created_at == at, Lead.id > last)))
    leads = list(await session.scalars(wanted))
    found = await _cards(session, questions, leads)
    for one, lead in zip(found, leads, strict=True):
        one["created_at"], one["updated_at"] = iso(lead.created_at), iso(lead.updated_at)
    more = len(leads) == EXPORT_BATCH
    return found, (leads[-1].created_at, leads[-1].id) if more else None


def _chosen(tier: str | None, stage: str | None) -> Select[Lead]:
    wanted = select(Lead)
    wanted = wanted.where(Lead.stage == stage) if stage else wanted.where(Lead.stage != "visitor")
    if tier:
        wanted = wanted.where(Lead.tier == tier)
    return wanted


async def _cards(session: AsyncSession, questions: Questions, leads: Sequence[Lead]) -> list[dict[str, Any]]:
    answers = await rows.newest_answers_of(session, [lead.id for lead in leads])
    conversations = [lead.conversation_id for lead in leads]
    pages = await _pages(session, conversations)
    handoffs = await _handoffs(session, conversations)
    known = await verified(session, conversations)
    consents = await _consents(session, conversations)
    return [
        _card(lead, questions, answers.get(lead.id, {}), pages.get(lead.conversation_id, []), handoffs.get(lead.conversation_id))
        | {"identity": known.get(lead.conversation_id), "consents": consents.get(lead.conversation_id, [])}
        for lead in leads
    ]


def _card(
    lead: Lead, questions: Questions, answers: dict[str, StoredAnswer], pages: list[dict[str, Any]], handoff: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "id": lead.id,
        "conversation_id": lead.conversation_id,
        "name": known_text(questions, answers, "name"),
        "email": known_text(questions, answers, "email"),
        "company": known_text(questions, answers, "company"),
        "stage": lead.stage,
        "stage_reason": lead.stage_reason,
        "segment": lead.segment,
        "tier": lead.tier,
        "score": lead.score,
        "fit": lead.fit,
        "engagement": lead.engagement,
        "receipt": lead.receipt or {"entries": [], "score": lead.score, "rules_hash": "", "scored_at": iso(lead.updated_at)},
        "answers": [_answer_row(slot, question.label, answers.get(slot)) for slot, question in questions.items()],
        "pages": pages,
        "handoff": handoff,
    }


def known_text(questions: Questions, answers: dict[str, StoredAnswer], kind: str) -> str | None:
    """The known answer to the first question of a kind, in plain words."""
    for slot, question in questions.items():
        answer = answers.get(slot)
        if question.kind == kind and answer is not None and answer.status == "known":
            return answer.text
    return None


def _answer_row(slot: str, label: str, answer: StoredAnswer | None) -> dict[str, Any]:
    if answer is None:
        return {
            "slot": slot,
            "label": label,
            "status": "missing",
            "said": "",
            "text": "",
            "value": None,
            "confidence": 0.0,
            "seq": None,
            "read_by": None,
        }
    return {
        "slot": slot,
        "label": label,
        "status": answer.status,
        "said": answer.said,
        "text": answer.text,
        "value": answer.value,
        "confidence": answer.confidence,
        "seq": answer.seq,
        "read_by": answer.read_by,
    }


async def _pages(session: AsyncSession, conversations: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    seen = select(LeadEvent).where(LeadEvent.conversation_id.in_(conversations), LeadEvent.name == "page").order_by(LeadEvent.id)
    found: dict[str, list[dict[str, Any]]] = {}
    for event in await session.scalars(seen):
        found.setdefault(event.conversation_id, []).append(_page(event))
    return {conversation: trail[-PAGES_SHOWN:] for conversation, trail in found.items()}


async def last_pages(session: AsyncSession, conversations: Collection[str], since: datetime) -> dict[str, dict[str, Any]]:
    """The last page of each conversation that was stored since then, as in its card."""
    last = select(func.max(LeadEvent.id)).where(LeadEvent.conversation_id.in_(conversations), LeadEvent.name == "page")
    seen = select(LeadEvent).where(LeadEvent.id.in_(last.group_by(LeadEvent.conversation_id)), LeadEvent.at >= since)
    return {event.conversation_id: _page(event) for event in await session.scalars(seen)}


def _page(event: LeadEvent) -> dict[str, Any]:
    return {"url": str(event.data.get("url", "")), "title": str(event.data.get("title", "")), "at": iso(event.at)}


async def _consents(session: AsyncSession, conversations: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """The newest yes or no to each purpose, with the words and where it was said."""
    newest = select(func.max(Consent.id)).where(Consent.conversation_id.in_(conversations))
    rows = select(Consent).where(Consent.id.in_(newest.group_by(Consent.conversation_id, Consent.purpose))).order_by(Consent.id)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in await session.scalars(rows):
        words = {"text": row.text, "version": row.version, "lang": row.lang, "page": row.page}
        found.setdefault(row.conversation_id, []).append({"purpose": row.purpose, "given": row.given, **words, "at": iso(row.at)})
    return found


async def _handoffs(session: AsyncSession, conversations: Collection[str]) -> dict[str, dict[str, Any]]:
    calls = select(Handoff).where(Handoff.conversation_id.in_(conversations)).order_by(Handoff.requested_at)
    found: dict[str, dict[str, Any]] = {}
    for call in await session.scalars(calls):
        found[call.conversation_id] = {
            "id": call.id,
            "reason": call.reason,
            "state": call.state,
            "requested_at": iso(call.requested_at),
            "missed_at": iso(call.missed_at) if call.missed_at else None,
        }
    return found
