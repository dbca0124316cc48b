"""The table of the keys with which values may be encrypted; none of them is in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from leads.tables import Base


class EncryptionKey(Base):
    """A key that has been used and may still be needed: its id, and something that only it opens."""

    __tablename__ = "encryption_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    proof: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
