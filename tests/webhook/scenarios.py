"""What Socket.IO clients do, and a server with the same handlers for each kind: used by test_fastpath.py."""

from __future__ import annotations

import asyncio
import json
import threading
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp import web

from handraise.node import WIDGET, node_program
from handraise.ports import free_port
from tests.waiting import PATIENCE
from tests.webhook.clients import Client
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
    return await one.sio.call(event, data, namespace=one.namespace, timeout=PATIENCE)


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
        answer = await both.call("echo", "root", namespace="/", timeout=PATIENCE)
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
        async with asyncio.timeout(PATIENCE):
            await again.wait()
        answer = await one.call("echo", "back", namespace="/chat", timeout=PATIENCE)
        changed = one.get_sid("/chat") != first
        await one.disconnect()
        return [answer, changed]


async def simple_client(side: Side) -> Any:
    async with aiohttp.ClientSession() as session, socketio.AsyncSimpleClient(handle_sigint=False, http_session=session) as one:
        await one.connect(side.url, namespace="/chat", transports=["websocket"], auth="simple")
        await one.emit("tell", {"data": {"n": 1}})
        heard = await one.receive(timeout=PATIENCE)
        return [heard, await one.call("echo", "simple", timeout=PATIENCE), one.transport]


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
    answers = [one.call("echo", {"n": number}, namespace="/chat", timeout=PATIENCE) for number in range(20)]
    one.call("burst", 10, namespace="/chat", timeout=PATIENCE)
    one.call("echo", "x" * LONGEST, namespace="/chat", timeout=PATIENCE)
    one.emit("bye", namespace="/chat")
    assert over.wait(10)
    return [answers, heard]


async def sync_client(side: Side) -> Any:
    return await asyncio.to_thread(threaded, side.url)


async def javascript_client(side: Side) -> Any:
    """What browsers use."""
    words = [str(node_program()), str(Path(__file__).with_name("client.mjs")), side.url, str(WIDGET / "package.json")]
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE, stderr=PIPE)
    printed, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return json.loads(printed)


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
    sync_client,
    javascript_client,
)


async def observe(server: socketio.AsyncServer, scenario: Scenario) -> Any:
    async with asyncio.timeout(60), serving(server) as side:
        seen = await scenario(side)
        log = [entry for entry in side.log if entry[0] != "disconnect" or scenario is not comes_again]
        if scenario is javascript_client:
            log.sort(key=repr)  # it has several connections at once
        return {"client": seen, "server": log}
