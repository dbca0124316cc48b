"""Which agents are there: live connections here and at other hubs, and what the database remembers of them over a restart."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select, update

from leads import clock
from leads.database import Database
from leads.models import Agent, Conversation
from webhook.ages import Ages
from webhook.emitter import AGENT
from webhook.presence import Room
from webhook.presence_rows import AGENT as AGENTS
from webhook.presence_rows import PresenceRows
from webhook.sockets import GuardedServer
from webhook.wire import Json

_WRITE_EVERY = 5.0
_BEFORE_PING = 12.0  # a connection that lets a ping go unanswered broke at any moment of the 25 s before it; the middle is assumed


class AgentsThere:
    """Agents with a browser that is alive, and since when one who holds a chat has given no sign of life.

    Whoever stays away is judged by a ``seen_at`` that does not change, by this hub's own monotonic time. ``changed`` is called when
    somebody comes, goes, or wants to be rung or not.
    """

    def __init__(
        self,
        database: Database,
        server: GuardedServer,
        presence: PresenceRows,
        grace: float,
        reconnect_seconds: float,
        alone: Callable[[], bool],
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._database = database
        self._server = server
        self._presence = presence
        self._monotonic = monotonic
        self._now = now
        self._grace = grace
        self._alone = alone
        self._agents: dict[str, Agent] = {}
        self._signs: dict[str, float] = {}  # client → its last sign of life as the server tells it
        self._silent: dict[str, float] = {}  # agents of this hub → since when nothing is heard of them
        self._wrote: dict[str, datetime] = {}
        self._written_at = float("-inf")
        self._ages: Ages[str] = Ages(max(0.0, grace - reconnect_seconds), monotonic, now)  # after a start there is time to come back
        self._somebody_at = monotonic()
        self._shown: list[Json] = []
        self.room: Room[str] = Room()
        self.changed: Callable[[], None] = lambda: None

    def enter(self, agent: Agent, sid: str) -> None:
        """A browser of the agent has joined."""
        self.room.enter(agent.id, sid)
        self._presence.enter(AGENTS, agent.id)
        self._agents[agent.id] = agent
        self._silent.pop(agent.id, None)
        self._note()

    def leave(self, sid: str) -> None:
        """A browser is gone."""
        agent_id = self.room.leave(sid)
        if agent_id is not None:
            self._gone(agent_id)
        self._note()

    def update(self, agent: Agent) -> None:
        """The agent's name or wish to be rung has changed."""
        if agent.id in self._agents:
            self._agents[agent.id] = agent
        self._note()

    def available(self) -> set[str]:
        """Agents to ring, wherever they are connected."""
        return {agent.id for agent in self._there() if agent.available}

    def nobody_for(self) -> float:
        """For how long there has been no agent to ring; right after a start that is not known and counts from there."""
        if self.available():
            self._somebody_at = self._monotonic()
        return self._monotonic() - self._somebody_at

    def json(self) -> list[Json]:
        """Everybody who is there, by name."""
        people = sorted(self._there(), key=lambda agent: (agent.name, agent.id))
        return [{"id": agent.id, "name": agent.shown_name, "available": agent.available} for agent in people]

    async def beat(self) -> None:
        """Look at every connection, and at the agents of other hubs. Signs of life are written down now and then."""
        for agent_id in self.room.sweep(lambda sid: self._server.last_sign_of_life(sid, AGENT) is not None):
            self._gone(agent_id)
        self._listen()
        self._note()
        if self._monotonic() - self._written_at > min(_WRITE_EVERY, self._grace / 4):
            await self._write()
        if not self._alone():
            await self._read()
        self._note()

    async def lost(self) -> set[str]:
        """Agents who hold a chat and have not been there for longer than the grace."""
        held = select(Agent.id, Agent.seen_at).join(Conversation, Conversation.agent_id == Agent.id).where(Conversation.holder == "agent")
        async with self._database.read() as session:
            seen: dict[str, datetime | None] = {agent_id: at for agent_id, at in await session.execute(held.distinct())}
        ages = self._ages.look(seen)
        return {agent_id for agent_id in seen if self._silence(agent_id, seen, ages) > self._grace}

    def _silence(self, agent_id: str, seen: Mapping[str, datetime | None], ages: Mapping[str, float]) -> float:
        """Seconds. What this hub has heard itself is exact, unless another hub has written a sign of life since."""
        if agent_id in self.room and agent_id not in self._silent:
            return 0.0
        if agent_id not in self.room and agent_id in self._presence.there(AGENTS):
            return 0.0  # the living hub that has the connection judges it
        if agent_id in self._silent and seen[agent_id] == self._wrote.get(agent_id):
            return self._monotonic() - self._silent[agent_id]
        return ages[agent_id]

    def _there(self) -> list[Agent]:
        ids = set(self.room.everything()) | self._presence.there(AGENTS)
        return [self._agents[agent_id] for agent_id in ids if agent_id in self._agents]

    def _gone(self, agent_id: str) -> None:
        self._presence.leave(AGENTS, agent_id)
        self._silent.setdefault(agent_id, self._monotonic())

    def _listen(self) -> None:
        """A sign of life that is the same as at the last beat is an unanswered ping."""
        before, self._signs = self._signs, {}
        now = self._monotonic()
        for agent_id in self.room.everything():
            heard = False
            for sid in self.room.sids(agent_id):
                sign = self._server.last_sign_of_life(sid, AGENT)
                if sign is not None:
                    self._signs[sid] = sign
                    heard = heard or before.get(sid) != sign
            if heard:
                self._silent.pop(agent_id, None)
            elif agent_id not in self._silent:
                self._silent[agent_id] = now - min(_BEFORE_PING, self._grace / 5)

    def _note(self) -> None:
        if self.available():
            self._somebody_at = self._monotonic()
        shown = self.json()
        if shown != self._shown:
            self._shown = shown
            self.changed()

    async def _read(self) -> None:
        """Names and wishes of everybody, which may have been changed at another hub."""
        there = self._presence.there(AGENTS) | set(self.room.everything())
        async with self._database.read() as session:
            for agent in await session.scalars(select(Agent).where(Agent.id.in_(there))):
                self._agents[agent.id] = agent

    async def _write(self) -> None:
        alive = [agent_id for agent_id in self.room.everything() if agent_id not in self._silent]
        self._written_at = self._monotonic()
        if not alive:
            return
        now = self._now()
        async with self._database.write() as session:
            await session.execute(update(Agent).where(Agent.id.in_(alive)).values(seen_at=now))
        self._wrote.update(dict.fromkeys(alive, now))
