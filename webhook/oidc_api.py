"""The way to the sign-in provider and back."""

from __future__ import annotations

import logging
from http.cookies import CookieError, SimpleCookie

from aiohttp import web

from leads.database import Database
from leads.settings import Settings
from webhook.auth import Caller
from webhook.console_routes import BASE, ConsoleRoute
from webhook.door import Door
from webhook.oidc import Oidc, OidcFailed, Provider
from webhook.oidc_accounts import agent_for
from webhook.sign_in_api import SignInApi

log = logging.getLogger(__name__)

_COOKIE = "handraise_oidc"
_MINUTES = 10
_LONGEST = 400


class OidcApi:
    """Routes that are there only when a provider is set."""

    def __init__(self, door: Door, database: Database, settings: Settings, signing_in: SignInApi) -> None:
        self._door = door
        self._database = database
        self._settings = settings
        self._signing_in = signing_in
        self._cookie = f"__Host-{_COOKIE}" if door.auth.secure else _COOKIE
        provider = Provider(
            settings.oidc_issuer,
            settings.oidc_client_id,
            settings.oidc_client_secret.get_secret_value(),
            f"{settings.url}{BASE}/oidc/callback",
        )
        self._oidc = Oidc(provider)

    def routes(self) -> list[ConsoleRoute]:
        """What is served, and to whom."""
        return [
            ConsoleRoute("GET", "/oidc/start", None, self.start),
            ConsoleRoute("GET", "/oidc/callback", None, self.callback),
        ]

    async def start(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Off to the provider."""
        try:
            going = await self._oidc.start()
        except OidcFailed as error:
            return self._failed(error)
        response = _to(going.address)
        # Lax, because the way back begins on the provider's page.
        response.set_cookie(
            self._cookie, going.cookie, max_age=_MINUTES * 60, httponly=True, samesite="Lax", secure=self._door.auth.secure, path="/"
        )
        return response

    async def callback(self, request: web.Request, caller: Caller) -> web.StreamResponse:
        """Back: a session for whoever has an account, a word for the page otherwise."""
        address = request.remote or ""
        self._door.tries.check(address)
        try:
            identity = await self._oidc.finish(request.query, self._brought(request))
            agent = await agent_for(self._database, identity, self._settings.oidc_domains, self._settings.oidc_role)
        except OidcFailed as error:
            self._door.tries.wrong(address)
            return self._failed(error)
        response = _to("/console")
        await self._signing_in.enter(request, response, agent, "oidc")
        self._forget(response)
        return response

    def _brought(self, request: web.Request) -> str:
        try:
            morsel = SimpleCookie(request.headers.get("Cookie", "")).get(self._cookie)
        except CookieError:
            return ""
        return morsel.value if morsel and len(morsel.value) <= _LONGEST else ""

    def _failed(self, error: OidcFailed) -> web.StreamResponse:
        log.warning("signing in with the provider: %s", error.message)
        response = _to(f"/console#problem={error.problem}")
        self._forget(response)
        return response

    def _forget(self, response: web.StreamResponse) -> None:
        response.del_cookie(self._cookie, path="/", secure=self._door.auth.secure, httponly=True, samesite="Lax")


def _to(address: str) -> web.Response:
    return web.Response(status=302, headers={"Location": address, "Cache-Control": "no-store"})
