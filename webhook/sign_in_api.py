"""Signing in and out over HTTP, and choosing a password by a one-time link."""

from __future__ import annotations

from aiohttp import web

from leads.models import Agent
from webhook.agent import AgentNamespace
from webhook.auth import Caller
from webhook.console_routes import ConsoleRoute, answer
from webhook.door import Door
from webhook.errors import CodeNeeded, Invalid, LinkSpent, Unauthorized
from webhook.guards import read_body
from webhook.password_rules import check_password
from webhook.permissions import Permission
from webhook.schemas import LinkToken, LinkUse, Login, Nothing
from webhook.security import hashed


class SignInApi:
    """What those may call who are not signed in yet, and the way out."""

    def __init__(self, door: Door, sockets: AgentNamespace, *, days: int, oidc_name: str | None = None) -> None:
        self._door = door
        self._oidc_name = oidc_name
        self._sockets = sockets
        self._seconds = days * 24 * 3600

    def routes(self) -> list[ConsoleRoute]:
        """What is served, and to whom."""
        return [
            ConsoleRoute("POST", "/login", None, self.login),
            ConsoleRoute("POST", "/logout", Permission.OWN, self.logout),
            ConsoleRoute("GET", "/me", Permission.OWN, self.me),
            ConsoleRoute("GET", "/ways", None, self.ways),
            ConsoleRoute("POST", "/links/open", None, self.open_link),
            ConsoleRoute("POST", "/links/use", None, self.use_link),
        ]

    async def login(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Begin a session. Who has a second factor is asked for a code when the password is right, and sends both again with it."""
        body, address = await read_body(request, Login), request.remote or ""
        agent = await self._door.agents.sign_in(body.email, body.password, address)
        if await self._door.factors.on(agent.id):
            if not body.code:
                raise CodeNeeded("Type the code that your authenticator app shows.")
            await self._door.factors.check(agent, body.code, address)
        return await self.begin(request, agent, "password")

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

    async def logout(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """End the session and every connection that was made with it."""
        await read_body(request, Nothing)
        await self._door.sessions.end(caller.session_hash)
        await self._sockets.cut_session(caller.session_hash)
        response = answer({"ok": True})
        response.del_cookie(self._door.auth.cookie, path="/", secure=self._door.auth.secure, httponly=True, samesite="Strict")
        return response

    async def me(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Who is signed in."""
        return await self._me(caller)

    async def ways(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """How one can sign in besides with a password."""
        return answer({"oidc": self._oidc_name})

    async def open_link(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Whose link it is and what for, so that the page can greet them; the link stays good."""
        body, address = await read_body(request, LinkToken), request.remote or ""
        kind, agent = await self._known(body.token, address)
        return answer({"kind": kind, "name": agent.name, "email": agent.email})

    async def use_link(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Store the password that was chosen. Who has no second factor is signed in; who has one signs in with it."""
        body, address = await read_body(request, LinkUse), request.remote or ""
        _kind, agent = await self._known(body.token, address)
        problem = check_password(body.password, agent.email, agent.name)
        if problem:
            raise Invalid(problem)
        agent = await self._door.links.use(body.token, await self._door.agents.hash(body.password))
        await self._sockets.cut_ended()
        if await self._door.factors.on(agent.id):
            return answer({"me": None, "csrf": None})
        return await self.begin(request, agent, "password")

    async def _known(self, token: str, address: str) -> tuple[str, Agent]:
        self._door.tries.check(address)
        try:
            return await self._door.links.open(token)
        except LinkSpent:
            self._door.tries.wrong(address)
            raise

    async def _me(self, caller: Caller) -> web.Response:
        return answer({"me": caller.me(), "csrf": await self._door.auth.csrf(caller.session_hash)})
