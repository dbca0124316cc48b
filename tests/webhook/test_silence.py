"""Who waits for a word of an agent is found without a look at what the visitor wrote, be it a thousand lines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.databases import each_statement
from tests.waiting import until
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick


async def plans(hub: RunningHub, said: list[tuple[str, Any]]) -> list[str]:
    """How SQLite would answer each of these statements."""
    async with hub.database.read() as session:
        connection = await session.connection()
        found = [await connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values) for statement, values in said]
        return ["; ".join(str(row.detail) for row in plan) for plan in found]


@pytest.mark.parametrize("who", ["the inbox", "the sweep"])
async def test_the_lines_of_the_visitor_are_skipped(new_hub: StartHub, who: str) -> None:
    hub = await new_hub(tuning=quick(agent_silent_seconds=0.2))
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say("Hello")
    begins = {"the inbox": "SELECT entries.conversation_id, entries.at", "the sweep": "WITH words"}[who]
    said: list[tuple[str, Any]] = []

    def note(statement: str, values: Any) -> None:
        if statement.startswith(begins):
            said.append((statement, values))

    with each_statement(hub.database, note):
        await agent.accept(visitor.conversation_id)
        await visitor.say("Are you there?")
        await visitor.entry(lambda entry: entry["kind"] == "notice" and entry["data"]["code"] == "agent_silent")
        await until(lambda: asyncio.sleep(0, bool(said)))  # the inbox is told a little later than the visitor
    told = await plans(hub, said)
    assert all("INDEX ix_entries_answers" in plan for plan in told)
