"""Who may come in, over HTTP, for administrators: people with their roles and links, and tokens for programs."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from sqlalchemy import func, select

from leads.audit import Who
from leads.clock import iso
from leads.database import Database
from leads.models import Agent, AgentSession, SecondFactor
from webhook.accounts import set_active, set_role
from webhook.agent import AgentNamespace
from webhook.answers import LinkMade, People, TokenMade, Tokens
from webhook.auth import Caller
from webhook.bodies import ActiveChange, Invitation, NewToken, RoleChange
from webhook.console_routes import Call, ConsoleRoute, answer, plain
from webhook.door import Door
from webhook.errors import NotFound
from webhook.links import Link
from webhook.permissions import Permission
from webhook.schemas import Nothing
from webhook.second_factor import switch_off


class PeopleApi:
    """Everything here is recorded in the audit log with who did it."""

    def __init__(self, door: Door, sockets: AgentNamespace, database: Database) -> None:
        self._door = door
        self._sockets = sockets
        self._database = database

    def routes(self) -> list[ConsoleRoute[Any]]:
        """What is served, and to whom."""
        may = Permission.MANAGE_PEOPLE
        return [
            plain("GET", "/people", may, self.people, People),
            ConsoleRoute("POST", "/people", may, self.invite, Invitation, LinkMade),
            ConsoleRoute("POST", "/people/{id}/role", may, self.role, RoleChange),
            ConsoleRoute("POST", "/people/{id}/active", may, self.active, ActiveChange),
            plain("POST", "/people/{id}/link", may, self.link, LinkMade),
            plain("POST", "/people/{id}/second-factor/off", may, self.second_factor_off),
            plain("GET", "/tokens", may, self.tokens, Tokens),
            ConsoleRoute("POST", "/tokens", may, self.make_token, NewToken, TokenMade),
            plain("DELETE", "/tokens/{id}", may, self.remove_token),
        ]

    async def people(self, call: Call[Nothing]) -> web.StreamResponse:
        """Everybody with an account, by name."""
        seen = select(AgentSession.agent_id, func.max(AgentSession.seen_at).label("at")).group_by(AgentSession.agent_id).subquery()
        query = (
            select(Agent, SecondFactor.confirmed_at, seen.c.at)
            .outerjoin(SecondFactor, SecondFactor.agent_id == Agent.id)
            .outerjoin(seen, seen.c.agent_id == Agent.id)
            .order_by(func.lower(Agent.name), Agent.id)
        )
        async with self._database.read() as session:
            rows = (await session.execute(query)).all()
        return answer({"people": [_person(agent, factor is not None, at) for agent, factor, at in rows]})

    async def invite(self, call: Call[Invitation]) -> web.StreamResponse:
        """A new account, and the link that lets its owner choose a password; nobody else needs to know it."""
        body = call.asked
        return answer(_link(await self._door.links.invite(body.email, body.name, body.role, _who(call.caller))))

    async def role(self, call: Call[RoleChange]) -> web.StreamResponse:
        """Another role."""
        agent = await self._agent(call)
        await set_role(self._database, agent.email, call.asked.role, _who(call.caller))
        await self._sockets.cut_ended()
        return answer({"ok": True})

    async def active(self, call: Call[ActiveChange]) -> web.StreamResponse:
        """Switch an account off or on."""
        agent = await self._agent(call)
        await set_active(self._database, agent.email, call.asked.on, _who(call.caller))
        await self._sockets.cut_ended()
        return answer({"ok": True})

    async def link(self, call: Call[Nothing]) -> web.StreamResponse:
        """A link to choose a new password, or the first one when the invitation has run out."""
        agent = await self._agent(call)
        return answer(_link(await self._door.links.reset(agent.email, _who(call.caller))))

    async def second_factor_off(self, call: Call[Nothing]) -> web.StreamResponse:
        """For somebody who has lost both app and recovery codes."""
        agent = await self._agent(call)
        async with self._database.write() as session:
            await switch_off(session, agent.id, _who(call.caller))
        return answer({"ok": True})

    async def tokens(self, call: Call[Nothing]) -> web.StreamResponse:
        """Every token for programs."""
        return answer({"tokens": await self._door.tokens.listed()})

    async def make_token(self, call: Call[NewToken]) -> web.StreamResponse:
        """A new token, shown this once."""
        body = call.asked
        token, row = await self._door.tokens.make(body.name, body.scopes, body.days, call.caller.agent.email, _who(call.caller))
        return answer({"token": token, "row": row})

    async def remove_token(self, call: Call[Nothing]) -> web.StreamResponse:
        """End a token."""
        await self._door.tokens.remove(call.id, _who(call.caller))
        return answer({"ok": True})

    async def _agent(self, call: Call[Any]) -> Agent:
        async with self._database.read() as session:
            agent = await session.get(Agent, call.id)
        if agent is None:
            raise NotFound("There is no such account.")
        return agent


def _who(caller: Caller) -> Who:
    return Who("agent", caller.agent.id)


def _link(link: Link) -> dict[str, object]:
    return {"address": link.address, "expires_at": iso(link.expires_at), "name": link.agent.name, "email": link.agent.email}


def _person(agent: Agent, second_factor: bool, seen: Any) -> dict[str, object]:
    return {
        "id": agent.id,
        "name": agent.name,
        "email": agent.email,
        "role": agent.role,
        "active": agent.active,
        "invited": not agent.password_hash and agent.oidc_subject is None,
        "second_factor": second_factor,
        "seen": iso(seen) if seen else None,
    }
