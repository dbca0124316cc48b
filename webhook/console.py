"""The API of the console, put together: every route of it stands in one of these tables."""

from __future__ import annotations

from aiohttp import web

from leads.settings import Settings
from webhook.account_api import AccountApi
from webhook.audit_api import AuditApi
from webhook.console_api import ConsoleApi
from webhook.console_routes import guarded
from webhook.hub import Hub
from webhook.oidc_api import OidcApi
from webhook.people_api import PeopleApi
from webhook.sign_in_api import SignInApi


def console_routes(hub: Hub, settings: Settings) -> list[web.RouteDef]:
    """What to serve below `/console/api`."""
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
    return guarded([route for table in tables for route in table], door.auth, frozenset(settings.own_origins))
