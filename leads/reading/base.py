"""What a reader gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

UNSURE = 0.5  # below this a reading is a guess, or nothing but the visitor's own words


@dataclass(frozen=True)
class Reading:
    """A value read from words.

    ``value`` is the JSON-able value of the kind, ``text`` the same in plain words ("about 40k EUR a year"), ``said`` the
    part of the message it was read from, ``confidence`` between 0 and 1.
    """

    value: dict[str, Any]
    text: str
    said: str
    confidence: float


@dataclass(frozen=True)
class SlotReading:
    """What a message says about one question; ``status`` is ``known``, ``declined`` or ``unknown``."""

    slot: str
    status: str
    said: str
    reading: Reading | None = None
