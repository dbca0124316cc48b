"""The way to the sign-in provider and back."""

from __future__ import annotations

import logging
from http.cookies import CookieError, SimpleCookie
from typing import Any

from aiohttp import web

from leads.database import Database
from leads.settings import Settings
from webhook.answers import SignedIn
from webhook.bodies import Code
from webhook.console_routes import BASE, Call, ConsoleRoute
from webhook.door import Door
from webhook.oidc import Oidc, OidcFailed, Provider
from webhook.oidc_accounts import agent_for
from webhook.oidc_halfway import MINUTES, HalfWay
from webhook.schemas import Nothing
from webhook.sessions import OIDC, OIDC_SECOND
from webhook.sign_in_api import SignInApi

log = logging.getLogger(__name__)

_COOKIE = "handraise_oidc"
_HALFWAY = "handraise_halfway"
_MINUTES = 10
_LONGEST = 2048


class OidcApi:
    """Routes that are there only when a provider is set."""

    def __init__(self, door: Door, database: Database, settings: Settings, signing_in: SignInApi) -> None:
        self._door = door
        self._database = database
        self._settings = settings
        self._signing_in = signing_in
        prefix = "__Host-" if door.auth.secure else ""
        self._cookie, self._halfway_cookie = prefix + _COOKIE, prefix + _HALFWAY
        self._halfway = HalfWay(database)
        provider = Provider(
            settings.oidc_issuer,
            settings.oidc_client_id,
            settings.oidc_client_secret.get_secret_value(),
            f"{settings.url}{BASE}/oidc/callback",
            settings.oidc_acr,
        )
        self._oidc = Oidc(provider)

    def routes(self) -> list[ConsoleRoute[Any]]:
        """What is served, and to whom."""
        return [
            ConsoleRoute("GET", "/oidc/start", None, self.start, Nothing, None, status=302),
            ConsoleRoute("GET", "/oidc/callback", None, self.callback, Nothing, None, status=302),
            ConsoleRoute("POST", "/oidc/code", None, self.code, Code, SignedIn),
        ]

    async def start(self, call: Call[Nothing]) -> web.StreamResponse:
        """Off to the provider."""
        try:
            going = await self._oidc.start()
        except OidcFailed as error:
            return self._failed(error)
        response = _to(going.address)
        self._keep(response, self._cookie, going.cookie, _MINUTES, "Lax")  # Lax, because the way back begins on the provider's page
        return response

    async def callback(self, call: Call[Nothing]) -> web.StreamResponse:
        """Back: a session for whoever has an account, a word for the page otherwise.

        Who has a second factor here shows it first, unless the provider says that it has asked for one.
        """
        request, address = call.request, call.address
        self._door.tries.check(address)
        try:
            identity = await self._oidc.finish(request.query, _brought(request, self._cookie))
            agent = await agent_for(self._database, identity, self._settings.oidc_domains, self._settings.oidc_role)
        except OidcFailed as error:
            self._door.tries.wrong(address)
            return self._failed(error)
        if not identity.second_factor and await self._door.factors.on(agent.id):
            response = _to("/console#step=code")
            self._keep(response, self._halfway_cookie, await self._halfway.give(agent), MINUTES, "Strict")
        else:
            response = _to("/console")
            await self._signing_in.enter(request, response, agent, OIDC_SECOND if identity.second_factor else OIDC)
        self._forget(response, self._cookie)
        return response

    async def code(self, call: Call[Code]) -> web.StreamResponse:
        """The code of the second factor after the way back from the provider: a session."""
        agent = await self._halfway.agent(_brought(call.request, self._halfway_cookie))
        await self._door.factors.check(agent, call.asked.code, call.address)
        response = await self._signing_in.begin(call.request, agent, OIDC)
        self._forget(response, self._halfway_cookie)
        return response

    def _failed(self, error: OidcFailed) -> web.StreamResponse:
        log.warning("signing in with the provider: %s", error.message)
        response = _to(f"/console#problem={error.problem}")
        self._forget(response, self._cookie)
        return response

    def _keep(self, response: web.StreamResponse, cookie: str, value: str, minutes: int, samesite: str) -> None:
        response.set_cookie(cookie, value, max_age=minutes * 60, httponly=True, samesite=samesite, secure=self._door.auth.secure, path="/")

    def _forget(self, response: web.StreamResponse, cookie: str) -> None:
        response.del_cookie(cookie, path="/", secure=self._door.auth.secure, httponly=True, samesite="Lax")


def _brought(request: web.Request, cookie: str) -> str:
    try:
        morsel = SimpleCookie(request.headers.get("Cookie", "")).get(cookie)
    except CookieError:
        return ""
    return morsel.value if morsel and len(morsel.value) <= _LONGEST else ""


def _to(address: str) -> web.Response:
    return web.Response(status=302, headers={"Location": address, "Cache-Control": "no-store"})
