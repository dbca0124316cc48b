"""The routes of the console's API as one table: who may call each, what it takes and gives, and the lock in front of all of them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from webhook.answers import Done
from webhook.auth import NOBODY, Auth, Caller
from webhook.errors import Forbidden
from webhook.guards import check_json, check_origin, read_body, read_query
from webhook.permissions import SCOPES, Permission
from webhook.schemas import Event, Nothing

BASE = "/console/api"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Call[Asked: Event]:
    """One request whose caller is known and may do this; ``asked`` is the query of a GET, else the body."""

    request: web.Request
    caller: Caller
    asked: Asked

    @property
    def address(self) -> str:
        """Where it came from; what was tried wrong from there is counted."""
        return self.request.remote or ""

    @property
    def id(self) -> str:
        """The `{id}` of the path; empty, and so of nothing, when it cannot be one."""
        named = self.request.match_info["id"]
        return named if _ID.fullmatch(named) else ""


@dataclass(frozen=True)
class ConsoleRoute[Asked: Event]:
    """One line of the table. The description of the API (``openapi.py``) is made of it too.

    ``may`` is what the caller must be allowed; None is for those who are about to sign in: handlers get :data:`NOBODY` then.
    ``takes`` is the schema of the query or body, ``gives`` the type of the JSON answered, or None with ``media`` for other kinds
    (and for redirects). The first line of the handler's docstring is the route's summary.
    """

    method: str
    path: str
    may: Permission | None
    handler: Callable[[Call[Asked]], Awaitable[web.StreamResponse]]
    takes: type[Asked]
    gives: Any = Done
    media: tuple[str, ...] = ("application/json",)
    status: int = 200

    @property
    def changes(self) -> bool:
        """Whether it must come from a page of ours, with its token."""
        return self.method not in ("GET", "HEAD")

    @property
    def for_programs(self) -> bool:
        """Whether an API token with the scope ``may`` is good for it."""
        return not self.changes and self.may in SCOPES


def plain(
    method: str,
    path: str,
    may: Permission | None,
    handler: Callable[[Call[Nothing]], Awaitable[web.StreamResponse]],
    gives: Any = Done,
) -> ConsoleRoute[Nothing]:
    """A route that is asked nothing but its path."""
    return ConsoleRoute(method, path, may, handler, Nothing, gives)


def guarded(routes: Iterable[ConsoleRoute[Any]], auth: Auth, origins: frozenset[str]) -> list[web.RouteDef]:
    """What to serve. No handler runs before its caller is known and may do it; what changes something must come from a page of ours."""
    return [web.route(route.method, BASE + route.path, _guard(route, auth, origins)) for route in routes]


def _guard(route: ConsoleRoute[Any], auth: Auth, origins: frozenset[str]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        caller = await _caller(request)
        asked = await read_body(request, route.takes) if route.changes else read_query(request, route.takes)
        return await route.handler(Call(request, caller, asked))

    async def _caller(request: web.Request) -> Caller:
        is_open = route.may is None and not route.changes  # the description, and how one signs in: a token changes nothing
        scheme = request.headers.get("Authorization", "").strip().partition(" ")[0].lower()  # others may be of a proxy in front
        if scheme == "bearer" and not is_open:
            if not route.for_programs or route.may is None:
                raise Forbidden("No token is good for this address. Sign in to the console.")
            caller = await auth.of_token(request)
            caller.check(route.may)
            return caller
        if route.changes:
            check_origin(request, origins)
            check_json(request)
        if route.may is None:
            return NOBODY
        caller = await auth.of_cookie(request)
        if route.changes:
            await auth.check_csrf(request, caller)
        caller.check(route.may)
        return caller

    return handle


def answer(body: object, status: int = 200) -> web.Response:
    """JSON that no cache keeps."""
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})
