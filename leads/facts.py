"""What a score looks at: answers, events and how much the visitor wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class FactAnswer:
    """The newest answer to a question; ``text`` is what was understood, ``said`` the visitor's words, ``at`` when."""

    status: str
    value: Mapping[str, Any] | None
    text: str
    said: str
    at: datetime | None = None


@dataclass(frozen=True)
class FactEvent:
    """Something the visitor did."""

    name: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """Everything a score looks at: newest answers by slot, events, and how many messages the visitor wrote."""

    answers: Mapping[str, FactAnswer] = field(default_factory=dict)
    events: Sequence[FactEvent] = ()
    replies: int = 0
