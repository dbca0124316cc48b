"""Socket.IO over one WebSocket, as small as it can be, so that a thousand clients fit into one test."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp

Json = dict[str, Any]
ANSWER_SECONDS = 10.0  # as the widget


class Lost(Exception):
    """The line is gone, or could not be had."""


class Line:
    """One connection to one namespace. ``hear`` is called with every event, ``lost`` is set when the connection has ended."""

    def __init__(self, http: aiohttp.ClientSession, namespace: str, hear: Callable[[str, Any], None]) -> None:
        self._http = http
        self._namespace = namespace
        self._hear = hear
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._number = 0
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self._patience = 45.0
        self.reading = asyncio.Event()
        self.reading.set()  # cleared: the client does not read
        self.lost = asyncio.Event()

    async def open(self, url: str, auth: Any = None, headers: dict[str, str] | None = None) -> Line:
        """Connect to the hub at ``url`` and to the namespace.

        Raises:
            Lost: nobody answers, or the hub does not want us.
        """
        address = url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                self._socket = await self._http.ws_connect(address, headers=headers, compress=0, max_msg_size=0)
                opened = json.loads((await self._receive())[1:])
                self._patience = (opened["pingInterval"] + opened["pingTimeout"]) / 1000
                await self._socket.send_str(f"40{self._namespace}," + ("" if auth is None else json.dumps(auth)))
                while not (answer := await self._receive()).startswith("4"):
                    pass
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            await self.close()
            raise Lost(type(error).__name__) from error
        if not answer.startswith("40"):
            await self.close()
            raise Lost("refused")
        self._reader = asyncio.create_task(self._read())
        return self

    async def call(self, event: str, data: Json, seconds: float = ANSWER_SECONDS) -> Json:
        """The acknowledgement of an event.

        Raises:
            Lost: the line ended first.
            TimeoutError: no answer came in time.
        """
        number = self._number = self._number + 1
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self.send(f"42{self._namespace},{number}" + json.dumps([event, data], ensure_ascii=False))
            async with asyncio.timeout(seconds):
                found: Json = await answer
                return found
        finally:
            self._answers.pop(number, None)

    async def send(self, packet: str) -> None:
        """Send a packet as it is.

        Raises:
            Lost: the line is gone.
        """
        if self._socket is None or self.lost.is_set():
            raise Lost("closed")
        try:
            await self._socket.send_str(packet)
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(type(error).__name__) from error

    def abort(self) -> None:
        """Drop the connection without a goodbye, as a client that is gone."""
        if self._socket is not None:
            connection = self._socket._response.connection  # aiohttp has no other way to hang up rudely
            if connection is not None and connection.transport is not None:
                connection.transport.abort()

    async def close(self) -> None:
        """Close politely."""
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        if self._socket is not None:
            with suppress(Exception):
                async with asyncio.timeout(1):
                    await self._socket.close()
        self._end()

    async def _receive(self) -> str:
        if self._socket is None:
            raise Lost("closed")
        message = await self._socket.receive(timeout=self._patience)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Lost(message.type.name)
        text: str = message.data
        return text

    async def _read(self) -> None:
        try:
            while True:
                await self.reading.wait()
                self._take(await self._receive())
                if self._pong:
                    self._pong = False
                    await self.send("3")
        except (Lost, aiohttp.ClientError, OSError, TimeoutError):
            pass
        finally:
            self._end()
            self.abort()

    _pong = False

    def _take(self, packet: str) -> None:
        if packet == "2":
            self._pong = True
        elif packet.startswith(f"42{self._namespace},"):
            event, *rest = json.loads(packet[3 + len(self._namespace) :])
            self._hear(event, rest[0] if rest else None)
        elif packet.startswith(f"43{self._namespace},"):
            number, _, body = packet[3 + len(self._namespace) :].partition("[")
            waiting = self._answers.get(int(number))
            if waiting is not None and not waiting.done():
                waiting.set_result(json.loads("[" + body)[0])
        elif packet.startswith(("41", "1")):
            raise Lost("the hub said goodbye")

    def _end(self) -> None:
        self.lost.set()
        for waiting in self._answers.values():
            if not waiting.done():
                waiting.set_exception(Lost("the line ended"))
                waiting.exception()  # whoever waits hears of it, nobody else must
