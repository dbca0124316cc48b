"""Calls to addresses that people have typed in, such as webhooks: out to the internet, never into our own network.

A name is resolved once, every address it has is checked, and the connection goes to exactly those addresses, so that a name that means
another place a moment later changes nothing. No redirect is followed, no cookie kept, no proxy of the environment used.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from webhook.addresses import Address, is_forbidden, is_odd_number, is_public, read_address
from webhook.errors import HubError, Invalid

SECONDS = 15.0
CONNECT_SECONDS = 5.0
MAX_ANSWER = 64 * 1024  # bytes; what follows is not read
MAX_URL = 2048
PORTS = (443, 8443)

type Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class AddressRefused(Invalid):
    """An address that is not called; the message says why and what to do."""


class CallFailed(HubError):
    """Nothing useful came back; the message says what happened, without what the other side said."""

    code, status = "call_failed", 502


@dataclass(frozen=True)
class Answer:
    """Status and at most :data:`MAX_ANSWER` bytes of the body, as they came."""

    status: int
    body: bytes


async def resolve(host: str, port: int) -> list[str]:
    """Every address of a name, as the machine's resolver knows them."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True)
class Outgoing:
    """Makes calls. ``private_hosts`` may be private, and may be called without TLS and at any port."""

    private_hosts: Collection[str] = ()
    resolve: Resolve = resolve
    is_public: Callable[[Address], bool] = is_public
    ports: Collection[int] = PORTS
    seconds: float = SECONDS
    tls: ssl.SSLContext | bool = True

    def check(self, text: str) -> URL:
        """The address as it will be called, for a form in which somebody types it; its name is looked up at the call only.

        Raises:
            AddressRefused: it is not to be called, whatever its name means.
        """
        if len(text) > MAX_URL or any(char.isspace() or char in "\\<>\"'" or not char.isprintable() for char in text):
            raise AddressRefused("This is not a web address.")
        try:
            url = URL(text)
            host, port = url.raw_host, url.port
        except ValueError:
            raise AddressRefused("This is not a web address.") from None
        if not host or url.scheme not in ("http", "https") or "%" in host:
            raise AddressRefused("Write a web address that begins with https://.")
        if url.raw_user is not None or url.raw_password is not None:
            raise AddressRefused("Leave name and password out of the address.")
        if is_odd_number(host):
            raise AddressRefused("Write the host as a name or as a plain IP address.")
        if not self._is_listed(host):
            if url.scheme != "https":
                raise AddressRefused("Only https:// is called; another way only for the hosts in HANDRAISE_PRIVATE_HOSTS.")
            if port not in self.ports:
                allowed = " and ".join(map(str, self.ports))
                raise AddressRefused(f"Only the ports {allowed} are called; others only for the hosts in HANDRAISE_PRIVATE_HOSTS.")
        literal = read_address(host)
        if literal is not None:
            self._check_address(host, literal)
        return url

    async def post(self, text: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """POST a body, once. A redirect is an answer like any other.

        Raises:
            AddressRefused: nothing was sent, and nobody was connected to.
            CallFailed: no answer came.
        """
        url = self.check(text)
        try:
            async with asyncio.timeout(self.seconds):
                return await self._post(url, await self._addresses(url), body, headers)
        except TimeoutError:
            raise CallFailed(f"No answer within {self.seconds:g} seconds.") from None
        except aiohttp.ClientConnectorCertificateError:
            raise CallFailed("The certificate of this address is not valid.") from None
        except socket.gaierror:
            raise CallFailed("This name has no address.") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise CallFailed(f"The call failed: {type(error).__name__}.") from None

    async def _post(self, url: URL, addresses: Sequence[str], body: bytes, headers: Mapping[str, str]) -> Answer:
        connector = aiohttp.TCPConnector(resolver=_Fixed(addresses), use_dns_cache=False, force_close=True, ssl=self.tls)
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            ) as session,
            session.post(url, data=body, headers={"Accept-Encoding": "identity", **headers}, allow_redirects=False) as response,
        ):
            return Answer(response.status, await _first(response))

    async def _addresses(self, url: URL) -> list[str]:
        """Where the name leads; all of it must be allowed, or none of it is called."""
        host = url.raw_host or ""
        literal = read_address(host)
        found = [str(literal)] if literal is not None else list(await self.resolve(host, url.port or 443))
        if not found:
            raise CallFailed("This name has no address.")
        for one in found:
            address = read_address(one)
            if address is None:
                raise CallFailed("This name has no address.")
            self._check_address(host, address)
        return found

    def _check_address(self, host: str, address: Address) -> None:
        if self.is_public(address) or (self._is_listed(host) and not is_forbidden(address)):
            return
        if is_forbidden(address):
            raise AddressRefused(f"{host} leads to {address}, which is never called.")
        raise AddressRefused(f"{host} leads into a private network ({address}). If it should be called, add it to HANDRAISE_PRIVATE_HOSTS.")

    def _is_listed(self, host: str) -> bool:
        return host.strip("[]").rstrip(".").lower() in self.private_hosts


class _Fixed(AbstractResolver):
    """Knows the addresses that were checked, and no others."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        """The same for any name; only one is asked for."""
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


async def _first(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) >= MAX_ANSWER:
            break
    return bytes(body[:MAX_ANSWER])
