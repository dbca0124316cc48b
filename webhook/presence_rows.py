"""Who is connected to which hub, for the other hubs: rows written in batches, true only while their hub lives."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import suppress
from itertools import batched

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from leads.database import Database, DatabaseUnavailable
from leads.models import Presence
from webhook.hubs import Hubs
from webhook.tuning import Tuning

log = logging.getLogger(__name__)

VISITOR = "visitor"
AGENT = "agent"
_AT_ONCE = 500

type Key = tuple[str, str]  # kind and key


class PresenceRows:
    """What this hub says of its connections, and what the others say of theirs.

    A lone hub writes nothing: there is nobody to read it. ``changed`` is called with the keys of a kind whose rows this hub has
    just written, ``agents_changed`` when the agents of other hubs have come or gone.
    """

    def __init__(self, database: Database, hubs: Hubs, tuning: Tuning) -> None:
        self._database = database
        self._hubs = hubs
        self._tuning = tuning
        self._mine: set[Key] = set()
        self._written: set[Key] = set()
        self._unsure: set[Key] = set()  # written before this hub was taken for dead: the rows may still be there
        self._term = hubs.term
        self._agents: frozenset[str] = frozenset()  # of other hubs
        self._something = asyncio.Event()
        self._stopping = False
        self.changed: Callable[[str, Collection[str]], None] = lambda kind, keys: None
        self.agents_changed: Callable[[], None] = lambda: None

    def enter(self, kind: str, key: str) -> None:
        """Somebody is connected to this hub."""
        self._mine.add((kind, key))

    def leave(self, kind: str, key: str) -> None:
        """The last connection of somebody to this hub is gone."""
        self._mine.discard((kind, key))

    def there(self, kind: str) -> frozenset[str]:
        """Who is connected to a living hub. Of visitors only those of this hub: ask :meth:`online` for others."""
        mine = frozenset(key for one, key in self._mine if one == kind)
        return mine | self._agents if kind == AGENT else mine

    async def online(self, session: AsyncSession, kind: str, keys: Collection[str]) -> set[str]:
        """Those of ``keys`` who are connected to a living hub."""
        found = {key for key in keys if (kind, key) in self._mine}
        others = self._others()
        if others and len(found) < len(keys):
            rows = select(Presence.key).where(Presence.kind == kind, Presence.key.in_(keys), Presence.hub.in_(others))
            found.update(await session.scalars(rows))
        return found

    async def run(self) -> None:
        """Write and read until :meth:`stop`."""
        while not self._stopping:
            try:
                await self.flush()
                await self.look()
            except DatabaseUnavailable as error:
                log.warning("presence waits: %s", error)
            except Exception as error:
                log.error("presence: %s", type(error).__name__, exc_info=error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), self._tuning.presence_seconds)

    def stop(self) -> None:
        """End after what is being written."""
        self._stopping = True
        self._something.set()

    async def flush(self) -> None:
        """Write what has changed since the last time; everything, when another hub has taken this one for dead."""
        if self._hubs.alone or not self._hubs.fresh:
            return
        if self._term != self._hubs.term:
            self._term, self._unsure, self._written = self._hubs.term, self._unsure | self._written, set()
        mine = set(self._mine)
        come, gone = mine - self._written, (self._written | self._unsure) - mine
        for some in batched(come, _AT_ONCE):
            await self._insert(some)
            self._written.update(some)
        for some in batched(gone, _AT_ONCE):
            await self._delete(some)
            self._written.difference_update(some)
            self._unsure.difference_update(some)
        for kind in {kind for kind, _key in come | gone}:
            self.changed(kind, [key for one, key in come | gone if one == kind])

    async def look(self) -> None:
        """Read who of the agents is connected to other hubs."""
        others = self._others()
        agents: frozenset[str] = frozenset()
        if others:
            async with self._database.read() as session:
                rows = select(Presence.key).where(Presence.kind == AGENT, Presence.hub.in_(others))
                agents = frozenset(await session.scalars(rows))
        if agents != self._agents:
            self._agents = agents
            self.agents_changed()

    def _others(self) -> frozenset[str]:
        return self._hubs.alive() - {self._hubs.name}

    async def _insert(self, keys: Collection[Key]) -> None:
        insert = sqlite.insert if self._database.engine.dialect.name == "sqlite" else postgresql.insert
        rows = [{"hub": self._hubs.name, "kind": kind, "key": key} for kind, key in keys]
        async with self._database.write() as session:
            await session.execute(insert(Presence).on_conflict_do_nothing(), rows)

    async def _delete(self, keys: Collection[Key]) -> None:
        mine = (Presence.hub == self._hubs.name, tuple_(Presence.kind, Presence.key).in_(keys))
        async with self._database.write() as session:
            await session.execute(delete(Presence).where(*mine))
