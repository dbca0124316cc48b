"""The API of the console, put together: every route of it stands in one of these tables."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from typing import Any

from aiohttp import web

from leads.settings import Settings
from webhook.account_api import AccountApi
from webhook.audit_api import AuditApi
from webhook.console_api import ConsoleApi
from webhook.console_routes import Call, ConsoleRoute, answer, plain
from webhook.hub import Hub
from webhook.oidc_api import OidcApi
from webhook.openapi import description
from webhook.people_api import PeopleApi
from webhook.schemas import Nothing
from webhook.sign_in_api import SignInApi


@dataclass
class ConsoleTable:
    """Every route below `/console/api`; the last one describes them all."""

    routes: list[ConsoleRoute[Any]]
    url: str
    cookie: str

    def __post_init__(self) -> None:
        self.routes.append(plain("GET", "/openapi.json", None, self.described, dict[str, Any]))

    async def described(self, _call: Call[Nothing]) -> web.StreamResponse:
        """This description: what the HTTP API takes and gives, as OpenAPI."""
        return answer(self.description())

    def description(self) -> dict[str, Any]:
        """The same, as an object."""
        return description(self.routes, url=self.url, version=version(), cookie=self.cookie)


def console_table(hub: Hub, settings: Settings) -> ConsoleTable:
    """What is served below `/console/api`."""
    door, sockets = hub.door, hub.agent_sockets
    signing_in = SignInApi(door, sockets, days=settings.session_days, oidc_name=settings.oidc_shown or None)
    tables = (
        signing_in.routes(),
        OidcApi(door, hub.database, settings, signing_in).routes() if settings.oidc_issuer else [],
        AccountApi(door, sockets, hub.database, signing_in.begin).routes(),
        PeopleApi(door, sockets, hub.database).routes(),
        ConsoleApi(hub.leads, hub.around.conversations, hub.database, hub.viewings).routes(),
        AuditApi(hub.database, hub.viewings).routes(),
    )
    return ConsoleTable([route for one in tables for route in one], settings.url, door.auth.cookie)


def version() -> str:
    """The installed version."""
    try:
        return metadata.version("handraise")
    except metadata.PackageNotFoundError:
        return "0"
