"""A TCP proxy in front of a hub that can cut, swallow, delay and drop single WebSocket frames."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress

Drop = Callable[[str, str], bool]
_CHUNK = 65_536


def drops_acks(share: float, luck: random.Random) -> Drop:
    """A rule that loses this share of the acknowledgements of sends on their way to the browser."""

    def rule(direction: str, text: str) -> bool:
        return direction == "down" and text.startswith("43") and '"seq":' in text and '"entries"' not in text and luck.random() < share

    return rule


class Proxy:
    """Listens on ``port`` and forwards to ``target``; all switches work on open connections too."""

    def __init__(self, target_port: int, port: int = 0) -> None:
        self.target_port = target_port
        self.port = port
        self.drop: Drop | None = None  # for frames: direction "up" or "down", and the text
        self.cut_after: Callable[[], float] | None = None  # seconds after which each new connection is cut
        self.delay = 0.0  # seconds, on every chunk
        self.dropped = 0
        self.cuts = 0
        self.open: set[asyncio.StreamWriter] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> Proxy:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut_all()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut_all(self) -> None:
        """Reset every connection."""
        for writer in list(self.open):
            self.cut(writer)

    def cut(self, writer: asyncio.StreamWriter) -> None:
        """Reset one connection of ``open``."""
        self.cuts += 1
        self.open.discard(writer)
        writer.transport.abort()

    def swallow(self) -> None:
        """From now on nothing passes and nobody is told, as when a network is gone."""
        self._flowing.clear()

    def flow(self) -> None:
        """The opposite of :meth:`swallow`; what was held back is delivered, as TCP does."""
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flowing.wait()
        try:
            hub_reader, hub_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        self.open.add(writer)
        timer = asyncio.get_running_loop().call_later(self.cut_after(), self.cut, writer) if self.cut_after else None
        pumps = [
            asyncio.create_task(self._pump("up", reader, hub_writer)),
            asyncio.create_task(self._pump("down", hub_reader, writer)),
        ]
        self._tasks |= set(pumps)
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if timer is not None:
                timer.cancel()
            for pump in pumps:
                pump.cancel()
            self._tasks -= set(pumps)
            self.open.discard(writer)
            for end in (writer, hub_writer):
                with suppress(Exception):
                    end.close()

    async def _pump(self, direction: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = Frames()
        with suppress(ConnectionError, OSError):
            while chunk := await reader.read(_CHUNK):
                await self._flowing.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(self._filtered(direction, frames, chunk))
                await writer.drain()

    def _filtered(self, direction: str, frames: Frames, chunk: bytes) -> bytes:
        kept = bytearray()
        for raw, text in frames.feed(chunk):
            if text is not None and self.drop is not None and self.drop(direction, text):
                self.dropped += 1
            else:
                kept += raw
        return bytes(kept)


class Frames:
    """Cuts a stream into its HTTP head and whole WebSocket frames; a stream without upgrade is passed on as it comes."""

    def __init__(self) -> None:
        self._rest = b""
        self._head = True
        self._plain = False

    def feed(self, chunk: bytes) -> list[tuple[bytes, str | None]]:
        """Whole pieces: the bytes, and the text when it is a text frame."""
        if self._plain:
            return [(chunk, None)]
        self._rest += chunk
        found: list[tuple[bytes, str | None]] = []
        if self._head:
            end = self._rest.find(b"\r\n\r\n")
            if end < 0:
                return found
            if b"upgrade: websocket" not in self._rest[:end].lower():
                self._plain = True
                return [(self._rest, None)]
            found.append((self._rest[: end + 4], None))
            self._rest = self._rest[end + 4 :]
            self._head = False
        while (piece := _frame(self._rest)) is not None:
            found.append(piece)
            self._rest = self._rest[len(piece[0]) :]
        return found


def _frame(data: bytes) -> tuple[bytes, str | None] | None:
    """The first frame of ``data``, or None when it is not whole."""
    if len(data) < 2:
        return None
    length, at = data[1] & 0x7F, 2
    if length >= 126:
        size = 2 if length == 126 else 8
        if len(data) < 2 + size:
            return None
        length, at = int.from_bytes(data[2 : 2 + size]), 2 + size
    mask = b""
    if data[1] & 0x80:
        mask, at = data[at : at + 4], at + 4
    if len(data) < at + length:
        return None
    body = data[at : at + length]
    if mask:
        body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
    text = body.decode("utf-8", "replace") if data[0] & 0x0F == 1 else None
    return data[: at + length], text
