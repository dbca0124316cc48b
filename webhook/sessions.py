"""Sessions of agents: begun at sign-in, read anew for every request and event, ended by time, by disuse, or on purpose."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.audit import Who, note
from leads.database import Database
from leads.models import Agent, AgentSession, SecondFactor
from webhook.security import hashed, new_session_token

PASSWORD, OIDC, OIDC_SECOND = "password", "oidc", "oidc_second"  # how a session began; the last: the provider asked for a second factor
_NOTE_AFTER = timedelta(minutes=1)  # how exactly the last use is known
_BROWSER = 200


@dataclass(frozen=True)
class Signed:
    """A session that has not ended, whose it is, and whether they have a second factor."""

    agent: Agent
    session: AgentSession
    second_factor: bool


class Sessions:
    """Sessions in the database. One ends ``days`` after its sign-in, and after ``idle_hours`` without use."""

    def __init__(self, database: Database, days: int, idle_hours: float) -> None:
        self._database = database
        self._lifetime = timedelta(days=days)
        self._idle = timedelta(hours=idle_hours)

    async def begin(self, agent_id: str, method: str, browser: str = "", replaces: str | None = None) -> str:
        """A new session; gives its token. The one that the browser had before (``replaces``, a token) ends."""
        token, now = new_session_token(), clock.now()
        async with self._database.write() as session:
            await session.execute(delete(AgentSession).where(AgentSession.expires_at < now))
            if replaces:
                await session.execute(delete(AgentSession).where(AgentSession.token_hash == hashed(replaces)))
            row = AgentSession(token_hash=hashed(token), agent_id=agent_id, created_at=now, expires_at=now + self._lifetime)
            row.seen_at, row.method, row.browser = now, method, browser[:_BROWSER]
            session.add(row)
            await session.flush()
            await note(session, Who("agent", agent_id), "signed_in", method=method)
        return token

    async def of(self, token_hash: str) -> Signed | None:
        """The session of this token hash, unless it has ended or its account was switched off."""
        query = (
            select(Agent, AgentSession, SecondFactor.confirmed_at)
            .join(AgentSession, AgentSession.agent_id == Agent.id)
            .outerjoin(SecondFactor, SecondFactor.agent_id == Agent.id)
            .where(AgentSession.token_hash == token_hash, *self._living())
        )
        async with self._database.read() as session:
            row = (await session.execute(query)).first()
        return Signed(row[0], row[1], row[2] is not None) if row else None

    async def roles(self, token_hashes: Collection[str]) -> dict[str, str]:
        """Those of these sessions that have not ended, and the role of whose each is."""
        query = select(AgentSession.token_hash, Agent.role).join(Agent, AgentSession.agent_id == Agent.id)
        async with self._database.read() as session:
            rows = await session.execute(query.where(AgentSession.token_hash.in_(token_hashes), *self._living()))
            return {token_hash: role for token_hash, role in rows}

    async def used(self, token_hashes: Collection[str]) -> None:
        """These sessions are in use; written down at most once a minute each. One that has ended stays ended."""
        now = clock.now()
        stale = AgentSession.token_hash.in_(token_hashes), func.coalesce(AgentSession.seen_at, AgentSession.created_at) < now - _NOTE_AFTER
        async with self._database.read() as session:
            found = list(await session.scalars(select(AgentSession.token_hash).where(*stale)))
        if found:
            ended = func.coalesce(AgentSession.seen_at, AgentSession.created_at) <= now - self._idle
            async with self._database.write() as session:
                await session.execute(update(AgentSession).where(AgentSession.token_hash.in_(found), ~ended).values(seen_at=now))

    async def end(self, token_hash: str) -> None:
        """End one session."""
        async with self._database.write() as session:
            await session.execute(delete(AgentSession).where(AgentSession.token_hash == token_hash))

    async def end_others(self, agent_id: str, keep: str) -> int:
        """End every session of an agent but the one with this token hash; how many there were."""
        others = delete(AgentSession).where(AgentSession.agent_id == agent_id, AgentSession.token_hash != keep)
        async with self._database.write() as session:
            return len(list(await session.scalars(others.returning(AgentSession.token_hash))))

    async def listed(self, agent_id: str, own: str) -> list[dict[str, Any]]:
        """The sessions of an agent, newest use first: begun, seen, browser, whether it is the one with token hash ``own``."""
        query = select(AgentSession).where(AgentSession.agent_id == agent_id, *self._living()).join(Agent)
        async with self._database.read() as session:
            rows = list(await session.scalars(query))
        rows.sort(key=lambda row: row.seen_at or row.created_at, reverse=True)
        return [
            {
                "begun": clock.iso(row.created_at),
                "seen": clock.iso(row.seen_at or row.created_at),
                "browser": row.browser,
                "own": row.token_hash == own,
            }
            for row in rows
        ]

    def _living(self) -> tuple[ColumnElement[bool], ...]:
        now: datetime = clock.now()
        used = func.coalesce(AgentSession.seen_at, AgentSession.created_at)
        return AgentSession.expires_at > now, used > now - self._idle, Agent.active.is_(True)


async def end_all(session: AsyncSession, agent_id: str) -> None:
    """End every session of an agent, in the transaction that is the reason for it; their sockets are cut by the sweep of each hub."""
    await session.execute(delete(AgentSession).where(AgentSession.agent_id == agent_id))
