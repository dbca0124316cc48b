"""The audit log: chained over concurrent writers, without personal data, and every tampering is named."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import delete, text, update

from leads import audit
from leads.audit import About, Wanted, Who
from leads.database import Database
from leads.models import AuditRow

MARA = Who("agent", "a1")


async def add(database: Database, what: str = "lead_viewed", **data: audit.Value) -> None:
    async with database.write() as session:
        await audit.note(session, MARA, what, About("conversation", "c1"), **data)


async def verdict(database: Database) -> audit.Verdict:
    async with database.read() as session:
        return await audit.verify(session)


async def test_rows_of_many_writers_at_once_make_one_chain_without_a_gap(database: Database) -> None:
    await asyncio.gather(*(add(database, count=number) for number in range(40)))
    assert await verdict(database) == audit.Verdict(40)
    async with database.read() as session:
        assert [row.id async for row in audit.rows(session, Wanted())] == list(range(1, 41))


async def test_a_row_goes_with_its_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError):
        async with database.write() as session:
            await audit.note(session, MARA, "lead_viewed")
            raise RuntimeError
    await add(database)
    assert await verdict(database) == audit.Verdict(1)


@pytest.mark.parametrize(
    ("tamper", "broken"),
    [
        (update(AuditRow).where(AuditRow.id == 3).values(what="other"), 3),
        (update(AuditRow).where(AuditRow.id == 3).values(who_id="a2"), 3),
        (update(AuditRow).where(AuditRow.id == 3).values(data={"count": 1}), 3),
        (delete(AuditRow).where(AuditRow.id == 3), 3),
        (delete(AuditRow).where(AuditRow.id < 3), 3),
        (update(AuditRow).where(AuditRow.id == 5).values(before="f" * 64), 5),
        (text("UPDATE audit SET id = id + 1 WHERE id = 5"), 5),
    ],
)
async def test_the_first_row_that_is_not_as_it_was_written_is_named(database: Database, tamper: object, broken: int) -> None:
    for number in range(5):
        await add(database, count=number)
    async with database.write() as session:
        await session.execute(tamper)  # type: ignore[call-overload]
    found = await verdict(database)
    assert (found.broken, bool(found.reason)) == (broken, True)


async def test_old_rows_may_be_deleted_when_a_later_row_says_so(database: Database) -> None:
    for number in range(5):
        await add(database, count=number)
    async with database.write() as session:
        last = await session.get_one(AuditRow, 3)
        await session.execute(delete(AuditRow).where(AuditRow.id <= 3))
        await audit.note(session, Who("job", "retention"), audit.CUT, last=3, hash=last.hash, rows=3)
    assert await verdict(database) == audit.Verdict(3)


@pytest.mark.parametrize("word", ["jane@acme.io", "Jane Doe", "+49 170 1234567", "x" * 65, "zwölf"])
async def test_what_could_be_personal_is_refused(database: Database, word: str) -> None:
    async with database.write() as session:
        for about, data in ((About("conversation", word), {}), (None, {"field": word}), (None, {"fields": [word]})):
            with pytest.raises(ValueError, match="ids, numbers and short names"):
                await audit.note(session, MARA, "corrected", about, **data)
    assert await verdict(database) == audit.Verdict(0)


async def test_rows_are_found_by_who_what_and_about(database: Database) -> None:
    await add(database)
    await add(database, "corrected", field="budget")
    async with database.write() as session:
        await audit.note(session, Who("command", "person.erase"), "erased", About("conversation", "c2"))
    async with database.read() as session:
        for wanted, ids in (
            (Wanted(who="agent"), [2, 1]),
            (Wanted(who="person.erase"), [3]),
            (Wanted(what="corrected"), [2]),
            (Wanted(about="c1"), [2, 1]),
            (Wanted(who="a1", what="erased"), []),
        ):
            assert [row.id for row in await audit.newest(session, wanted, 10)] == ids


async def test_what_happens_to_the_log_while_it_is_looked_at_does_not_break_it(database: Database) -> None:
    """Rows are added, and the oldest deleted for their age: both belong to the log of a moment later."""
    for number in range(5):
        await add(database, count=number)
    async with database.snapshot() as session:
        oldest = (await audit.next_rows(session, Wanted(), 0))[0]
        await add(database)
        async with database.write() as other:
            await other.execute(delete(AuditRow).where(AuditRow.id == oldest.id))
        assert await audit.verify(session) == audit.Verdict(5)
