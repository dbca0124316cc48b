"""The routes of the console's API as one table: who may call each, and the lock that stands in front of all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from aiohttp import web

from webhook.auth import NOBODY, Auth, Caller
from webhook.errors import Forbidden
from webhook.guards import check_json, check_origin
from webhook.permissions import SCOPES, Permission

type ConsoleHandler = Callable[[web.Request, Caller], Awaitable[web.StreamResponse]]

BASE = "/console/api"


@dataclass(frozen=True)
class ConsoleRoute:
    """``may`` is what the caller must be allowed; None is for those who are about to sign in. Handlers get :data:`NOBODY` then."""

    method: str
    path: str
    may: Permission | None
    handler: ConsoleHandler


def guarded(routes: Iterable[ConsoleRoute], auth: Auth, origins: frozenset[str]) -> list[web.RouteDef]:
    """What to serve. No handler runs before its caller is known and may do it; what changes something must come from a page of ours."""
    return [web.route(route.method, BASE + route.path, _guard(route, auth, origins)) for route in routes]


def _guard(route: ConsoleRoute, auth: Auth, origins: frozenset[str]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    changes = route.method not in ("GET", "HEAD")

    async def handle(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization", "").strip().partition(" ")[0].lower() == "bearer":  # others may be of a proxy in front
            if changes or route.may not in SCOPES:
                raise Forbidden("No token is good for this address. Sign in to the console.")
            caller = await auth.of_token(request)
            caller.check(route.may)
            return await route.handler(request, caller)
        if changes:
            check_origin(request, origins)
            check_json(request)
        caller = NOBODY
        if route.may is not None:
            caller = await auth.of_cookie(request)
            if changes:
                await auth.check_csrf(request, caller)
            caller.check(route.may)
        return await route.handler(request, caller)

    return handle


def answer(body: dict[str, object], status: int = 200) -> web.Response:
    """JSON that no cache keeps."""
    return web.json_response(body, status=status, headers={"Cache-Control": "no-store"})
