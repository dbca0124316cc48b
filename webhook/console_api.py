"""The console over HTTP: signing in, and the leads."""

from __future__ import annotations

from aiohttp import web

from leads.store import LeadStore
from webhook.agent import AgentNamespace
from webhook.agents import Agents
from webhook.auth import Auth, Caller
from webhook.console_routes import ConsoleRoute, answer
from webhook.errors import Invalid, NotFound, Unauthorized
from webhook.guards import read_body
from webhook.permissions import Permission
from webhook.schemas import Login, Nothing, clean
from webhook.security import hashed
from webhook.sessions import Sessions

_TIERS = ("cold", "warm", "hot")
_STAGES = ("visitor", "lead", "MQL", "SQL", "won", "lost", "unqualified")
_MAX_PAGE = 100_000


class ConsoleApi:
    """Handlers of `/console/api/`."""

    def __init__(self, auth: Auth, sessions: Sessions, agents: Agents, leads: LeadStore, sockets: AgentNamespace, *, days: int) -> None:
        self._auth = auth
        self._sessions = sessions
        self._agents = agents
        self._leads = leads
        self._sockets = sockets
        self._seconds = days * 24 * 3600

    def routes(self) -> list[ConsoleRoute]:
        """What is served, and to whom."""
        return [
            ConsoleRoute("POST", "/login", None, self.login),
            ConsoleRoute("POST", "/logout", Permission.OWN, self.logout),
            ConsoleRoute("GET", "/me", Permission.OWN, self.me),
            ConsoleRoute("GET", "/leads", Permission.READ_LEADS, self.leads),
            ConsoleRoute("GET", "/leads/{id}", Permission.READ_LEADS, self.lead),
        ]

    async def login(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Begin a session; the one that the browser had ends."""
        body = await read_body(request, Login)
        agent = await self._agents.sign_in(body.email, body.password, request.remote or "")
        return await self.begin(request, agent.id, "password")

    async def begin(self, request: web.Request, agent_id: str, method: str) -> web.Response:
        """A new session for this browser, with its cookie and who it is.

        Raises:
            Unauthorized: the account was switched off in this moment.
        """
        old = self._auth.token_in(request.headers.get("Cookie", ""))
        token = await self._sessions.begin(agent_id, method, request.headers.get("User-Agent", ""), replaces=old)
        if old:
            await self._sockets.cut_session(hashed(old))
        caller = await self._auth.of_session(hashed(token))
        if caller is None:
            raise Unauthorized("Sign in again.")
        response = await self._me(caller)
        response.set_cookie(
            self._auth.cookie, token, max_age=self._seconds, httponly=True, samesite="Strict", secure=self._auth.secure, path="/"
        )
        return response

    async def logout(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """End the session and every connection that was made with it."""
        await read_body(request, Nothing)
        await self._sessions.end(caller.session_hash)
        await self._sockets.cut_session(caller.session_hash)
        response = answer({"ok": True})
        response.del_cookie(self._auth.cookie, path="/", secure=self._auth.secure, httponly=True, samesite="Strict")
        return response

    async def me(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Who is signed in."""
        return await self._me(caller)

    async def leads(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """A page of leads."""
        query = request.query
        tier = _one_of("tier", query.get("tier"), _TIERS)
        stage = _one_of("stage", query.get("stage"), _STAGES)
        return answer(await self._leads.page(tier=tier, stage=stage, query=_sought(query.get("q", "")), page=_page(query.get("page"))))

    async def lead(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """One lead card, by the id of its conversation."""
        card = await self._leads.card(clean(request.match_info["id"])[:64])
        if card is None:
            raise NotFound("There is no such lead.")
        return answer({"lead": card})

    async def _me(self, caller: Caller) -> web.Response:
        return answer({"me": caller.me(), "csrf": await self._auth.csrf(caller.session_hash)})


def _one_of(name: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    if value and value not in allowed:
        raise Invalid(f"{name}: one of {', '.join(allowed)}.")
    return value or None


def _sought(text: str) -> str | None:
    """Words to look for, without what no database takes."""
    return clean(text)[:200] or None


def _page(value: str | None) -> int:
    if value is None or value == "":
        return 1
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= _MAX_PAGE):
        raise Invalid(f"page: a number from 1 to {_MAX_PAGE}.")
    return int(value[:9])
