"""Databases for tests, empty or with tables. The migrations run once in each process; what every test gets is a copy."""

from __future__ import annotations

import asyncio
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, make_url, text

from leads import schema
from leads.database import Database


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real server without a database name; as root it runs under an account of its own."""
    folder = own_folder()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own imports are not ours to judge
        from pgserver.postgres_server import get_server

        server = get_server(folder / "data", cleanup_mode="delete")
    # Nothing here is to outlive the power of this machine, and making a database would wait for the disk.
    server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();")
    yield server.get_uri()
    server.cleanup()
    rmtree(folder, ignore_errors=True)


def own_folder() -> Path:
    """A folder with an empty ``data`` for a PostgreSQL server.  Not of pytest's: a run that begins closes those to other accounts."""
    folder = Path(mkdtemp(prefix="handraise-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    (folder / "data").mkdir()
    return folder


async def new_database(server: str) -> str:
    """The address of a new database with tables on a PostgreSQL server."""
    return await empty_database(server, await asyncio.to_thread(_postgres_with_tables, server))


async def empty_database(server: str, template: str = "template1") -> str:
    """The address of a new database on a PostgreSQL server: without tables, or a copy of another that nobody is connected to."""
    name = f"test_{uuid4().hex}"
    admin = Database(_asynchronous(server))
    async with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    await admin.close()
    return _named(server, name)


def new_file(path: Path) -> str:
    """The address of a new SQLite file with tables; a file that is there already is left as it is."""
    if not path.exists():
        path.write_bytes(_sqlite_with_tables())
    return f"sqlite+aiosqlite:///{path}"


def ensure_tables(url: str) -> None:
    """Tables in a SQLite file that is not there yet; other databases were made with them."""
    address = make_url(url)
    if address.drivername.startswith("sqlite") and address.database:
        new_file(Path(address.database))


@cache
def _sqlite_with_tables() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder, "tables.db")
        _upgrade(f"sqlite+aiosqlite:///{file}")
        return file.read_bytes()


@cache
def _postgres_with_tables(server: str) -> str:
    url = asyncio.run(empty_database(server))
    _upgrade(url)
    return str(make_url(url).database)


def _upgrade(url: str) -> None:
    """In a thread, as the caller's event loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, schema.upgrade(url)).result()


def _asynchronous(server: str) -> str:
    return server.replace("postgresql://", "postgresql+asyncpg://", 1)


def _named(server: str, name: str) -> str:
    return _asynchronous(server).replace("/postgres?", f"/{name}?", 1)


@contextmanager
def each_statement(database: Database, note: Callable[[str, Any], None]) -> Iterator[None]:
    """Calls ``note`` with the words and the values of every statement before it is run."""

    def heard(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        note(statement, values)

    for engine in database.engines:
        event.listen(engine.sync_engine, "before_cursor_execute", heard)
    yield
    for engine in database.engines:
        event.remove(engine.sync_engine, "before_cursor_execute", heard)
