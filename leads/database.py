"""The database: one engine for SQLite or PostgreSQL, a writer and a reader session."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from leads.encryption import CannotDecrypt, Cipher
from leads.patience import Patience
from leads.sealed import give
from leads.sqlite_in_loop import InLoopDriver

BUSY_SECONDS = 5.0
STATEMENT_SECONDS = 10.0  # a PostgreSQL that takes connections and answers none holds nobody up for longer
_WRITERS = {"sqlite": 1, "postgresql": 10}  # SQLite has one writer anyway, and its own queue is not fair; 10 of the pool's 15 connections
_OUT_OF_REACH = (OperationalError, PoolTimeout, OSError, CannotDecrypt)  # the right key may be given later
_CONNECTIONS = 15  # to SQLite
_NO_KEYS = Cipher()
_WAITS = "handraise_waits"  # for how long a connection waits for a lock
_PASSING_STATES = ("08", "40", "53", "57", "58")  # PostgreSQL: connection, deadlock, resources, shutdown, its own disk
# What is sent must be answered in 5 s, and silence is looked into after 5 s: tcp(7), and runtime-config-connection of PostgreSQL.
_TCP = {"TCP_USER_TIMEOUT": 5000, "TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 2}
_SERVER = {
    "tcp_keepalives_idle": 5,
    "tcp_keepalives_interval": 2,
    "tcp_keepalives_count": 2,
    "tcp_user_timeout": 5000,
    "idle_in_transaction_session_timeout": 10_000,
}


class DatabaseUnavailable(Exception):
    """The database did not take the work; nothing was changed."""


class Database:
    """Sessions on one engine.

    SQLite runs in WAL mode with ``synchronous=FULL``: a commit that was acknowledged survives a power cut. Writers take the
    lock at BEGIN, because a read that turns into a write fails at once with a stale snapshot instead of waiting.
    """

    def __init__(self, url: str, *, in_loop: bool = False, patient: bool = False, cipher: Cipher = _NO_KEYS) -> None:
        """How it is used.

        ``in_loop``: SQLite's statements run in the event loop (leads/sqlite_in_loop.py). ``patient``: a statement on PostgreSQL may take
        any time. ``cipher``: for what is encrypted at rest.
        """
        self.url = url
        self._patient = patient
        self.cipher = cipher
        self.patience = Patience(BUSY_SECONDS)
        self.engine = _make_engine(url, in_loop, None if patient else STATEMENT_SECONDS, self.patience)
        self._near = self.engine if in_loop or not _is_file(url) else _make_engine(url, True, None, self.patience)
        for engine in self.engines:
            give(engine.dialect, cipher)
        writing = self.engine.execution_options(handraise_begin="IMMEDIATE")
        self._write = async_sessionmaker(writing, expire_on_commit=False)
        self._write_few = async_sessionmaker(self._near.execution_options(handraise_begin="IMMEDIATE"), expire_on_commit=False)
        self._read = async_sessionmaker(self.engine, expire_on_commit=False)
        self._read_few = async_sessionmaker(self._near, expire_on_commit=False)
        self._writers = asyncio.Semaphore(_WRITERS[self.engine.dialect.name])

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises:
            DatabaseUnavailable: locked for too long, full or out of reach.
        """
        async with self._writing(self._write) as session:
            yield session

    @asynccontextmanager
    async def write_few(self) -> AsyncIterator[AsyncSession]:
        """The same for a few rows by key; see :meth:`read_few`.

        Raises:
            DatabaseUnavailable: locked for too long, full or out of reach.
        """
        async with self._writing(self._write_few) as session:
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads.

        Raises:
            DatabaseUnavailable: the database is out of reach.
        """
        async with _reading(self._read) as session:
            yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """The same, and everything stays as it was at the first statement, whatever others write meanwhile.

        Raises:
            DatabaseUnavailable: the database is out of reach.
        """
        async with _reading(self._read) as session:
            if not self.is_sqlite:  # whose reading transactions are so in any case
                await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @asynccontextmanager
    async def read_few(self) -> AsyncIterator[AsyncSession]:
        """The same for a few rows by key; SQLite reads them in the event loop (leads/sqlite_in_loop.py), without changing threads.

        Raises:
            DatabaseUnavailable: the database is out of reach.
        """
        async with _reading(self._read_few) as session:
            yield session

    @asynccontextmanager
    async def _writing(self, sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
        try:
            async with self.turn_to_write(), sessions.begin() as session:
                yield session
        except Exception as error:
            if is_out_of_reach(error):
                raise DatabaseUnavailable(short(error)) from error
            raise

    @asynccontextmanager
    async def patiently(self) -> AsyncIterator[Database]:
        """The same for work whose statements may take long, with connections of its own; on SQLite nothing is given up for its length."""
        if self._patient or self.is_sqlite:
            yield self
            return
        database = Database(self.url, patient=True, cipher=self.cipher)
        try:
            yield database
        finally:
            await database.close()

    @property
    def engines(self) -> Collection[AsyncEngine]:
        """Where its statements run, for who wants to listen to them."""
        return {self.engine, self._near}

    @property
    def is_sqlite(self) -> bool:
        """Which kind it is."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def turn_to_write(self) -> AsyncIterator[None]:
        """One after the other in the order they came; writers that wait leave connections to those who only read.

        Raises:
            TimeoutError: the others took too long.
        """
        async with asyncio.timeout(self.patience.seconds):
            await self._writers.acquire()
        try:
            yield
        finally:
            self._writers.release()

    async def close(self) -> None:
        """Give all connections back."""
        for engine in self.engines:
            await engine.dispose()


@asynccontextmanager
async def _reading(sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
    try:
        async with sessions() as session:
            yield session
    except Exception as error:
        if is_out_of_reach(error):
            raise DatabaseUnavailable(short(error)) from error
        raise


def short(error: Exception) -> str:
    """What kind of trouble it is. SQLite's words are fixed ones; PostgreSQL's may quote a row, so that class and state have to do."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    return f"{type(getattr(cause, '__cause__', None) or cause).__name__} ({state})" if state else in_words(error)


def in_words(error: Exception) -> str:
    """The driver's own words without statement and parameters; for who starts it, when no rows are written yet."""
    return str(error.orig if isinstance(error, DBAPIError) else error) or "it was busy for too long"


def is_out_of_reach(error: Exception) -> bool:
    """Whether the same work may succeed later; asyncpg's errors have no class for that, but a state."""
    if isinstance(error, _OUT_OF_REACH) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
    return isinstance(state, str) and state.startswith(_PASSING_STATES)


def _make_engine(url: str, in_loop: bool, statement_seconds: float | None, patience: Patience) -> AsyncEngine:
    if not url.startswith("sqlite"):
        connecting = {"timeout": BUSY_SECONDS, "command_timeout": statement_seconds}
        waits: dict[str, Any] = {"connect_args": connecting, "pool_timeout": BUSY_SECONDS}
        engine = create_async_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=10, hide_parameters=True, **waits)
        event.listen(engine.sync_engine, "connect", _notice_silence)
        return engine
    path = make_url(url).database
    if path and _is_file(url):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    how: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}}
    if in_loop and path:
        how["module"] = InLoopDriver()
    engine = create_async_engine(url, hide_parameters=True, **how, **_pool(url))
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", partial(_begin_sqlite, patience))
    return engine


def open_sqlite(url: str) -> sqlite3.Connection:
    """A connection of one's own to the database of ``url``, for use in any thread."""
    connection = sqlite3.connect(make_url(url).database or "", timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        _prepare_sqlite(connection, None)
    except BaseException:
        connection.close()
        raise
    return connection


def _pool(url: str) -> dict[str, Any]:
    """All connections are kept: one begins with a thread and four statements. In memory there is one, and no pool to wait for."""
    return {"pool_timeout": BUSY_SECONDS, "pool_size": _CONNECTIONS, "max_overflow": 0} if _is_file(url) else {}


def _is_file(url: str) -> bool:
    return url.startswith("sqlite") and make_url(url).database not in (None, "", ":memory:")


def _notice_silence(connection: Any, _record: Any) -> None:
    """A network that swallows everything is noticed at both ends, in seconds instead of a quarter of an hour or two hours.

    The server lets go of what a host that is gone, or a process that hangs, has locked: others wait for it.
    """
    transport = connection.driver_connection._transport  # asyncpg has no option for its socket
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _TCP.items():
            if hasattr(socket, option):  # other systems know fewer of them
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    cursor = connection.cursor()
    cursor.execute("SELECT " + ", ".join(f"set_config('{name}', '{value}', false)" for name, value in _SERVER.items()))
    cursor.close()
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """On SQLite's own connection: a step that goes to the thread may be cancelled, and then nobody would close what was just opened."""
    driver = getattr(connection, "driver_connection", None)
    own: sqlite3.Connection = connection if driver is None else driver._conn
    own.isolation_level = None  # we say BEGIN ourselves
    own.create_function("lower", 1, _lower, deterministic=True)  # SQLite's own knows ASCII only
    for pragma in (busy_timeout(BUSY_SECONDS), "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"):
        own.execute(pragma)
    _use_wal(own)


def busy_timeout(seconds: float) -> str:
    """The statement after which a connection waits so long for a lock."""
    return f"PRAGMA busy_timeout={int(seconds * 1000)}"


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _use_wal(connection: sqlite3.Connection) -> None:
    """The first connection to a new file changes its mode; SQLite refuses a second one that tries just then, without waiting."""
    last = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.Error as error:
            if "locked" not in str(error) or time.monotonic() > last:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(patience: Patience, connection: Connection) -> None:
    mode = connection.get_execution_options().get("handraise_begin", "DEFERRED")
    writes = mode == "IMMEDIATE"
    seconds = patience.seconds if writes else patience.full
    if connection.info.setdefault(_WAITS, patience.full) != seconds:
        connection.exec_driver_sql(busy_timeout(seconds))
        connection.info[_WAITS] = seconds
    with patience.waiting() if writes else nullcontext():
        connection.exec_driver_sql(f"BEGIN {mode}")
