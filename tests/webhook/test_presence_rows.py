"""What a hub says of its connections, when the others may have taken it for dead in between; time is told by the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from leads.database import Database
from leads.models import Presence
from tests.databases import new_file
from tests.webhook.test_hubs import Time
from webhook.hubs import Hubs
from webhook.presence_rows import VISITOR, PresenceRows
from webhook.tuning import Tuning

TUNING = Tuning()


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    found = Database(new_file(tmp_path / "hub.db"))
    yield found
    await found.close()


async def rows(database: Database) -> set[str]:
    async with database.read() as session:
        return set(await session.scalars(select(Presence.key)))


@pytest.mark.parametrize("forgotten", [False, True], ids=["rows kept", "rows removed by the others"])
async def test_who_left_while_the_hub_stood_still_is_gone_and_it_is_told(database: Database, forgotten: bool) -> None:
    clock = Time()
    mine, other = Hubs(database, "mine", TUNING, clock), Hubs(database, "other", TUNING, clock)
    for one in (mine, other, mine):
        await one.beat()
    presence, told = PresenceRows(database, mine, TUNING), set[str]()

    def note(kind: str, keys: Collection[str]) -> None:
        told.update(keys)

    presence.changed = note
    presence.enter(VISITOR, "leaves")
    presence.enter(VISITOR, "stays")
    await presence.flush()
    assert await rows(database) == {"leaves", "stays"}
    told.clear()
    clock.now += TUNING.dead_seconds
    presence.leave(VISITOR, "leaves")
    await presence.flush()  # nothing may be said while the hub counts as dead
    assert await rows(database) == {"leaves", "stays"} and not told
    if forgotten:
        async with database.write() as session:
            await session.execute(delete(Presence))
    await mine.beat()
    await presence.flush()
    assert await rows(database) == {"stays"}
    assert "leaves" in told
