"""Writes a batch of plain lines in one transaction: a connection of its own on SQLite, asyncpg's arrays on PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Protocol

import asyncpg
import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from leads import clock
from leads.database import BUSY_SECONDS, Database, DatabaseUnavailable, busy_timeout, is_out_of_reach, open_sqlite, short
from leads.encryption import Cipher
from leads.models import ENTRY_DATA
from leads.patience import Patience, is_busy
from webhook.append_plan import Earlier, Facts, Line, NewTurn, Plan, Request, Row, Stored, decide


class Store(Protocol):
    """Where batches go."""

    async def write(self, requests: Sequence[Request]) -> list[Stored | None]:
        """Everything in one transaction; None for a request that is no plain line.

        Raises:
            DatabaseUnavailable: nothing was stored, or nobody knows; the same requests may come again.
        """

    async def close(self) -> None:
        """Give the connection back."""


def store_for(database: Database) -> Store:
    """The store for a kind of database."""
    return SqliteStore(database) if database.is_sqlite else PostgresStore(database)


# What is read: one parameter and one step for a batch. What is written: several rows a statement, their values bound one by one,
# half the time of rows that SQLite takes out of one JSON text. OR FAIL: SQLite need not keep what each page was before the statement,
# which was half of all that it wrote; a failure takes back the whole transaction.
_ROWS = """SELECT json_group_array(json_array(c.id, c.holder, c.epoch, c.agent_id, c.last_seq, c.protocol, c.started_at IS NOT NULL))
    FROM json_each(?) AS k CROSS JOIN conversations AS c ON c.id = k.value"""
_EARLIER = """SELECT json_group_array(json_array(e.conversation_id, e.client_msg_id, e.seq, e.kind, e.author, e.text, e.at))
    FROM json_each(?) AS k CROSS JOIN entries AS e ON e.conversation_id = k.value ->> 0 AND e.client_msg_id = k.value ->> 1"""
_NEWER = """SELECT json_group_array(json_array(k.value ->> 0, (SELECT max(e.seq) FROM entries AS e
    WHERE e.conversation_id = k.value ->> 0 AND e.seq > k.value ->> 1 AND e.author = 'visitor'))) FROM json_each(?) AS k"""
_LINES = "INSERT OR FAIL INTO entries (conversation_id, seq, kind, author, name, text, client_msg_id, data, at) VALUES "
_TURNS = "INSERT OR FAIL INTO turns (id, conversation_id, seq, payload, epoch, state, attempts, created_at) VALUES "
_ROWS_EACH = 16  # more gain nothing
_LAST = """UPDATE OR FAIL conversations SET last_seq = k.value ->> 1, last_at = ?
    FROM json_each(?) AS k WHERE conversations.id = k.value ->> 0"""


class SqliteStore:
    """SQLite: the statements run in the event loop, and only what may have to wait, for a lock or for the disk, in a thread.

    A thread for the statements as well cost a third of the hub's throughput on one core: at each of them it has to get the
    interpreter back from a loop that is busy. A batch keeps the loop for some 10 microseconds a line.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="appends")
        self._connection: sqlite3.Connection | None = None

    async def write(self, requests: Sequence[Request]) -> list[Stored | None]:
        """In turn with the other writers of this process, so that nobody is starved by somebody who is always faster."""
        try:
            async with self._database.turn_to_write():
                return await self._write(requests)
        except Exception as error:
            raise _translated(error) from error

    async def close(self) -> None:
        """End the thread, after what it is doing."""
        self._disconnect()
        await asyncio.to_thread(self._thread.shutdown)

    async def _write(self, requests: Sequence[Request]) -> list[Stored | None]:
        try:
            connection = self._connection
            if connection is None:
                connection = self._connection = await self._wait(_connect, self._database.url)
            if _begun_at_once(connection):
                self._database.patience.got_it()
            else:
                await self._wait(_begin_patiently, connection, self._database.patience)
            cipher = self._database.cipher
            plan = decide(requests, _read(connection, requests, cipher), clock.now())
            _keep(connection, plan, cipher)
            await self._wait(connection.execute, "COMMIT")
        except BaseException:
            self._disconnect()  # which also rolls back, whatever state it is in
            raise
        return plan.outcomes

    async def _wait[T](self, work: Callable[..., T], *given: Any) -> T:
        """Do something that may take its time in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *given)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._thread.submit(connection.close)  # in the thread, which may still be busy with it


def _connect(url: str) -> sqlite3.Connection:
    connection = open_sqlite(url)
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA foreign_keys = OFF")  # every line is for a conversation that was read in the same transaction
    connection.execute(busy_timeout(0))
    return connection


def _begun_at_once(connection: sqlite3.Connection) -> bool:
    """Whether nobody else is writing now."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
        return False
    return True


def _begin_patiently(connection: sqlite3.Connection, patience: Patience) -> None:
    connection.execute(busy_timeout(patience.seconds))
    try:
        with patience.waiting():
            connection.execute("BEGIN IMMEDIATE")
    finally:
        connection.execute(busy_timeout(0))  # nobody waits in the event loop


def _read(connection: sqlite3.Connection, requests: Sequence[Request], cipher: Cipher) -> Facts:
    ask: Callable[[str, Any], list[Any]] = lambda query, keys: orjson.loads(connection.execute(query, (_json(keys),)).fetchone()[0])  # noqa: E731
    rows = ask(_ROWS, list({request.conversation_id for request in requests}))
    earlier = ask(_EARLIER, list({(request.conversation_id, request.client_msg_id) for request in requests}))
    seen = _seen(requests)
    newer = ask(_NEWER, list(seen.items())) if seen else []
    return Facts(
        {row[0]: Row._make([*row[:6], bool(row[6])]) for row in rows},
        {
            (one[0], one[1]): Earlier._make([*one[:5], cipher.open(one[5]), datetime.fromisoformat(one[6]).replace(tzinfo=UTC)])
            for one in earlier
        },
        {conversation_id: seq for conversation_id, seq in newer if seq is not None},
    )


def _keep(connection: sqlite3.Connection, plan: Plan, cipher: Cipher) -> None:
    if not plan.lines:
        return
    at = plan.at.strftime("%Y-%m-%d %H:%M:%S.%f")  # as SQLAlchemy writes it
    lines = [
        (*(one.conversation_id, one.seq, one.kind, one.author, one.name), cipher.seal(one.text), one.client_msg_id, _data(cipher, one), at)
        for one in plan.lines
    ]
    _insert(connection, _LINES, lines)
    turns = [(one.id, one.conversation_id, one.seq, _payload(cipher, one), one.epoch, "pending", 0, at) for one in plan.turns]
    _insert(connection, _TURNS, turns)
    connection.execute(_LAST, (at, _json(list(plan.last_seq.items()))))


def _insert(connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """As few statements as need be, of two lengths only, so that SQLite has prepared both."""
    for start in range(0, len(rows), _ROWS_EACH):
        some = rows[start : start + _ROWS_EACH]
        places = f"({', '.join('?' * len(some[0]))})"
        if len(some) == _ROWS_EACH:
            connection.execute(statement + ", ".join([places] * _ROWS_EACH), list(chain.from_iterable(some)))
        else:
            connection.executemany(statement + places, some)


# A row that somebody else has locked is left out, so that one slow transaction delays its own conversation only.
_PG_ROWS = """SELECT id, holder, epoch, agent_id, last_seq, protocol, started_at IS NOT NULL FROM conversations
    WHERE id = ANY($1::text[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"""
_PG_EARLIER = """SELECT e.conversation_id, e.client_msg_id, e.seq, e.kind, e.author, e.text, e.at
    FROM unnest($1::text[], $2::text[]) AS k (c, m) JOIN entries AS e ON e.conversation_id = k.c AND e.client_msg_id = k.m"""
_PG_NEWER = """SELECT k.c, (SELECT max(e.seq) FROM entries AS e WHERE e.conversation_id = k.c AND e.seq > k.s AND e.author = 'visitor')
    FROM unnest($1::text[], $2::int[]) AS k (c, s)"""
_PG_KEEP = """WITH
    last AS (UPDATE conversations AS c SET last_seq = k.s, last_at = $1 FROM unnest($2::text[], $3::int[]) AS k (c, s) WHERE c.id = k.c),
    lines AS (INSERT INTO entries (conversation_id, seq, kind, author, name, text, client_msg_id, data, at)
        SELECT c, s, k, a, n, t, m, d::json, $1
        FROM unnest($4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
        AS l (c, s, k, a, n, t, m, d))
    INSERT INTO turns (id, conversation_id, seq, payload, epoch, state, attempts, created_at)
        SELECT i, c, s, p::json, e, 'pending', 0, $1
        FROM unnest($12::text[], $13::text[], $14::int[], $15::text[], $16::int[]) AS t (i, c, s, p, e)"""


class PostgresStore:
    """PostgreSQL: one connection of the pool, kept."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: AsyncConnection | None = None

    async def write(self, requests: Sequence[Request]) -> list[Stored | None]:
        """Read what is known under lock, then everything with one statement."""
        try:
            async with asyncio.timeout(BUSY_SECONDS):
                driver = await self._driver()
                await driver.execute("BEGIN")
                cipher = self._database.cipher
                plan = decide(requests, await _pg_read(driver, requests, cipher), clock.now())
                if plan.lines:
                    await driver.execute(_PG_KEEP, *_pg_values(plan, cipher))
                await driver.execute("COMMIT")
        except BaseException as error:
            await self._give_up()
            if isinstance(error, Exception):
                raise _translated(error) from error
            raise
        return plan.outcomes

    async def close(self) -> None:
        """Back to the pool."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _driver(self) -> Any:
        if self._connection is None:
            self._connection = await self._database.engine.connect()
        return (await self._connection.get_raw_connection()).driver_connection

    async def _give_up(self) -> None:
        """Whatever state it is in, nobody uses it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                await connection.invalidate()
            with suppress(Exception):
                await connection.close()


async def _pg_read(driver: Any, requests: Sequence[Request], cipher: Cipher) -> Facts:
    rows = await driver.fetch(_PG_ROWS, list({request.conversation_id for request in requests}))
    keys = list({(request.conversation_id, request.client_msg_id) for request in requests})
    earlier = await driver.fetch(_PG_EARLIER, [key[0] for key in keys], [key[1] for key in keys])
    seen = _seen(requests)
    newer = await driver.fetch(_PG_NEWER, list(seen), list(seen.values())) if seen else []
    return Facts(
        {row[0]: Row(*row) for row in rows},
        {(one[0], one[1]): Earlier._make([*one[:5], cipher.open(one[5]), one[6]]) for one in earlier},
        {conversation_id: seq for conversation_id, seq in newer if seq is not None},
    )


def _pg_values(plan: Plan, cipher: Cipher) -> list[Any]:
    lines, turns = plan.lines, plan.turns
    return [
        plan.at,
        *(list(plan.last_seq), list(plan.last_seq.values())),
        *([one.conversation_id for one in lines], [one.seq for one in lines], [one.kind for one in lines]),
        *([one.author for one in lines], [one.name for one in lines], [cipher.seal(one.text) for one in lines]),
        *([one.client_msg_id for one in lines], [_data(cipher, one) for one in lines]),
        *([one.id for one in turns], [one.conversation_id for one in turns], [one.seq for one in turns]),
        *([_payload(cipher, one) for one in turns], [one.epoch for one in turns]),
    ]


def _seen(requests: Sequence[Request]) -> dict[str, int]:
    """From where the visitor's lines matter, for conversations in which an agent speaks."""
    seen: dict[str, int] = {}
    for request in requests:
        if request.author == "agent":
            seen[request.conversation_id] = min(request.seen_seq, seen.get(request.conversation_id, request.seen_seq))
    return seen


def _data(cipher: Cipher, line: Line) -> str:
    return _json(cipher.seal_json(line.data, ENTRY_DATA.readable))


def _payload(cipher: Cipher, turn: NewTurn) -> str:
    return _json(cipher.seal_json(turn.payload))


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _translated(error: Exception) -> Exception:
    passing = is_out_of_reach(error) or isinstance(error, sqlite3.OperationalError | asyncpg.InterfaceError)
    return DatabaseUnavailable(short(error)) if passing else error
