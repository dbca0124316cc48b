"""The short way of a packet: what the Socket.IO libraries do per packet and per connection and this hub has no use for.

Read from python-engineio 4.15.1, python-socketio 5.18.1 and aiohttp 3.14.5; ``tests/webhook/test_packets.py`` fails when a part
that is replaced here changes. For a connection that came by WebSocket at once:

| the library | here |
|---|---|
| a queue, a writer task and a time limit around each packet (``AsyncSocket.send``, ``poll``, ``_websocket_handler``) | what is said to a connection in one turn of the event loop is written together; what a slow reader leaves waits in a bounded backlog |
| a task and a time limit around each packet that is read (``AsyncSocket._websocket_handler``) | one loop; the ping, which must be answered, notices a silent peer after the same 45 s |
| one packet of a connection after the other (``async_handlers=False``), or a task for each | plain lines are put into the queue at once and acknowledged from there; whatever else comes waits for them (``underway.py``) |
| a sleeping task per connection for the next ping (``AsyncSocket._send_ping``) | a timer |
| each packet tried as JSON, then taken apart by a general parser (``Packet.decode``), checked for binary by a walk | plain events are cut at their bracket and read by orjson |
| a packet is encoded per room, framed per recipient, sent by a task per recipient (``AsyncManager.emit``) | encoded and framed once, written to each transport (``fast_rooms.py``) |

Polling, emits with a callback, binary and everything else that is unusual goes the library's way.
"""  # noqa: E501

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable
from typing import Any

import engineio
from aiohttp import WSMsgType, web
from engineio import exceptions, packet
from engineio.async_socket import AsyncSocket

from webhook.packets import binary_frame, text_frame
from webhook.underway import Underway

FLUSH_SECONDS = 1.0  # how long a closed connection may take what was sent before
MAX_BACKLOG_BYTES = 512 * 1024
_TURN = 16  # packets of one connection until the others have a turn
_TOGETHER = 64  # frames, and bytes, that are written without waiting for the turn to end
_TOGETHER_BYTES = 64 * 1024

_PING = text_frame(b"2")


class FastSocket(AsyncSocket):  # type: ignore[misc]
    """A connection that came by WebSocket. It never waits for its reader, and closes when too much waits for it."""

    def __init__(self, server: FastEngine, sid: str) -> None:
        # not the library's: a queue for each connection is memory that nobody uses
        self.server = server
        self.sid = sid
        self.last_ping: float | None = time.time()
        self.connected = self.upgraded = True
        self.upgrading = self.closing = self.closed = False
        self.session: dict[str, Any] = {}
        self._loop = asyncio.get_running_loop()
        self._ws: web.WebSocketResponse | None = None
        self._protocol: Any = None
        self._transport: asyncio.Transport | None = None
        self._backlog: deque[bytes] = deque()
        self._backlog_bytes = 0
        self._is_due = False
        self._flushing: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.underway: Underway | None = None

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Upgrade the request and read until either side ends it."""
        ws = web.WebSocketResponse(max_msg_size=self.server.max_http_buffer_size, compress=False)
        await ws.prepare(request)
        self._ws, self._protocol, self._transport = ws, request.protocol, request.transport
        self.flush()
        try:
            await self._read(ws)
        finally:
            self._stop_timer()
            self._drop()
            await self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            self._transport = None
            _break_cycle(ws)
        return ws

    async def _read(self, ws: web.WebSocketResponse) -> None:
        hear, turn = self.server.hear, 0
        while not self.closed:
            message = await ws.receive()
            data = message.data
            if message.type is WSMsgType.TEXT and data[:1] == "4":
                try:
                    work = hear(self, data[1:])
                    if work is not None:
                        await work
                except Exception:
                    self.server.logger.exception("message async handler error")
            elif message.type is WSMsgType.TEXT and data == "3":
                self.schedule_ping()
            elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                try:
                    await self.receive(packet.Packet(encoded_packet=data))
                except exceptions.UnknownPacketError:
                    continue
                except (ValueError, exceptions.SocketIsClosedError):
                    return
            else:
                return
            turn += 1
            if turn % _TURN == 0:
                await asyncio.sleep(0)

    def write(self, frame: bytes) -> None:
        """Send a frame after what waits already; the connection ends when too much waits."""
        if self.closed:
            return
        self._backlog.append(frame)
        self._backlog_bytes += len(frame)
        if len(self._backlog) >= _TOGETHER or self._backlog_bytes >= _TOGETHER_BYTES:
            self.flush()
            if self.is_slow:
                self._give_up()
        elif not self._is_due:
            self._is_due = True
            self.server.due(self)

    def flush(self) -> None:
        """Write what waits, as far as the transport takes it."""
        self._is_due = False
        transport = self._transport
        if transport is None:
            return  # not upgraded yet
        while self._backlog and not self._protocol.writing_paused and not transport.is_closing():
            transport.write(self._take())
        if self._backlog and self._flushing is None and not transport.is_closing():
            self._flushing = self.server.keep(self._flush_slowly())

    def _take(self) -> bytes:
        """The next frames, in one piece: every write is a call of the system."""
        if self._backlog_bytes <= _TOGETHER_BYTES:
            piece = b"".join(self._backlog)
            self._backlog.clear()
        else:
            piece = self._backlog.popleft()
        self._backlog_bytes -= len(piece)
        return piece

    def _give_up(self) -> None:
        """Nothing more is kept for it; reading ends with the transport."""
        self._drop()
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    def _drop(self) -> None:
        self._backlog.clear()
        self._backlog_bytes = 0

    @property
    def is_slow(self) -> bool:
        """Whether more waits than may wait."""
        return len(self._backlog) >= self.server.queued_packets or self._backlog_bytes >= MAX_BACKLOG_BYTES

    async def send(self, pkt: packet.Packet) -> None:
        """Send a packet of the library's."""
        if self.closed:
            raise exceptions.SocketIsClosedError()
        encoded = pkt.encode()
        self.write(text_frame(encoded.encode()) if isinstance(encoded, str) else binary_frame(encoded))

    async def check_ping_timeout(self) -> bool:
        """Timers do this here."""
        return not self.closed

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """End the connection: what was sent still goes out, for a second at most."""
        if self.closing:
            return
        self.closing = True
        self._stop_timer()
        await self.server._trigger_event("disconnect", self.sid, reason or self.server.reason.SERVER_DISCONNECT, run_async=False)
        if not abort:
            self.write(text_frame(b"1"))
            self.flush()
        self.closed = True
        transport = self._transport
        if transport is not None and not transport.is_closing():
            self._loop.call_later(FLUSH_SECONDS, transport.abort)
            self.server.keep(self._hang_up())

    def schedule_ping(self) -> None:
        """The peer has answered, or has just come."""
        if self.last_ping and not self.closing:
            self.last_ping = None
            self._stop_timer()
            self._timer = self._loop.call_later(self.server.ping_interval, self._ping)

    def _ping(self) -> None:
        self.last_ping = time.time()
        self.write(_PING)
        self._timer = self._loop.call_later(self.server.ping_timeout, self._lost)

    def _lost(self) -> None:
        self.server.keep(self.close(wait=False, abort=False, reason=self.server.reason.PING_TIMEOUT))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _flush_slowly(self) -> None:
        try:
            while self._backlog:
                await self._protocol._drain_helper()
                if self._transport is None or self._transport.is_closing():
                    return
                self.flush()
        except ConnectionError:
            self._drop()
        finally:
            self._flushing = None

    async def _hang_up(self) -> None:
        """The closing handshake, after everything that was sent."""
        if self._flushing is not None:
            await asyncio.wait([self._flushing])
        if self._ws is not None:
            await self._ws.close()
            _break_cycle(self._ws)


def _break_cycle(ws: web.WebSocketResponse) -> None:
    """A closed connection keeps its last error, which keeps the frames of all its callers, which keep the connection.

    Thousands of these would wait for a full garbage collection, which stops everybody for as long as there is much to look at.
    """
    error = ws.exception()
    while error is not None:
        earlier = error.__context__
        error.__traceback__ = error.__context__ = None
        error = earlier


class FastEngine(engineio.AsyncServer):  # type: ignore[misc]
    """An Engine.IO server whose WebSocket connections are :class:`FastSocket`."""

    queued_packets = 200

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._kept: set[asyncio.Task[None]] = set()
        self._due: list[FastSocket] = []
        self.ended = 0  # connections

    def hear(self, sock: FastSocket, text: str) -> Awaitable[None] | None:
        """A Socket.IO packet; the next one of this connection is heard when what is given back has ended."""
        work: Awaitable[None] = self.handlers["message"](sock.sid, text)
        return work

    def due(self, sock: FastSocket) -> None:
        """Something waits for this connection: it is written when everything that is ready now has had its say.

        Two turns of the event loop: acknowledgements follow in the second what was announced in the first.
        """
        if not self._due:
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self._flush)
        self._due.append(sock)

    def _flush(self) -> None:
        due, self._due = self._due, []
        for sock in due:
            sock.flush()

    def keep(self, work: Any) -> asyncio.Task[None]:
        """A task that is not forgotten before it ends."""
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)
        return task

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        if transport != "websocket":
            return await super()._handle_connect(environ, transport, jsonp_index)
        sid = self.generate_id()
        sock = self.sockets[sid] = FastSocket(self, sid)
        try:
            hello = {
                "sid": sid,
                "upgrades": [],
                "pingTimeout": int(self.ping_timeout * 1000),
                "pingInterval": int((self.ping_interval + self.ping_interval_grace_period) * 1000),
                "maxPayload": self.max_http_buffer_size,
            }
            await sock.send(packet.Packet(packet.OPEN, hello))
            accepted = await self._trigger_event("connect", sid, environ, run_async=False)
            if accepted is not None and accepted is not True:
                return self._unauthorized(accepted or None)
            sock.schedule_ping()
            return await sock.serve(environ["aiohttp.request"])
        finally:
            self.sockets.pop(sid, None)
            self.ended += 1
