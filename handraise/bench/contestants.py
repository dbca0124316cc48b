"""The servers that are measured in turn, each with the way it is started."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from handraise.bench import names
from handraise.bench.hub_process import HubPlan
from handraise.bench.processes import Process
from handraise.bench.stores import new_database
from handraise.node import WIDGET, node_program
from handraise.ports import free_port

PEERS = Path(__file__).resolve().parent / "peers"
SQLITE, POSTGRES, NO_STORE, SOCKETIO, RAW, NODE = "sqlite", "postgresql", "no-store", "python-socketio", "aiohttp", "node"


@dataclass(frozen=True)
class Place:
    """Where a server is started and for how many."""

    folder: Path
    core: int | None
    visitors: int
    agents: int


@dataclass(frozen=True)
class Running:
    """A server that serves."""

    port: int
    pid: int


@dataclass(frozen=True)
class Contestant:
    """One server; ``missing`` says why it cannot be measured here. One that ``forgets`` is started anew for every measure."""

    key: str
    title: str
    dialect: str
    start: Callable[[Place], AbstractContextManager[Running]]
    missing: str = ""
    forgets: bool = False


def contestants(bot_files: Path, postgres: str | None) -> list[Contestant]:
    """All of them; ``postgres`` is the address of a server, if there is one."""
    no_postgres = "" if postgres else "no PostgreSQL: give --database-url, or install the development packages"
    without = HubPlan(0, "", "", keeps=False)
    return [
        Contestant(SQLITE, "Handraise on SQLite", "handraise", lambda place: _hub(place, bot_files)),
        Contestant(
            POSTGRES, "Handraise on PostgreSQL", "handraise", lambda place: _hub_on_postgres(place, bot_files, postgres or ""), no_postgres
        ),
        Contestant(NO_STORE, "Handraise without a store", "handraise", lambda place: _hub(place, bot_files, without), forgets=True),
        Contestant(SOCKETIO, "python-socketio", "socketio", lambda place: _python(place, "socketio_server")),
        Contestant(RAW, "aiohttp WebSocket", "raw", lambda place: _python(place, "raw_server")),
        Contestant(NODE, "Node.js socket.io", "socketio", _node, _why_no_node()),
    ]


@contextmanager
def _hub(place: Place, bot_files: Path, plan: HubPlan | None = None) -> Iterator[Running]:
    """Our hub on a database of its own in a new folder."""
    folder = place.folder / f"hub-{uuid4().hex[:8]}"
    folder.mkdir()
    port = free_port()
    plan = replace(plan or HubPlan(0, "", ""), port=port, folder=str(folder), bot_files=str(bot_files.resolve()))
    plan = replace(plan, visitors=place.visitors, agents=place.agents)
    with hub_process(plan, place.core) as process:
        yield Running(port, process.pid)


def hub_process(plan: HubPlan, core: int | None) -> Process:
    """A hub that serves.

    Raises:
        Failure: it did not start.
    """
    command = [sys.executable, "-m", "handraise.bench.hub_process", plan.json()]
    return Process(command, Path(plan.folder), "hub", core).wait_ready()


@contextmanager
def _hub_on_postgres(place: Place, bot_files: Path, server: str) -> Iterator[Running]:
    with new_database(server) as address, _hub(place, bot_files, HubPlan(0, "", "", database_url=address)) as running:
        yield running


@contextmanager
def _python(place: Place, module: str, *words: str) -> Iterator[Running]:
    with python_peer(place, module, *words) as (process, port):
        yield Running(port, process.pid)


@contextmanager
def python_peer(place: Place, module: str, *words: str) -> Iterator[tuple[Process, int]]:
    """One of the peers in Python."""
    port = free_port()
    command = [sys.executable, "-m", f"handraise.bench.peers.{module}", str(port), *words]
    with Process(command, place.folder, module, place.core).wait_ready() as process:
        yield process, port


@contextmanager
def _node(place: Place) -> Iterator[Running]:
    port = free_port()
    command = [node_program() or "node", str(PEERS / "socketio_server.mjs"), str(port), str(WIDGET), names.KEY.decode()]
    with Process(command, place.folder, "node", place.core).wait_ready() as process:
        yield Running(port, process.pid)


def _why_no_node() -> str:
    if node_program() is None:
        return "no Node.js 20 or newer"
    if not (WIDGET / "node_modules" / "socket.io").is_dir():
        return "no socket.io package: run handraise npm ci"
    return ""
