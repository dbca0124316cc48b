"""The namespace of the console: docs/protocol.md section 4."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from leads.audit import About, Who, note
from leads.database import Database
from leads.models import Agent
from leads.questions import Questions
from leads.reading import read_answer
from leads.store import LeadStore, NewAnswer
from webhook.agent_replies import AgentReplies
from webhook.agents import Agents
from webhook.agents_there import AgentsThere
from webhook.auth import Auth, Caller
from webhook.briefing import Briefing
from webhook.conversations import Conversations, View
from webhook.emitter import AGENT, EVERY_AGENT, Emitter, desk, person
from webhook.errors import NotFound, Unauthorized, Unreadable
from webhook.gate import Gate, Handler
from webhook.handoff import Handoffs
from webhook.inbox import Inbox
from webhook.permissions import Permission
from webhook.relay import Relay
from webhook.rings import Rings
from webhook.schemas import AgentTyping, Available, Correct, Event, Held, Nothing, OneConversation, Open, Reply
from webhook.security import hashed
from webhook.sessions import Sessions
from webhook.viewings import Viewings
from webhook.wire import Json, stored_json

_NOTE_SECONDS = 60.0  # how often it is written down that sessions are in use

type _Work = Callable[[str, Agent, Any], Awaitable[Json]]


@dataclass
class _Browser:
    """A connection: its session, and the role that its agent had when it first spoke."""

    token_hash: str
    role: str | None = None


class AgentNamespace(Gate):
    """Browsers of agents. Who an agent is and may do is read from the database at every event."""

    def __init__(
        self,
        origins: frozenset[str],
        auth: Auth,
        sessions: Sessions,
        agents: Agents,
        there: AgentsThere,
        inbox: Inbox,
        conversations: Conversations,
        replies: AgentReplies,
        handoffs: Handoffs,
        leads: LeadStore,
        questions: Callable[[], Questions],
        briefing: Briefing,
        emitter: Emitter,
        relay: Relay,
        rings: Rings,
        viewings: Viewings,
        database: Database,
    ) -> None:
        super().__init__(AGENT)
        self._origins = origins
        self._auth = auth
        self._sessions = sessions
        self._agents = agents
        self._there = there
        self._inbox = inbox
        self._conversations = conversations
        self._replies = replies
        self._handoffs = handoffs
        self._leads = leads
        self._questions = questions
        self._briefing = briefing
        self._emitter = emitter
        self._relay = relay
        self._rings = rings
        self._viewings = viewings
        self._database = database
        self._browsers: dict[str, _Browser] = {}  # client → its session
        self._used_at = float("-inf")
        self.table: Mapping[str, tuple[type[Event], Permission, _Work]] = {
            "join": (Nothing, Permission.READ_CONVERSATIONS, self.do_join),
            "open": (Open, Permission.READ_CONVERSATIONS, self.do_open),
            "leave": (OneConversation, Permission.READ_CONVERSATIONS, self.do_leave),
            "accept": (OneConversation, Permission.CHAT, self.do_accept),
            "reply": (Reply, Permission.CHAT, self.do_reply),
            "hand_back": (Held, Permission.CHAT, self.do_hand_back),
            "close": (Held, Permission.CHAT, self.do_close),
            "typing": (AgentTyping, Permission.CHAT, self.do_typing),
            "available": (Available, Permission.CHAT, self.do_available),
            "correct": (Correct, Permission.CORRECT_LEADS, self.do_correct),
        }
        self.events = {name: (schema, self._guard(may, work)) for name, (schema, may, work) in self.table.items()}

    async def check_connect(self, sid: str, environ: dict[str, Any], auth: Any) -> bool:
        """A WebSocket from the console's own origin with a session cookie; the cookie is looked up by the first event."""
        if not self.server.uses_websocket(sid, self.namespace) or environ.get("HTTP_ORIGIN") not in self._origins:
            return False
        token = self._auth.token_in(environ.get("HTTP_COOKIE", ""))
        if token is None:
            return False
        self._browsers[sid] = _Browser(hashed(token))
        return True

    async def do_disconnect(self, sid: str) -> None:
        """Forget the browser."""
        self._browsers.pop(sid, None)
        self._there.leave(sid)

    async def do_join(self, sid: str, agent: Agent, event: Nothing) -> Json:
        """The inbox; and what rings now. Who may not chat looks on without being there for visitors."""
        caller = await self._caller(sid)
        chats = Permission.CHAT in caller.permissions
        await self.enter(sid, EVERY_AGENT)
        await self.enter(sid, person(agent.id))
        if chats:
            self._there.enter(agent, sid)
        self.server.prove(sid, self.namespace)
        inbox = await self._inbox.newest()
        self._briefing.given(inbox)
        if chats:
            self._rings.came([sid])
        return {"ok": True, "me": caller.me(), "inbox": inbox, "agents": self._there.json()}

    async def do_open(self, sid: str, agent: Agent, event: Open) -> Json:
        """One conversation; its room is entered before the log is read, so that nothing falls between."""
        summary = await self._inbox.one(event.conversation_id)
        if summary is None:
            raise NotFound("There is no such conversation.")
        await self.enter(sid, desk(event.conversation_id))
        self._relay.enter(event.conversation_id)
        view = await self._view(event.conversation_id, event.last_seq)
        self._relay.given(event.conversation_id, view.state)
        lead = await self._leads.card(event.conversation_id)
        self._viewings.saw(("agent", agent.id), "conversation_viewed", About("conversation", event.conversation_id))
        return {"ok": True, "summary": summary, "state": view.state, "entries": view.entries, "lead": lead}

    async def do_leave(self, sid: str, agent: Agent, event: OneConversation) -> Json:
        """The agent looks elsewhere."""
        await self.leave_room(sid, desk(event.conversation_id))
        return {"ok": True}

    async def do_accept(self, sid: str, agent: Agent, event: OneConversation) -> Json:
        """Take the conversation; of many only one can."""
        return {"ok": True, "state": await self._handoffs.accept(agent, event.conversation_id)}

    async def do_reply(self, sid: str, agent: Agent, event: Reply) -> Json:
        """A line of the agent who holds the conversation."""
        return stored_json(await self._replies.reply(agent, event))

    async def do_hand_back(self, sid: str, agent: Agent, event: Held) -> Json:
        """Back to the bot."""
        return {"ok": True, "state": await self._handoffs.hand_back(agent, event.conversation_id, event.epoch)}

    async def do_close(self, sid: str, agent: Agent, event: Held) -> Json:
        """End the chat."""
        return {"ok": True, "state": await self._handoffs.close(agent, event.conversation_id, event.epoch)}

    async def do_typing(self, sid: str, agent: Agent, event: AgentTyping) -> Json:
        """Shown to the visitor while this agent holds the conversation."""
        if await self._replies.holds(agent, event.conversation_id):
            await self._emitter.typing(event.conversation_id, "agent", agent.shown_name, event.on)
        return {"ok": True}

    async def do_available(self, sid: str, agent: Agent, event: Available) -> Json:
        """Whether the agent wants to be rung."""
        changed = await self._agents.set_available(agent.id, event.on)
        if changed is None:
            raise Unauthorized("Sign in again.")
        self._there.update(changed)
        if event.on:
            self._rings.came(self._there.room.sids(agent.id))
        return {"ok": True}

    async def do_correct(self, sid: str, agent: Agent, event: Correct) -> Json:
        """An answer as the agent knows it; read and scored like the visitor's own."""
        question = self._questions().get(event.slot)
        if question is None or await self._inbox.one(event.conversation_id) is None:
            raise NotFound("There is no such question or conversation.")
        reading = await asyncio.to_thread(read_answer, event.text, question)  # the first one loads word lists for a second or two
        if reading is None:
            raise Unreadable(f"This could not be read as an answer to “{question.label}”.")
        answer = NewAnswer(event.slot, "known", event.text, reading)
        await self._leads.record(event.conversation_id, source=str(uuid4()), seq=None, read_by="agent", answers=[answer])
        async with self._database.write() as session:
            await note(session, Who("agent", agent.id), "corrected", About("conversation", event.conversation_id), slot=event.slot)
        self._briefing.mark(event.conversation_id)
        return {"ok": True, "lead": await self._leads.card(event.conversation_id)}

    async def cut_ended(self) -> None:
        """Cut browsers whose session has ended, whose account was switched off, or whose role is another one now."""
        known = dict(self._browsers)  # whoever comes while the database answers is looked at the next time
        hashes = {browser.token_hash for browser in known.values()}
        roles = await self._sessions.roles(hashes) if known else {}
        for sid, browser in known.items():
            role = roles.get(browser.token_hash)
            if role is None or browser.role not in (None, role):
                await self.cut(sid)
        if roles and self._used_at + _NOTE_SECONDS <= time.monotonic():
            self._used_at = time.monotonic()
            await self._sessions.used(roles)

    async def cut_session(self, token_hash: str) -> None:
        """Cut the browsers of one session, at once."""
        for sid, known in list(self._browsers.items()):
            if known.token_hash == token_hash:
                await self.cut(sid)

    async def cut(self, sid: str) -> None:
        """Say that the session has ended, then close."""
        self._browsers.pop(sid, None)
        await self._emitter.signed_out(sid)

    def _guard(self, may: Permission, work: _Work) -> Handler:
        """The event's work behind its permission: who the agent is and may do is looked up at each."""

        async def handle(sid: str, event: Any) -> Json:
            caller = await self._caller(sid)
            caller.check(may)
            return await work(sid, caller.agent, event)

        return handle

    async def _caller(self, sid: str) -> Caller:
        browser = self._browsers.get(sid)
        caller = await self._auth.of_session(browser.token_hash) if browser else None
        if browser is None or caller is None:
            raise Unauthorized("Sign in again.")
        browser.role = browser.role or caller.agent.role
        return caller

    async def _view(self, conversation_id: str, last_seq: int) -> View:
        view = await self._conversations.view(conversation_id, last_seq)
        if view is None:
            raise NotFound("There is no such conversation.")
        return view
