"""Who a visitor is, as the site's own server has signed it; nothing that the visitor only says is kept here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from leads.clock import iso
from leads.sealed import SealedText
from leads.tables import Base


class Identity(Base):
    """The signed claims of one conversation."""

    __tablename__ = "identities"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    site: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(String(128))  # never encrypted: who comes back is found by it
    email: Mapped[str | None] = mapped_column(SealedText)
    name: Mapped[str | None] = mapped_column(SealedText)
    company: Mapped[str | None] = mapped_column(SealedText)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_identities_user", "site", "user_id"),)


async def verified(session: AsyncSession, conversations: Collection[str]) -> dict[str, dict[str, Any]]:
    """What is verified of each of these conversations, as the lead card shows it."""
    rows = await session.scalars(select(Identity).where(Identity.conversation_id.in_(conversations)))
    return {
        row.conversation_id: {"user_id": row.user_id, "email": row.email, "name": row.name, "company": row.company, "at": iso(row.at)}
        for row in rows
    }
