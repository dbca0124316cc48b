"""What a client shows of one conversation, and what it has sent: the log that the checker compares."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """An entry on a screen."""

    seq: int
    client_msg_id: str | None
    author: str
    text: str
    code: str = ""  # of a notice; the reason of a holder entry
    at: float = 0.0  # on the client's steady clock


@dataclass
class ClientLog:
    """Everything one client did and saw in one conversation, in order."""

    who: str
    conversation_id: str
    sent: list[str] = field(default_factory=list)  # ids, in the order in which they were written
    acked: dict[str, int] = field(default_factory=dict)  # id → seq
    refused: set[str] = field(default_factory=set)  # ids that the hub will never take
    shown: list[Shown] = field(default_factory=list)


class Screen:
    """Shows entries strictly by ``seq``, as the widget and the console do."""

    def __init__(self, log: ClientLog) -> None:
        self.log = log
        self._ahead: dict[int, Shown] = {}

    @property
    def last_seq(self) -> int:
        """The newest entry up to which nothing is missing."""
        return self.log.shown[-1].seq if self.log.shown else 0

    @property
    def has_gap(self) -> bool:
        """Whether something later is known already."""
        return bool(self._ahead)

    def hear(self, entry: Json) -> list[Shown]:
        """Take an entry; gives what can be shown now."""
        code = str(entry["data"].get({"notice": "code", "holder": "reason"}.get(entry.get("kind", ""), "")) or "")
        ids = entry["seq"], entry["client_msg_id"]
        self._ahead[entry["seq"]] = Shown(*ids, entry["author"], entry["text"], code, time.monotonic())
        for old in [seq for seq in self._ahead if seq <= self.last_seq]:
            del self._ahead[old]
        fresh = []
        while (entry_now := self._ahead.pop(self.last_seq + 1, None)) is not None:
            self.log.shown.append(entry_now)
            fresh.append(entry_now)
        return fresh
