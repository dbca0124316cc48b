"""Retention: each kind goes after its own time, the rest stays, a second run finds nothing, and the audit log can still be verified."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from leads import audit
from leads.audit import About, Who
from leads.clock import now
from leads.database import Database, DatabaseUnavailable
from leads.encryption import Cipher, read_keys
from leads.models import AuditRow, Conversation, Entry, Lead
from leads.retention import Ages, Retention
from leads.withdrawal import INSTEAD
from tests.databases import new_database
from tests.leads.people import EMAIL, add_person, traces
from tests.stored import KEY

NOTHING = {"leads": 0, "transcripts": 0, "pages": 0, "audit": 0}


@pytest.fixture(params=["", KEY], ids=["plain", "encrypted"])
def cipher(request: pytest.FixtureRequest) -> Cipher:
    return read_keys(request.param)


@pytest.fixture
async def people(database: Database) -> list[str]:
    """Somebody of yesterday, of last year and of three years ago."""
    ages = {"NEW": 1, "YEAR": 400, "OLD": 1100}
    return [await add_person(database, mark=mark, email=f"{mark.lower()}@acme.io", days_ago=days) for mark, days in ages.items()]


async def test_each_kind_goes_after_its_own_time(database: Database, people: list[str]) -> None:
    new, year = people[:2]
    retention = Retention(database, Ages(transcripts=180, pages=180, leads=730, audit=1095))
    due = await retention.due(now())
    assert due == {"leads": 1, "transcripts": 2, "pages": 4, "audit": 0}
    assert await retention.run(now()) == {"leads": 1, "transcripts": 1, "pages": 2, "audit": 0}
    assert await retention.due(now()) == NOTHING
    async with database.read() as session:
        assert set(await session.scalars(select(Conversation.id))) == {new, year}
        texts = list(await session.scalars(select(Entry.text).where(Entry.conversation_id == year).order_by(Entry.seq)))
        assert texts == [INSTEAD, INSTEAD], "numbers and times stay, words do not"
        assert await session.scalar(select(Lead.id).where(Lead.conversation_id == year)) is not None
    assert await traces(database, "old@acme.io", "OLD") == []
    assert set(await traces(database, "YEAR")) <= {"identities.user_id"}, "signed claims go with the lead"
    assert {"entries.text", "turns.payload", "choices.title", "lead_events.data"} <= set(await traces(database, "NEW"))
    assert await retention.last_run() is not None


async def test_zero_days_keep_for_ever(database: Database, people: list[str]) -> None:
    retention = Retention(database, Ages(0, 0, 0, 0))
    assert await retention.due(now()) == await retention.run(now()) == NOTHING
    assert await traces(database, "old@acme.io", EMAIL)


async def test_old_rows_of_the_audit_log_go_and_the_rest_can_be_verified(database: Database) -> None:
    for number in range(5):
        async with database.write() as session:
            await audit.note(session, Who("agent", "a1"), "lead_viewed", About("conversation", "c1"), count=number)
    retention = Retention(database, Ages(0, 0, 0, audit=1095))
    assert (await retention.run(now() + timedelta(days=1096)))["audit"] == 5
    async with database.read() as session:
        assert [row.what async for row in audit.rows(session, audit.Wanted())] == [audit.CUT, "retention"]
        assert await audit.verify(session) == audit.Verdict(2)
        assert await session.get(AuditRow, 1) is None


async def test_its_statements_on_postgresql_may_take_long(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calm = Database(await new_database(postgres))
    monkeypatch.setattr("leads.database.STATEMENT_SECONDS", 0.3)
    hurried = Database(calm.url)
    async with calm.write() as session:
        await session.execute(text("LOCK TABLE audit IN ACCESS EXCLUSIVE MODE"))
        running = asyncio.create_task(Retention(hurried, Ages(0, 0, 0, audit=1095)).run(now()))
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable):
                async with hurried.read() as other:
                    await other.scalar(select(AuditRow.id))
        assert not running.done()
    assert await running == NOTHING
    await hurried.close()
    await calm.close()
