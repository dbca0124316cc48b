"""Erasing a person: nothing is left anywhere, nobody else is touched, and neither a restored backup nor a lost table brings them back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from leads import audit, people, tombstones
from leads.audit import Who
from leads.database import Database
from leads.encryption import Cipher, read_keys
from leads.erasure import Eraser, chain, tables_of_conversations
from leads.models import Base, Conversation, Erasure, SharedKey, Tombstone
from leads.privacy_key import FILE as KEY_FILE
from tests.leads.people import EMAIL, NAME, add_person, everything, traces
from tests.stored import KEY

MARA = Who("agent", "a1")
# Tables without a row about one visitor. A new table is either deleted with its conversation, or somebody has thought about it here.
NOT_ABOUT_VISITORS = {
    *("agents", "agent_sessions", "second_factors", "recovery_codes", "one_time_links", "api_tokens"),  # people who work here
    *("hubs", "leases", "shared_keys", "widget_loaders", "encryption_keys", "presence"),  # presence by its key
    *("audit", "erasures", "tombstones"),  # ids and keyed hashes only
    "conversations",
}


@pytest.fixture(params=["", KEY], ids=["plain", "encrypted"])
def cipher(request: pytest.FixtureRequest) -> Cipher:
    return read_keys(request.param)


@pytest.fixture
def eraser(database: Database, tmp_path: Path) -> Eraser:
    return Eraser(database, tmp_path)


async def put_back(database: Database, rows: dict[str, list[dict[str, Any]]]) -> None:
    """The database as a backup had it."""
    async with database.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            await session.execute(delete(table))
        for table in Base.metadata.sorted_tables:
            if rows[table.name]:
                await session.execute(table.insert(), rows[table.name])


def test_every_table_is_deleted_with_its_conversation_or_known_to_hold_nothing_about_visitors() -> None:
    covered = {table.name for table in tables_of_conversations()}
    assert covered | NOT_ABOUT_VISITORS == set(Base.metadata.tables)


async def test_no_trace_is_left_and_nobody_else_is_touched(database: Database, eraser: Eraser) -> None:
    other = await add_person(database, email="bob@else.io", phone="+442079460111", mark="OTHER")
    before = await traces(database, "OTHER")
    cid = await add_person(database)
    assert len(set(await traces(database))) >= 10, "the person is in many columns"
    erased = await eraser.erase([cid], MARA)
    assert erased is not None and (erased.messages, erased.answers) == (1, 3)
    assert await traces(database, EMAIL, "MARKED-WORDS", "acme-marked") == []
    assert await traces(database, cid) == ["audit.about_id", "erasures.conversations", "erasures.report"]
    assert await traces(database, "OTHER") == before
    async with database.read() as session:
        assert await session.get(Conversation, other) is not None
        assert (await audit.verify(session)).broken is None
        assert [row.about_id async for row in audit.rows(session, audit.Wanted(what="erased"))] == [cid]


async def test_the_report_counts_every_table_and_shows_tampering(database: Database, eraser: Eraser) -> None:
    erased = await eraser.erase([await add_person(database)], MARA)
    assert erased is not None
    tables = erased.report["tables"]
    assert tables == {name: tables[name] for name in tables} and set(tables) == {
        *(table.name for table in tables_of_conversations()),
        "conversations",
    }
    assert (tables["entries"], tables["answers"], tables["consents"], tables["visitor_tokens"]) == (2, 3, 1, 1)
    assert [(one["purpose"], one["given"], len(one["text_hash"])) for one in erased.report["consents"]] == [("contact", True, 64)]
    key = await eraser.key()
    assert key.signed(erased.report)
    assert not key.signed({**erased.report, "tables": {**tables, "entries": 3}})
    assert not key.signed({**erased.report, "signature": "0" * 64})


async def test_erasing_twice_does_nothing_the_second_time(database: Database, eraser: Eraser) -> None:
    cid = await add_person(database)
    assert await eraser.erase([cid], MARA) is not None
    assert await eraser.erase([cid], MARA) is None


async def test_a_restored_backup_does_not_bring_the_person_back(database: Database, eraser: Eraser, tmp_path: Path) -> None:
    cid = await add_person(database)
    other = await add_person(database, email="bob@else.io", phone="+442079460111", mark="OTHER")
    backup = await everything(database)
    erased = await eraser.erase([cid], MARA)
    await put_back(database, backup)
    assert await traces(database, EMAIL) != [], "the backup has the person"
    again = Eraser(database, tmp_path)  # as at the next start
    back = await again.keep_away()
    assert [one.conversations for one in back] == [(cid,)]
    assert await traces(database, EMAIL, "MARKED-WORDS") == []
    assert await again.keep_away() == []
    async with database.read() as session:
        assert await session.get(Conversation, other) is not None
        marks = list(await session.scalars(select(Tombstone)))
    assert erased is not None and {mark.reference for mark in marks} == {erased.reference}, "marks keep their time and reference"


async def test_the_address_recognises_a_conversation_that_was_not_there_at_the_erasure(
    database: Database, eraser: Eraser, tmp_path: Path
) -> None:
    older = await add_person(database, days_ago=3)
    backup = await everything(database)
    await eraser.erase([older], Who("job", "retention"))  # went by another way; its own marks are taken off below
    async with database.write() as session:
        await session.execute(delete(Tombstone))
    (tmp_path / tombstones.FILE).unlink()
    await eraser.erase([await add_person(database)], MARA)
    await put_back(database, backup)
    assert [one.conversations for one in await Eraser(database, tmp_path).keep_away()] == [(older,)]


async def test_who_comes_back_of_their_own_will_is_let_in(database: Database, eraser: Eraser, tmp_path: Path) -> None:
    await eraser.erase([await add_person(database)], MARA)
    willing = await add_person(database, days_ago=0)
    async with database.write() as session:
        await session.execute(delete(Tombstone))  # a backup from before the erasure, into which the later chat was brought
    assert await Eraser(database, tmp_path).keep_away() == []
    async with database.read() as session:
        assert await session.get(Conversation, willing) is not None


async def test_a_database_without_a_key_takes_the_one_of_the_folder(database: Database, eraser: Eraser, tmp_path: Path) -> None:
    key = await eraser.key()
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    async with database.write() as session:
        await session.execute(delete(SharedKey))
    assert (await Eraser(database, tmp_path).key()) == key


async def test_a_conversation_begun_anew_leads_to_the_ones_before(database: Database) -> None:
    first, second, stranger = [await add_person(database, mark=mark) for mark in "ABC"]
    async with database.write() as session:
        (await session.get_one(Conversation, second)).earlier_id = first
    async with database.read() as session:
        assert await chain(session, second) == [second, first]
        assert await chain(session, first) == [first]
        assert await chain(session, stranger) == [stranger]


async def test_what_the_same_signed_user_wrote_elsewhere_goes_as_well(database: Database) -> None:
    first, second, stranger = [await add_person(database, mark=mark) for mark in ("A", "A", "B")]
    async with database.read() as session:
        assert set(await chain(session, second)) == {first, second}
        assert await chain(session, stranger) == [stranger]


async def test_a_folder_that_cannot_be_written_delays_the_marks_only(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    eraser = Eraser(database, folder)
    await eraser.key()
    (folder / tombstones.FILE).mkdir()
    assert await eraser.erase([await add_person(database)], MARA) is not None
    (folder / tombstones.FILE).rmdir()
    await Eraser(database, folder).keep_away()
    async with database.read() as session:
        assert len(tombstones.read_file(folder)) == len(list(await session.scalars(select(Tombstone)))) > 0


async def test_nothing_is_registered_when_the_database_fails(database: Database, eraser: Eraser, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError

    cid = await add_person(database)
    monkeypatch.setattr(audit, "note", broken)
    with pytest.raises(RuntimeError):
        await eraser.erase([cid], MARA)
    async with database.read() as session:
        assert await session.get(Conversation, cid) is not None
        assert list(await session.scalars(select(Erasure))) == []


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (EMAIL, ["message", "email", "identity"]),
        (EMAIL.upper(), ["message", "email", "identity"]),
        ("+44 20 7946 0958", ["phone"]),
        ("020 7946-0958", ["phone"]),
        (NAME, ["message", "name", "identity"]),
        ("marker@acme-marked.io", []),  # the end of another address
        ("+44 20 7946 095", []),
        ("nobody@acme.io", []),
    ],
)
async def test_a_person_is_found_by_address_number_and_words(database: Database, words: str, where: list[str]) -> None:
    cid = await add_person(database)
    async with database.read() as session:
        found = await people.find(session, people.sought(words))
        by_id = await people.find(session, people.sought(cid))
    assert sorted(found[0].where if found else []) == sorted(where)
    assert [(one.conversation_id, one.where) for one in by_id] == [(cid, ["id"])]


def test_too_little_to_look_for_is_refused() -> None:
    with pytest.raises(ValueError, match="at least three letters"):
        people.sought("a ")
