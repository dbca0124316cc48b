"""The table of the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from leads.tables import Base


class AuditRow(Base):
    """Who did what, when, about which object; never text of people or about them. Rows are only added, by :func:`leads.audit.note`."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_about", "about_kind", "about_id"),
        Index("ix_audit_who", "who_kind", "who_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3, … without a gap
    at: Mapped[datetime] = mapped_column(index=True)
    who_kind: Mapped[str] = mapped_column(String(16))  # agent | token | command | visitor | job
    who_id: Mapped[str] = mapped_column(String(64))
    what: Mapped[str] = mapped_column(String(64))
    about_kind: Mapped[str] = mapped_column(String(32), default="")
    about_id: Mapped[str] = mapped_column(String(64), default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)  # numbers and short names only
    before: Mapped[str] = mapped_column(String(64))  # the hash of the row before
    hash: Mapped[str] = mapped_column(String(64))  # of this row and ``before``
