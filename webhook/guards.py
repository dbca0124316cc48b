"""What stands in front of every request: limits, headers, errors in one shape, and the lock on foreign origins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from pydantic import ValidationError

from leads.database import DatabaseUnavailable
from webhook.errors import Forbidden, HubError, Invalid, NoSuchMethod, NotFound, TooFast, TooLarge, as_hub_error, describe
from webhook.gate import is_local
from webhook.limits import Buckets, shared_buckets
from webhook.schemas import Event
from webhook.shared_counts import SharedCounts
from webhook.tuning import Tuning

SOCKETS = "/socket.io/"


def errors() -> Middleware:
    """Every error of ours as JSON; unexpected ones without a word about the inside."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPMethodNotAllowed as error:
            return _refusal(request, NoSuchMethod("This address does not take that."), {"Allow": error.headers["Allow"]})
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _refusal(request, _LIBRARY.get(error.status, Invalid("This is no request of ours.")))
        except Exception as error:
            return _refusal(request, error)

    return middleware


_LIBRARY = {404: NotFound("There is no such address."), 413: TooLarge("This is too long.")}  # what aiohttp itself refuses


def _refusal(request: web.Request, error: Exception, headers: Mapping[str, str] | None = None) -> web.Response:
    known, resource = as_hub_error(error), request.match_info.route.resource
    response = failure(error, f"{request.method} {resource.canonical if resource else '?'}", headers)
    if known and known.retry_after:
        response.headers["Retry-After"] = str(max(1, round(known.retry_after)))
    return response


def failure(error: Exception, where: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """The answer that an error is; ``where`` is for the log."""
    known = as_hub_error(error)
    return web.json_response({"error": describe(error, where)}, status=known.status if known else 500, headers=headers)


def plain_headers(headers: Mapping[str, str]) -> Middleware:
    """Headers that every answer has which does not have others of the same name."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            _add(error.headers, headers)
            raise
        if not response.prepared:
            _add(response.headers, headers)
        return response

    return middleware


def _add(headers: Any, more: Mapping[str, str]) -> None:
    for name, value in more.items():
        headers.setdefault(name, value)


def handshakes(tuning: Tuning, counts: SharedCounts) -> Middleware:
    """New connections of one address are counted; the body of a polling request must say its length, and a small one.

    The Socket.IO server would wait for ever for a body that is longer than it takes.
    """
    foreign = _handshakes(counts, "handshakes", tuning.handshakes_per_minute)
    local = _handshakes(counts, "local-handshakes", tuning.local_handshakes_per_minute)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path != SOCKETS:
            return await handler(request)
        if request.method == "POST" and (request.content_length is None or request.content_length > tuning.frame_bytes):
            raise TooLarge("This is too long.")
        if "sid" not in request.query:
            address = request.remote or ""
            wait = (local if is_local(address) else foreign).take(address)
            if wait:
                raise TooFast("Too many connections from your network.", retry_after=wait)
        return await handler(request)

    return middleware


def _handshakes(counts: SharedCounts, kind: str, per_minute: float) -> Buckets:
    return shared_buckets(counts, kind, per_minute, max(1, round(per_minute / 3)))


def read_query[E: Event](request: web.Request, schema: type[E]) -> E:
    """The query of a request; what is empty was not said, and names that the schema does not know are nobody's business.

    Raises:
        ValidationError: a value is wrong.
    """
    return schema.model_validate({name: value for name in schema.model_fields if (value := request.query.get(name))})


async def read_body[E: Event](request: web.Request, schema: type[E]) -> E:
    """The body of a request whose sender is known to be allowed.

    Raises:
        Invalid: it has another shape.
        TooLarge: it is too long.
    """
    try:
        return schema.model_validate(await request.json())
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLarge("This is too long.") from error
    except (ValidationError, HubError, DatabaseUnavailable):
        raise
    except (ValueError, LookupError, RecursionError) as error:  # LookupError: a charset that nobody knows
        raise Invalid("The body is not JSON.") from error


def check_json(request: web.Request) -> None:
    """Refuse what a foreign page's form could send unasked.

    Raises:
        Forbidden: it does not say that it is JSON.
    """
    if request.content_type != "application/json":
        raise Forbidden("Send this as application/json.")


def check_origin(request: web.Request, origins: frozenset[str]) -> None:
    """Refuse what another page's script or form may have sent.

    Raises:
        Forbidden: with the setting that may be wrong.
    """
    if request.headers.get("Origin") not in origins:
        raise Forbidden("This address is not the console's own. If it should be, set HANDRAISE_PUBLIC_URL to it.")
