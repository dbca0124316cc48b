"""How long a writer waits for somebody else's lock on SQLite: some seconds, and next to nothing while it is known to be held.

Without that, each of those who queue up behind a lock that is not given back waits anew, and one who has to write several times waits for
the sum of it. So only the first wait the whole time; then everybody is told at once to come again, until one gets through.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

WHILE_HELD = 0.25  # seconds


class Patience:
    """Of all writers of one database in this process."""

    def __init__(self, seconds: float) -> None:
        self.full = seconds
        self._held = False

    @property
    def seconds(self) -> float:
        """For the next one."""
        return min(WHILE_HELD, self.full) if self._held else self.full

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """The lock is asked for inside the block."""
        try:
            yield
        except Exception as error:
            self._held = is_busy(error)
            raise
        self.got_it()

    def got_it(self) -> None:
        """Nobody holds the lock against us."""
        self._held = False


def is_busy(error: Exception) -> bool:
    """Whether somebody else holds the lock."""
    code = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY
