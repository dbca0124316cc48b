"""R2, R3, R26, R27: what lies between clients and the hub breaks; the hub's side of it."""

from __future__ import annotations

import asyncio
import random
import signal
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.faults.conftest import NewScenario, Scale
from tests.faults.figures import judged, p95
from tests.faults.proxy import Proxy, drops_acks
from tests.faults.visitors import FakeVisitor
from tests.faults.world import World
from tests.webhook.clients import new_id

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
async def proxy(shared: World) -> AsyncIterator[Proxy]:
    """A proxy in front of the standing hub."""
    made = await Proxy(shared.hub.port).start()
    yield made
    await made.stop()


async def test_r2_acknowledgements_are_lost(shared: World, proxy: Proxy, scenario: NewScenario, scale: Scale) -> None:
    visitors, seconds, rate = scale.of(200, 20), scale.of(60, 3), scale.of(20, 8)
    with scenario(
        "R2",
        "A line is stored once, however often it is sent",
        f"30 % of acknowledgements dropped on the way, {visitors} visitors, {rate} lines a second; half the clients trust nothing else",
        "100 % stored once, shown once",
    ) as it:
        for number in range(visitors):
            tab = shared.visitor(proxy.url, answer_seconds=1.0)
            tab.believes_entries = bool(number % 2)
        await asyncio.gather(*(tab.joined(60) for tab in shared.visitors))
        proxy.drop = drops_acks(0.3, random.Random(2))
        await shared.talk(seconds, rate)
        await shared.settle()
        await judged(shared, it)
        sent = sum(len(tab.log.sent) for tab in shared.visitors)
        it.must("not acknowledged to clients that wait for it", sum(_unacked(tab) for tab in shared.visitors if not tab.believes_entries))
        it.tell("lines", sent)
        it.tell("sent again", sum(tab.sends for tab in shared.visitors) - sent)
        it.tell("acknowledgements dropped", proxy.dropped)
        assert proxy.dropped > 0


def _unacked(tab: FakeVisitor) -> int:
    return len(set(tab.log.sent) - set(tab.log.acked))


@pytest.mark.full
async def test_r3_connections_are_cut_again_and_again(shared: World, proxy: Proxy, scenario: NewScenario, scale: Scale) -> None:
    visitors, seconds, rate = scale.of(200, 20), scale.of(60, 5), scale.of(20, 8)
    least, most = scale.of((3, 10), (0.5, 2))
    with scenario(
        "R3",
        "Broken connections lose nothing",
        f"a proxy cuts each connection after {least} to {most} s, {visitors} visitors, {rate} lines a second",
        "0 lost, 0 twice, 0 gaps; resumed p95 1.5 s",
    ) as it:
        luck = random.Random(3)
        proxy.cut_after = lambda: luck.uniform(least, most)
        for _ in range(visitors):
            shared.visitor(proxy.url)
        await asyncio.gather(*(tab.joined(60) for tab in shared.visitors))
        await shared.talk(seconds, rate)
        proxy.cut_after = None
        await shared.settle()
        await judged(shared, it)
        back = [joined - lost for tab in shared.visitors for lost, joined in zip(tab.losses, tab.joins[1:], strict=False)]
        it.time("resumed p95", p95(back), 1.5)
        it.tell("cuts", proxy.cuts)
        assert len(back) >= visitors


def small_buffer(address: Any) -> socket.socket:
    """A socket that takes little before the sender must wait."""
    made = socket.socket(address[0], address[1], address[2])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    return made


@pytest.mark.alone
async def test_r26_a_reader_that_does_not_read_is_cut(shared: World, scenario: NewScenario, scale: Scale) -> None:
    readers, most = scale.of(20, 3), scale.of(5_000, 2_000)
    with scenario(
        "R26",
        "A client that does not read costs no memory and misses nothing",
        f"{readers} clients stop reading while a person sends up to {most} lines of 16 KB",
        "cut; hub grows by at most 1 MB a client; resumed completely",
    ) as it:
        first = (await shared.crowd(1))[0]
        await shared.first_word(first)
        agent = await shared.agent(26)
        agent.answers_visitors = False
        desk = await agent.take(first.log.conversation_id)
        small = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, socket_factory=small_buffer))
        tabs = [shared.visitor(http=small, token=first.token) for _ in range(readers)]
        await asyncio.gather(*(tab.joined() for tab in tabs))
        desk.drafts += [(new_id(), "😀" * 3900) for _ in range(50)]
        await _written(agent)
        before, others = shared.hub.memory(), shared.hub.connections() - readers
        for tab in tabs:
            assert tab.line is not None
            tab.line.reading.clear()
        sent, grown = 0, 0
        while sent < most and shared.hub.connections() > others:
            desk.drafts += [(new_id(), "😀" * 3900) for _ in range(50)]
            await _written(agent)
            sent += 50
            grown = max(grown, shared.hub.memory() - before)
        it.must("clients not cut", shared.hub.connections() - others)
        for tab in tabs:
            if tab.line is not None:
                tab.line.reading.set()
        await shared.settle()
        await judged(shared, it)
        it.time("hub grew per client", grown / readers / 2**20, 1.0, "MB")
        it.tell("lines until all were cut", sent)
        await asyncio.gather(*(tab.stop() for tab in tabs))
        await small.close()


async def _written(agent: Any) -> None:
    agent.wake()
    await agent.until(lambda one: not any(desk.drafts for desk in one.desks.values()), 120)


@pytest.mark.alone
async def test_r27_clients_that_are_gone_before_they_came_leave_no_ghosts(shared: World, scenario: NewScenario, scale: Scale) -> None:
    drops, chats = scale.of(1_000, 100), scale.of(100, 10)
    with scenario(
        "R27",
        "Nobody is shown as present who is gone",
        f"{drops} clients are dropped while their connect or join is being handled, half of them while the hub is frozen",
        "0 ghosts after 60 s; connections back to where they were",
    ) as it:
        tabs = await shared.crowd(chats)
        for tab in tabs:
            await shared.first_word(tab)
        await asyncio.gather(*(tab.stop() for tab in tabs))
        agent = await shared.agent(27)
        agent.answers_visitors = False
        luck, rounds = random.Random(27), drops // 50
        before = shared.hub.connections()
        for number in range(rounds):
            if number % 2:
                shared.hub.send(signal.SIGSTOP)
            doing = [asyncio.create_task(_come_and_go(shared, luck.choice(tabs), luck.uniform(0, 0.05))) for _ in range(50)]
            await asyncio.gather(*doing)
            shared.hub.send(signal.SIGCONT)
        begun = time.monotonic()
        ghosts, left = chats, drops
        while (ghosts or left > 0) and time.monotonic() - begun < 60:
            answers = [await agent.call("open", {"conversation_id": tab.log.conversation_id, "last_seq": 0}) for tab in tabs]
            ghosts = sum(answer["summary"]["visitor_online"] for answer in answers)
            left = shared.hub.connections() - before
            await asyncio.sleep(0.2)
        it.must("ghosts", ghosts)
        it.must("connections left over", left)
        it.time("gone after", time.monotonic() - begun, 60.0)


async def _come_and_go(world: World, tab: FakeVisitor, seconds: float) -> None:
    """Connect, join and hang up, all without waiting for answers."""
    head = f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{world.hub.port}\r\nUpgrade: websocket\r\n"
    head += "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    join = f'42/visitor,1["join",{{"token":"{tab.token}","last_seq":0,"page":null,"lang":"en"}}]'
    _reader, writer = await asyncio.open_connection("127.0.0.1", world.hub.port)
    writer.write(head.encode() + masked('40/visitor,{"v":1,"site":"demo"}') + masked(join))
    await asyncio.sleep(seconds)  # the moment of the drop is the fault
    writer.transport.abort()


def masked(text: str) -> bytes:
    """A WebSocket frame as a client sends it, with a mask of zeros."""
    body = text.encode()
    length = bytes([0x80 | len(body)]) if len(body) < 126 else bytes([0x80 | 126]) + len(body).to_bytes(2)
    return b"\x81" + length + bytes(4) + body
