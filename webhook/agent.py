"""The namespace of the console: docs/protocol.md section 4."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from uuid import uuid4

from leads.models import Agent
from leads.questions import Questions
from leads.reading import read_answer
from leads.store import LeadStore, NewAnswer
from webhook.agent_replies import AgentReplies
from webhook.agents import Agents
from webhook.agents_there import AgentsThere
from webhook.briefing import Briefing
from webhook.conversations import Conversations, View
from webhook.emitter import AGENT, EVERY_AGENT, Emitter, desk, person
from webhook.errors import NotFound, Unauthorized, Unreadable
from webhook.gate import Gate
from webhook.handoff import Handoffs
from webhook.inbox import Inbox
from webhook.relay import Relay
from webhook.rings import Rings
from webhook.schemas import AgentTyping, Available, Correct, Held, Nothing, OneConversation, Open, Reply
from webhook.security import hashed
from webhook.wire import Json, me_json, stored_json

COOKIE = "handraise_session"


class AgentNamespace(Gate):
    """Browsers of agents. Who an agent is and may do is read from the database at every event."""

    def __init__(
        self,
        origins: frozenset[str],
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
    ) -> None:
        super().__init__(AGENT)
        self._origins = origins
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
        self._sessions: dict[str, str] = {}  # client → hash of its session token
        self.events = {
            "join": (Nothing, self.do_join),
            "open": (Open, self.do_open),
            "leave": (OneConversation, self.do_leave),
            "accept": (OneConversation, self.do_accept),
            "reply": (Reply, self.do_reply),
            "hand_back": (Held, self.do_hand_back),
            "close": (Held, self.do_close),
            "typing": (AgentTyping, self.do_typing),
            "available": (Available, self.do_available),
            "correct": (Correct, self.do_correct),
        }

    async def check_connect(self, sid: str, environ: dict[str, Any], auth: Any) -> bool:
        """A WebSocket from the console's own origin with a session cookie; the cookie is looked up by the first event."""
        if not self.server.uses_websocket(sid, self.namespace) or environ.get("HTTP_ORIGIN") not in self._origins:
            return False
        token = cookie_token(environ.get("HTTP_COOKIE", ""))
        if token is None:
            return False
        self._sessions[sid] = hashed(token)
        return True

    async def do_disconnect(self, sid: str) -> None:
        """Forget the browser."""
        self._sessions.pop(sid, None)
        self._there.leave(sid)

    async def do_join(self, sid: str, event: Nothing) -> Json:
        """The inbox; and what rings now."""
        agent = await self._agent(sid)
        await self.enter(sid, EVERY_AGENT)
        await self.enter(sid, person(agent.id))
        self._there.enter(agent, sid)
        self.server.prove(sid, self.namespace)
        inbox = await self._inbox.newest()
        self._briefing.given(inbox)
        self._rings.came([sid])
        return {"ok": True, "me": me_json(agent), "inbox": inbox, "agents": self._there.json()}

    async def do_open(self, sid: str, event: Open) -> Json:
        """One conversation; its room is entered before the log is read, so that nothing falls between."""
        await self._agent(sid)
        summary = await self._inbox.one(event.conversation_id)
        if summary is None:
            raise NotFound("There is no such conversation.")
        await self.enter(sid, desk(event.conversation_id))
        self._relay.enter(event.conversation_id)
        view = await self._view(event.conversation_id, event.last_seq)
        self._relay.given(event.conversation_id, view.state)
        lead = await self._leads.card(event.conversation_id)
        return {"ok": True, "summary": summary, "state": view.state, "entries": view.entries, "lead": lead}

    async def do_leave(self, sid: str, event: OneConversation) -> Json:
        """The agent looks elsewhere."""
        await self._agent(sid)
        await self.leave_room(sid, desk(event.conversation_id))
        return {"ok": True}

    async def do_accept(self, sid: str, event: OneConversation) -> Json:
        """Take the conversation; of many only one can."""
        agent = await self._agent(sid)
        return {"ok": True, "state": await self._handoffs.accept(agent, event.conversation_id)}

    async def do_reply(self, sid: str, event: Reply) -> Json:
        """A line of the agent who holds the conversation."""
        return stored_json(await self._replies.reply(await self._agent(sid), event))

    async def do_hand_back(self, sid: str, event: Held) -> Json:
        """Back to the bot."""
        agent = await self._agent(sid)
        return {"ok": True, "state": await self._handoffs.hand_back(agent, event.conversation_id, event.epoch)}

    async def do_close(self, sid: str, event: Held) -> Json:
        """End the chat."""
        agent = await self._agent(sid)
        return {"ok": True, "state": await self._handoffs.close(agent, event.conversation_id, event.epoch)}

    async def do_typing(self, sid: str, event: AgentTyping) -> Json:
        """Shown to the visitor while this agent holds the conversation."""
        agent = await self._agent(sid)
        if await self._replies.holds(agent, event.conversation_id):
            await self._emitter.typing(event.conversation_id, "agent", agent.name, event.on)
        return {"ok": True}

    async def do_available(self, sid: str, event: Available) -> Json:
        """Whether the agent wants to be rung."""
        agent = await self._agents.set_available((await self._agent(sid)).id, event.on)
        if agent is None:
            raise Unauthorized("Sign in again.")
        self._there.update(agent)
        if event.on:
            self._rings.came(self._there.room.sids(agent.id))
        return {"ok": True}

    async def do_correct(self, sid: str, event: Correct) -> Json:
        """An answer as the agent knows it; read and scored like the visitor's own."""
        await self._agent(sid)
        question = self._questions().get(event.slot)
        if question is None or await self._inbox.one(event.conversation_id) is None:
            raise NotFound("There is no such question or conversation.")
        reading = read_answer(event.text, question)
        if reading is None:
            raise Unreadable(f"This could not be read as an answer to “{question.label}”.")
        answer = NewAnswer(event.slot, "known", event.text, reading)
        await self._leads.record(event.conversation_id, source=str(uuid4()), seq=None, read_by="agent", answers=[answer])
        self._briefing.mark(event.conversation_id)
        return {"ok": True, "lead": await self._leads.card(event.conversation_id)}

    async def cut_ended(self) -> None:
        """Cut browsers whose session has ended or whose account was switched off."""
        known = dict(self._sessions)  # whoever comes while the database answers is looked at the next time
        living = await self._agents.living(set(known.values())) if known else set()
        for sid, token_hash in known.items():
            if token_hash not in living:
                await self.cut(sid)

    async def cut_session(self, token_hash: str) -> None:
        """Cut the browsers of one session, at once."""
        for sid, known in list(self._sessions.items()):
            if known == token_hash:
                await self.cut(sid)

    async def cut(self, sid: str) -> None:
        """Say that the session has ended, then close."""
        self._sessions.pop(sid, None)
        await self._emitter.signed_out(sid)

    async def _agent(self, sid: str) -> Agent:
        token_hash = self._sessions.get(sid)
        agent = await self._agents.agent_of(token_hash) if token_hash else None
        if agent is None:
            raise Unauthorized("Sign in again.")
        return agent

    async def _view(self, conversation_id: str, last_seq: int) -> View:
        view = await self._conversations.view(conversation_id, last_seq)
        if view is None:
            raise NotFound("There is no such conversation.")
        return view


def cookie_token(header: str) -> str | None:
    """The session token in a Cookie header."""
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel and 0 < len(morsel.value) <= 128 else None
