"""Plain lines, many in one transaction, on the real databases."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from leads.clock import now
from leads.database import Database, DatabaseUnavailable
from leads.encryption import read_keys
from leads.models import Conversation, Entry, Turn
from leads.patience import WHILE_HELD
from tests.databases import each_statement, new_database, new_file
from tests.stored import KEY
from tests.waiting import PATIENCE
from tests.webhook.clients import new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.append_plan import Request, Stored
from webhook.append_stores import Store, store_for
from webhook.appends import Appends
from webhook.log import News


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return new_file(tmp_path / "appends.db")
    return await new_database(request.getfixturevalue("postgres"))


@pytest.fixture(params=["", KEY], ids=["plain", "encrypted"])
async def database(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, cipher=read_keys(request.param))
    yield made
    await made.close()


async def begun(database: Database, count: int = 1, **columns: Any) -> list[str]:
    """Conversations in which something was said."""
    rows = [Conversation(site="demo", started_at=now(), created_at=now(), last_at=now(), **columns) for _ in range(count)]
    async with database.write() as session:
        session.add_all(rows)
    return [row.id for row in rows]


class Told:
    """What came out of the queue, in its order."""

    def __init__(self, store: Store) -> None:
        self.steps: list[tuple[str, Any]] = []
        self.appends = Appends(store, self._tell, self._room, lambda conversation_id: self.steps.append(("wake", conversation_id)))

    async def _tell(self, news: News) -> None:
        self.steps.append(("news", news))

    async def _room(self) -> None:
        self.steps.append(("room", None))

    async def say(self, conversation_id: str, words: str, client_msg_id: str | None = None) -> Stored | None:
        stored = await self.appends.append(Request(conversation_id, client_msg_id or new_id(), words))
        self.steps.append(("ack", stored))
        return stored


@pytest.fixture
async def told(database: Database) -> AsyncIterator[Told]:
    made = Told(store_for(database))
    yield made
    await made.appends.stop()


async def test_many_at_once_have_no_gap_and_no_double(database: Database, told: Told) -> None:
    ids = await begun(database, 7)
    stored = await asyncio.gather(*(told.say(ids[number % 7], f"line {number}") for number in range(210)))
    assert all(one is not None for one in stored)
    for conversation_id in ids:
        async with database.read() as session:
            entries = list(await session.scalars(select(Entry).where(Entry.conversation_id == conversation_id).order_by(Entry.seq)))
            turns = list(await session.scalars(select(Turn).where(Turn.conversation_id == conversation_id).order_by(Turn.seq)))
            row = await session.get_one(Conversation, conversation_id)
        assert [entry.seq for entry in entries] == [turn.seq for turn in turns] == list(range(1, 31))
        assert [turn.payload for turn in turns] == [{"text": entry.text} for entry in entries]
        assert row.last_seq == 30 and row.last_at == entries[-1].at
        shown = [
            entry["seq"]
            for step, news in told.steps
            if step == "news" and news.conversation_id == conversation_id
            for entry in news.entries
        ]
        assert shown == list(range(1, 31))


async def test_it_is_announced_before_it_is_acknowledged_and_the_bot_woken_then(database: Database, told: Told) -> None:
    (conversation_id,) = await begun(database)
    stored = await told.say(conversation_id, "Hello \U0001f44b \"'\\ \n")
    assert [step for step, _what in told.steps] == ["news", "room", "wake", "ack"]
    news = told.steps[0][1]
    assert news.entries[0]["text"] == "Hello \U0001f44b \"'\\ \n" and stored is not None and news.entries[0]["seq"] == stored.seq == 1


async def test_the_same_id_gives_the_first_answer_in_one_batch_and_later(database: Database, told: Told) -> None:
    (conversation_id,) = await begun(database)
    first = await asyncio.gather(*(told.say(conversation_id, "Hello", "one") for _ in range(5)))
    again = await told.say(conversation_id, "Hello", "one")
    assert {(one.seq, one.at) for one in (*first, again) if one} == {(1, again.at if again else None)}
    assert len(first) == 5 and all(first)
    assert await told.say(conversation_id, "Other", "one") is None
    assert await told.say("unknown", "Hello", "one") is None


async def test_two_processes_share_one_log(database: Database, database_url: str) -> None:
    other_database = Database(database_url)
    sides = [Told(store_for(database)), Told(store_for(other_database))]
    ids = await begun(database, 3)
    try:
        lines = [(side, ids[number % 3], f"{place} {number}") for number in range(60) for place, side in enumerate(sides)]
        found = await asyncio.gather(*(side.say(conversation_id, words) for side, conversation_id, words in lines))
    finally:
        for side in sides:
            await side.appends.stop()
        await other_database.close()
    async with database.read() as session:
        rows = {row.id: row.last_seq for row in await session.scalars(select(Conversation))}
        entries = list(await session.scalars(select(Entry)))
    assert sum(rows.values()) == len(entries) == sum(one is not None for one in found)  # what was locked goes the long way
    assert len({(entry.conversation_id, entry.seq) for entry in entries}) == len(entries) >= 30
    for conversation_id, last_seq in rows.items():
        assert max(entry.seq for entry in entries if entry.conversation_id == conversation_id) == last_seq


async def test_a_failed_transaction_stores_nothing_and_the_next_one_works(database: Database, told: Told) -> None:
    ids = await begun(database, 2)
    await told.say(ids[0], "before")
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE turns RENAME TO turns_away"))
    results = await asyncio.gather(*(told.say(one, "lost?", f"id-{one}") for one in ids), return_exceptions=True)
    assert all(result is None or isinstance(result, DatabaseUnavailable) for result in results)
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE turns_away RENAME TO turns"))
    async with database.read() as session:
        assert [entry.text for entry in await session.scalars(select(Entry))] == ["before"]
    assert all(await asyncio.gather(*(told.say(one, "lost?", f"id-{one}") for one in ids)))


class Stuck:
    """A store that does not come back before it is told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def write(self, requests: Sequence[Request]) -> list[Stored | None]:
        await self.go.wait()
        return [Stored(1, now()) for _ in requests]

    async def close(self) -> None:
        self.go.set()


async def test_the_queue_has_an_end() -> None:
    store = Stuck()
    told = Told(store)
    waiting = [asyncio.create_task(told.say("c", f"{number}")) for number in range(2500)]
    refused = [task for task in waiting if task.done() or await _is_refused(task)]
    assert 400 < len(refused) < 1000
    store.go.set()
    assert len([one for one in await asyncio.gather(*waiting, return_exceptions=True) if isinstance(one, Stored)]) == 2500 - len(refused)
    await told.appends.stop()


async def _is_refused(task: asyncio.Task[Any]) -> bool:
    await asyncio.sleep(0)
    return task.done() and isinstance(task.exception(), DatabaseUnavailable)


async def test_one_who_leaves_harms_nobody(database: Database, told: Told) -> None:
    ids = await begun(database, 2)
    leaving = asyncio.create_task(told.say(ids[0], "I am gone"))
    staying = asyncio.create_task(told.say(ids[1], "I stay"))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying) is not None
    assert leaving.cancelled()


async def test_sqlite_locked_by_another_process_for_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.database.BUSY_SECONDS", 0.4)
    database = Database(new_file(tmp_path / "locked.db"))
    (conversation_id,) = await begun(database)
    told = Told(store_for(database))
    other = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable):
        await told.say(conversation_id, "Hello")
    assert database.patience.seconds == WHILE_HELD, "the next one is not kept waiting"
    with pytest.raises(DatabaseUnavailable):
        await told.say(conversation_id, "Hello")
    other.execute("ROLLBACK")
    other.close()
    assert await told.say(conversation_id, "Hello")
    assert database.patience.seconds == 0.4
    await told.appends.stop()
    await database.close()


async def test_on_postgresql_a_locked_conversation_delays_only_itself(postgres: str) -> None:
    database = Database(await new_database(postgres))
    slow, quick_one = await begun(database, 2)
    told = Told(store_for(database))
    async with asyncio.timeout(PATIENCE), database.write() as session:
        await session.execute(select(Conversation).where(Conversation.id == slow).with_for_update())
        found = await asyncio.gather(told.say(slow, "long way"), told.say(quick_one, "at once"))
    assert found[0] is None and found[1] is not None
    await told.appends.stop()
    await database.close()


async def test_other_writers_have_their_turn_while_lines_pour_in(database: Database, told: Told) -> None:
    ids = await begun(database, 20)
    over = False

    async def pour(conversation_id: str) -> int:
        count = 0
        while not over:
            await told.say(conversation_id, "again")
            count += 1
        return count

    pouring = [asyncio.create_task(pour(one)) for one in ids]
    async with asyncio.timeout(30):
        for number in range(50):
            async with database.write() as session:
                await session.execute(update(Conversation).where(Conversation.id == ids[0]).values(seen_seq=number))
    over = True
    assert sum(await asyncio.gather(*pouring)) > 0


async def test_rows_and_entries_are_those_of_the_long_way(database_url: str, new_hub: StartHub) -> None:
    """The first word goes the long way, the second the short one: nothing but the words, numbers and times may differ."""
    hub = await new_hub(database_url=database_url)
    visitor = await hub.visitor()
    written: list[str] = []
    with each_statement(hub.database, lambda _statement, values: written.append(str(values))):
        first, second = await visitor.say("first", "id-1"), await visitor.say("second", "id-2")
    assert any("id-1" in one for one in written) and not any("id-2" in one for one in written)
    async with hub.database.read() as session:
        said = select(Entry).where(Entry.conversation_id == visitor.conversation_id, Entry.author == "visitor").order_by(Entry.seq)
        entries = [_columns(row, "seq", "text", "client_msg_id", "at") for row in await session.scalars(said)]
        asked = select(Turn).where(Turn.conversation_id == visitor.conversation_id).order_by(Turn.seq)
        turns = [_columns(row, "id", "seq", "payload", "created_at", "state", "attempts") for row in await session.scalars(asked)]
        row = await session.get_one(Conversation, visitor.conversation_id)
    assert len(entries) == len(turns) == 2
    assert entries[0] == entries[1] and turns[0] == turns[1]
    await visitor.hears("second", author="visitor")
    live = {entry["seq"]: entry for entry in visitor.entries()}
    again = await hub.visitor(join=False)
    stored = {entry["seq"]: entry for entry in (await again.join(visitor.token))["entries"]}
    for ack in (first, second):
        assert live[ack["seq"]] == stored[ack["seq"]] and stored[ack["seq"]]["at"] == ack["at"]
    assert row.last_seq >= second["seq"]


def _columns(row: Any, *but: str) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns if column.name not in but}


async def test_refusals_are_put_into_words(database_url: str, new_hub: StartHub) -> None:
    hub = await new_hub(database_url=database_url, ring_seconds=60, tuning=quick(nobody_seconds=60))
    agent, other, visitor = await hub.agent(), await hub.agent("jo@example.com"), await hub.visitor()
    ack = await visitor.say("Hello", "id-1")
    state = await agent.accept(visitor.conversation_id)
    assert (await visitor.refused("message", {"client_msg_id": "id-1", "text": "Other"}))["code"] == "conflict"
    late = await visitor.say("One more")
    answers = [
        (await agent.reply(state, "Hi", ack["seq"]))["error"]["code"],
        (await other.reply(state, "Hi", 99))["error"]["code"],
        (await agent.reply({**state, "epoch": 0}, "Hi", 99))["error"]["code"],
    ]
    assert answers == ["newer_lines", "not_holder", "not_holder"]
    seen = await agent.reply(state, "Hi", late["seq"], "id-2")
    assert seen["ok"] and (await agent.reply(state, "Hi", 0, "id-2")) == seen
    assert (await agent.reply(state, "Other", 99, "id-2"))["error"]["code"] == "conflict"


async def test_order_between_the_short_and_the_long_way(database_url: str, new_hub: StartHub) -> None:
    hub: RunningHub = await new_hub(database_url=database_url)
    visitor = await hub.visitor()
    await visitor.say("begin")
    second = await hub.visitor(token=visitor.token)
    says: list[Callable[[], Any]] = [lambda: visitor.say("short"), lambda: second.say("other tab")]
    for _ in range(10):
        await asyncio.gather(*(one() for one in says), visitor.ok("typing", {"on": True}))
    last = (await visitor.say("end"))["seq"]
    for tab in (visitor, second):
        await tab.hears("end", author="visitor")
        seqs = [entry["seq"] for entry in tab.entries()]
        assert seqs == sorted(set(seqs)) and last in seqs
