"""How Alembic reaches the database: the caller's connection, or the one of the settings."""

from __future__ import annotations

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy import Connection

from leads.database import Database
from leads.models import Base, UtcDateTime
from leads.sealed import SealedJson, SealedText
from leads.settings import load_settings


def render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Revisions name plain column types, so that they stay true when the models change."""
    if kind != "type":
        return False
    plain = {UtcDateTime: "sa.DateTime(timezone=True)", SealedText: "sa.Text()", SealedJson: "sa.JSON()"}
    return next((words for ours, words in plain.items() if isinstance(item, ours)), False)


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_by_settings() -> None:
    database = Database(load_settings().database)
    async with database.engine.execution_options(handraise_begin="IMMEDIATE").begin() as connection:
        await connection.run_sync(run)
    await database.close()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_by_settings())
