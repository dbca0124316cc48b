"""The console over HTTP: signing in, and the leads."""

from __future__ import annotations

from aiohttp import web

from leads.models import Agent
from leads.store import LeadStore
from webhook.agent import COOKIE, AgentNamespace, cookie_token
from webhook.agents import Agents
from webhook.errors import Invalid, NotFound, Unauthorized
from webhook.guards import read_json
from webhook.schemas import Login, Nothing, clean
from webhook.security import hashed
from webhook.wire import me_json

_TIERS = ("cold", "warm", "hot")
_STAGES = ("visitor", "lead", "MQL", "SQL", "won", "lost", "unqualified")
_MAX_PAGE = 100_000


class ConsoleApi:
    """Handlers of `/console/api/`."""

    def __init__(
        self, agents: Agents, leads: LeadStore, sockets: AgentNamespace, origins: frozenset[str], *, secure: bool, days: int
    ) -> None:
        self._agents = agents
        self._leads = leads
        self._sockets = sockets
        self._origins = origins
        self._secure = secure
        self._seconds = days * 24 * 3600

    def routes(self) -> list[web.RouteDef]:
        """What to serve."""
        return [
            web.post("/console/api/login", self.login),
            web.post("/console/api/logout", self.logout),
            web.get("/console/api/me", self.me),
            web.get("/console/api/leads", self.leads),
            web.get("/console/api/leads/{id}", self.lead),
        ]

    async def login(self, request: web.Request) -> web.Response:
        """Begin a session."""
        body = await read_json(request, Login, self._origins)
        token, agent = await self._agents.sign_in(body.email, body.password, request.remote or "")
        response = _answer({"me": me_json(agent)})
        response.set_cookie(COOKIE, token, max_age=self._seconds, httponly=True, samesite="Strict", secure=self._secure, path="/")
        return response

    async def logout(self, request: web.Request) -> web.Response:
        """End the session and every connection that was made with it."""
        await read_json(request, Nothing, self._origins)
        token = _token(request)
        if token:
            await self._agents.sign_out(token)
            await self._sockets.cut_session(hashed(token))
        response = _answer({"ok": True})
        response.del_cookie(COOKIE, path="/")
        return response

    async def me(self, request: web.Request) -> web.Response:
        """Who is signed in."""
        return _answer({"me": me_json(await self._agent(request))})

    async def leads(self, request: web.Request) -> web.Response:
        """A page of leads."""
        await self._agent(request)
        query = request.query
        tier = _one_of("tier", query.get("tier"), _TIERS)
        stage = _one_of("stage", query.get("stage"), _STAGES)
        return _answer(await self._leads.page(tier=tier, stage=stage, query=_sought(query.get("q", "")), page=_page(query.get("page"))))

    async def lead(self, request: web.Request) -> web.Response:
        """One lead card, by the id of its conversation."""
        await self._agent(request)
        card = await self._leads.card(clean(request.match_info["id"])[:64])
        if card is None:
            raise NotFound("There is no such lead.")
        return _answer({"lead": card})

    async def _agent(self, request: web.Request) -> Agent:
        token = _token(request)
        agent = await self._agents.agent_of(hashed(token)) if token else None
        if agent is None:
            raise Unauthorized("Sign in first.")
        return agent


def _token(request: web.Request) -> str | None:
    return cookie_token(request.headers.get("Cookie", ""))


def _answer(body: dict[str, object]) -> web.Response:
    return web.json_response(body, headers={"Cache-Control": "no-store"})


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
