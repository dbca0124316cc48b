"""How each server is spoken to: the opening words of a connection, a message, and how its acknowledgement and relay are known."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from handraise.bench import names
from handraise.bench.frames import header

FIRST = 1_000_000  # numbers of messages have seven digits, so that every message has the same length
LINE = "I would like a quotation for the delivery of 25 lead forms, please"
MARK = b'"client_msg_id":"'
type Step = tuple[bytes, bytes | None]  # wait for a frame that begins so, then say this (None: nothing)


@dataclass(frozen=True)
class Dialect(ABC):
    """One way of speaking."""

    path: str
    before: bytes  # of a message, in front of its number
    after: bytes  # between the number and the content
    end: bytes
    ack: bytes  # what an acknowledgement begins with; the number follows
    good: bytes  # what follows the number when it was accepted
    relay: bytes  # what a relay begins with
    refusals: tuple[bytes, ...]  # what a server says instead of letting somebody in

    def headers(self, agent: int | None, port: int) -> list[str]:
        """Further lines of the upgrade; ``agent`` is None for visitors."""
        return []

    @abstractmethod
    def visitor(self, index: int) -> list[Step]:
        """How a visitor comes in."""

    @abstractmethod
    def agent(self, index: int, conversations: list[int]) -> list[Step]:
        """How an agent comes in and opens conversations."""


def template(dialect: Dialect, run: bytes, visitor: int) -> tuple[bytes, bytes, bytes]:
    """A message of this visitor in three parts, with its number between the first two and again between the last two.

    ``run`` (6 characters) keeps the ids of one run apart from those of another: a hub answers a known id without saying it again.
    As with the widget's ids, later ones come later in order.
    """
    first, second = dialect.before, dialect.after + b"{" + MARK + run + b"-"
    third = b'-%05d","text":"' % visitor + LINE.encode() + b'"}' + dialect.end
    return header(len(first) + len(second) + len(third) + 14) + first, second, third


def origin(relay: bytes) -> tuple[bytes, int, int]:
    """The run, the visitor and the number of a relayed message."""
    place = relay.find(MARK) + len(MARK)
    return relay[place : place + 6], int(relay[place + 15 : place + 20]), int(relay[place + 7 : place + 14]) - FIRST


def _packed(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class Handraise(Dialect):
    """docs/protocol.md: visitors resume by token, agents have a session and open their conversations."""

    def headers(self, agent: int | None, port: int) -> list[str]:
        """The origin of the hub's own pages, and an agent's session."""
        own = f"Origin: http://127.0.0.1:{port}"
        return [own] if agent is None else [f"Cookie: handraise_session={names.session(agent)}", own]

    def visitor(self, index: int) -> list[Step]:
        """Connect, then join with the token of a conversation that is there."""
        join = {"token": names.token(index), "last_seq": 1, "page": None, "lang": "en"}
        return [
            (b"0", b'40/visitor,{"v":1,"site":"demo"}'),
            (b"40/visitor,", b'42/visitor,0["join",' + _packed(join) + b"]"),
            (b'43/visitor,0[{"ok":true', None),
        ]

    def agent(self, index: int, conversations: list[int]) -> list[Step]:
        """Connect, join, open one conversation after the other."""
        steps: list[Step] = [(b"0", b"40/agent,"), (b"40/agent,", b'42/agent,0["join",{}]')]
        for place, one in enumerate(conversations):
            event = _packed(["open", {"conversation_id": names.conversation(one), "last_seq": 0}])
            steps.append((b'43/agent,%d[{"ok":true' % place, b"42/agent,%d" % (place + 1) + event))
        return [*steps, (b'43/agent,%d[{"ok":true' % len(conversations), None)]


class SocketIo(Dialect):
    """The Socket.IO peers: a signed token and the rooms to be in, told when connecting."""

    def visitor(self, index: int) -> list[Step]:
        """Connect with one room to speak to."""
        auth = {"token": names.signed(f"visitor-{index}"), "room": names.conversation(index)}
        return [(b"0", b"40" + _packed(auth)), (b"40", None)]

    def agent(self, index: int, conversations: list[int]) -> list[Step]:
        """Connect with the rooms to listen to."""
        auth = {"token": names.signed(f"agent-{index}"), "rooms": [names.conversation(one) for one in conversations]}
        return [(b"0", b"40" + _packed(auth)), (b"40", None)]


class Raw(Dialect):
    """The raw WebSocket peer: the same as JSON, without a protocol in between."""

    def visitor(self, index: int) -> list[Step]:
        """The first message says who it is."""
        return [(b"", _packed({"token": names.signed(f"visitor-{index}"), "room": names.conversation(index)})), (b'{"ok"', None)]

    def agent(self, index: int, conversations: list[int]) -> list[Step]:
        """The same with rooms to listen to."""
        rooms = [names.conversation(one) for one in conversations]
        return [(b"", _packed({"token": names.signed(f"agent-{index}"), "rooms": rooms})), (b'{"ok"', None)]


_SOCKET_IO = "/socket.io/?EIO=4&transport=websocket"
DIALECTS: dict[str, Dialect] = {
    "handraise": Handraise(
        path=_SOCKET_IO,
        before=b"42/visitor,",
        after=b'["message",',
        end=b"]",
        ack=b"43/visitor,",
        good=b'[{"ok":true',
        relay=b'42/agent,["entry"',
        refusals=(b"44", b'43/visitor,0[{"ok":false', b'43/agent,0[{"ok":false'),
    ),
    "socketio": SocketIo(
        path=_SOCKET_IO,
        before=b"42",
        after=b'["message",',
        end=b"]",
        ack=b"43",
        good=b'[{"ok":true',
        relay=b'42["entry"',
        refusals=(b"44",),
    ),
    "raw": Raw(
        path="/ws",
        before=b'{"id":',
        after=b',"message":',
        end=b"}",
        ack=b'{"ack":',
        good=b',"ok":true',
        relay=b'{"entry"',
        refusals=(b'{"error"',),
    ),
}
