"""Socket.IO with the guards its server lacks. The libraries' inner parts are used in this file and in fastpath.py only.

What is guarded, and why: nobody here sends binary, yet announced attachments are collected without bound; a client that does
not read collects packets without bound; a socket that was refused or never joined stays; compression costs memory on every
connection; a closed socket goes on delivering events until the client hangs up.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
from aiohttp import web
from engineio.async_drivers import aiohttp as driver
from socketio.packet import ACK

from webhook.fast_rooms import FastManager
from webhook.fastpath import FLUSH_SECONDS, FastEngine, FastSocket
from webhook.packets import encode, parse_event, text_frame
from webhook.proxies import address_of, is_local
from webhook.tuning import Tuning
from webhook.underway import Answer, Underway, Work
from webhook.unjoined import Unjoined

log = logging.getLogger(__name__)
quiet = logging.getLogger("webhook.socketio")
quiet.setLevel(logging.CRITICAL)  # the libraries log what anybody sends

_TEXT_TYPES = frozenset("01234")  # CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR; 5 and 6 are binary
_RESERVED = ("connect", "disconnect")  # what the library itself calls a handler with; no client may

type Done = Callable[[Answer | Work], None]
type Take = Callable[[str, list[Any], Done], bool]
"""Given a client, what it sent and whom to tell the answer, or the work that leads to it. False: not this way."""


class PlainWebSocket(driver.WebSocket):  # type: ignore[misc]
    """The driver's socket without permessage-deflate, for which the driver has no switch."""

    async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
        """Upgrade the request and serve it."""
        request: web.Request = environ["aiohttp.request"]
        self._sock = web.WebSocketResponse(max_msg_size=self.server.max_http_buffer_size, compress=False)
        await self._sock.prepare(request)
        self.environ = environ
        await self.handler(self)
        return self._sock


class GuardedServer(socketio.AsyncServer):  # type: ignore[misc]
    """An AsyncServer that cuts what it should not keep."""

    def __init__(self, *, queued_packets: int, unjoined: Unjoined | None = None, **options: Any) -> None:
        super().__init__(client_manager=FastManager(), **options)
        self._queued_packets = queued_packets
        self._unjoined = unjoined or Unjoined(1000, 1000, is_local)
        self.eio.queued_packets = queued_packets
        self.eio._async = {**self.eio._async, "websocket": PlainWebSocket}
        self.eio.hear = self._hear
        self.quick: dict[tuple[str, str], Take] = {}  # (namespace, event): need not be answered before the next one is heard

    def _engineio_server_class(self) -> type[FastEngine]:
        return FastEngine

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> bool | None:
        address = address_of(environ)
        if not self._unjoined.has_room(address):
            return False
        await super()._handle_eio_connect(eio_sid, environ)
        self._unjoined.add(eio_sid, address)
        return None

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        self._unjoined.remove(eio_sid)
        await super()._handle_eio_disconnect(eio_sid, reason)

    def _hear(self, sock: FastSocket, text: str) -> Awaitable[None] | None:
        """A packet of a connection that came by WebSocket at once."""
        event = parse_event(text) if sock.sid in self.environ else None
        if event is not None and self._taken(sock, *event):
            return None
        return self._hear_alone(sock, text, event)

    def _taken(self, sock: FastSocket, namespace: str, ack_id: int | None, arguments: list[Any]) -> bool:
        take = self.quick.get((namespace, arguments[0])) if ack_id is not None and isinstance(arguments[0], str) else None
        sid = self.manager.sid_from_eio_sid(sock.sid, namespace) if take is not None else None
        if take is None or sid is None or not self.manager.is_connected(sid, namespace):
            return False
        underway = sock.underway = sock.underway or Underway()
        if not underway.has_room:
            return False

        def acknowledge(answer: Answer) -> None:
            if not _acknowledged(sock, namespace, ack_id, [answer]):
                self.eio.keep(self._send_packet(sock.sid, self.packet_class(ACK, namespace=namespace, id=ack_id, data=[answer])))

        def done(answer: Answer | Work) -> None:
            if isinstance(answer, dict):
                acknowledge(answer)
                underway.end()
            else:
                underway.apart(answer, acknowledge)

        underway.begin()
        if take(sid, arguments[1:], done):
            return True
        underway.end()
        return False

    async def _hear_alone(self, sock: FastSocket, text: str, event: tuple[str, int | None, list[Any]] | None) -> None:
        if sock.underway is not None:
            await sock.underway.settled()
        await self._handle(sock.sid, text, event)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        await self._handle(eio_sid, data, parse_event(data) if isinstance(data, str) else None)

    async def _handle(self, eio_sid: str, data: Any, event: tuple[str, int | None, list[Any]] | None) -> None:
        if eio_sid not in self.environ:
            return  # closed by us; the client has not noticed yet
        if not isinstance(data, str) or data[:1] not in _TEXT_TYPES:
            await self.cut(eio_sid)
            return
        try:
            if event is not None:
                await self._answer_event(eio_sid, *event)
            else:
                await super()._handle_eio_message(eio_sid, data)
        except (ValueError, TypeError, LookupError, RecursionError, AttributeError):
            await self.cut(eio_sid)

    async def _answer_event(self, eio_sid: str, namespace: str, ack_id: int | None, arguments: list[Any]) -> None:
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace)
        if not self.manager.is_connected(sid, namespace):
            return
        name = "" if arguments[0] in _RESERVED else arguments[0]
        space = self.namespace_handlers.get(namespace)
        if space is not None and namespace not in self.handlers:  # as all of ours
            answer = await space.trigger_event(name, sid, *arguments[1:])
        else:
            answer = await self._trigger_event(name, namespace, sid, *arguments[1:])
        if ack_id is None or answer == self.not_handled:
            return
        data = [] if answer is None else list(answer) if isinstance(answer, tuple) else [answer]
        sock = self.eio.sockets.get(eio_sid)
        if not isinstance(sock, FastSocket) or not _acknowledged(sock, namespace, ack_id, data):
            await self._send_packet(eio_sid, self.packet_class(ACK, namespace=namespace, id=ack_id, data=data))

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: list[Any]) -> None:
        await self._answer_event(eio_sid, namespace or "/", id, data)

    async def _send_eio_packet(self, eio_sid: str, eio_pkt: Any) -> None:
        if self._is_slow(eio_sid):
            await self.cut(eio_sid)
        else:
            await super()._send_eio_packet(eio_sid, eio_pkt)

    async def cut(self, eio_sid: str) -> None:
        """Close a connection: politely, and a second later for good."""
        sock = self.eio.sockets.get(eio_sid)
        environ = self.environ.get(eio_sid)
        if sock is None:
            return
        await sock.close(wait=False, abort=self._is_slow(eio_sid), reason=self.reason.SERVER_DISCONNECT)
        if isinstance(sock, FastSocket):
            return
        await sock.queue.put(None)
        request = environ.get("aiohttp.request") if environ else None
        if request is not None and request.transport is not None:
            asyncio.get_running_loop().call_later(FLUSH_SECONDS, request.transport.abort)

    def prove(self, sid: str, namespace: str) -> None:
        """The client has joined: its connection may stay."""
        self._unjoined.remove(self.manager.eio_sid_from_sid(sid, namespace) or "")

    async def cut_unproven(self, seconds: float) -> None:
        """Close connections on which nobody joined in time."""
        for eio_sid in self._unjoined.take_old(seconds):
            await self.cut(eio_sid)

    async def cut_client(self, sid: str, namespace: str) -> None:
        """Close the connection of one client of a namespace."""
        eio_sid = self.manager.eio_sid_from_sid(sid, namespace)
        if eio_sid:
            await self.cut(eio_sid)

    async def close_all(self) -> None:
        """Close every connection, at the end."""
        for eio_sid in list(self.eio.sockets):
            await self.cut(eio_sid)

    def connections(self) -> tuple[int, int]:
        """How many are there, and how many have ended so far."""
        return len(self.eio.sockets), self.eio.ended

    def members(self, namespace: str, room: str) -> int:
        """How many clients are in a room."""
        count: int = self.manager.members(namespace, room)
        return count

    def uses_websocket(self, sid: str, namespace: str) -> bool:
        """Whether the client came by WebSocket."""
        return bool(self.transport(sid, namespace) == "websocket")

    def last_sign_of_life(self, sid: str, namespace: str) -> float | None:
        """Unix time since when nothing was heard (now, if no ping is unanswered); None when the connection is gone."""
        eio_sid = self.manager.eio_sid_from_sid(sid, namespace)
        sock = self.eio.sockets.get(eio_sid) if eio_sid else None
        if sock is None or sock.closed or sock.closing:
            return None
        return float(sock.last_ping or time.time())

    def _is_slow(self, eio_sid: str) -> bool:
        sock = self.eio.sockets.get(eio_sid)
        if isinstance(sock, FastSocket):
            return sock.is_slow
        return sock is not None and sock.queue.qsize() >= self._queued_packets


def _acknowledged(sock: FastSocket, namespace: str, ack_id: int | None, data: list[Any]) -> bool:
    """Write an acknowledgement; false for one that the library must encode."""
    payload = encode("3", namespace, ack_id, data)
    if payload is not None:
        sock.write(text_frame(payload))
    return payload is not None


def make_server(origins: tuple[str, ...], tuning: Tuning, *, rasa_protocol: bool, polling: bool) -> GuardedServer:
    """The server; polling is for other people's Rasa widgets, which begin with it. It needs every request at the same hub."""
    return GuardedServer(
        queued_packets=tuning.queued_packets,
        unjoined=Unjoined(tuning.unjoined_per_address, tuning.local_unjoined, is_local),
        async_mode="aiohttp",
        async_handlers=False,
        namespaces=["/visitor", "/agent", *(["/"] if rasa_protocol else [])],
        cors_allowed_origins=list(origins),
        cors_credentials=False,
        transports=["websocket", "polling"] if rasa_protocol and polling else ["websocket"],
        max_http_buffer_size=tuning.frame_bytes,
        ping_interval=25,
        ping_timeout=20,
        http_compression=False,
        logger=quiet,
        engineio_logger=quiet,
    )
