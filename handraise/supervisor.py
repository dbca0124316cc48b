"""Keeps the parts running: starts them, writes their logs, restarts what dies and says so, ends them all together."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path

from handraise.steps import done, warn

BACKOFF = (0.2, 1.0, 3.0, 10.0, 30.0)
STABLE_SECONDS = 60.0
STOP_SECONDS = 10.0
LOG_BYTES = 5_000_000


@dataclass
class Part:
    """A process of ours.

    ``ready`` answers True once the part does its work; ``ready_seconds`` is how long that may take before people are told.
    """

    name: str
    argv: list[str]
    cwd: Path
    environment: Mapping[str, str]
    ready: Callable[[], Awaitable[bool]]
    ready_seconds: float = 30.0
    hint: str = ""
    process: asyncio.subprocess.Process | None = field(default=None, init=False)
    announced: asyncio.Event = field(default_factory=asyncio.Event, init=False)  # it was ready once, and that was said


class Supervisor:
    """Runs parts until :meth:`stop`. Logs go to ``logs/<part>.log``, rotated, so that they cannot fill the disk."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._tasks: list[asyncio.Task[None]] = []
        self._parts: list[Part] = []
        self._stopping = asyncio.Event()

    def start(self, part: Part) -> None:
        """Begin to keep a part running; returns at once."""
        self._parts.append(part)
        self._tasks.append(asyncio.create_task(self._keep(part), name=part.name))

    async def stop(self) -> None:
        """Ask every part to end, insist after ten seconds, wait until all are gone."""
        self._stopping.set()
        await asyncio.gather(*(end(part.process) for part in self._parts if part.process))
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, part: Part) -> None:
        deaths = 0
        while not self._stopping.is_set():
            begun = time.monotonic()
            code = await self._run_once(part, begun)
            if self._stopping.is_set():
                return
            deaths = 0 if time.monotonic() - begun > STABLE_SECONDS else deaths + 1
            wait = BACKOFF[min(deaths, len(BACKOFF)) - 1] if deaths else BACKOFF[0]
            hint = f" {part.hint}" if deaths > 1 and part.hint else ""
            warn(f"{part.name} ended ({_ending(code)}); starting it again in {wait:g} s.{hint} Log: {self._log(part)}")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)

    async def _run_once(self, part: Part, begun: float) -> int:
        process = part.process = await asyncio.create_subprocess_exec(
            *part.argv,
            cwd=part.cwd,
            env=dict(part.environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        announce = asyncio.create_task(self._announce(part, begun))
        try:
            await self._write_log(part, process)
            return await process.wait()
        finally:
            announce.cancel()

    async def _announce(self, part: Part, begun: float) -> None:
        slow = False
        while not await part.ready():
            await asyncio.sleep(0.1)
            if not slow and time.monotonic() - begun > part.ready_seconds:
                slow = True
                warn(f"{part.name} is not ready after {part.ready_seconds:g} s. {part.hint} Log: {self._log(part)}")
        done(f"{part.name} ready", time.monotonic() - begun)
        part.announced.set()

    async def _write_log(self, part: Part, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            raise RuntimeError("started without a pipe")
        handler = RotatingFileHandler(self._log(part), maxBytes=LOG_BYTES, backupCount=3, encoding="utf-8")
        try:
            while chunk := await process.stdout.read(65_536):
                text = chunk.decode("utf-8", "replace").rstrip("\n")
                handler.emit(logging.LogRecord(part.name, logging.INFO, "", 0, text, None, None))
        finally:
            handler.close()

    def _log(self, part: Part) -> Path:
        self._logs.mkdir(parents=True, exist_ok=True)
        return self._logs / f"{part.name}.log"


async def end(process: asyncio.subprocess.Process) -> None:
    """SIGTERM, then SIGKILL after ten seconds; returns when the process is gone."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _end_with_parent() -> None:
    """Linux: if the supervisor itself is killed, the kernel ends its parts, so that no port stays taken."""
    ctypes.CDLL("libc.so.6", use_errno=True).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
