"""The tables of erased people: what was erased when and by whom, and marks by which they are recognised if they come back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from leads.tables import Base

BOTS_OWE = "bots_at IS NULL"


class Erasure(Base):
    """One erasure with its signed report; nothing in it leads to the person."""

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_owed", "id", sqlite_where=text(BOTS_OWE), postgresql_where=text(BOTS_OWE)),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)  # what the person is told
    at: Mapped[datetime]
    conversations: Mapped[list[Any]]  # ids
    senders: Mapped[list[Any]]  # what the bots knew them as
    report: Mapped[dict[str, Any]]
    bots_at: Mapped[datetime | None]  # when the last bot had dropped its memory


class Tombstone(Base):
    """A keyed hash of something that belonged to an erased person."""

    __tablename__ = "tombstones"
    __table_args__ = (UniqueConstraint("kind", "hash"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))  # conversation | token | email | phone
    hash: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(16))  # which key, see leads/privacy_key.py
    reference: Mapped[str] = mapped_column(String(16))  # of the erasure
    at: Mapped[datetime]
