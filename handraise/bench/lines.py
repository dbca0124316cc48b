"""The connections of the generator: opened step by step, then handing every text to whoever listens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from handraise.bench.dialects import Dialect, Step
from handraise.bench.frames import CLOSE, PING, TEXT, Reader, frame, upgrade

_PONG = frame(b"", 0x8A)
_STILL_HERE = frame(b"3")  # Engine.IO's answer to its ping


class Refused(Exception):
    """A server did not let a connection in."""


class Line(asyncio.Protocol):
    """One WebSocket. ``hear`` is called for every text once it is open; what it returns is sent with the others of the same read."""

    def __init__(self, request: bytes, steps: list[Step], refusals: tuple[bytes, ...], engine: bool) -> None:
        self._request = request
        self._steps = steps
        self._refusals = refusals
        self._engine = engine  # whether Engine.IO's pings come
        self._reader = Reader()
        self._head = b""
        self._upgraded = False
        self._step = 0
        self.hear: Callable[[bytes], bytes | None] = lambda text: None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_lost: Callable[[], None] = lambda: None
        self.compressed = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass of it
        self._transport.write(self._request)

    def write(self, data: bytes) -> None:
        """Send frames."""
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        """Hang up."""
        self.on_lost = lambda: None
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        """Everything that came with one read; what is to be said to it goes out with one write."""
        if not self._upgraded:
            data = self._upgrade(data)
        answers = []
        for kind, text in self._reader.feed(data):
            answer = self._frame(kind, text)
            if answer is not None:
                answers.append(answer)
        if answers:
            self.write(b"".join(answers))

    def connection_lost(self, exc: Exception | None) -> None:
        """The server or the network hung up."""
        if not self.opened.done():
            self.opened.set_exception(Refused("the connection was closed"))
        self.on_lost()

    def _frame(self, kind: int, text: bytes) -> bytes | None:
        if kind == TEXT:
            if self._engine and text == b"2":
                return _STILL_HERE
            if self._step < len(self._steps):
                return self._open(text)
            return self.hear(text)
        if kind == CLOSE and self._transport is not None:
            self._transport.close()
        return _PONG if kind == PING else None

    def _upgrade(self, data: bytes) -> bytes:
        self._head += data
        head, end, rest = self._head.partition(b"\r\n\r\n")
        if not end:
            return b""
        if not head.startswith(b"HTTP/1.1 101"):
            self._fail(head.split(b"\r\n")[0].decode(errors="replace"))
            return b""
        self._upgraded = True
        self.compressed = b"permessage-deflate" in head.lower()
        answer = self._open(b"") if self._steps[0][0] == b"" else None
        if answer:
            self.write(answer)
        return rest

    def _open(self, text: bytes) -> bytes | None:
        awaited, say = self._steps[self._step]
        if text.startswith(self._refusals):
            self._fail(text.decode(errors="replace"))
        if not text.startswith(awaited):
            return None
        self._step += 1
        if self._step == len(self._steps) and not self.opened.done():
            self.opened.set_result(None)
        return frame(say) if say is not None else None

    def _fail(self, why: str) -> None:
        if not self.opened.done():
            self.opened.set_exception(Refused(why[:300]))
        self.close()


async def dial(port: int, dialect: Dialect, steps: list[Step], *, agent: int | None, offer: bool) -> Line:
    """Connect and go through the opening words.

    Raises:
        Refused: the server did not let it in, or did not answer in time.
    """
    loop = asyncio.get_running_loop()
    request = upgrade(f"127.0.0.1:{port}", dialect.path, dialect.headers(agent, port), offer=offer)
    engine = "EIO=" in dialect.path
    try:
        async with asyncio.timeout(60):
            _, line = await loop.create_connection(lambda: Line(request, steps, dialect.refusals, engine), "127.0.0.1", port)
            await line.opened
    except TimeoutError:
        raise Refused("no answer within 60 s") from None
    except OSError as error:
        raise Refused(str(error)) from error
    return line
