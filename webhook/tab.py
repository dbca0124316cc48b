"""A tab of a visitor that is connected: what the hub knows of it beside its socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Tab:
    """A connected tab; ``conversation_id`` is set by the join and by nothing a client says."""

    site: str
    address: str
    is_browser: bool  # it says of which page it is
    may_follow: bool  # pages may be noted
    conversation_id: str | None = None
    lang: str | None = None
    token_hash: str | None = None  # of the token with which it is there; when that dies, it is cut

    @contextmanager
    def changing_token(self) -> Iterator[None]:
        """While the hub itself ends the token of this tab to give it another one, it is not cut."""
        kept, self.token_hash = self.token_hash, None
        try:
            yield
        finally:
            self._keep(kept)

    def _keep(self, token_hash: str | None) -> None:
        if self.token_hash is None:
            self.token_hash = token_hash
