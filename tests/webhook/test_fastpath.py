"""The short way of a packet shows clients what the library shows them, and keeps the hub's guards."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import psutil
import pytest

from tests.waiting import PATIENCE
from tests.webhook.scenarios import OPTIONS, SCENARIOS, Scenario, Side, ask, client, observe, ours, serving, stock
from tests.webhook.test_guards import small_socket
from webhook.sockets import GuardedServer


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_clients_see_what_the_library_shows_them(scenario: Scenario) -> None:
    expected = await observe(stock(), scenario)
    assert expected["client"] and expected["server"]
    assert await observe(ours(), scenario) == expected


@asynccontextmanager
async def raw(side: Side, **options: Any) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A WebSocket that speaks the protocol by hand."""
    connector = aiohttp.TCPConnector(socket_factory=small_socket)
    async with aiohttp.ClientSession(connector=connector) as session:
        wire = await session.ws_connect(f"{side.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket", max_msg_size=0, **options)
        assert (await wire.receive_str()).startswith("0")
        await wire.send_str("40/chat,")
        assert (await wire.receive_str()).startswith("40/chat,")
        try:
            yield wire
        finally:
            await wire.close()


async def ended(wire: aiohttp.ClientWebSocketResponse) -> int | None:
    """How the server closed the connection."""
    async with asyncio.timeout(PATIENCE):
        while (await wire.receive()).type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            pass
    return wire.close_code


@pytest.mark.parametrize("size", [20, 6000], ids=["many", "large"])
async def test_who_does_not_read_is_cut_and_delays_nobody(size: int) -> None:
    async with serving(ours()) as side, raw(side) as deaf, client(side) as other:
        assert deaf._conn is not None and deaf._conn.protocol is not None
        deaf._conn.protocol.pause_reading()
        before, count = psutil.Process().memory_info().rss, 0
        while len(side.server.eio.sockets) > 1:
            for _ in range(50):
                await side.server.emit("told", [count, "x" * size], namespace="/chat")
                count += 1
            await ask(other, "echo", count)
            assert other.got("told")[-1][0] == count - 1
            other.events.clear()
        assert psutil.Process().memory_info().rss - before < 30_000_000
        assert await ask(other, "echo", "here") == "here"
        deaf._conn.protocol.resume_reading()
        # cut without a word: its client calls that an end or an error, as the last frame that came through was whole or not
        assert await ended(deaf) in (aiohttp.WSCloseCode.OK, aiohttp.WSCloseCode.ABNORMAL_CLOSURE)
        assert [entry for entry in side.log if entry[0] == "disconnect"] == [("disconnect", "/chat", "transport close")]


async def test_what_waits_for_a_slow_reader_keeps_its_order() -> None:
    async with serving(ours()) as side, raw(side) as slow:
        assert slow._conn is not None and slow._conn.protocol is not None
        slow._conn.protocol.pause_reading()
        sock = next(iter(side.server.eio.sockets.values()))
        count = 0
        while len(sock._backlog) < 5:
            await side.server.emit("told", [count, "x" * 20_000], namespace="/chat")
            count += 1
        slow._conn.protocol.resume_reading()
        async with asyncio.timeout(PATIENCE):
            for number in range(count):
                assert (await slow.receive_str()).startswith(f'42/chat,["told",[{number},')
            await side.server.eio.disconnect(sock.sid)
            assert await slow.receive_str() == "1"
            assert await ended(slow) == aiohttp.WSCloseCode.OK


async def cut_off(wire: aiohttp.ClientWebSocketResponse, side: Side, sid: str) -> None:
    assert wire._conn is not None and wire._conn.transport is not None
    wire._conn.transport.abort()


async def say_goodbye(wire: aiohttp.ClientWebSocketResponse, side: Side, sid: str) -> None:
    await wire.close()


async def be_cut(wire: aiohttp.ClientWebSocketResponse, side: Side, sid: str) -> None:
    await side.server.cut(sid)
    await ended(wire)


@pytest.mark.parametrize("end", [cut_off, say_goodbye, be_cut], ids=lambda end: end.__name__)
async def test_a_connection_that_has_ended_leaves_nothing_to_the_collector(
    end: Callable[[aiohttp.ClientWebSocketResponse, Side, str], Awaitable[None]],
) -> None:
    async with serving(ours()) as side:
        gc.disable()
        try:
            async with raw(side) as wire:
                ((sid, sock),) = side.server.eio.sockets.items()
                left = [weakref.ref(sock), weakref.ref(sock._ws)]
                del sock
                await end(wire, side, sid)
            async with asyncio.timeout(PATIENCE):
                while any(one() is not None for one in left):
                    await asyncio.sleep(0)
        finally:
            gc.enable()


async def test_what_is_said_together_is_written_together() -> None:
    async with serving(ours()) as side, raw(side) as wire:
        (sock,) = side.server.eio.sockets.values()
        pieces: list[bytes] = []
        sock._transport = Spy(sock._transport, pieces)
        for number in range(3):
            await side.server.emit("told", number, namespace="/chat")
        assert pieces == []
        async with asyncio.timeout(PATIENCE):
            assert [await wire.receive_str() for _ in range(3)] == [f'42/chat,["told",{number}]' for number in range(3)]
        assert len(pieces) == 1


class Spy:
    """A transport that notes what is written."""

    def __init__(self, transport: asyncio.Transport, pieces: list[bytes]) -> None:
        self._inner, self._pieces = transport, pieces

    def write(self, data: bytes) -> None:
        self._pieces.append(data)
        self._inner.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


async def test_who_sends_very_much_leaves_the_others_their_turn() -> None:
    async with serving(ours()) as side, raw(side) as flood, raw(side) as calm:
        for number in range(1000):
            await flood.send_str(f'42/chat,["echo","flood {number}"]')
        await calm.send_str('42/chat,["echo","calm"]')
        await flood.send_str('42/chat,1["echo","over"]')
        async with asyncio.timeout(PATIENCE):
            await flood.receive_str()
        said = [entry[1][0] for entry in side.log if entry[0] == "echo"]
        assert said.index("calm") < said.index("flood 999")


@pytest.mark.parametrize("ping", ["2", "6", "5"], ids=["nothing to do with it", "noop", "upgrade"])
async def test_a_peer_that_answers_no_ping_is_closed(ping: str) -> None:
    options = {**OPTIONS, "ping_interval": 0.05, "ping_timeout": 3.0}
    async with serving(GuardedServer(queued_packets=200, **options)) as side, raw(side) as dead, raw(side) as living:
        await dead.send_str(ping)
        for _ in range(8):
            async with asyncio.timeout(PATIENCE):
                while await living.receive_str() != "2":
                    pass
                await living.send_str("3")
        assert await ended(dead) in (aiohttp.WSCloseCode.OK, aiohttp.WSCloseCode.ABNORMAL_CLOSURE)
        await living.send_str('42/chat,1["echo","here"]')
        async with asyncio.timeout(PATIENCE):
            while await living.receive_str() != '43/chat,1["here"]':
                pass
        assert [entry for entry in side.log if entry[0] == "disconnect"] == [("disconnect", "/chat", "ping timeout")]


async def test_no_client_plays_the_library() -> None:
    async with serving(ours()) as side, client(side) as one:
        before = list(side.log)
        for name in ("connect", "disconnect"):
            await one.sio.emit(name, {"HTTP_ORIGIN": "forged"}, namespace="/chat")
        assert await ask(one, "echo", "here") == "here"
        assert side.log == [*before, ("echo", ("here",))]
