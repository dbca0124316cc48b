"""Since when an agent is away: clean goodbyes, lines that break without one, restarts, other hubs, and clocks that jump."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from leads.clock import now
from leads.database import Database
from leads.models import Agent, Conversation
from tests.databases import new_file
from webhook.agents_there import AgentsThere
from webhook.hubs import Hubs
from webhook.presence_rows import PresenceRows
from webhook.sockets import GuardedServer
from webhook.tuning import Tuning

GRACE, PING = 60.0, 25


class Lines:
    """The connections of a hub as its server tells of them."""

    def __init__(self) -> None:
        self.unanswered: dict[str, float | None] = {}

    def last_sign_of_life(self, sid: str, _namespace: str) -> float | None:
        return self.unanswered.get(sid)


class World:
    """A hub with its own clocks, which the test moves."""

    def __init__(self, database: Database, name: str, *, wrong_by: timedelta = timedelta(), alone: bool = True) -> None:
        self.alone = alone
        self.mono = 1000.0
        self.wall = now() + wrong_by
        self.lines = Lines()
        self.hubs = Hubs(database, name, Tuning(), lambda: self.mono)
        self.presence = PresenceRows(database, self.hubs, Tuning())
        server = cast(GuardedServer, cast(Any, self.lines))
        self.there = AgentsThere(
            database, server, self.presence, GRACE, 10.0, lambda: self.hubs.alone, lambda: self.mono, lambda: self.wall
        )

    def comes(self, agent: Agent, sid: str = "a") -> None:
        self.lines.unanswered[sid] = 0.0
        self.there.enter(agent, sid)

    async def second(self, *, answers: bool = True) -> set[str]:
        self.mono += 1
        self.wall += timedelta(seconds=1)
        if answers:
            self.lines.unanswered = dict.fromkeys(self.lines.unanswered, self.mono)
        if not self.alone:
            await self.hubs.beat()
            await self.presence.flush()
            await self.presence.look()
        await self.there.beat()
        return await self.there.lost()


async def lost_after(*worlds: World, most: int = 200, answers: bool = True) -> int:
    """Seconds until one of the hubs calls somebody else."""
    for second in range(1, most + 1):
        if any([await world.second(answers=answers) for world in worlds]):
            return second
    raise AssertionError("never")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    found = Database(new_file(tmp_path / "hub.db"))
    yield found
    await found.close()


@pytest.fixture
async def agent(database: Database) -> Agent:
    """Somebody who holds a chat."""
    long_ago: datetime = now() - timedelta(days=9)
    found = Agent(id="m", email="m@example.com", name="Mara", password_hash="-", created_at=long_ago, seen_at=long_ago)
    async with database.write() as session:
        session.add(found)
        await session.flush()
        session.add(Conversation(site="demo", holder="agent", agent_id="m", epoch=1, created_at=now(), last_at=now()))
    return found


async def test_who_says_goodbye_is_called_for_after_the_grace(database: Database, agent: Agent) -> None:
    hub = World(database, "one")
    hub.comes(agent)
    for _ in range(10):
        assert not await hub.second()
    hub.there.leave("a")
    hub.lines.unanswered.clear()
    assert await lost_after(hub) in (60, 61)


async def test_who_is_back_after_half_a_minute_keeps_the_chat(database: Database, agent: Agent) -> None:
    hub = World(database, "one")
    for _ in range(3):
        hub.comes(agent)
        for _ in range(40):
            assert not await hub.second()
        hub.there.leave("a")
        hub.lines.unanswered.clear()
        for _ in range(30):
            assert not await hub.second()
    hub.comes(agent)
    for _ in range(100):
        assert not await hub.second()


@pytest.mark.parametrize("broke_before_ping", [1, PING - 1])
async def test_a_line_that_breaks_without_a_goodbye(database: Database, agent: Agent, broke_before_ping: int) -> None:
    """Nothing tells of it until a ping stays without an answer, up to 25 s later; the server gives the line up 20 s after that."""
    hub = World(database, "one")
    hub.comes(agent)
    for _ in range(30 + broke_before_ping):
        assert not await hub.second()
    hub.lines.unanswered["a"] = hub.mono
    for _ in range(20):
        assert not await hub.second(answers=False)
    hub.lines.unanswered.clear()
    seconds = broke_before_ping + 20 + await lost_after(hub, answers=False)
    assert 45 <= seconds <= 75


async def test_a_restart_does_not_begin_the_grace_anew(database: Database, agent: Agent) -> None:
    hub = World(database, "one")
    hub.comes(agent)
    for _ in range(10):
        await hub.second()
    again = World(database, "one")
    again.wall = hub.wall + timedelta(seconds=40)
    assert 14 <= await lost_after(again) <= 26
    late = World(database, "one")
    late.wall = hub.wall + timedelta(days=1)
    assert 10 <= await lost_after(late) <= 12  # there is time to come back


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)])
async def test_clocks_that_jump_do_not_matter(database: Database, agent: Agent, jump: timedelta) -> None:
    hub = World(database, "one")
    hub.comes(agent)
    for _ in range(20):
        assert not await hub.second()
    hub.wall += jump
    for _ in range(20):
        assert not await hub.second()
    hub.there.leave("a")
    hub.lines.unanswered.clear()
    for _ in range(20):
        assert not await hub.second()
    hub.wall -= jump
    assert await lost_after(hub) in (40, 41)


@pytest.mark.parametrize("wrong_by", [timedelta(hours=1), timedelta(hours=-1)])
async def test_another_hub_takes_over_the_watch_though_its_clock_is_wrong(database: Database, agent: Agent, wrong_by: timedelta) -> None:
    one, two = World(database, "one", alone=False), World(database, "two", wrong_by=wrong_by, alone=False)
    one.comes(agent)
    for _ in range(70):
        assert not await one.second()
        assert not await two.second()
    assert two.there.json() == [{"id": "m", "name": "Mara", "available": True}]
    assert 55 <= await lost_after(two) <= 75  # hub one is dead, and nobody comes to hub two
