"""Open connections whose token has died: whoever could not come in any more is not let stay either."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from webhook.sockets import GuardedServer
from webhook.tuning import Tuning
from webhook.visitor_tokens import VisitorTokens


class Opened(Protocol):
    """A namespace whose clients are there with tokens."""

    namespace: str

    def tokens(self) -> Mapping[str, str]:
        """Client → hash of its token."""


class DeadTokens:
    """Asked of the database, where every hub and every command sees the same: a token may have died anywhere."""

    def __init__(self, server: GuardedServer, tokens: VisitorTokens, opened: Sequence[Opened], tuning: Tuning) -> None:
        self._server = server
        self._tokens = tokens
        self._opened = opened
        self._seconds = tuning.dead_token_seconds
        self._looked_at = float("-inf")

    async def look(self) -> None:
        """Cut them, if it is time to look; a browser that knows a younger token is back with it at once."""
        if time.monotonic() - self._looked_at < self._seconds:
            return
        self._looked_at = time.monotonic()
        known = [dict(one.tokens()) for one in self._opened]
        hashes = {token_hash for one in known for token_hash in one.values()}
        dead = await self._tokens.dead(hashes) if hashes else set()
        if not dead:
            return
        for namespace, before in zip(self._opened, known, strict=True):
            now = namespace.tokens()  # whoever named another token meanwhile stays
            for sid, token_hash in before.items():
                if token_hash in dead and now.get(sid) == token_hash:
                    await self._server.cut_client(sid, namespace.namespace)
