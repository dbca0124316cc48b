"""Which hubs live: each counts up in its own row, and whoever's count stands still for too long is dead. No clock is compared."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.database import Database, DatabaseUnavailable
from leads.models import HubProcess, Lease, Presence
from webhook.tuning import Tuning

log = logging.getLogger(__name__)


@dataclass
class _Seen:
    """What was read of another hub, and since when it has not changed."""

    instance: str
    beats: int
    since: float


class Hubs:
    """This hub among the others.

    ``fresh`` is False when the others may think this hub dead: then it must not act as the only one that does something.
    ``term`` is another number after each time that this was so.
    """

    def __init__(self, database: Database, name: str, tuning: Tuning, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.instance = uuid4().hex
        self.term = 0
        self._database = database
        self._tuning = tuning
        self._monotonic = monotonic
        self._others: dict[str, _Seen] = {}
        self._alive = frozenset({name})
        self._dead: frozenset[str] = frozenset()
        self._beaten_at = float("-inf")
        self._registered = False
        self._superseded = False
        self._stopping = asyncio.Event()

    @property
    def fresh(self) -> bool:
        """Whether the others must take this hub for alive."""
        return self._monotonic() - self._beaten_at < self._tuning.dead_seconds

    @property
    def alone(self) -> bool:
        """Whether no other hub lives."""
        return len(self._alive) == 1

    def alive(self) -> frozenset[str]:
        """The names of the hubs that live, with this one."""
        return self._alive

    def other_instances(self) -> frozenset[str]:
        """The processes of the other hubs that live: a restart under the same name is another one."""
        return frozenset(seen.instance for name, seen in self._others.items() if name in self._alive)

    def dead(self) -> frozenset[str]:
        """The names of the hubs that were found dead; one that was not heard of yet is in neither set."""
        return self._dead

    def is_alive(self, name: str) -> bool:
        """Whether the hub of this name lives."""
        return name in self._alive

    async def run(self) -> None:
        """Beat until :meth:`stop`; a beat that fails is tried again with the next."""
        while not self._stopping.is_set():
            await self.try_beat()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._tuning.lone_beat_seconds if self.alone else self._tuning.beat_seconds)

    async def try_beat(self) -> bool:
        """Beat; whether the database took it."""
        try:
            await self.beat()
        except DatabaseUnavailable as error:
            log.warning("the heartbeat was not written: %s", error)
        except Exception as error:
            log.error("heartbeat: %s", type(error).__name__, exc_info=error)
        else:
            return True
        return False

    def stop(self) -> None:
        """End after the present beat; cancelling it could leave a transaction open."""
        self._stopping.set()

    async def beat(self) -> None:
        """Count up and look at the others.

        Raises:
            DatabaseUnavailable: nothing was written.
        """
        begun = self._monotonic()  # the others see the change later than this, so they cannot give us up before ``fresh`` ends
        async with self._database.write() as session:
            mine = await self._count_up(session)
            rows = list(await session.execute(select(HubProcess.name, HubProcess.instance, HubProcess.beats)))
        if not mine:
            self._was_superseded()
            return
        self._registered = True
        paused = begun - self._beaten_at >= self._tuning.dead_seconds / 2
        if begun - self._beaten_at >= self._tuning.dead_seconds:
            self.term += 1
        self._beaten_at = begun
        gone = self._look([(name, instance, beats) for name, instance, beats in rows], paused=paused)
        if gone:
            await self._forget(gone)

    async def leave(self) -> None:
        """A clean goodbye: whoever comes next need not wait until this hub is found dead."""
        try:
            async with self._database.write() as session:
                row = delete(HubProcess).where(HubProcess.name == self.name, HubProcess.instance == self.instance)
                if await session.scalar(row.returning(HubProcess.name)):
                    await session.execute(delete(Presence).where(Presence.hub == self.name))
                    await session.execute(delete(Lease).where(Lease.holder == self.name))
        except Exception as error:
            log.warning("the goodbye was not written: %s", type(error).__name__)
        self._beaten_at = float("-inf")

    async def _count_up(self, session: AsyncSession) -> bool:
        """Whether the row is ours; the first time it is taken over from an earlier process of the same name."""
        row = update(HubProcess).where(HubProcess.name == self.name)
        if self._registered:
            row = row.where(HubProcess.instance == self.instance)
        mine = {"instance": self.instance, "writes_with": self._database.cipher.first_id}
        raised = row.values(beats=HubProcess.beats + 1, **mine).returning(HubProcess.beats)
        if await session.scalar(raised.execution_options(synchronize_session=False)) is not None:
            if not self._registered:
                await session.execute(delete(Presence).where(Presence.hub == self.name))
            return True
        if self._registered and await session.scalar(select(HubProcess.name).where(HubProcess.name == self.name)):
            return False
        session.add(HubProcess(name=self.name, beats=1, started_at=clock.now(), **mine))
        return True

    def _was_superseded(self) -> None:
        if not self._superseded:
            log.error("another hub runs under the name %s; give each its own HANDRAISE_HUB_NAME", self.name)
        self._superseded = True
        self._beaten_at = float("-inf")

    def _look(self, rows: list[tuple[str, str, int]], *, paused: bool) -> list[tuple[str, int]]:
        """Judge the others; gives those who have been dead for long. After a pause of our own everybody gets the whole time again."""
        now = self._monotonic()
        known, self._others = self._others, {}
        for name, instance, beats in rows:
            if name == self.name:
                continue
            before = known.get(name)
            unchanged = before is not None and (before.instance, before.beats) == (instance, beats)
            since = before.since if before is not None and unchanged and not paused else now
            self._others[name] = _Seen(instance, beats, since)
        dead_for = {name: now - seen.since for name, seen in self._others.items()}
        alive = frozenset({self.name, *(name for name, seconds in dead_for.items() if seconds < self._tuning.dead_seconds)})
        for name in alive ^ self._alive:
            log.info("hub %s is %s", name, "there" if name in alive else "gone")
        self._alive, self._dead = alive, frozenset(dead_for) - alive
        return [(name, self._others[name].beats) for name, seconds in dead_for.items() if seconds >= self._tuning.forget_seconds]

    async def _forget(self, gone: list[tuple[str, int]]) -> None:
        """Remove rows of hubs that will not come back, unless one has just done so."""
        async with self._database.write() as session:
            for name, beats in gone:
                row = delete(HubProcess).where(HubProcess.name == name, HubProcess.beats == beats)
                if await session.scalar(row.returning(HubProcess.name)):
                    await session.execute(delete(Presence).where(Presence.hub == name))
