"""Conversations and agents that are there before the measuring begins, as a running installation would have them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from handraise.bench import names
from leads import clock
from leads.database import Database
from leads.models import Agent, AgentSession, Base, Conversation, Entry
from webhook.security import hashed as session_hash
from webhook.visitor_tokens import hashed

_ROWS = 500  # of one statement


async def make_tables(database: Database) -> None:
    """The tables of an empty database."""
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def seed(database: Database, visitors: int, agents: int) -> None:
    """Begun conversations, each with its first line; held by agents in turn, if there are any."""
    now = clock.now()
    people = [
        {
            "id": _agent(index),
            "email": f"agent{index}@example.com",
            "name": f"Ann {index}",
            "password_hash": "",
            "role": "agent",
            "active": True,
            "available": True,
            "created_at": now,
        }
        for index in range(agents)
    ]
    sessions = [
        {
            "token_hash": session_hash(names.session(index)),
            "agent_id": _agent(index),
            "created_at": now,
            "expires_at": now + timedelta(days=1),
        }
        for index in range(agents)
    ]
    conversations = [
        {
            "id": names.conversation(index),
            "site": "demo",
            "token_hash": hashed(names.token(index), "handraise"),
            "holder": "agent" if agents else "bot",
            "epoch": 1 if agents else 0,
            "agent_id": _agent(index % agents) if agents else None,
            "last_seq": 1,
            "created_at": now,
            "started_at": now,
            "last_at": now,
        }
        for index in range(visitors)
    ]
    lines = [
        {"conversation_id": names.conversation(index), "seq": 1, "kind": "message", "author": "bot", "text": "Hello!", "at": now}
        for index in range(visitors)
    ]
    async with database.write() as session:
        for table, rows in ((Agent, people), (AgentSession, sessions), (Conversation, conversations), (Entry, lines)):
            for start in range(0, len(rows), _ROWS):
                await session.execute(insert(table), rows[start : start + _ROWS])


def _agent(index: int) -> str:
    return f"a{index:031x}"
