"""A13, A14, A17: who comes too often, stays too long, is too slow or too fast is stopped, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import pytest

from tests.abuse.site import Site, others
from tests.faults.results import NewScenario, Scale
from tests.waiting import PATIENCE, until
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import quick

pytestmark = pytest.mark.timeout(400)

LONG = ("Host: x", "Content-Length: 1000")


async def test_a13_handshakes_of_one_address(site: Site, scenario: NewScenario, scale: Scale) -> None:
    tries, chats = scale.of(5000, 150), scale.of(40, 4)
    with scenario(
        "A13",
        "Who connects over and over and never joins holds few connections, and those not for long",
        f"{tries} WebSocket handshakes from one address behind the proxy within a minute, nobody joins; {chats} others chat meanwhile",
        "at most 20 of them live at any time; the others' chats all work",
    ) as it:
        most = let_in = 0
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            open_ones: list[aiohttp.ClientWebSocketResponse] = []
            reading: list[asyncio.Future[None]] = []

            async def ended(wire: aiohttp.ClientWebSocketResponse) -> None:
                """Until the hub closes it: nothing is ever said to it but the first packet."""
                async for _ in wire:
                    pass

            async def flood() -> None:
                nonlocal most, let_in
                for _ in range(tries // 50):
                    found = await asyncio.gather(*(site.wire(http) for _ in range(50)))
                    for wire in found:
                        if wire is not None:
                            open_ones.append(wire)
                            reading.append(asyncio.ensure_future(ended(wire)))
                    let_in = len(open_ones)
                    await asyncio.sleep(scale.of(0.5, 0))  # 5,000 a minute
                    most = max(most, sum(not one.done() for one in reading))

            it.must("others whose chat did not work", await others(site, chats, flood()))
            assert let_in, "some were let in"
            it.must("live at once", most, line=20)
            await asyncio.gather(*(wire.close() for wire in open_ones), return_exceptions=True)
            await asyncio.gather(*reading, return_exceptions=True)
        it.tell("handshakes", tries)


async def test_a13_connections_of_one_address_have_an_end(new_hub: StartHub, bot: BotServer) -> None:
    """Also of those who join: `connections_per_address` at a time, and room again when one leaves."""
    tuning = quick(connections_per_address=3, unjoined_per_address=2, handshakes_per_minute=6000, new_chats_per_minute=6000)
    hub = await new_hub(tuning=tuning, proxies="127.0.0.1")
    site = Site(hub, bot)
    async with aiohttp.ClientSession() as http:
        waiting = [await site.wire(http) for _ in range(3)]
        assert [wire is not None for wire in waiting] == [True, True, False], "two may wait"
        assert await site.wire(http, "203.0.113.8") is not None, "of each address"
        for wire in waiting[:2]:
            assert wire is not None
            await wire.close()
        joined = [await site.frame(http) for _ in range(3)]
        assert await site.wire(http) is None
        await joined[0].close()
        again = await until(lambda: site.wire(http), 5)
        assert again is not None
        await again.close()


@pytest.mark.full  # it waits for the hub's own times
async def test_a14_slow_heads_and_bodies(site: Site, scenario: NewScenario, scale: Scale) -> None:
    each, chats = scale.of(500, 6), scale.of(40, 4)
    with scenario(
        "A14",
        "Who sends a head or a body byte by byte is closed, and keeps nobody out",
        f"{4 * each} connections that send nothing, a head byte by byte, or a body byte by byte; {chats} others chat meanwhile",
        "all closed within 20 s; the others' chats all work",
    ) as it:
        kinds: list[Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]] = [
            lambda: site.raw(),
            lambda: site.raw("GET / HTTP/1.1", "Host: x"),
            lambda: site.raw("POST /console/api/login HTTP/1.1", *LONG, "Content-Type: application/json", "", "{"),
            lambda: site.raw("POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1", *LONG, "", "4"),
        ]
        pairs = [(number, await kind()) for number, kind in enumerate(kinds) for _ in range(each)]
        begun = asyncio.get_running_loop().time()

        async def drip(kind: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> float:
            """Seconds until the hub closes; a byte each second until then."""
            ended = asyncio.ensure_future(reader.read())
            while not ended.done() and asyncio.get_running_loop().time() - begun < 40:
                await asyncio.wait([ended], timeout=1)
                with suppress(ConnectionError):
                    if kind:
                        writer.write(b"a")
            took = asyncio.get_running_loop().time() - begun
            with suppress(asyncio.CancelledError, ConnectionError):
                await asyncio.wait_for(ended, 0.1) if ended.done() else ended.cancel()
            writer.close()
            return took

        dripping = asyncio.gather(*(drip(number, *pair) for number, pair in pairs))
        it.must("others whose chat did not work", await others(site, chats))
        took = await dripping
        for number, name in enumerate(("silent", "half a head", "body", "polling body")):
            longest = max(seconds for (kind, _), seconds in zip(pairs, took, strict=True) if kind == number)
            it.must(f"{name}: open for", longest, line=22, unit="s")
        it.tell("connections", len(pairs))


async def test_a_body_that_does_not_come_is_not_waited_for(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(tuning=quick(body_seconds=0.2))
    site = Site(hub, bot)
    reader, writer = await site.raw(
        "POST /console/api/login HTTP/1.1", *LONG, "Content-Type: application/json", f"Origin: {hub.url}", "", "{"
    )
    async with asyncio.timeout(PATIENCE):
        head = await reader.readuntil(b"\r\n")
    assert head.split()[1] == b"408"
    writer.close()


async def test_a17_too_many_messages(site: Site, scenario: NewScenario, scale: Scale) -> None:
    seconds = scale.of(20, 1)
    with scenario(
        "A17",
        "Who writes without end is told so, and neither the bot nor the others wait for it",
        f"200 messages a second on one session for {seconds} s, and 100 sessions of one address; {scale.of(20, 4)} others chat meanwhile",
        "the flooder is refused with a time to wait; at most 3 turns of it at the bot at a time; the others' chats all work",
    ) as it:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            wire = await site.frame(http)
            answers: list[Any] = []

            async def listen() -> None:
                async for message in wire:
                    if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith("43/visitor,"):
                        answers.append(json.loads(message.data[message.data.index("[") :])[0])

            async def flood() -> None:
                for number in range(200 * seconds):
                    line = json.dumps(["message", {"client_msg_id": new_id(), "text": f"flood {number}"}])
                    await wire.send_str(f"42/visitor,{number + 10}{line}")
                    await asyncio.sleep(1 / 200)  # the pace of the flood

            async def all_answered() -> bool:
                return len(answers) >= 200 * seconds

            listening = asyncio.ensure_future(listen())
            it.must("others whose chat did not work", await others(site, scale.of(20, 4), flood()))
            await until(all_answered, 20)
            refused = [answer["error"] for answer in answers if not answer["ok"]]
            it.tell("sent", len(answers))
            it.tell("taken", len(answers) - len(refused))
            it.must("taken beyond the limit", max(0, len(answers) - len(refused) - 10 - seconds), line=1)
            it.must("refused without a time to wait", sum(error["code"] != "too_fast" or not error["retry_after"] for error in refused))
            flooded = {turn["sender_id"] for turn in site.bot.turns if str(turn.get("text")).startswith("flood")}
            it.must("turns of it at the bot at once", max(site.bot.most_at_once[one] for one in flooded), line=3)
            wires = await asyncio.gather(*(site.wire(http) for _ in range(100)))
            it.must("of 100 more sessions let in", sum(one is not None for one in wires), line=20)
            await asyncio.gather(wire.close(), *(one.close() for one in wires if one is not None))
            await asyncio.wait_for(listening, 10)
