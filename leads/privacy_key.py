"""The key of an installation for marks of erased people and for signed reports: in the database, with a copy in the data folder."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from leads.database import Database
from leads.models import SharedKey

FILE = "privacy.key"
_NAME = "privacy"


@dataclass(frozen=True)
class PrivacyKey:
    """Hashes and signs with one key."""

    secret: str

    @property
    def id(self) -> str:
        """A name for the key that says nothing about it."""
        return sha256(b"key " + self.secret.encode()).hexdigest()[:16]

    def hash(self, kind: str, value: str) -> str:
        """A mark for something that belongs to a person."""
        return self._digest(f"tombstone {kind} {value}")

    def sign(self, report: Mapping[str, Any]) -> dict[str, Any]:
        """The report with the name of the key and a signature over everything else (HMAC-SHA256)."""
        content = {**report, "key": self.id}
        return {**content, "signature": self._digest("report " + _canonical(content))}

    def signed(self, report: Mapping[str, Any]) -> bool:
        """Whether a report is as it was signed with this key."""
        content = {name: value for name, value in report.items() if name != "signature"}
        return hmac.compare_digest(str(report.get("signature")), self._digest("report " + _canonical(content)))

    def _digest(self, words: str) -> str:
        return hmac.new(self.secret.encode(), words.encode(), sha256).hexdigest()


async def privacy_key(database: Database, folder: Path) -> PrivacyKey:
    """The key of this installation; made by the first who asks.

    A database that has none takes the one of the folder, so that marks in the folder still fit after an old backup was restored.

    Raises:
        DatabaseUnavailable: the key could not be read.
    """
    insert = sqlite.insert if database.is_sqlite else postgresql.insert
    known = select(SharedKey.value).where(SharedKey.name == _NAME)
    async with database.read() as session:
        secret = await session.scalar(known)
    file = folder / FILE
    if secret is None:
        kept = file.read_text("utf-8").split() if file.exists() else []
        async with database.write() as session:
            made = insert(SharedKey).values(name=_NAME, value=kept[0] if kept else token_hex(32))
            await session.execute(made.on_conflict_do_nothing())
            secret = await session.scalar(known)
    key = PrivacyKey(secret or "")
    _keep(file, key)
    return key


def all_keys(folder: Path, current: PrivacyKey) -> dict[str, PrivacyKey]:
    """Every key that the folder knows, by its name: marks of an older one are still recognised."""
    file = folder / FILE
    lines = file.read_text("utf-8").split() if file.exists() else []
    return {key.id: key for key in [current, *map(PrivacyKey, lines)]}


def _keep(file: Path, key: PrivacyKey) -> None:
    """Readable for the owner only; a folder that cannot be written costs the copy, nothing else."""
    try:
        lines = file.read_text("utf-8").split() if file.exists() else []
        if key.secret in lines:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as out:
            out.write(key.secret + "\n")
    except OSError:
        return


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
