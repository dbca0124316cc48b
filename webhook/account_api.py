"""One's own account over HTTP: password, second factor, sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from leads.audit import About, Who, note
from leads.database import Database
from leads.models import Agent
from webhook.accounts import change_password
from webhook.agent import AgentNamespace
from webhook.auth import Caller
from webhook.console_routes import ConsoleRoute, answer
from webhook.door import Door
from webhook.errors import Invalid, WrongPassword
from webhook.guards import read_body
from webhook.password_rules import check_password
from webhook.permissions import Permission
from webhook.schemas import Code, NewPassword, Nothing, OldPassword
from webhook.second_factor import switch_off

type Begin = Callable[[web.Request, Agent, str], Awaitable[web.Response]]


class AccountApi:
    """Everybody may do this with their own account; a stolen session alone changes neither password nor second factor."""

    def __init__(self, door: Door, sockets: AgentNamespace, database: Database, begin: Begin) -> None:
        self._door = door
        self._sockets = sockets
        self._database = database
        self._begin = begin

    def routes(self) -> list[ConsoleRoute]:
        """What is served, and to whom."""
        own = Permission.OWN
        return [
            ConsoleRoute("GET", "/account", own, self.account),
            ConsoleRoute("POST", "/account/password", own, self.password),
            ConsoleRoute("POST", "/account/second-factor", own, self.set_up),
            ConsoleRoute("POST", "/account/second-factor/confirm", own, self.confirm),
            ConsoleRoute("POST", "/account/second-factor/codes", own, self.codes),
            ConsoleRoute("POST", "/account/second-factor/off", own, self.off),
            ConsoleRoute("POST", "/account/sessions/end-others", own, self.end_others),
        ]

    async def account(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Second factor and sessions of the caller."""
        agent = caller.agent
        body = {
            "password": bool(agent.password_hash),
            "second_factor": caller.second_factor,
            "required": self._door.auth.needs_factor(agent.role),
            "codes_left": await self._door.factors.codes_left(agent.id),
            "sessions": await self._door.sessions.listed(agent.id, caller.session_hash),
        }
        return answer({"account": body})

    async def password(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """A new password in place of the old one; every other session ends, and this one gets another token."""
        body, agent = await read_body(request, NewPassword), caller.agent
        await self._check_password(request, agent, body.password)
        problem = check_password(body.new, agent.email, agent.name)
        if problem:
            raise Invalid(problem)
        password_hash = await self._door.agents.hash(body.new)
        method = caller.method
        async with self._database.write() as session:
            await change_password(session, agent.id, password_hash)
            await note(session, Who("agent", agent.id), "password_changed", About("agent", agent.id))
        response = await self._begin(request, agent, method)
        await self._sockets.cut_ended()
        return response

    async def set_up(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """A new secret for an authenticator app."""
        body = await read_body(request, OldPassword)
        await self._check_password(request, caller.agent, body.password)
        setup = await self._door.factors.begin(caller.agent)
        return answer({"secret": setup.secret, "picture": setup.picture})

    async def confirm(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """The first code of the app: from now on the factor counts. Gives the recovery codes; other sessions end."""
        body = await read_body(request, Code)
        codes = await self._door.factors.confirm(caller.agent, body.code, request.remote or "")
        await self._door.sessions.end_others(caller.agent.id, caller.session_hash)
        await self._sockets.cut_ended()
        return answer({"codes": codes})

    async def codes(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """New recovery codes; the old ones are void."""
        await self._check_code(request, caller)
        return answer({"codes": await self._door.factors.new_codes(caller.agent)})

    async def off(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """No second factor any more."""
        await self._check_code(request, caller)
        async with self._database.write() as session:
            await switch_off(session, caller.agent.id, Who("agent", caller.agent.id))
        return answer({"ok": True})

    async def end_others(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Sign out everywhere else."""
        await read_body(request, Nothing)
        ended = await self._door.sessions.end_others(caller.agent.id, caller.session_hash)
        await self._sockets.cut_ended()
        return answer({"ended": ended})

    async def _check_password(self, request: web.Request, agent: Agent, password: str) -> None:
        """Who signs in elsewhere has none to show."""
        if agent.password_hash and not await self._door.agents.has_password(agent, password, request.remote or ""):
            raise WrongPassword("This is not your present password.")

    async def _check_code(self, request: web.Request, caller: Caller) -> None:
        body = await read_body(request, Code)
        if not caller.second_factor:
            raise Invalid("You have no second factor.")
        await self._door.factors.check(caller.agent, body.code, request.remote or "")
