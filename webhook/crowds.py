"""What one address may hold at the same time, and how long a body may take: nobody keeps the others out by staying, or by being slow."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from webhook.errors import TooFast, TooLarge, TooSlow
from webhook.proxies import is_local
from webhook.tuning import Tuning

SOCKETS = "/socket.io/"


def crowds(tuning: Tuning) -> Middleware:
    """Counts the WebSockets of each address, and reads bodies in time. The callers' and the errors' middleware stand in front of it."""
    here: Counter[str] = Counter()

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == SOCKETS:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await _counted(request, handler)
            return await _in_time(handler(request), tuning.poll_body_seconds) if request.can_read_body else await handler(request)
        if request.can_read_body:
            try:
                await _in_time(request.read(), tuning.body_seconds)  # kept by the request for its handler
            except web.HTTPRequestEntityTooLarge as error:
                raise TooLarge("This is too long.") from error
        return await handler(request)

    async def _counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        address = request.remote or ""
        if here[address] >= (tuning.local_connections if is_local(address) else tuning.connections_per_address):
            raise TooFast("Too many open chats in your network. Close one, or try again later.", retry_after=30.0)
        here[address] += 1
        try:
            return await handler(request)
        finally:
            here[address] -= 1
            if not here[address]:
                del here[address]

    return middleware


async def _in_time[T](work: Awaitable[T], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise TooSlow("This took too long to arrive. Try again.") from None
