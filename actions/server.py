"""The action server: rasa_sdk's executor behind two loopback routes.

rasa_sdk's own server listens on all addresses, allows every origin and sends the whole tracker back with an error; this
one does none of that.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionMissingDomainException

logger = logging.getLogger(__name__)

MAX_BODY = 16 * 1024 * 1024  # Rasa sends the state of the conversation and at times the whole domain with a call
DOMAIN_WANTED = 449  # as rasa_sdk's own server says it

HEALTH = "/health"
TOKEN_HEADER = "X-Handraise-Token"  # noqa: S105


def build_app(actions: Iterable[Action], token: str = "") -> web.Application:
    """``POST /webhook`` runs an action for whoever shows the token, ``GET /health`` says that it would."""
    executor = ActionExecutor()
    for action in actions:
        executor.register_action(action)
    app = web.Application(client_max_size=MAX_BODY, middlewares=[_strangers(token)])

    async def health(request: web.Request) -> web.Response:
        about = {"actions": sorted(executor.actions)} if _is_known(request, token) else {}
        return web.json_response({"ok": True, **about})

    async def webhook(request: web.Request) -> web.Response:
        return await _run(executor, request)

    app.add_routes([web.get(HEALTH, health), web.post("/webhook", webhook)])
    return app


def _is_known(request: web.Request, token: str) -> bool:
    """Whether the request shows the secret; everybody is known when there is none."""
    return hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), token.encode()) or not token


def _strangers(token: str) -> Middleware:
    """In front of every route: without the secret one may only ask whether the server lives."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not _is_known(request, token) and request.path != HEALTH:
            return web.json_response({"error": "The token is missing or wrong."}, status=401)
        return await handler(request)

    return middleware


async def _run(executor: ActionExecutor, request: web.Request) -> web.Response:
    """One call. Errors name an action of ours or nothing: what was sent is not sent back."""
    try:
        call = await request.json()
    except web.HTTPRequestEntityTooLarge:
        return web.json_response({"error": "The body is too large."}, status=413)
    except (ValueError, LookupError, RecursionError):
        return web.json_response({"error": "The body is not JSON."}, status=400)
    if not isinstance(call, dict):
        return web.json_response({"error": "The body is no call of an action."}, status=400)
    name = call.get("next_action")
    if not isinstance(name, str) or name not in executor.actions:
        return web.json_response({"error": "There is no such action."}, status=404)
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as rejection:
        return web.json_response({"error": rejection.message, "action_name": name}, status=400)
    except ActionMissingDomainException:  # nothing has been run; the bot sends the call again with its domain
        return web.json_response({"error": "The domain is not known here.", "action_name": name}, status=DOMAIN_WANTED)
    except Exception as error:  # whatever an action did, Rasa must get an answer and the log no personal data
        logger.error("%s failed: %s", name, type(error).__name__, exc_info=logger.isEnabledFor(logging.DEBUG))
        return web.json_response({"error": f"{name} failed.", "action_name": name}, status=500)
    answer = result.model_dump() if result else {"events": [], "responses": []}
    return web.json_response({**answer, "domain_digest": executor.domain_digest})
