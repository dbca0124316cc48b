"""The only place that sends anything to browsers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from webhook.packets import once
from webhook.sockets import GuardedServer
from webhook.wire import Json

VISITOR = "/visitor"
AGENT = "/agent"
ROOT = "/"
EVERY_AGENT = "agents"


def desk(conversation_id: str) -> str:
    """The room of the agents who have the conversation open."""
    return f"desk:{conversation_id}"


def person(agent_id: str) -> str:
    """The room of one agent's browsers."""
    return f"agent:{agent_id}"


class Emitter:
    """Sends to rooms. ``speak`` is told of conversations of other people's Rasa widgets."""

    def __init__(self, server: GuardedServer) -> None:
        self._server = server
        self.speak: Callable[[str], Awaitable[None]] | None = None
        self.on_news: Callable[[str], None] = lambda conversation_id: None
        self.on_typing: Callable[[str, str, bool], None] = lambda conversation_id, who, on: None

    async def entry(self, conversation_id: str, entry: Json) -> None:
        """The next entry of the log, to everybody who looks at the conversation here."""
        show, encoded = self._server.manager.emit, once(entry)
        await show("entry", {"entry": encoded}, VISITOR, conversation_id)
        await show("entry", {"conversation_id": conversation_id, "entry": encoded}, AGENT, desk(conversation_id))

    async def state(self, conversation_id: str, state: Json) -> None:
        """Who holds the conversation."""
        await self._server.emit("state", state, room=conversation_id, namespace=VISITOR)
        await self._server.emit("state", state, room=desk(conversation_id), namespace=AGENT)

    async def typing(self, conversation_id: str, who: str, name: str | None, on: bool) -> None:
        """Somebody begins or ends to type at this hub; browsers of other hubs are told too."""
        await self.show_typing(conversation_id, who, name, on)
        self.on_typing(conversation_id, who, on)

    async def show_typing(self, conversation_id: str, who: str, name: str | None, on: bool) -> None:
        """The same for browsers of this hub only; the visitor is not told of the visitor."""
        shape: Json = {"who": who, "name": name, "on": on}
        if who != "visitor":
            await self._server.emit("typing", shape, room=conversation_id, namespace=VISITOR)
        await self._server.emit("typing", {"conversation_id": conversation_id, **shape}, room=desk(conversation_id), namespace=AGENT)

    async def summary(self, summary: Json) -> None:
        """A row of the inbox, to every agent."""
        await self._server.emit("summary", summary, room=EVERY_AGENT, namespace=AGENT)

    async def lead(self, conversation_id: str, lead: Json) -> None:
        """A lead card, to the agents who have it open."""
        await self._server.emit("lead", {"conversation_id": conversation_id, "lead": lead}, room=desk(conversation_id), namespace=AGENT)

    async def ring_one(self, summary: Json, sid: str) -> None:
        """A hand-off wants somebody."""
        await self._server.emit("ring", {"summary": summary}, to=sid, namespace=AGENT)

    async def erased(self, conversation_id: str, what: Json) -> None:
        """The conversation was deleted: the visitor's tabs begin anew, agents' browsers drop what they have of it."""
        await self._server.emit("erased", what, room=conversation_id, namespace=VISITOR)
        await self._server.emit("erased", {"conversation_id": conversation_id}, room=EVERY_AGENT, namespace=AGENT)

    async def ring_stop(self, conversation_id: str, reason: str, by: Json | None, sid: str | None = None) -> None:
        """Nobody needs to answer any more; or only one browser need not."""
        shape = {"conversation_id": conversation_id, "reason": reason, "by": by}
        await self._server.emit("ring_stop", shape, room=sid or EVERY_AGENT, namespace=AGENT)

    async def agents(self, agents: list[Json]) -> None:
        """Who is there."""
        await self._server.emit("agents", {"agents": agents}, room=EVERY_AGENT, namespace=AGENT)

    async def signed_out(self, sid: str) -> None:
        """The session of this browser has ended; the connection is cut."""
        await self._server.emit("signed_out", {}, to=sid, namespace=AGENT)
        await self._server.cut_client(sid, AGENT)

    def has_desk(self, conversation_id: str) -> bool:
        """Whether an agent has the conversation open."""
        return self._server.members(AGENT, desk(conversation_id)) > 0

    def has_listeners(self, conversation_id: str) -> bool:
        """Whether anybody looks at the conversation here: a tab, an agent, other people's widget."""
        members = self._server.members
        return bool(members(VISITOR, conversation_id) or members(AGENT, desk(conversation_id)) or members(ROOT, conversation_id))

    def listeners(self, conversation_id: str) -> int:
        """How many there are of them."""
        members = self._server.members
        return members(VISITOR, conversation_id) + members(AGENT, desk(conversation_id)) + members(ROOT, conversation_id)

    def has_agents(self) -> bool:
        """Whether any agent is connected."""
        return self._server.members(AGENT, EVERY_AGENT) > 0
