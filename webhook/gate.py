"""What every namespace does the same way: known events only, strict payloads, errors as acknowledgements."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import socketio
from aiohttp import web
from pydantic import ValidationError

from webhook.errors import Invalid, NotJoined, describe
from webhook.proxies import address_of as address_of
from webhook.proxies import is_local as is_local
from webhook.schemas import Event
from webhook.sockets import GuardedServer
from webhook.wire import Json

log = logging.getLogger(__name__)

type Handler = Callable[[str, Any], Awaitable[Json]]


class Gate(socketio.AsyncNamespace, ABC):  # type: ignore[misc]
    """A namespace whose events are a table: name → (schema, handler). Handlers look up their session themselves."""

    server: GuardedServer

    def __init__(self, namespace: str) -> None:
        super().__init__(namespace)
        self.events: Mapping[str, tuple[type[Event], Handler]] = {}

    def trigger_event(self, event: Any, *args: Any) -> Awaitable[Any]:
        """Called by the library for everything a client sends; no coroutine of its own, as this is done for every line."""
        if event == "connect":
            return self.check_connect(args[0], args[1], args[2] if len(args) > 2 else None)
        if event == "disconnect":
            return self.do_disconnect(args[0])
        return self._answer(event, args[0], args[1:])

    @abstractmethod
    async def check_connect(self, sid: str, environ: dict[str, Any], auth: Any) -> bool:
        """Whether the client may come in; no slow work here."""

    @abstractmethod
    async def do_disconnect(self, sid: str) -> None:
        """The client has left. May never be called."""

    async def enter(self, sid: str, room: str) -> None:
        """Let a client into a room.

        Raises:
            NotJoined: it has left meanwhile.
        """
        try:
            await self.enter_room(sid, room)
        except (KeyError, ValueError):
            raise NotJoined("Connect again.") from None

    async def _answer(self, event: Any, sid: str, payload: tuple[Any, ...]) -> Json:
        name = event if isinstance(event, str) and event in self.events else ""
        try:
            if not name:
                raise Invalid("There is no such event.")
            schema, handler = self.events[name]
            return await handler(sid, check(schema, payload))
        except Exception as error:
            return self.refuse(error, name)

    def refuse(self, error: Exception, event: str) -> Json:
        """The acknowledgement of what was not done."""
        return {"ok": False, "error": describe(error, f"{self.namespace} {event}")}


def check[E: Event](schema: type[E], payload: Sequence[Any]) -> E:
    """The payload as its schema.

    Raises:
        Invalid: it is none, or more than one.
    """
    if len(payload) > 1 or (payload and not isinstance(payload[0], dict)):
        raise Invalid("Send one object.")
    try:
        return schema.model_validate(payload[0] if payload else {})
    except ValidationError:
        raise
    except RecursionError:
        raise Invalid("This is nested too deeply.") from None


def may_follow(environ: Mapping[str, Any]) -> bool:
    """Whether pages may be noted: not of a browser that says no (Global Privacy Control, Do Not Track)."""
    return environ.get("HTTP_SEC_GPC") != "1" and environ.get("HTTP_DNT") != "1"


def origin_of(environ: Mapping[str, Any]) -> str | None:
    """The origin of the page that speaks, as its browser says; None for a client that is no browser."""
    request = environ.get("aiohttp.request")
    if not isinstance(request, web.Request):
        return None
    own = str(request.url.origin()) if request.headers.get("Sec-Fetch-Site") == "same-origin" else None
    return request.headers.get("Origin", own)  # by polling, a page of the hub itself names none
