"""The row of a lead: made, found, and written only where it changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from leads import lead_rows
from leads.clock import now
from leads.database import Database


async def test_a_lead_is_made_found_and_changed_as_a_row(database: Database, conversation: str) -> None:
    async with database.write() as session:
        assert await lead_rows.of_conversation(session, conversation) is None
        lead = await lead_rows.made_for(session, conversation, now())
        assert (lead.stage, lead.tier, lead.score, lead.receipt) == ("visitor", "cold", 0, {})
        before = lead_rows.values(lead)
        lead.tier, lead.receipt = "warm", {"entries": [], "rules_hash": "x"}
        await lead_rows.keep_changes(session, lead, before)
    async with database.read() as session:
        found = await lead_rows.of_conversation(session, conversation)
    assert found is not None
    assert (found.id, found.created_at) == (lead.id, lead.created_at)
    assert lead_rows.values(found) == lead_rows.values(lead)


async def test_only_what_changed_is_written(database: Database, conversation: str) -> None:
    written: list[str] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.startswith("UPDATE"):
            written.append(statement)

    async with database.write() as session:
        lead = await lead_rows.made_for(session, conversation, now())
        before = lead_rows.values(lead)
        await lead_rows.keep_changes(session, lead, before)
        assert written == []
        lead.score = 7
        await lead_rows.keep_changes(session, lead, before)
    assert len(written) == 1
    assert "score" in written[0]
    assert "receipt" not in written[0]
