"""The time as the product uses it: aware, in UTC, shown as ISO 8601 with milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


@lru_cache(maxsize=64)  # what is stored together has the same time and is written out again and again
def iso(moment: datetime) -> str:
    """``2026-11-21T21:15:50.123Z``; ``moment`` must be aware."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
