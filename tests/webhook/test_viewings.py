"""Who looked at what: in the audit log a moment later, once for a while, and readable by admins only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from leads import audit
from leads.audit import Wanted
from tests.waiting import PATIENCE
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick

MARK = "Marked-Jane jane@marked.example"


@pytest.fixture
async def hub(new_hub: StartHub) -> RunningHub:
    return await new_hub(tuning=quick(viewings_seconds=0.05))


async def rows(hub: RunningHub, fits: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """The rows of the audit log about people, oldest first, once they fit."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with hub.database.read() as session:
                found = [audit.shown(row) async for row in audit.rows(session, Wanted()) if row.who_kind != "job"]
            if fits(found):
                return found
            await asyncio.sleep(0.02)


async def test_looking_correcting_and_listing_are_noted_without_a_word_of_the_visitor(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    await visitor.say(MARK)
    agent = await hub.agent()
    for _ in range(3):
        await agent.open(visitor.conversation_id)
    await agent.ok("correct", {"conversation_id": visitor.conversation_id, "slot": "budget", "text": "40k euros a year"})
    cookie = await hub.session("mara@example.com")
    for _ in range(3):
        assert (await hub.get("/console/api/leads", cookie=cookie)).status == 200
    found = await rows(hub, lambda rows: {"leads_listed", "conversation_viewed", "corrected"} <= {row["what"] for row in rows})
    assert sorted(row["what"] for row in found) == ["conversation_viewed", "corrected", "leads_listed"], "one row each"
    corrected = next(row for row in found if row["what"] == "corrected")
    assert (corrected["about"]["id"], corrected["data"]) == (visitor.conversation_id, {"slot": "budget"})
    assert {row["who"]["kind"] for row in found} == {"agent"}
    assert "arked" not in json.dumps(found) and "40k" not in json.dumps(found)
    async with hub.database.read() as session:
        assert (await audit.verify(session)).broken is None


async def test_what_waits_is_written_when_the_hub_ends(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(viewings_seconds=3600.0))
    visitor = await hub.visitor()
    await visitor.say(MARK)
    await (await hub.agent()).open(visitor.conversation_id)
    await hub.stop_serving()
    await hub.start_serving()
    assert [row["what"] for row in await rows(hub, lambda rows: bool(rows))] == ["conversation_viewed"]


async def test_admins_read_the_log_and_nobody_else(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    await visitor.say(MARK)
    await (await hub.agent()).open(visitor.conversation_id)
    await rows(hub, lambda rows: bool(rows))
    agent, admin = await hub.session("mara@example.com"), await hub.session("root@example.com", role="admin")
    assert (await hub.get("/console/api/audit", cookie=agent)).status == 403
    answer = await hub.get("/console/api/audit?what=conversation_viewed", cookie=admin)
    body = await answer.json()
    assert (answer.status, [row["about"]["id"] for row in body["rows"]], body["more"]) == (200, [visitor.conversation_id], False)
    assert (await (await hub.get("/console/api/audit?below=1", cookie=admin)).json())["rows"] == []
    assert (await hub.get("/console/api/audit?below=x", cookie=admin)).status == 400
