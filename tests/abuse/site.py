"""A hub as it runs behind a proxy, attacked from one address or many, while others chat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.databases import new_file
from tests.faults.hubs import HubProcess
from tests.waiting import PATIENCE
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import Visitor, new_id
from tests.webhook.hub import RunningHub

ELSEWHERE = "203.0.113.7"  # the attacker, as the proxy in front says
JOIN = '42/visitor,1["join",{"token":null,"last_seq":0,"page":null,"lang":null}]'


@dataclass
class Site:
    """A hub as `handraise hub` runs it, behind a proxy that is this test."""

    hub: HubProcess | RunningHub
    bot: BotServer

    async def wire(self, http: aiohttp.ClientSession, caller: str = ELSEWHERE, **options: Any) -> aiohttp.ClientWebSocketResponse | None:
        """A raw WebSocket of the attacker; None when it is refused."""
        headers = {"X-Forwarded-For": caller, "Origin": self.hub.url}
        try:
            address = f"{self.hub.url}/socket.io/?EIO=4&transport=websocket"
            wire: aiohttp.ClientWebSocketResponse = await http.ws_connect(address, headers=headers, **options)
        except aiohttp.WSServerHandshakeError:
            return None
        return wire

    async def frame(self, http: aiohttp.ClientSession, *, join: bool = True) -> aiohttp.ClientWebSocketResponse:
        """One that is let in."""
        wire = await self.wire(http)
        assert wire is not None
        await wire.receive_str()
        await wire.send_str('40/visitor,{"v":1,"site":"demo"}')
        assert (await wire.receive_str()).startswith("40/visitor,")
        if join:
            await wire.send_str(JOIN)
            assert (await wire.receive_str()).startswith('43/visitor,1[{"ok":true')
        return wire

    async def raw(self, *head: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A TCP connection that has sent these lines of a head, without its end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", int(self.hub.url.rsplit(":", 1)[1]))
        writer.write("".join(f"{line}\r\n" for line in head).encode())
        return reader, writer


@pytest.fixture
async def site(tmp_path: Path, bot: BotServer) -> AsyncIterator[Site]:
    hub = await HubProcess(tmp_path, new_file(tmp_path / "hub.db"), bot.url, proxies="127.0.0.1").start()
    yield Site(hub, bot)
    await hub.stop()


async def others(site: Site, count: int, attack: Awaitable[object] | None = None) -> int:
    """Chats that do not work while something else goes on: each of the others says a line and is answered."""

    async def chat() -> bool:
        tab = Visitor(site.hub.url)
        try:
            await tab.connect(auth={"v": 1, "site": "demo"})
            await tab.join()
            line = new_id()
            await tab.say(line)
            await tab.hears(f"You said: {line}")
        finally:
            await tab.close()
        return True

    running = asyncio.ensure_future(attack) if attack is not None else None
    worked = await asyncio.gather(*(chat() for _ in range(count)), return_exceptions=True)
    if running is not None:
        await running
    return count - worked.count(True)


async def at(site: Site, http: aiohttp.ClientSession, address: str) -> aiohttp.ClientWebSocketResponse:
    """A joined connection from an address of its own, so that no count of handshakes is met."""
    wire = await site.wire(http, address)
    assert wire is not None
    await wire.receive_str()
    await wire.send_str('40/visitor,{"v":1,"site":"demo"}')
    await wire.receive_str()
    await wire.send_str(JOIN.replace("/visitor,1", "/visitor,9"))
    assert (await wire.receive_str()).startswith('43/visitor,9[{"ok":true')
    return wire


async def closed(wire: aiohttp.ClientWebSocketResponse, seconds: float = PATIENCE) -> bool:
    """Whether the hub ends the connection, or at least answers with an error and takes nothing."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while True:
                message = await wire.receive()
                if message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.ERROR):
                    return True
                if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith("43/visitor,1") and '"invalid"' in message.data:
                    return True
    return False


def memory(site: Site) -> float:
    """The hub's resident memory in MB."""
    assert isinstance(site.hub, HubProcess)
    return site.hub.memory() / 1e6
