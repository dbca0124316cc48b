"""WebSocket frames by hand: a client that is much cheaper than the servers it measures."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

TEXT = 0x81
PING = 0x89
CLOSE = 0x88
_COMPRESSED = 0x40
_TAIL = b"\x00\x00\xff\xff"  # what permessage-deflate leaves out at the end of a message
OFFER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"  # as browsers write it


def header(size: int, kind: int = TEXT) -> bytes:
    """The head of a client's frame. Its mask is zero, which the format allows: the content goes out unchanged."""
    if size < 126:
        return bytes((kind, 0x80 | size)) + bytes(4)
    if size < 65_536:
        return bytes((kind, 0x80 | 126)) + size.to_bytes(2) + bytes(4)
    return bytes((kind, 0x80 | 127)) + size.to_bytes(8) + bytes(4)


def frame(content: bytes, kind: int = TEXT) -> bytes:
    """A whole frame."""
    return header(len(content), kind) + content


def upgrade(host: str, path: str, headers: list[str], *, offer: bool) -> bytes:
    """The request that opens a WebSocket."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: aGFuZHJhaXNlLWJlbmNoIQ==",
        "Sec-WebSocket-Version: 13",
        *headers,
        *([OFFER] if offer else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class Reader:
    """Takes what the network gives and hands out frames. Servers do not mask, and ours do not split messages."""

    __slots__ = ("_inflate", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._inflate = zlib.decompressobj(-15)

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Every whole frame as (kind, content); the rest is kept for the next time."""
        if self._rest:
            data = self._rest + data
        place, end = 0, len(data)
        while end - place >= 2:
            kind, size, start = data[place], data[place + 1], place + 2
            if size == 126:
                if end - place < 4:
                    break
                size, start = data[place + 2] << 8 | data[place + 3], place + 4
            elif size == 127:
                if end - place < 10:
                    break
                size, start = int.from_bytes(data[place + 2 : place + 10]), place + 10
            if end < start + size:
                break
            content = data[start : start + size]
            place = start + size
            if kind & _COMPRESSED:
                kind, content = kind ^ _COMPRESSED, self._inflate.decompress(content + _TAIL)
            yield kind, content
        self._rest = data[place:]
