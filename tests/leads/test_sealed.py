"""Encryption at rest in the database: nothing readable is stored, everything is found, and no key that is needed may be missing."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, event, func, select, text, update

from leads import backup, people, schema
from leads.clock import now
from leads.database import Database, DatabaseUnavailable
from leads.encryption import Cipher, read_keys
from leads.key_register import KeyMissing, keep_noted, ready_keys
from leads.models import Answer, Conversation, EncryptionKey, Entry, HubProcess, Lead
from leads.questions import Questions
from leads.reencrypt import Reencryption, counts
from leads.rules import Rules
from leads.sealed import SealedColumn
from leads.store import LeadStore
from tests.leads.people import EMAIL, MARK, NAME, TRACES, add_person, traces
from tests.stored import KEY, OTHER_KEY, found_in
from tests.waiting import PATIENCE

ONE, TWO, OTHER = read_keys(KEY), read_keys(f"{OTHER_KEY} {KEY}"), read_keys(OTHER_KEY)


@pytest.fixture
def cipher() -> Cipher:
    return ONE


@pytest.fixture
async def opened(url: str) -> AsyncIterator[list[Database]]:
    """More databases on the same tables, which are closed in the end."""
    made: list[Database] = []
    yield made
    for one in made:
        await one.close()


async def keys_of(database: Database) -> dict[str, int]:
    """How many values are encrypted with which key."""
    found: dict[str, int] = {}
    async with database.read() as session:
        for count in await counts(session):
            found[count.key] = found.get(count.key, 0) + count.values
    return found


async def noted(database: Database) -> set[str]:
    async with database.read() as session:
        return set(await session.scalars(select(EncryptionKey.id)))


async def test_nothing_of_a_person_is_readable_in_what_is_stored(database: Database) -> None:
    cid = await add_person(database)
    assert {name.split(".")[0] for name in await traces(database)} >= {"answers", "entries", "turns", "leads", "consents", "choices"}
    assert await found_in(database, *TRACES) == [MARK], "the id that the site gave a user is looked up, and stays"
    plain = Database(database.url)
    try:
        with pytest.raises(DatabaseUnavailable, match=f"key {ONE.first_id}, which HANDRAISE_ENCRYPTION_KEYS does not have"):
            async with plain.read() as session:
                await session.scalar(select(Entry.text).where(Entry.conversation_id == cid))
    finally:
        await plain.close()


async def test_statements_that_would_look_into_what_is_encrypted_are_refused(database: Database) -> None:
    for wrong in (
        lambda: Answer.said == NAME,
        lambda: Entry.text.contains("x"),
        lambda: Entry.text.not_in(("", "x")),
        lambda: func.max(Answer.text) == "x",
        lambda: Entry.data["reason"].as_string() == "x",
        lambda: select(Entry).order_by(Entry.text.desc()),
    ):
        with pytest.raises(SealedColumn):
            wrong()


SEARCHES = ("jane", "MARKERSEN marked", "jane nobody", "020", "%", "other", "7946", "acme-marked.io bob", "")


async def test_a_search_in_leads_finds_the_same_as_the_database_would(
    url: str, database: Database, opened: list[Database], questions: Questions, rules: Rules
) -> None:
    async def found(at: Database) -> dict[str, list[Any]]:
        store = LeadStore(at, questions, rules)
        return {words: [await store.page(query=words, page=page, size=2) for page in (1, 2, 3)] for words in SEARCHES}

    opened.append(Database(url, cipher=Cipher()))
    for number in range(5):
        mark = ("OTHER", MARK, f"NUMBER{number}")[number % 3]
        await add_person(opened[0], email=("bob@else.io", EMAIL)[number % 2], mark=mark, days_ago=number)
    async with opened[0].write() as session:
        await session.execute(update(Lead).values(stage="lead"))
    plain = await found(opened[0])
    assert await keys_of(opened[0]) == {"": sum((await keys_of(opened[0])).values())}
    await Reencryption(database).run()
    assert await found(database) == plain
    assert "" not in await keys_of(database)


SOUGHT = (EMAIL, "bob@else.io", "020 7946 0958", "+44 (20) 7946-0958", NAME, "marked-words", "nobody@acme.io")


async def test_people_are_found_as_the_database_would(url: str, database: Database, opened: list[Database]) -> None:
    async def found(at: Database) -> dict[str, Any]:
        async with at.read() as session:
            return {words: await people.find(session, people.sought(words)) for words in SOUGHT}

    opened.append(Database(url))
    for number in range(4):
        await add_person(opened[0], email=("bob@else.io", EMAIL)[number % 2], mark=("OTHER", MARK)[number % 2], days_ago=number)
    plain = await found(opened[0])
    await Reencryption(database).run()
    assert await found(database) == plain
    assert [words for words in SOUGHT if not plain[words]] == ["nobody@acme.io"]


async def test_a_key_that_is_needed_and_not_given_is_refused_by_its_id(url: str, database: Database, opened: list[Database]) -> None:
    await ready_keys(database)
    for words in ("", OTHER_KEY, f"plain {OTHER_KEY}"):
        opened.append(Database(url, cipher=read_keys(words)))
        with pytest.raises(KeyMissing, match=ONE.first_id) as error:
            await ready_keys(opened[-1])
        assert KEY[:6] not in str(error.value)
    opened.append(Database(url, cipher=TWO))
    await ready_keys(opened[-1])
    assert await noted(database) == {ONE.first_id, OTHER.first_id}
    with pytest.raises(KeyMissing, match=OTHER.first_id):
        await ready_keys(database)


async def test_a_key_that_is_still_written_with_is_noted_again_after_it_was_forgotten(database: Database) -> None:
    noting = asyncio.create_task(keep_noted(database, 0.01))
    try:
        for _ in range(2):
            async with asyncio.timeout(PATIENCE):
                while await noted(database) != {ONE.first_id}:
                    await asyncio.sleep(0.01)
            async with database.write() as session:
                await session.execute(delete(EncryptionKey))
    finally:
        noting.cancel()
        await asyncio.gather(noting, return_exceptions=True)


async def test_tables_that_are_not_there_yet_ask_for_no_key(empty_url: str) -> None:
    database = Database(empty_url, cipher=ONE)
    try:
        await ready_keys(database)
        await schema.upgrade(empty_url)
        await ready_keys(database)
        assert await keys_of(database) == {}
    finally:
        await database.close()


async def test_everything_goes_from_plain_to_a_key_to_another_and_back(url: str, opened: list[Database]) -> None:
    steps = [Database(url, cipher=cipher) for cipher in (Cipher(), ONE, TWO, read_keys(f"plain {OTHER_KEY}"))]
    opened += steps
    for number in range(3):
        await add_person(steps[0], mark=f"{MARK}{number}")
    before = await traces(steps[0])
    for database, key in zip(steps, ("", ONE.first_id, OTHER.first_id, ""), strict=True):
        await ready_keys(database)
        done = await Reencryption(database).run()
        assert set(await keys_of(database)) == {key} and done.damaged == []
        assert await traces(database) == before
        assert await noted(database) == {key} - {""}
        if key:
            assert await found_in(database, EMAIL, NAME, "7946 0958") == []
    assert (await Reencryption(steps[-1]).run()).values == 0


async def test_a_line_that_changes_meanwhile_is_neither_lost_nor_left(url: str, database: Database, opened: list[Database]) -> None:
    opened.append(Database(url))
    cid = await add_person(opened[0])

    changed: list[str] = []

    def change(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("UPDATE entries") and not changed:  # between reading and writing
            changed.append(statement)
            connection.exec_driver_sql("UPDATE entries SET text = 'Changed meanwhile' WHERE seq = 1")

    event.listen(database.engine.sync_engine, "before_cursor_execute", change)
    await Reencryption(database).run()
    async with database.read() as session:
        texts = list(await session.scalars(select(Entry.text).where(Entry.conversation_id == cid).order_by(Entry.seq)))
    assert texts == ["Changed meanwhile", f"Hello {NAME}"]
    assert set(await keys_of(database)) == {ONE.first_id}


async def test_what_no_key_opens_is_named_and_left_as_it_is(url: str, database: Database, opened: list[Database]) -> None:
    cid = await add_person(database)
    await ready_keys(database)
    async with database.write() as session:
        broken = {"text": f"{ONE.writes}broken", "one": cid}
        await session.execute(text("UPDATE entries SET text = :text WHERE conversation_id = :one AND seq = 1"), broken)
    opened.append(Database(url, cipher=TWO))
    done = await Reencryption(opened[0]).run()
    assert done.damaged == [f"entries {cid}, 1"] and done.forgotten == []
    assert await keys_of(opened[0]) == {OTHER.first_id: done.values, ONE.first_id: 1}
    async with database.read() as session:
        assert await session.scalar(text("SELECT text FROM entries WHERE seq = 1")) == broken["text"]


async def test_a_key_that_a_hub_still_uses_is_not_forgotten(url: str, database: Database, opened: list[Database]) -> None:
    await ready_keys(database)
    async with database.write() as session:
        session.add(HubProcess(name="web-1", instance="i", writes_with=ONE.first_id, started_at=now()))
    opened.append(Database(url, cipher=TWO))
    await ready_keys(opened[0])
    done = await Reencryption(opened[0]).run()
    assert (done.hubs, done.forgotten) == (["web-1"], [])
    async with database.write() as session:
        await session.execute(update(HubProcess).values(writes_with=OTHER.first_id))
    done = await Reencryption(opened[0]).run()
    assert (done.hubs, done.forgotten) == ([], [ONE.first_id])


async def test_a_backup_keeps_what_is_encrypted_and_needs_its_keys(database: Database, tmp_path: Path) -> None:
    await ready_keys(database)
    cid = await add_person(database)
    file = tmp_path / "backup.tgz"
    await backup.back_up(database, file)
    whole = gzip.decompress(file.read_bytes())
    assert EMAIL.encode() not in whole and NAME.encode() not in whole and ONE.writes[1:].encode() in whole
    for words in ("", OTHER_KEY):
        other = Database(database.url, cipher=read_keys(words))
        try:
            with pytest.raises(backup.BackupError, match=ONE.first_id):
                await backup.restore(other, file, force=True)
        finally:
            await other.close()
    assert await traces(database, EMAIL)
    await backup.restore(database, file, force=True)
    async with database.read() as session:
        assert await session.scalar(select(Conversation.id)) == cid
    assert set(await keys_of(database)) == {ONE.first_id}
