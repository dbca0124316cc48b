"""Who lives among several hubs, and who has a job; time is told by the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from leads.database import Database
from leads.models import Base, HubProcess, Presence
from tests.databases import new_database, new_file
from webhook.hubs import Hubs
from webhook.leases import Leases
from webhook.tuning import Tuning

TUNING = Tuning()


class Time:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    on_server = request.param == "postgresql"
    found = Database(await new_database(request.getfixturevalue("postgres")) if on_server else new_file(tmp_path / "hub.db"))
    yield found
    await found.close()


type NewHub = Callable[[str], Hubs]


@pytest.fixture
def clock() -> Time:
    return Time()


@pytest.fixture
def new(database: Database, clock: Time) -> NewHub:
    return lambda name: Hubs(database, name, TUNING, clock)


def fresh(hub: Hubs) -> bool:
    return hub.fresh


async def second(clock: Time, count: int, *beats: Callable[[], Awaitable[None]]) -> None:
    for _ in range(count):
        clock.now += 1
        for beat in beats:
            await beat()


async def test_a_hub_lives_as_long_as_it_counts(new: NewHub, clock: Time) -> None:
    a, b = new("a"), new("b")
    assert a.alive() == {"a"}
    assert not fresh(a)
    await a.beat()
    assert fresh(a)
    await b.beat()
    assert b.alive() == {"a", "b"}
    await second(clock, 20, a.beat, b.beat)
    assert a.alive() == b.alive() == {"a", "b"}
    await second(clock, 7, a.beat)
    assert a.is_alive("b")
    assert fresh(b)
    await second(clock, 1, a.beat)
    assert not fresh(b)  # it knows without being told, and before the others do
    assert a.is_alive("b")
    await second(clock, 1, a.beat)
    assert a.alive() == {"a"}
    await b.beat()
    await second(clock, 1, a.beat)
    assert a.is_alive("b") and fresh(b)


async def test_clocks_of_the_machine_do_not_matter_but_a_pause_of_ones_own_does(new: NewHub, clock: Time) -> None:
    a, b = new("a"), new("b")
    await second(clock, 2, b.beat, a.beat)
    clock.now += 100  # both were stopped, or the database was away
    await a.beat()
    assert a.is_alive("b")
    await second(clock, 7, a.beat)
    assert a.is_alive("b")
    await second(clock, 1, a.beat)
    assert not a.is_alive("b")


async def test_a_goodbye_is_seen_at_once_and_takes_the_presence_along(new: NewHub, clock: Time, database: Database) -> None:
    a, b = new("a"), new("b")
    await second(clock, 2, a.beat, b.beat)
    async with database.write() as session:
        session.add_all([Presence(hub=hub, kind="visitor", key="x") for hub in "ab"])
    await b.leave()
    await second(clock, 1, a.beat)
    assert a.alive() == {"a"}
    assert not fresh(b)
    async with database.read() as session:
        assert list(await session.scalars(select(Presence.hub))) == ["a"]


async def test_the_same_name_takes_over_at_once_and_the_older_process_knows(new: NewHub, clock: Time, database: Database) -> None:
    old, other = new("a"), new("b")
    leases = Leases(database, old)
    await second(clock, 1, old.beat, other.beat)
    assert await leases.mine("purge")
    async with database.write() as session:
        session.add(Presence(hub="a", kind="visitor", key="x"))
    restarted = new("a")
    await restarted.beat()
    assert await Leases(database, restarted).mine("purge")
    await old.beat()
    assert not fresh(old)
    assert not await leases.mine("purge")
    await old.leave()  # takes nothing away from its successor
    await second(clock, 1, restarted.beat, other.beat)
    assert other.is_alive("a") and fresh(restarted)
    assert not await Leases(database, other).mine("purge")
    async with database.read() as session:
        assert list(await session.scalars(select(Presence.hub))) == []


async def test_rows_of_hubs_that_never_come_back_are_removed(new: NewHub, clock: Time, database: Database) -> None:
    a, b, c = new("a"), new("b"), new("c")
    await second(clock, 1, a.beat, b.beat, c.beat)
    async with database.write() as session:
        session.add(Presence(hub="b", kind="visitor", key="x"))
    await second(clock, 605, a.beat)
    async with database.read() as session:
        assert list(await session.scalars(select(HubProcess.name))) == ["a"]
        assert list(await session.scalars(select(Presence.hub))) == []
    await b.beat()
    assert fresh(b) and b.alive() == {"a", "b"}


async def test_one_hub_has_a_job_and_another_gets_it_when_that_one_is_dead(new: NewHub, clock: Time, database: Database) -> None:
    a, b = new("a"), new("b")
    of_a, of_b = Leases(database, a), Leases(database, b)
    assert not await of_a.mine("purge")  # not before the first beat
    await second(clock, 1, a.beat, b.beat)
    assert await of_a.mine("purge") and await of_a.mine("purge")
    assert not await of_b.mine("purge")
    assert await of_b.mine("deadlines")
    await second(clock, 9, b.beat)
    assert not await of_a.mine("purge")
    assert await of_b.mine("purge")
    await a.beat()
    assert fresh(a)
    assert not await of_a.mine("purge")
    assert await of_b.mine("purge")
    await b.leave()
    await second(clock, 1, a.beat)
    assert await of_a.mine("purge") and await of_a.mine("deadlines")


async def test_a_hub_without_its_database_knows_that_it_counts_as_dead(new: NewHub, clock: Time, database: Database) -> None:
    a = new("a")
    await a.beat()
    leases = Leases(database, a)
    assert await leases.mine("purge")
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda sync: Base.metadata.tables["hubs"].drop(sync))
    assert not await a.try_beat()
    assert fresh(a)
    clock.now += 8
    assert not fresh(a)
    assert not await leases.mine("purge")


async def test_a_count_that_somebody_else_changes_is_no_name_taken_away(new: NewHub, clock: Time, database: Database) -> None:
    a = new("a")
    await a.beat()
    async with database.write() as session:
        await session.execute(update(HubProcess).values(beats=0))
    await a.beat()
    assert fresh(a)
