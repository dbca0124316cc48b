"""The bots of `handraise bench turn`, each with its action server, on one core: ours as it is shipped, and stock Rasa."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from handraise import model, parts, signing
from handraise.bench.processes import pinned, plain_environment
from handraise.bench.seed import make_tables, seed
from handraise.bench.turn_stock import PROJECT, stock_actions_words, stock_environment, stock_words
from handraise.bench.turn_talk import Line, OurLine, StockLine
from handraise.node import ROOT
from handraise.ports import free_port
from handraise.steps import Failure
from leads.database import Database
from leads.settings import Settings

TOKEN = "bench"  # noqa: S105
START_SECONDS = 300.0


@dataclass
class RunningBot:
    """A bot that takes turns. ``line(http, number)`` begins a conversation; ``start_seconds``: from its start to its first answer."""

    bot: psutil.Process
    actions: psutil.Process
    line: Callable[[aiohttp.ClientSession, int], Line]
    start_seconds: float

    def memory(self) -> tuple[float, float]:
        """Megabytes of the bot's process and of its action server, children included."""
        return (_memory(self.bot), _memory(self.actions))

    def cpu(self) -> tuple[float, float]:
        """CPU seconds since the start, of both."""
        return (_cpu(self.bot), _cpu(self.actions))


type Start = Callable[[Path, int | None, int], AbstractContextManager[RunningBot]]  # folder, core, conversations


@dataclass(frozen=True)
class TurnBot:
    """One of those that are compared."""

    key: str
    title: str
    start: Start


def ours(bot_files: Path, path: Path) -> Start:
    """Our bot with the model at ``path``: channel, reading and store on SQLite as in production."""

    @contextmanager
    def start(folder: Path, core: int | None, conversations: int) -> Iterator[RunningBot]:
        settings = _settings(folder, bot_files)
        asyncio.run(_fill(settings, conversations))
        environment = {**plain_environment(), **_as_variables(settings), "PYTHONPATH": str(ROOT)}
        words = parts.bot_words(settings, path, "bot")
        url = f"http://127.0.0.1:{settings.bot_port}"
        with ExitStack() as stack:
            actions = stack.enter_context(_process(parts.actions_words(), folder, "actions", core, environment, ROOT))
            _wait(f"http://127.0.0.1:{settings.actions_port}/health", actions, folder / "actions.log")
            own = {**model.bot_environment(folder, bot_files), **signing.environment(path.parent.parent)}

            def line(http: aiohttp.ClientSession, number: int) -> Line:
                return OurLine(http, url, TOKEN, number)

            began = time.monotonic()
            bot = stack.enter_context(_process(words, folder, "bot", core, own, bot_files))
            asyncio.run(_first_answer(line, bot, folder / "bot.log"))
            yield RunningBot(bot, actions, line, time.monotonic() - began)

    return start


def stock(path: Path) -> Start:
    """Stock Rasa with the model at ``path``, its REST channel and rasa_sdk's own server."""

    @contextmanager
    def start(folder: Path, core: int | None, _conversations: int) -> Iterator[RunningBot]:
        port, actions_port = free_port(), free_port()
        with ExitStack() as stack:
            words = stock_actions_words(sys.executable, actions_port)
            actions = stack.enter_context(_process(words, folder, "stock-actions", core, plain_environment(), PROJECT))
            _wait(f"http://127.0.0.1:{actions_port}/health", actions, folder / "stock-actions.log")

            def line(http: aiohttp.ClientSession, _number: int) -> Line:
                return StockLine(http, f"http://127.0.0.1:{port}")

            began = time.monotonic()
            words = stock_words(path, folder, port, actions_port)
            bot = stack.enter_context(_process(words, folder, "stock-bot", core, stock_environment(folder), PROJECT))
            asyncio.run(_first_answer(line, bot, folder / "stock-bot.log"))
            yield RunningBot(bot, actions, line, time.monotonic() - began)

    return start


async def _first_answer(line: Callable[[aiohttp.ClientSession, int], Line], bot: psutil.Process, log: Path) -> None:
    last = time.monotonic() + START_SECONDS
    async with aiohttp.ClientSession() as http:
        while time.monotonic() < last and bot.is_running() and bot.status() != psutil.STATUS_ZOMBIE:
            try:
                await line(http, 0).say("hello")
                return
            except (aiohttp.ClientError, OSError):
                await asyncio.sleep(0.05)
    raise _silent(log)


def _wait(url: str, process: psutil.Process, log: Path) -> None:
    last = time.monotonic() + START_SECONDS
    while time.monotonic() < last and process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if asyncio.run(parts.answers(url)):
            return
        time.sleep(0.1)
    raise _silent(log)


def _silent(log: Path) -> Failure:
    words = " / ".join(log.read_text(errors="replace").strip().splitlines()[-3:])
    return Failure(f"A process did not start: {words or 'it said nothing'}", "")


@contextmanager
def _process(
    words: list[str], folder: Path, name: str, core: int | None, environment: Mapping[str, str], cwd: Path
) -> Iterator[psutil.Process]:
    with (folder / f"{name}.log").open("ab") as log:
        process = subprocess.Popen([*pinned(core), *words], cwd=cwd, env=dict(environment), stdout=log, stderr=log)  # noqa: S603
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _settings(folder: Path, bot_files: Path) -> Settings:
    values: dict[str, Any] = {
        "data": folder,
        "database_url": f"sqlite+aiosqlite:///{folder / 'handraise.db'}",
        "bot_files": bot_files,
        "bot_port": free_port(),
        "actions_port": free_port(),
        "bot_token": TOKEN,
    }
    return Settings(**values)


def _as_variables(settings: Settings) -> dict[str, str]:
    names = ("data", "database_url", "bot_files", "actions_port", "bot_token")
    return {f"HANDRAISE_{name.upper()}": str(getattr(settings, name)) for name in names}


async def _fill(settings: Settings, conversations: int) -> None:
    Path(settings.data, "handraise.db").unlink(missing_ok=True)
    database = Database(settings.database)
    await make_tables(database)
    await seed(database, conversations, 0)
    await database.close()


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _memory(process: psutil.Process) -> float:
    return sum(int(one.memory_info().rss) for one in _family(process)) / 2**20


def _cpu(process: psutil.Process) -> float:
    times = [one.cpu_times() for one in _family(process)]
    return sum(one.user + one.system for one in times)
