"""Which keys values may be encrypted with: noted before a key is used, so that no process starts that could not read them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

from sqlalchemy import Connection, inspect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from leads import clock
from leads.database import Database, DatabaseUnavailable
from leads.encryption import SETTING, Cipher
from leads.key_rows import EncryptionKey
from leads.settings import SettingsError

NOTED_SECONDS = 60.0

log = logging.getLogger(__name__)


class KeyMissing(SettingsError):
    """The database holds what the given keys do not open."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = sorted(ids)
        names = ", ".join(self.ids)
        super().__init__(
            f"The database holds data that was encrypted with the key {names}, which {SETTING} does not have. "
            "Add it behind the others. Without it that data can neither be shown nor changed, so nothing was started."
        )


async def ready_keys(database: Database) -> None:
    """Refuse keys that do not open what is stored, and note the first one before it is used. Tables that are not there yet hold nothing.

    Raises:
        KeyMissing: nothing was changed.
        DatabaseUnavailable: nobody knows.
    """
    async with database.read() as session:
        connection = await session.connection()
        if not await connection.run_sync(_has_table):
            return
        known = await check_keys(connection, database.cipher)
    first = database.cipher.first
    if first is not None and first.id not in known:
        insert = sqlite.insert if database.is_sqlite else postgresql.insert
        row = insert(EncryptionKey).values(id=first.id, proof=first.proof, since=clock.now())
        async with database.write() as session:
            await session.execute(row.on_conflict_do_nothing())


async def keep_noted(database: Database, seconds: float = NOTED_SECONDS) -> None:
    """Note the first key again and again, until this is cancelled: for who writes with a key that others think nobody uses any more."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await ready_keys(database)
        except (DatabaseUnavailable, KeyMissing) as error:
            log.warning("the keys could not be looked at: %s", error)


async def check_keys(connection: AsyncConnection, cipher: Cipher) -> set[str]:
    """The ids of the keys with which something may be encrypted.

    Raises:
        KeyMissing: one of them is not given.
    """
    rows = (await connection.execute(select(EncryptionKey.id, EncryptionKey.proof))).all()
    missing = [key_id for key_id, proof in rows if key_id not in cipher.keys or not cipher.keys[key_id].proves(proof)]
    if missing:
        raise KeyMissing(missing)
    return {key_id for key_id, _proof in rows}


def _has_table(connection: Connection) -> bool:
    return inspect(connection).has_table(EncryptionKey.__tablename__)
