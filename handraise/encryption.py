"""Encryption at rest from the command line: what is encrypted with which key, and everything brought to the first one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handraise.finding import Finding
from handraise.noted import noted
from handraise.opened import opened
from leads.reencrypt import Done, Reencryption, counts
from leads.settings import Settings, SettingsError


async def status(settings: Settings) -> dict[str, Any]:
    """The keys that are given, and how many values of each table are encrypted with which (``plain``: with none)."""
    cipher = settings.cipher
    async with opened(settings) as database, database.read() as session:
        rows = await counts(session)
    return {
        "encrypts": cipher.first_id or None,
        "decrypts": list(cipher.keys),
        "values": [{"table": row.table, "key": row.key or "plain", "values": row.values} for row in rows],
    }


async def finding(settings: Settings) -> Finding:
    """What `handraise doctor` says about it; the database has to be reachable."""
    try:
        found = await status(settings)
    except SettingsError as error:
        return Finding("encryption", "error", str(error), "docs/operators.md says how keys are changed.")
    first = found["encrypts"]
    left = sum(row["values"] for row in found["values"] if row["key"] != (first or "plain"))
    if left:
        wanted = f"encrypted with the key {first}" if first else "plain"
        return Finding("encryption", "warning", f"{left} values are not {wanted}.", "Run handraise encryption apply.")
    return Finding("encryption", "ok", f"everything is encrypted with the key {first}" if first else "off")


async def apply(settings: Settings, progress: Callable[[str, int], None]) -> Done:
    """Bring every value to the first key, or to plain text when there is none or the word ``plain`` stands first."""
    async with opened(settings) as database:
        done = await Reencryption(database, progress).run()
        await noted(database, "encryption.apply", "reencrypted", None, values=done.values, key=settings.cipher.first_id or "plain")
        return done
