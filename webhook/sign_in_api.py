"""Signing in and out over HTTP, and choosing a password by a one-time link."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from leads.models import Agent
from webhook.agent import AgentNamespace
from webhook.answers import LinkShown, SignedIn, Ways
from webhook.auth import Caller
from webhook.bodies import LinkToken, LinkUse, Login
from webhook.console_routes import Call, ConsoleRoute, answer, plain
from webhook.door import Door
from webhook.errors import CodeNeeded, Invalid, LinkSpent, Unauthorized
from webhook.password_rules import check_password
from webhook.permissions import Permission
from webhook.schemas import Nothing
from webhook.security import hashed
from webhook.sessions import PASSWORD


class SignInApi:
    """What those may call who are not signed in yet, and the way out."""

    def __init__(self, door: Door, sockets: AgentNamespace, *, days: int, oidc_name: str | None = None) -> None:
        self._door = door
        self._oidc_name = oidc_name
        self._sockets = sockets
        self._seconds = days * 24 * 3600

    def routes(self) -> list[ConsoleRoute[Any]]:
        """What is served, and to whom."""
        return [
            ConsoleRoute("POST", "/login", None, self.login, Login, SignedIn),
            plain("POST", "/logout", Permission.OWN, self.logout),
            plain("GET", "/me", Permission.OWN, self.me, SignedIn),
            plain("GET", "/ways", None, self.ways, Ways),
            ConsoleRoute("POST", "/links/open", None, self.open_link, LinkToken, LinkShown),
            ConsoleRoute("POST", "/links/use", None, self.use_link, LinkUse, SignedIn),
        ]

    async def login(self, call: Call[Login]) -> web.StreamResponse:
        """Begin a session. Who has a second factor is asked for a code when the password is right, and sends both again with it."""
        body, address = call.asked, call.address
        agent = await self._door.agents.sign_in(body.email, body.password, address)
        if await self._door.factors.on(agent.id):
            if not body.code:
                raise CodeNeeded("Type the code that your authenticator app shows.")
            await self._door.factors.check(agent, body.code, address)
        return await self.begin(call.request, agent, PASSWORD)

    async def begin(self, request: web.Request, agent: Agent, method: str) -> web.Response:
        """A new session for this browser, with its cookie and who it is; the one that it had ends.

        Raises:
            Unauthorized: the account was switched off in this moment.
        """
        token = await self._new_session(request, agent, method)
        caller = await self._door.auth.of_session(hashed(token))
        if caller is None:
            raise Unauthorized("Sign in again.")
        response = await self._me(caller)
        self._give(response, token)
        return response

    async def enter(self, request: web.Request, response: web.StreamResponse, agent: Agent, method: str) -> None:
        """The same with an answer of the caller's."""
        self._give(response, await self._new_session(request, agent, method))

    async def _new_session(self, request: web.Request, agent: Agent, method: str) -> str:
        old = self._door.auth.token_in(request.headers.get("Cookie", ""))
        token = await self._door.sessions.begin(agent.id, method, request.headers.get("User-Agent", ""), replaces=old)
        if old:
            await self._sockets.cut_session(hashed(old))
        return token

    def _give(self, response: web.StreamResponse, token: str) -> None:
        auth = self._door.auth
        response.set_cookie(auth.cookie, token, max_age=self._seconds, httponly=True, samesite="Strict", secure=auth.secure, path="/")

    async def logout(self, call: Call[Nothing]) -> web.StreamResponse:
        """End the session and every connection that was made with it."""
        await self._door.sessions.end(call.caller.session_hash)
        await self._sockets.cut_session(call.caller.session_hash)
        response = answer({"ok": True})
        response.del_cookie(self._door.auth.cookie, path="/", secure=self._door.auth.secure, httponly=True, samesite="Strict")
        return response

    async def me(self, call: Call[Nothing]) -> web.StreamResponse:
        """Who is signed in."""
        return await self._me(call.caller)

    async def ways(self, call: Call[Nothing]) -> web.StreamResponse:
        """How one can sign in besides with a password."""
        return answer({"oidc": self._oidc_name})

    async def open_link(self, call: Call[LinkToken]) -> web.StreamResponse:
        """Whose link it is and what for, so that the page can greet them; the link stays good."""
        body, address = call.asked, call.address
        kind, agent = await self._known(body.token, address)
        return answer({"kind": kind, "name": agent.name, "email": agent.email})

    async def use_link(self, call: Call[LinkUse]) -> web.StreamResponse:
        """Store the password that was chosen. Who has no second factor is signed in; who has one signs in with it."""
        body, address = call.asked, call.address
        _kind, agent = await self._known(body.token, address)
        problem = check_password(body.password, agent.email, agent.name)
        if problem:
            raise Invalid(problem)
        agent = await self._door.links.use(body.token, await self._door.agents.hash(body.password))
        await self._sockets.cut_ended()
        if await self._door.factors.on(agent.id):
            return answer({"me": None, "csrf": None})
        return await self.begin(call.request, agent, PASSWORD)

    async def _known(self, token: str, address: str) -> tuple[str, Agent]:
        self._door.tries.check(address)
        try:
            return await self._door.links.open(token)
        except LinkSpent:
            self._door.tries.wrong(address)
            raise

    async def _me(self, caller: Caller) -> web.Response:
        return answer({"me": caller.me(), "csrf": await self._door.auth.csrf(caller.session_hash)})
