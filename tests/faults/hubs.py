"""A hub as a process of its own: `python -m webhook`, killed, frozen and started again from outside."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from handraise.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "tests" / "webhook" / "files"
START_SECONDS = 60.0
STOP_SECONDS = 90.0
PAGE = "http://page.example"  # where the visitors of the scenarios are


class HubProcess:
    """One hub; `start` may be called again after `kill`, on the same port."""

    def __init__(self, folder: Path, database_url: str, bot_url: str, *, name: str = "", port: int = 0, **settings: Any) -> None:
        self.port = port or free_port()
        self.name = name or f"hub{self.port}"
        self.log = folder / f"{self.name}.log"
        self.settings: dict[str, Any] = {
            "data": folder,
            "port": self.port,
            "database_url": database_url,
            "bot_url": bot_url,
            "bot_files": FILES,
            "hub_name": self.name,
            "allowed_origins": PAGE,
            **settings,
        }
        self.more_environment: dict[str, str] = {}
        self.before: list[str] = []  # words in front of the command, e.g. `ip netns exec …`
        self.host = "127.0.0.1"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def launch(self) -> None:
        """Start the process without waiting for it."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("HANDRAISE_")}
        own = {f"HANDRAISE_{key.upper()}": str(value) for key, value in self.settings.items()}
        command = [*self.before, sys.executable, "-m", "webhook"]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env={**clean, **own, **self.more_environment}, stdout=out, stderr=out)

    async def start(self) -> HubProcess:
        """Start it and wait until it is healthy."""
        self.launch()
        await self.healthy()
        return self

    async def healthy(self, seconds: float = START_SECONDS) -> float:
        """Wait until `/health` answers 200; gives the seconds it took."""
        begun = time.monotonic()
        while time.monotonic() - begun < seconds:
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.tail()}")
            if await self.health() == 200:
                return time.monotonic() - begun
            await asyncio.sleep(0.02)
        raise AssertionError(f"{self.name} is not healthy after {seconds} s:\n{self.tail()}")

    async def health(self) -> int:
        """The status of `/health`; 0 while nothing answers."""
        return (await self._health())[0]

    async def health_body(self) -> dict[str, Any]:
        """What `/health` says; empty while nothing answers."""
        return (await self._health())[1]

    async def _health(self) -> tuple[int, dict[str, Any]]:
        try:
            timeout = aiohttp.ClientTimeout(total=5)
            async with aiohttp.ClientSession(timeout=timeout) as http, http.get(f"{self.url}/health") as response:
                return response.status, await response.json()
        except (aiohttp.ClientError, OSError, TimeoutError):
            return 0, {}

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process."""
        os.kill(self.pid, number)

    async def kill(self) -> None:
        """kill -9."""
        self.send(signal.SIGKILL)
        await asyncio.to_thread(self._wait)

    async def stop(self) -> int:
        """SIGTERM and wait; gives the exit code."""
        if self.process is None:
            return 0
        return await asyncio.to_thread(self.end)

    def end(self) -> int:
        """The same, blocking."""
        assert self.process is not None
        if self.process.poll() is None:
            self.send(signal.SIGCONT)
            self.send(signal.SIGTERM)
            self._wait()
        return self.process.returncode

    def memory(self) -> int:
        """Resident bytes."""
        size: int = psutil.Process(self.pid).memory_info().rss
        return size

    def connections(self) -> int:
        """Open connections of clients."""
        found = psutil.Process(self.pid).net_connections("tcp")
        return sum(1 for one in found if one.status == psutil.CONN_ESTABLISHED and one.laddr.port == self.port)

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def _wait(self) -> None:
        assert self.process is not None
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)
