"""The row of a lead as a row: read, made and written by plain statements, inside the caller's transaction.

Objects that the session looks after cost a turn as much as all that it stores otherwise: loading them, noting their changes, working out
what to write. Here a lead belongs to no session, and what changed is told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from leads import statements
from leads.models import Lead
from leads.tables import new_id

_FIXED = frozenset({"id", "conversation_id", "created_at"})


async def of_conversation(session: AsyncSession, conversation_id: str) -> Lead | None:
    """The lead of a conversation, if it has one."""
    row = (await session.execute(statements.lead(), {"conversation_id": conversation_id})).one_or_none()
    return Lead(**row._mapping) if row is not None else None


async def made_for(session: AsyncSession, conversation_id: str, at: datetime) -> Lead:
    """A new lead for a conversation that has none."""
    row = {"id": new_id(), "conversation_id": conversation_id, "receipt": {}, "created_at": at, "updated_at": at}
    await session.execute(statements.add_lead(), row)
    return Lead(**(await session.execute(statements.lead(), {"conversation_id": conversation_id})).one()._mapping)


def values(lead: Lead) -> dict[str, Any]:
    """What may change of a lead, as it is now."""
    return {column.name: getattr(lead, column.name) for column in Lead.__table__.c if column.name not in _FIXED}


async def keep_changes(session: AsyncSession, lead: Lead, before: dict[str, Any]) -> None:
    """Write what differs from ``before``."""
    changed = {name: value for name, value in values(lead).items() if value != before[name]}
    if changed:
        await session.execute(statements.change_lead(), {**changed, "lead_id": lead.id})
