"""SQLite for small transactions: their statements run in the event loop.

aiosqlite hands every step to a thread: making a cursor, executing, fetching, closing, four for each statement. An answer is kept with
some ten statements on pages that are in memory, so that the changes of thread took several times as long as SQLite itself, and the
coroutines around each step as long again. Here SQLAlchemy has SQLite's own cursor, and only what has to wait goes to the thread:
connecting, beginning while another writer has the lock, committing (for the disk), and closing. What reads much at once (the hub's
lists and exports) must not go this way: a statement keeps the loop for as long as it takes.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection, AsyncAdapt_aiosqlite_cursor, AsyncAdapt_aiosqlite_dbapi
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_

_WAITING_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "VACUUM")
_BEGINNING = "BEGIN"


def may_wait(statement: str) -> bool:
    """Whether a statement may have to wait for somebody else. Pure."""
    return statement.lstrip()[:8].upper().startswith(_WAITING_WORDS)


class InLoopCursor(AsyncAdapt_aiosqlite_cursor):
    """SQLite's own cursor in the place of aiosqlite's."""

    __slots__ = ()
    _cursor: Any
    _adapt_connection: Any
    _awaitable_cursor_close = False  # closing it waits for nobody

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection, self._connection = adapt_connection, adapt_connection._connection
        self._soft_closed_memoized, self._rows = EMPTY_DICT, deque()
        try:
            self._cursor = self._connection._conn.cursor()
        except Exception as error:
            adapt_connection._handle_exception(error)

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        """As SQLAlchemy's: the rows are fetched at once."""
        self._run(self._cursor.execute, operation, () if parameters is None else parameters)
        if self._cursor.description:
            self._rows = deque(self._cursor.fetchall())

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        """As SQLAlchemy's."""
        self._run(self._cursor.executemany, operation, seq_of_parameters)

    def _run(self, step: Callable[..., Any], operation: str, parameters: Any) -> None:
        try:
            if not may_wait(operation):
                step(operation, parameters)
            elif not (operation.startswith(_BEGINNING) and self._begins_at_once(operation)):
                self._adapt_connection.is_in_thread = True  # and stays so when nobody waits for it any more
                await_(self._connection._execute(step, operation, parameters))
                self._adapt_connection.is_in_thread = False
        except Exception as error:
            self._adapt_connection._handle_exception(error)

    def _begins_at_once(self, operation: str) -> bool:
        """Begin, unless somebody else has the lock just now."""
        patience = self._cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        self._cursor.execute("PRAGMA busy_timeout=0")
        try:
            self._cursor.execute(operation)
        except sqlite3.OperationalError:
            return False  # the thread tries again and has the patience
        finally:
            self._cursor.execute(f"PRAGMA busy_timeout={patience}")
        return True


class InLoopConnection(AsyncAdapt_aiosqlite_connection):
    """SQLAlchemy's connection with those cursors."""

    __slots__ = ("is_in_thread",)
    _cursor_cls = InLoopCursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.is_in_thread = False

    def rollback(self) -> None:
        """As SQLAlchemy's, which says it whenever a connection is given back, too: then there is nothing to undo, nor to wait for."""
        if self._connection._connection and (self._connection._conn.in_transaction or self.is_in_thread):
            super().rollback()


class InLoopDriver(AsyncAdapt_aiosqlite_dbapi):
    """aiosqlite as SQLAlchemy knows it, with those connections; given to an engine as its ``module``."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> InLoopConnection:
        """A connection that the loop and its thread may use in turn."""
        return InLoopConnection(self, super().connect(*arg, **kw)._connection)
