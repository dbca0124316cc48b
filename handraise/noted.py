"""The command line in the audit log: which command, under which account of the machine."""

from __future__ import annotations

import getpass
import re

from leads import audit
from leads.audit import About, Value, Who
from leads.database import Database


def by_command(name: str) -> Who:
    """Somebody at the command line."""
    return Who("command", name)


async def noted(database: Database, command: str, what: str, about: About | None = None, **data: Value) -> None:
    """Add a row in a transaction of its own.

    Raises:
        DatabaseUnavailable: it was not noted.
    """
    async with database.write() as session:
        await audit.note(session, by_command(command), what, about, **{"account": account(), **data})


def account() -> str:
    """The account of the machine, without what the audit log does not take."""
    try:
        return re.sub(r"[^A-Za-z0-9_.-]", "-", getpass.getuser())[:64]
    except (OSError, KeyError):
        return "unknown"
