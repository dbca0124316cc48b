"""A store that keeps nothing: what the hub would do if a commit cost nothing."""

from __future__ import annotations

from collections.abc import Sequence

from leads import clock
from leads.database import Database
from webhook.append_plan import Facts, Request, Row, Stored, decide


class NoStore:
    """Decides as the real stores do, about conversations that agents hold, and forgets the lines."""

    def __init__(self, database: Database) -> None:
        self._last_seq: dict[str, int] = {}

    async def write(self, requests: Sequence[Request]) -> list[Stored | None]:
        """The next numbers."""
        ids = {request.conversation_id for request in requests}
        rows = {one: Row(one, "agent", 1, None, self._last_seq.get(one, 1), "handraise", True) for one in ids}
        plan = decide(requests, Facts(rows, {}, {}), clock.now())
        self._last_seq.update(plan.last_seq)
        return plan.outcomes

    async def close(self) -> None:
        """Nothing to close."""
