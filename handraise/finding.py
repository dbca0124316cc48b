"""What `handraise doctor` found out about one thing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``state`` is ok, warning or error; ``fix`` says what to do about the latter two."""

    name: str
    state: str
    text: str
    fix: str = ""
