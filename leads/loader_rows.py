"""The table of the widget's loaders: every version that a customer's page may have pinned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from leads.tables import Base


class WidgetLoader(Base):
    """One version of `loader.js`. A page that names it by its hash keeps getting these very bytes, whatever is built later."""

    __tablename__ = "widget_loaders"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)  # the beginning of its SHA-256
    body: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
