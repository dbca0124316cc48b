"""SQLite for a process that has a core of its own and small transactions: its statements run in the event loop.

aiosqlite hands every step to a thread: making a cursor, executing, fetching, closing, four for each statement. An answer is kept with
some fifteen statements on pages that are in memory, so that sixty changes of thread took several times as long as SQLite itself. Here only
what may have to wait goes to the thread: connecting, beginning (for another writer's lock), committing (for the disk), and closing. A
process that reads much at once (the hub's lists and exports) must not do this: a statement keeps the loop for as long as it takes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

_WAITS = frozenset({"commit", "rollback", "close", "interrupt"})
_WAITING_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "VACUUM")
CHUNK = 64  # aiosqlite's own; not used by SQLAlchemy


class InLoop(aiosqlite.Connection):
    """aiosqlite's connection with another way of doing things."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if may_wait(fn, args) or not self._running or self._connection is None:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)


def may_wait(fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
    """Whether a step may have to wait for somebody else. Pure."""
    if isinstance(getattr(fn, "__self__", None), sqlite3.Connection) and fn.__name__ in _WAITS:
        return True
    return bool(args) and isinstance(args[0], str) and args[0].lstrip()[:8].upper().startswith(_WAITING_WORDS)


def connect(path: str, patience: float) -> InLoop:
    """A connection that is made when it is awaited; ``patience``: seconds that a lock is waited for."""
    connection = InLoop(lambda: sqlite3.connect(path, timeout=patience, check_same_thread=False), CHUNK)
    connection._thread.daemon = True  # as SQLAlchemy does it: a process may end without closing
    return connection
