"""Packets read and written without the library, and whether the library is still the one that was read."""

from __future__ import annotations

import hashlib
import inspect
from typing import Any

import engineio
import pytest
import socketio
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from engineio.async_socket import AsyncSocket
from engineio.base_socket import BaseSocket

from webhook.packets import encode, once, parse_event, text_frame


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('2["a"]', ("/", None, ["a"])),
        ('2/chat,17["a",{"b":1}]', ("/chat", 17, ["a", {"b": 1}])),
        ('2/chat,["a"]', ("/chat", None, ["a"])),
        ('2/chat,99999999999999999["a"]', None),
        ('21-["a"]', None),
        ('2/chat?x=1,["a"]', None),
        ('2/a,/b,["a"]', None),
        ('2chat,["a"]', None),
        ('2/chat,x["a"]', None),
        ('2/chat,\u0661["a"]', None),
        ('2["a"', None),
        ("2[]", None),
        ('2["\\ud800"]', None),
        ('3/chat,1["a"]', None),
        ("0/chat,", None),
        ("", None),
    ],
)
def test_plain_events_are_read_and_others_left_to_the_library(text: str, expected: Any) -> None:
    assert parse_event(text) == expected


@pytest.mark.parametrize("data", [b"x", {1: "a"}, "\ud800", object(), 2**70])
def test_what_orjson_does_not_write_is_left_to_the_library(data: Any) -> None:
    assert encode("2", "/", None, [data]) is None


def test_what_is_encoded_once_reads_as_if_it_had_been_encoded_each_time() -> None:
    entry = {"seq": 1, "text": 'é "\n', "choices": [], "at": None}
    assert encode("2", "/", None, ["entry", {"entry": once(entry)}]) == encode("2", "/", None, ["entry", {"entry": entry}])
    assert encode("2", "/", None, ["entry", {"entry": once({"text": "\ud800"})}]) is None  # the library may


def test_frames() -> None:
    assert text_frame(b"a" * 125)[:2] == b"\x81\x7d"
    assert text_frame(b"a" * 126)[:4] == b"\x81\x7e\x00\x7e"
    assert text_frame(b"a" * 65536)[:10] == b"\x81\x7f" + (65536).to_bytes(8)


def test_the_replaced_parts_are_those_that_were_read() -> None:
    """When this fails after an update: read what changed, adapt webhook/fastpath.py, packets.py and sockets.py, then note the new hash."""
    manager, server = socketio.AsyncManager, socketio.AsyncServer
    replaced = (
        *(BaseSocket.__init__, AsyncSocket.receive, AsyncSocket.send, AsyncSocket.check_ping_timeout, AsyncSocket.close, AsyncSocket.poll),
        *(AsyncSocket.schedule_ping, AsyncSocket._send_ping, AsyncSocket._websocket_handler, AsyncSocket._upgrade_websocket),
        *(engineio.AsyncServer._handle_connect, engineio.AsyncServer.send_packet, engineio.AsyncServer._service_task),
        *(manager.emit, manager.get_participants, manager.is_connected, manager.sid_from_eio_sid, manager.eio_sid_from_sid),
        *(server._handle_eio_message, server._handle_event, server._handle_event_internal, server._send_eio_packet, server._send_packet),
        *(server._handle_eio_connect, server._handle_eio_disconnect, server._engineio_server_class, server.emit),
        *(socketio.packet.Packet.encode, socketio.packet.Packet.decode, engineio.packet.Packet.decode),
        *(BaseProtocol._drain_helper, BaseProtocol.pause_writing, BaseProtocol.resume_writing, web.WebSocketResponse.receive),
    )
    text = "".join(inspect.getsource(part) for part in replaced)
    assert hashlib.sha256(text.encode()).hexdigest() == "026250cba665b425b1a4e0a465492b4d286ab1b7464a7bd68b603496880d8572"
