"""One's own account over HTTP: password, second factor, sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from leads.audit import About, Who, note
from leads.database import Database
from leads.models import Agent
from webhook.accounts import change_password, rename
from webhook.agent import AgentNamespace
from webhook.answers import AccountShown, Codes, Ended, FactorSetup, SignedIn
from webhook.bodies import Code, NewName, NewPassword, OldPassword
from webhook.console_routes import Call, ConsoleRoute, answer, plain
from webhook.door import Door
from webhook.errors import Invalid, Unauthorized, WrongPassword
from webhook.password_rules import check_password
from webhook.permissions import Permission
from webhook.schemas import Nothing
from webhook.second_factor import switch_off

type Begin = Callable[[web.Request, Agent, str], Awaitable[web.Response]]


class AccountApi:
    """Everybody may do this with their own account; a stolen session alone changes neither password nor second factor."""

    def __init__(self, door: Door, sockets: AgentNamespace, database: Database, begin: Begin) -> None:
        self._door = door
        self._sockets = sockets
        self._database = database
        self._begin = begin

    def routes(self) -> list[ConsoleRoute[Any]]:
        """What is served, and to whom."""
        own = Permission.OWN
        return [
            plain("GET", "/account", own, self.account, AccountShown),
            ConsoleRoute("POST", "/account/name", own, self.name, NewName, SignedIn),
            ConsoleRoute("POST", "/account/password", own, self.password, NewPassword, SignedIn),
            ConsoleRoute("POST", "/account/second-factor", own, self.set_up, OldPassword, FactorSetup),
            ConsoleRoute("POST", "/account/second-factor/confirm", own, self.confirm, Code, Codes),
            ConsoleRoute("POST", "/account/second-factor/codes", own, self.codes, Code, Codes),
            ConsoleRoute("POST", "/account/second-factor/off", own, self.off, Code),
            plain("POST", "/account/sessions/end-others", own, self.end_others, Ended),
        ]

    async def account(self, call: Call[Nothing]) -> web.StreamResponse:
        """Second factor and sessions of the caller."""
        caller, agent = call.caller, call.caller.agent
        body = {
            "password": bool(agent.password_hash),
            "second_factor": caller.second_factor,
            "required": self._door.auth.needs_factor(agent.role),
            "codes_left": await self._door.factors.codes_left(agent.id),
            "sessions": await self._door.sessions.listed(agent.id, caller.session_hash),
        }
        return answer({"account": body})

    async def name(self, call: Call[NewName]) -> web.StreamResponse:
        """Another name, which visitors see from now on."""
        await rename(self._database, call.caller.agent.id, call.asked.name, Who(*call.caller.who))
        caller = await self._door.auth.of_session(call.caller.session_hash)
        if caller is None:
            raise Unauthorized("Sign in again.")
        return answer({"me": caller.me(), "csrf": await self._door.auth.csrf(caller.session_hash)})

    async def password(self, call: Call[NewPassword]) -> web.StreamResponse:
        """A new password in place of the old one; every other session ends, and this one gets another token."""
        body, agent = call.asked, call.caller.agent
        await self._check_password(call, body.password)
        problem = check_password(body.new, agent.email, agent.name)
        if problem:
            raise Invalid(problem)
        password_hash = await self._door.agents.hash(body.new)
        method = call.caller.method
        async with self._database.write() as session:
            await change_password(session, agent.id, password_hash)
            await note(session, Who("agent", agent.id), "password_changed", About("agent", agent.id))
        response = await self._begin(call.request, agent, method)
        await self._sockets.cut_ended()
        return response

    async def set_up(self, call: Call[OldPassword]) -> web.StreamResponse:
        """A new secret for an authenticator app."""
        await self._check_password(call, call.asked.password)
        setup = await self._door.factors.begin(call.caller.agent)
        return answer({"secret": setup.secret, "picture": setup.picture})

    async def confirm(self, call: Call[Code]) -> web.StreamResponse:
        """The first code of the app: from now on the factor counts. Gives the recovery codes; other sessions end."""
        caller = call.caller
        codes = await self._door.factors.confirm(caller.agent, call.asked.code, call.address)
        await self._door.sessions.end_others(caller.agent.id, caller.session_hash)
        await self._sockets.cut_ended()
        return answer({"codes": codes})

    async def codes(self, call: Call[Code]) -> web.StreamResponse:
        """New recovery codes; the old ones are void."""
        await self._check_code(call)
        return answer({"codes": await self._door.factors.new_codes(call.caller.agent)})

    async def off(self, call: Call[Code]) -> web.StreamResponse:
        """No second factor any more."""
        await self._check_code(call)
        async with self._database.write() as session:
            await switch_off(session, call.caller.agent.id, Who(*call.caller.who))
        return answer({"ok": True})

    async def end_others(self, call: Call[Nothing]) -> web.StreamResponse:
        """Sign out everywhere else."""
        ended = await self._door.sessions.end_others(call.caller.agent.id, call.caller.session_hash)
        await self._sockets.cut_ended()
        return answer({"ended": ended})

    async def _check_password(self, call: Call[Any], password: str) -> None:
        """Who signs in elsewhere has none to show."""
        agent = call.caller.agent
        if agent.password_hash and not await self._door.agents.has_password(agent, password, call.address):
            raise WrongPassword("This is not your present password.")

    async def _check_code(self, call: Call[Code]) -> None:
        if not call.caller.second_factor:
            raise Invalid("You have no second factor.")
        await self._door.factors.check(call.caller.agent, call.asked.code, call.address)
