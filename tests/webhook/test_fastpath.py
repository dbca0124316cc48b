"""The short way of a packet shows clients what the library shows them, and keeps the hub's guards."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import engineio
import psutil
import pytest
import socketio
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol
from engineio.async_socket import AsyncSocket
from engineio.base_socket import BaseSocket

from handraise.up import free_port
from tests.webhook.clients import Client
from tests.webhook.test_guards import small_socket
from webhook.fastpath import encode, parse_event, text_frame
from webhook.sockets import GuardedServer

SPACES = ("/", "/chat")
LONGEST = 16_000
OPTIONS: dict[str, Any] = {
    "async_mode": "aiohttp",
    "async_handlers": False,
    "namespaces": list(SPACES),
    "cors_allowed_origins": [],
    "max_http_buffer_size": 16_384,
}


class Side:
    """A server with the same handlers, whichever it is, and what they were called with."""

    def __init__(self, server: socketio.AsyncServer) -> None:
        self.server = server
        self.log: list[Any] = []
        self.gone = asyncio.Event()
        self.url = ""
        for space in SPACES:
            for name, handler in self._handlers(space).items():
                server.on(name, handler, namespace=space)

    def _handlers(self, space: str) -> dict[str, Callable[..., Awaitable[Any]]]:
        server, log = self.server, self.log

        async def connect(sid: str, environ: dict[str, Any], auth: Any) -> bool | None:
            log.append(("connect", space, auth))
            if auth == "error":
                raise socketio.exceptions.ConnectionRefusedError("not today", {"again": 5})
            return False if auth == "refuse" else None

        async def disconnect(sid: str, reason: str) -> None:
            log.append(("disconnect", space, reason))
            self.gone.set()

        async def echo(sid: str, *data: Any) -> Any:
            log.append(("echo", data))
            return data if len(data) != 1 else data[0]

        async def nothing(sid: str, *data: Any) -> None:
            log.append(("nothing", data))

        async def enter(sid: str, room: str) -> bool:
            await server.enter_room(sid, room, namespace=space)
            return True

        async def leave(sid: str, room: str) -> bool:
            await server.leave_room(sid, room, namespace=space)
            return True

        async def tell(sid: str, what: dict[str, Any]) -> str:
            skip = sid if what.get("skip") else None
            await server.emit("told", what["data"], room=what.get("room"), skip_sid=skip, namespace=space)
            return "done"

        async def tell_me(sid: str, *data: Any) -> None:
            await server.emit("told", data, to=sid, namespace=space)

        async def burst(sid: str, count: int) -> str:
            for number in range(count):
                await server.emit("told", number, to=sid, namespace=space)
            return "last"

        async def ask(sid: str, data: Any) -> str:
            async def answered(*answer: Any) -> None:
                await server.emit("told", {"answer": answer}, to=sid, namespace=space)

            await server.emit("question", data, to=sid, namespace=space, callback=answered)
            return "asked"

        async def bye(sid: str) -> None:
            await server.disconnect(sid, namespace=space)

        local = (connect, disconnect, echo, nothing, enter, leave, tell, tell_me, burst, ask, bye)
        return {handler.__name__: handler for handler in local}


def stock() -> socketio.AsyncServer:
    return socketio.AsyncServer(**OPTIONS)


def ours() -> GuardedServer:
    return GuardedServer(queued_packets=200, **OPTIONS)


@asynccontextmanager
async def serving(server: socketio.AsyncServer) -> AsyncIterator[Side]:
    side = Side(server)
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    side.url = f"http://127.0.0.1:{port}"
    try:
        yield side
    finally:
        await runner.cleanup()
        await server.shutdown()


@asynccontextmanager
async def client(side: Side, space: str = "/chat", **options: Any) -> AsyncIterator[Client]:
    made = Client(side.url, space)
    await made.connect(**options)
    try:
        yield made
    finally:
        await made.close()


async def ask(one: Client, event: str, data: Any = ()) -> Any:
    return await one.sio.call(event, data, namespace=one.namespace, timeout=10)


type Scenario = Callable[[Side], Awaitable[Any]]


async def refused(side: Side) -> Any:
    errors = []
    for auth in ("refuse", "error"):
        with pytest.raises(socketio.exceptions.ConnectionError) as caught:
            await Client(side.url, "/chat").connect(auth=auth)
        errors.append(str(caught.value))
    with pytest.raises(socketio.exceptions.ConnectionError) as caught:
        await Client(side.url, "/unknown").connect()
    return [*errors, str(caught.value)]


async def authorised(side: Side) -> Any:
    async with client(side, auth={"token": "ä" * 50, "n": 1}) as one:
        return await ask(one, "echo", "in")


async def values(side: Side) -> Any:
    given = [
        "text",
        "",
        'Grüße \U0001f44b 你好 \u2028 \\ " \n\t',
        "x" * LONGEST,
        0,
        -5,
        2**53,
        2**80,
        1.5,
        1e300,
        True,
        None,
        [],
        {},
        {"a": {"b": [1, None, {"c": "["}]}},
        [[1], 2],
        (1, "two"),
        (),
        {"17": "[", ",": "/"},
    ]
    async with client(side) as one, client(side, "/") as root:
        return [[await ask(each, "echo", value), await ask(each, "nothing", value)] for each in (one, root) for value in given]


async def binary_out(side: Side) -> Any:
    async with client(side) as one:
        await side.server.emit("told", {"bytes": b"\x00\x01"}, namespace="/chat")
        await side.server.emit("told", "after", namespace="/chat")
        await one.wait("told", lambda data: data == "after")
        return one.got("told")


async def rooms(side: Side) -> Any:
    async with client(side) as one, client(side) as two, client(side) as three, client(side, "/") as other:
        for each in (one, two):
            await ask(each, "enter", "red")
        await ask(other, "enter", "red")
        await ask(one, "tell", {"room": "red", "data": "both"})
        await ask(one, "tell", {"room": "red", "data": "only two", "skip": True})
        await ask(two, "leave", "red")
        await ask(one, "tell", {"room": "red", "data": "only one"})
        await ask(one, "tell", {"room": "empty", "data": "nobody"})
        await ask(three, "tell_me", ("several", 1))
        await side.server.emit("told", {"to": "two rooms"}, room=["red", "blue"], namespace="/chat")
        await side.server.emit("told", namespace="/chat")
        await side.server.emit("told", "end", namespace="/")
        for each in (one, two, three, other):
            await ask(each, "echo", "sync")
        return [each.got("told") for each in (one, two, three, other)]


async def order(side: Side) -> Any:
    async with client(side) as one:
        for number in range(1000):
            await one.sio.emit("nothing", number, namespace="/chat")
        assert await ask(one, "burst", 1000) == "last"
        await one.wait("told", lambda number: number == 999)
        return [one.got("told"), [entry[1] for entry in side.log if entry[0] == "nothing"]]


async def callbacks(side: Side) -> Any:
    async with client(side) as one:
        one.sio.on("question", lambda data: ("answer", data), namespace="/chat")
        assert await ask(one, "ask", "why") == "asked"
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        sid = one.sio.get_sid("/chat")
        await side.server.emit("question", {"n": 1}, to=sid, namespace="/chat", callback=lambda *data: answer.set_result(data))
        await one.wait("told")
        return [one.got("told"), await answer]


async def client_leaves(side: Side) -> Any:
    async with client(side) as one:
        await ask(one, "echo", 1)
        await one.sio.disconnect()
        await side.gone.wait()
        return one.got("disconnect")


async def connection_breaks(side: Side) -> Any:
    async with client(side) as one:
        await ask(one, "echo", 1)
        one.sio.eio.ws._response.connection.transport.abort()
        await side.gone.wait()
        await one.wait("disconnect")
        return one.got("disconnect")


async def server_leaves(side: Side) -> Any:
    async with client(side) as one, client(side) as two:
        await one.sio.emit("bye", namespace="/chat")
        await one.wait("disconnect")
        return [one.got("disconnect"), await ask(two, "echo", "still here")]


async def engine_closes(side: Side) -> Any:
    async with client(side) as one:
        await side.server.eio.disconnect(side.server.manager.eio_sid_from_sid(one.sio.get_sid("/chat"), "/chat"))
        await one.wait("disconnect")
        return one.got("disconnect")


async def one_space_of_two(side: Side) -> Any:
    async with aiohttp.ClientSession() as session:
        both = socketio.AsyncClient(reconnection=False, handle_sigint=False, http_session=session)
        await both.connect(side.url, namespaces=list(SPACES), transports=["websocket"])
        await side.server.disconnect(both.get_sid("/chat"), namespace="/chat")
        answer = await both.call("echo", "root", namespace="/", timeout=10)
        await both.disconnect()
        return answer


async def comes_again(side: Side) -> Any:
    again = asyncio.Event()
    async with aiohttp.ClientSession() as session:
        quickly: dict[str, Any] = {"reconnection_delay": 0.01, "reconnection_delay_max": 0.02, "randomization_factor": 0}
        one = socketio.AsyncClient(handle_sigint=False, http_session=session, **quickly)
        await one.connect(side.url, namespaces=["/chat"], auth="me", transports=["websocket"])
        one.on("connect", again.set, namespace="/chat")
        first = one.get_sid("/chat")
        one.eio.ws._response.connection.transport.abort()
        async with asyncio.timeout(10):
            await again.wait()
        answer = await one.call("echo", "back", namespace="/chat", timeout=10)
        changed = one.get_sid("/chat") != first
        await one.disconnect()
        return [answer, changed]


async def simple_client(side: Side) -> Any:
    async with aiohttp.ClientSession() as session, socketio.AsyncSimpleClient(handle_sigint=False, http_session=session) as one:
        await one.connect(side.url, namespace="/chat", transports=["websocket"], auth="simple")
        await one.emit("tell", {"data": {"n": 1}})
        heard = await one.receive(timeout=10)
        return [heard, await one.call("echo", "simple", timeout=10), one.transport]


async def upgraded(side: Side) -> Any:
    async with client(side, transports=("polling", "websocket")) as one, client(side) as two:
        answers = [await ask(each, "echo", {"n": number}) for each in (one, two) for number in range(20)]
        await ask(one, "tell", {"data": "everybody"})
        await ask(two, "echo", "sync")
        return [answers, one.got("told"), two.got("told"), one.sio.transport()]


def threaded(url: str) -> Any:
    heard: list[Any] = []
    one = socketio.Client(reconnection=False, handle_sigint=False)
    one.on("told", heard.append, namespace="/chat")
    one.on("question", lambda data: ["answer", data], namespace="/chat")
    over = threading.Event()
    one.on("disconnect", lambda *reason: over.set(), namespace="/chat")
    one.connect(url, namespaces=["/chat"], auth="thread")  # by polling: it has no WebSocket without a further package
    answers = [one.call("echo", {"n": number}, namespace="/chat", timeout=10) for number in range(20)]
    one.call("burst", 10, namespace="/chat", timeout=10)
    one.call("echo", "x" * LONGEST, namespace="/chat", timeout=10)
    one.emit("bye", namespace="/chat")
    assert over.wait(10)
    return [answers, heard]


async def sync_client(side: Side) -> Any:
    return await asyncio.to_thread(threaded, side.url)


SCENARIOS: tuple[Scenario, ...] = (
    refused,
    authorised,
    values,
    binary_out,
    rooms,
    order,
    callbacks,
    client_leaves,
    connection_breaks,
    server_leaves,
    engine_closes,
    one_space_of_two,
    comes_again,
    simple_client,
    upgraded,
)


async def observe(server: socketio.AsyncServer, scenario: Scenario) -> Any:
    async with asyncio.timeout(60), serving(server) as side:
        seen = await scenario(side)
        return {"client": seen, "server": [entry for entry in side.log if entry[0] != "disconnect" or scenario is not comes_again]}


@pytest.mark.parametrize("scenario", [*SCENARIOS, sync_client], ids=lambda scenario: scenario.__name__)
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
    async with asyncio.timeout(10):
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
        assert await ended(deaf) == aiohttp.WSCloseCode.ABNORMAL_CLOSURE
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
        async with asyncio.timeout(10):
            for number in range(count):
                assert (await slow.receive_str()).startswith(f'42/chat,["told",[{number},')
            await side.server.eio.disconnect(sock.sid)
            assert await slow.receive_str() == "1"
            assert await ended(slow) == aiohttp.WSCloseCode.OK


async def test_who_sends_very_much_leaves_the_others_their_turn() -> None:
    async with serving(ours()) as side, raw(side) as flood, raw(side) as calm:
        for number in range(1000):
            await flood.send_str(f'42/chat,["echo","flood {number}"]')
        await calm.send_str('42/chat,["echo","calm"]')
        await flood.send_str('42/chat,1["echo","over"]')
        async with asyncio.timeout(10):
            await flood.receive_str()
        said = [entry[1][0] for entry in side.log if entry[0] == "echo"]
        assert said.index("calm") < said.index("flood 999")


@pytest.mark.parametrize("ping", ["2", "6", "5"], ids=["nothing to do with it", "noop", "upgrade"])
async def test_a_peer_that_answers_no_ping_is_closed(ping: str) -> None:
    options = {**OPTIONS, "ping_interval": 0.05, "ping_timeout": 0.3}
    async with serving(GuardedServer(queued_packets=200, **options)) as side, raw(side) as dead, raw(side) as living:
        await dead.send_str(ping)
        for _ in range(8):
            async with asyncio.timeout(10):
                while await living.receive_str() != "2":
                    pass
                await living.send_str("3")
        assert await ended(dead) in (aiohttp.WSCloseCode.OK, aiohttp.WSCloseCode.ABNORMAL_CLOSURE)
        await living.send_str('42/chat,1["echo","here"]')
        async with asyncio.timeout(10):
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


def test_frames() -> None:
    assert text_frame(b"a" * 125)[:2] == b"\x81\x7d"
    assert text_frame(b"a" * 126)[:4] == b"\x81\x7e\x00\x7e"
    assert text_frame(b"a" * 65536)[:10] == b"\x81\x7f" + (65536).to_bytes(8)


def test_the_replaced_parts_are_those_that_were_read() -> None:
    """When this fails after an update: read what changed, adapt webhook/fastpath.py and webhook/sockets.py, then note the new hash."""
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
