"""`handraise conversation`: list conversations, show one with its whole log."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from handraise.noted import noted
from handraise.opened import lead_store, opened
from handraise.steps import Failure
from leads.audit import About
from leads.clock import iso
from leads.models import Conversation, Entry
from leads.settings import Settings
from webhook.wire import entry_json


async def list_conversations(settings: Settings, limit: int) -> list[dict[str, Any]]:
    """The newest conversations in which a visitor has said something."""
    async with opened(settings) as database, database.read() as session:
        query = select(Conversation).where(Conversation.started_at.is_not(None)).order_by(Conversation.last_at.desc()).limit(limit)
        return [_head(conversation) for conversation in await session.scalars(query)]


async def show_conversation(settings: Settings, conversation_id: str) -> dict[str, Any]:
    """One conversation: who holds it, its log in order, and its lead card.

    Raises:
        Failure: there is no such conversation.
    """
    async with opened(settings) as database:
        async with database.read() as session:
            conversation = await session.get(Conversation, conversation_id)
            if conversation is None:
                raise Failure(f"There is no conversation {conversation_id}.", "handraise conversation list shows the newest ones.")
            entries = await session.scalars(select(Entry).where(Entry.conversation_id == conversation_id).order_by(Entry.seq))
            log = [entry_json(entry) for entry in entries]
        await noted(database, "conversation.show", "conversation_viewed", About("conversation", conversation_id))
        return {**_head(conversation), "entries": log, "lead": await lead_store(settings, database).card(conversation_id)}


def _head(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.id,
        "site": conversation.site,
        "holder": conversation.holder,
        "epoch": conversation.epoch,
        "last_seq": conversation.last_seq,
        "started_at": iso(conversation.started_at) if conversation.started_at else None,
        "last_at": iso(conversation.last_at),
    }
