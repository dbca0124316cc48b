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
from webhook.auth import Caller
from webhook.console_routes import ConsoleRoute, answer
from webhook.door import Door
from webhook.errors import NotFound
from webhook.guards import read_body
from webhook.links import Link
from webhook.permissions import Permission
from webhook.schemas import ActiveChange, Invitation, NewToken, Nothing, RoleChange
from webhook.second_factor import switch_off


class PeopleApi:
    """Everything here is recorded in the audit log with who did it."""

    def __init__(self, door: Door, sockets: AgentNamespace, database: Database) -> None:
        self._door = door
        self._sockets = sockets
        self._database = database

    def routes(self) -> list[ConsoleRoute]:
        """What is served, and to whom."""
        may = Permission.MANAGE_PEOPLE
        return [
            ConsoleRoute("GET", "/people", may, self.people),
            ConsoleRoute("POST", "/people", may, self.invite),
            ConsoleRoute("POST", "/people/{id}/role", may, self.role),
            ConsoleRoute("POST", "/people/{id}/active", may, self.active),
            ConsoleRoute("POST", "/people/{id}/link", may, self.link),
            ConsoleRoute("POST", "/people/{id}/second-factor/off", may, self.second_factor_off),
            ConsoleRoute("GET", "/tokens", may, self.tokens),
            ConsoleRoute("POST", "/tokens", may, self.make_token),
            ConsoleRoute("DELETE", "/tokens/{id}", may, self.remove_token),
        ]

    async def people(self, request: web.Request, caller: Caller) -> web.StreamResponse:
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

    async def invite(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """A new account, and the link that lets its owner choose a password; nobody else needs to know it."""
        body = await read_body(request, Invitation)
        return answer(_link(await self._door.links.invite(body.email, body.name, body.role, _who(caller))))

    async def role(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Another role."""
        body, agent = await read_body(request, RoleChange), await self._agent(request)
        await set_role(self._database, agent.email, body.role, _who(caller))
        await self._sockets.cut_ended()
        return answer({"ok": True})

    async def active(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Switch an account off or on."""
        body, agent = await read_body(request, ActiveChange), await self._agent(request)
        await set_active(self._database, agent.email, body.on, _who(caller))
        await self._sockets.cut_ended()
        return answer({"ok": True})

    async def link(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """A link to choose a new password, or the first one when the invitation has run out."""
        await read_body(request, Nothing)
        agent = await self._agent(request)
        return answer(_link(await self._door.links.reset(agent.email, _who(caller))))

    async def second_factor_off(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """For somebody who has lost both app and recovery codes."""
        await read_body(request, Nothing)
        agent = await self._agent(request)
        async with self._database.write() as session:
            await switch_off(session, agent.id, _who(caller))
        return answer({"ok": True})

    async def tokens(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Every token for programs."""
        return answer({"tokens": await self._door.tokens.listed()})

    async def make_token(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """A new token, shown this once."""
        body = await read_body(request, NewToken)
        token, row = await self._door.tokens.make(body.name, body.scopes, body.days, caller.agent.email, _who(caller))
        return answer({"token": token, "row": row})

    async def remove_token(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """End a token."""
        await read_body(request, Nothing)
        await self._door.tokens.remove(request.match_info["id"][:64], _who(caller))
        return answer({"ok": True})

    async def _agent(self, request: web.Request) -> Agent:
        async with self._database.read() as session:
            agent = await session.get(Agent, request.match_info["id"][:64])
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
