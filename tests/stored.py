"""What is really stored: the bytes of a SQLite database with everything beside it, or every row of a PostgreSQL database as text."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import make_url, text

from leads.database import Database
from leads.models import Base

KEY, OTHER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="  # made up


async def stored(database: Database) -> bytes:
    """Everything, as a thief would get it."""
    if database.is_sqlite:
        file = Path(make_url(database.url).database or "")
        return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))
    rows = []
    async with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows += list(await connection.scalars(text(f"SELECT t::text FROM {table.name} AS t")))  # noqa: S608  names of ours
    return "\n".join(rows).encode()


async def found_in(database: Database, *words: str) -> list[str]:
    """Which of the words stand there readable, whatever their case."""
    everything = (await stored(database)).lower()
    return [word for word in words if word.lower().encode() in everything]
