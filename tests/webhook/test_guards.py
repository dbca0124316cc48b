"""What is done to the hub on purpose: floods, bombs, silence."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import aiohttp
import pytest

from tests.waiting import PATIENCE
from tests.webhook.clients import Json, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.app import HUB


async def raw(hub: RunningHub, session: aiohttp.ClientSession, *, join: bool = True) -> aiohttp.ClientWebSocketResponse:
    """A WebSocket that speaks the protocol by hand."""
    address = f"{hub.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
    wire = await session.ws_connect(address, compress=15)
    assert (await wire.receive_str()).startswith("0")
    await wire.send_str('40/visitor,{"v":1,"site":"demo"}')
    assert (await wire.receive_str()).startswith("40/visitor,")
    if join:
        await wire.send_str('42/visitor,1["join",{"token":null,"last_seq":0,"page":null,"lang":null}]')
        assert (await wire.receive_str()).startswith("43/visitor,1")
    return wire


async def is_cut(wire: aiohttp.ClientWebSocketResponse) -> bool:
    """Whether the server closes the connection."""
    async with asyncio.timeout(PATIENCE):
        while True:
            message = await wire.receive()
            if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                return True


@pytest.mark.parametrize(
    "packet",
    [
        b"binary",
        b"\x04binary",
        '451-/visitor,["message",{"_placeholder":true,"num":0}]',
        '4599999999-/visitor,["message",{"_placeholder":true,"num":0}]',
        '461-/visitor,1[{"_placeholder":true,"num":0}]',
        "49",
        "4",
        "42/visitor,{",
        "42/visitor,1" + "[" * 5000,
        "42/visitor,17" + '["message",{}]' + "x" * 17_000,
        "44/visitor,{}",
    ],
)
async def test_what_is_no_chat_is_cut(hub: RunningHub, packet: str | bytes) -> None:
    async with aiohttp.ClientSession() as session:
        wire = await raw(hub, session)
        await (wire.send_bytes(packet) if isinstance(packet, bytes) else wire.send_str(packet))
        assert await is_cut(wire)
    visitor = await hub.visitor()
    await visitor.say("Others are not disturbed")


@pytest.mark.parametrize("payload", ["[]", '"text"', "5", '{"text":"Hi"}', "null", '{"client_msg_id":"a","text":"Hi","room":"x"}'])
async def test_other_shapes_are_refused_by_an_acknowledgement(hub: RunningHub, payload: str) -> None:
    async with aiohttp.ClientSession() as session:
        wire = await raw(hub, session)
        await wire.send_str(f'42/visitor,2["message",{payload}]')
        answer = await wire.receive_str()
        assert answer.startswith("43/visitor,2")
        assert json.loads(answer.removeprefix("43/visitor,2"))[0]["error"]["code"] == "invalid"


async def test_event_names_that_are_no_names(hub: RunningHub) -> None:
    async with aiohttp.ClientSession() as session:
        wire = await raw(hub, session)
        for name in ('{"a":1}', "[]", "5", '"trigger_event"', '"connect"', '"disconnect"', '"__class__"'):
            await wire.send_str(f"42/visitor,3[{name},{{}}]")
        await wire.send_str('42/visitor,4["typing",{"on":true}]')
        async with asyncio.timeout(PATIENCE):
            while "43/visitor,4" not in await wire.receive_str():
                pass


async def test_compression_is_declined(hub: RunningHub) -> None:
    async with aiohttp.ClientSession() as session:
        wire = await raw(hub, session)
        assert not wire.compress


async def test_a_reader_who_does_not_read_is_cut_and_resumes(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(queued_packets=50))
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    state = await agent.accept(visitor.conversation_id)
    server = hub.runner.app[HUB].server
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(socket_factory=small_socket)) as session:
        address = f"{hub.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket"
        deaf = await session.ws_connect(address, max_msg_size=0)
        await deaf.receive_str()
        await deaf.send_str('40/visitor,{"v":1,"site":"demo"}')
        await deaf.receive_str()
        join = {"token": visitor.token, "last_seq": 0, "page": None, "lang": None}
        await deaf.send_str(f'42/visitor,1["join",{json.dumps(join)}]')
        assert deaf._conn is not None and deaf._conn.protocol is not None
        deaf._conn.protocol.pause_reading()
        before = len(server.eio.sockets)
        long = "x" * 3900
        for number in range(2000):
            await agent.ok("reply", _reply(state, f"{number} {long}"))
            if len(server.eio.sockets) < before:
                break
        assert len(server.eio.sockets) < before
    again = await hub.visitor(join=False)
    joined = await again.join(visitor.token)
    assert joined["state"]["holder"] == "agent" and len(joined["entries"]) > 5


def small_socket(info: Any) -> socket.socket:
    """A socket that takes little before it must be read."""
    made = socket.socket(info[0], info[1], info[2])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.setblocking(False)
    return made


def _reply(state: Json, text: str) -> Json:
    same = {"conversation_id": state["conversation_id"], "epoch": state["epoch"]}
    return {**same, "client_msg_id": new_id(), "text": text, "seen_seq": 99_999}


async def test_handshakes_are_counted(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(local_handshakes_per_minute=9))
    answers = [(await hub.get("/socket.io/?EIO=4&transport=polling")).status for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert (await hub.get("/health")).status == 200


async def test_new_chats_are_counted(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(local_new_chats_per_minute=2))
    known = await hub.visitor()
    await hub.visitor()
    late = await hub.visitor(join=False)
    error = await late.refused("join", {"token": None, "last_seq": 0, "page": None, "lang": None})
    assert error["code"] == "too_fast" and error["retry_after"] > 0
    assert (await late.join(known.token))["token"] == known.token


async def test_text_that_no_database_takes(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    assert (await visitor.refused("message", {"client_msg_id": new_id(), "text": "\ud800"}))["code"] == "invalid"
    await visitor.say("with\x00nul and\x07bell")
    entry = await visitor.entry(lambda entry: entry["author"] == "visitor")
    assert entry["text"] == "withnul andbell"
    for payload in ("{{7*7}}", "{agent}", "${PATH}", "<script>alert(1)</script>"):
        await visitor.say(payload)
        await visitor.hears(payload, author="visitor")


async def test_errors_inside_say_nothing_of_the_inside(hub: RunningHub, caplog: pytest.LogCaptureFixture) -> None:
    visitor = await hub.visitor()
    async with hub.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE turns RENAME TO turns_away")
    error = await visitor.refused("message", {"client_msg_id": new_id(), "text": "My number is 0049 170 1234567"})
    assert error["code"] in ("internal", "unavailable")
    assert "turns" not in error["message"]
    assert "170" not in caplog.text
    async with hub.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE turns_away RENAME TO turns")
    again = await hub.visitor(join=False)
    assert len((await again.join(visitor.token))["entries"]) == 1  # not stored, not acknowledged
