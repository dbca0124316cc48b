"""Which agents are there: live connections, and what the database remembers of them over a restart."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from leads import clock
from leads.database import Database
from leads.models import Agent
from webhook.emitter import AGENT
from webhook.presence import Room
from webhook.sockets import GuardedServer
from webhook.wire import Json

_WRITE_EVERY = 5.0


class AgentsThere:
    """Agents with a browser that is alive. An unanswered ping counts against them from the moment it was sent."""

    def __init__(self, database: Database, server: GuardedServer, reconnect_seconds: float) -> None:
        self._database = database
        self._server = server
        self._reconnect = timedelta(seconds=reconnect_seconds)
        self._started = clock.now()
        self._seen: dict[str, datetime] = {}
        self._agents: dict[str, Agent] = {}
        self._written = 0.0
        self.room: Room[str] = Room()

    def enter(self, agent: Agent, sid: str) -> None:
        """A browser of the agent has joined."""
        self.room.enter(agent.id, sid)
        self._agents[agent.id] = agent
        self._seen[agent.id] = clock.now()

    def update(self, agent: Agent) -> None:
        """The agent's name or wish to be rung has changed."""
        if agent.id in self._agents:
            self._agents[agent.id] = agent

    def available(self) -> list[str]:
        """Agents to ring."""
        return [agent_id for agent_id in self.room.everything() if self._agents[agent_id].available]

    def json(self) -> list[Json]:
        """Everybody who is there, by name."""
        people = sorted((self._agents[agent_id] for agent_id in self.room.everything()), key=lambda agent: (agent.name, agent.id))
        return [{"id": agent.id, "name": agent.name, "available": agent.available} for agent in people]

    async def beat(self) -> bool:
        """Look at every connection; True when somebody is gone. Signs of life are written down now and then."""
        gone = self.room.sweep(lambda sid: self._server.last_sign_of_life(sid, AGENT) is not None)
        for agent_id in self.room.everything():
            signs = [self._server.last_sign_of_life(sid, AGENT) for sid in self.room.sids(agent_id)]
            newest = max((sign for sign in signs if sign is not None), default=None)
            if newest is not None:
                self._seen[agent_id] = datetime.fromtimestamp(newest, UTC)
        if gone or time.monotonic() - self._written > _WRITE_EVERY:
            await self._write()
        return bool(gone)

    async def is_lost(self, agent_id: str, grace: float) -> bool:
        """Whether the agent has not been there for ``grace`` seconds; after a start of the hub there is time to come back."""
        now = clock.now()
        seen = self._seen.get(agent_id)
        if seen is None:
            async with self._database.read() as session:
                seen = await session.scalar(select(Agent.seen_at).where(Agent.id == agent_id)) or self._started
            self._seen[agent_id] = seen
        return now - seen > timedelta(seconds=grace) and now - self._started > self._reconnect

    async def _write(self) -> None:
        self._written = time.monotonic()
        present = {agent_id: self._seen[agent_id] for agent_id in self.room.everything()}
        if present:
            async with self._database.write() as session:
                for agent_id, seen in present.items():
                    await session.execute(update(Agent).where(Agent.id == agent_id).values(seen_at=seen))
