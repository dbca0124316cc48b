"""Who is calling, when a proxy stands in front: only proxies that the settings name are believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

HEADER = "X-Forwarded-For"

type Network = IPv4Network | IPv6Network


def caller(remote: str, forwarded: Iterable[str], proxies: Sequence[Network]) -> str:
    """The nearest address that is not one of our proxies; whatever stands left of it in the header was written by the caller itself."""
    found = remote
    hops = [hop.strip() for header in forwarded for hop in header.split(",")]
    while hops and _is_proxy(found, proxies):
        hop = _plain(hops.pop())
        if hop is None:
            break
        found = hop
    return found


def callers(proxies: Sequence[Network]) -> Middleware:
    """Give each request the address of its caller; it has to be the first middleware."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        address = caller(request.remote or "", request.headers.getall(HEADER, []), proxies)
        return await handler(request if address == request.remote else request.clone(remote=address))

    return middleware


def address_of(environ: Mapping[str, Any]) -> str:
    """The client's address as the socket knows it; no header is believed."""
    request = environ.get("aiohttp.request")
    return request.remote or "" if isinstance(request, web.Request) else ""


def is_local(address: str) -> bool:
    """Whether it is this machine, where a proxy may speak for everybody."""
    return address in ("127.0.0.1", "::1", "")


def _is_proxy(address: str, proxies: Sequence[Network]) -> bool:
    plain = _plain(address)
    return plain is not None and any(ip_address(plain) in network for network in proxies)


def _plain(text: str) -> str | None:
    """An address in its plain form; ``None`` for anything else. Dual-stack sockets write IPv4 inside IPv6."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
