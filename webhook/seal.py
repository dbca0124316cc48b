"""What hubs say to each other, signed: whoever can write to Redis but does not have the key of the installation is not heard."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from leads.database import Database
from leads.models import SharedKey

LONGEST = 1_000_000  # bytes; a longer message is not looked at
_SIGNATURE = 32

type Hint = Sequence[Any]  # kind, key, and what belongs to it


@dataclass(frozen=True)
class Batch:
    """Several hints of one hub. ``number`` counts its batches, ``confirms`` says up to which of theirs it has served other hubs'."""

    sender: str  # instance, not name: the count begins anew with each
    number: int
    hints: Sequence[Hint] = ()
    confirms: dict[str, int] = field(default_factory=dict)


class Seal:
    """Signs and opens with one key."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self.channel = "handraise:" + hashlib.sha256(b"channel " + self._key).hexdigest()[:16]  # installations may share a Redis

    def close(self, batch: Batch) -> bytes:
        """The batch as bytes."""
        body = orjson.dumps([batch.sender, batch.number, batch.hints, batch.confirms])
        return self._sign(body) + body

    def open(self, raw: Any) -> Batch | None:
        """The batch; None for anything that was not signed with this key."""
        if not isinstance(raw, bytes) or not _SIGNATURE < len(raw) <= LONGEST:
            return None
        if not hmac.compare_digest(raw[:_SIGNATURE], self._sign(raw[_SIGNATURE:])):
            return None
        try:
            return Batch(*orjson.loads(raw[_SIGNATURE:]))
        except (ValueError, TypeError):
            return None  # of a hub that is newer or older

    def digest(self, text: str) -> str:
        """A short name for something that Redis need not know."""
        return hashlib.blake2b(text.encode(errors="replace"), key=self._key[:64], digest_size=12).hexdigest()

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, "sha256")


async def shared_seal(database: Database, name: str = "hints") -> Seal:
    """The seal of this installation.

    Raises:
        DatabaseUnavailable: the key could not be read.
    """
    return Seal(await shared_key(database, name))


async def shared_key(database: Database, name: str) -> str:
    """A secret of this installation, made by the first hub that asks.

    Raises:
        DatabaseUnavailable: the key could not be read.
    """
    insert = sqlite.insert if database.engine.dialect.name == "sqlite" else postgresql.insert
    known = select(SharedKey.value).where(SharedKey.name == name)
    async with database.read() as session:
        key = await session.scalar(known)
    if key is None:
        async with database.write() as session:
            await session.execute(insert(SharedKey).values(name=name, value=token_hex(32)).on_conflict_do_nothing())
            key = await session.scalar(known)
    return key or ""
