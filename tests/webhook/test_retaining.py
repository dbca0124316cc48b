"""The nightly deletion by the hub: done once, counted in the audit log, not again after a restart."""

from __future__ import annotations

import asyncio

from sqlalchemy import delete

from leads import audit
from leads.audit import Wanted
from leads.models import AuditRow
from tests.leads.people import add_person, traces
from tests.waiting import PATIENCE
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick


async def runs(hub: RunningHub) -> list[dict[str, object]]:
    async with hub.database.read() as session:
        return [row.data async for row in audit.rows(session, Wanted(what="retention"))]


async def test_what_is_too_old_is_deleted_once(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(retention_seconds=0.05))
    async with asyncio.timeout(PATIENCE):
        while not await runs(hub):
            await asyncio.sleep(0.02)
    await add_person(hub.database, days_ago=1000)
    await hub.restart()
    visitor = await hub.visitor()
    await visitor.say("Hello")
    assert len(await runs(hub)) == 1, "the last run was a moment ago"
    await hub.stop_serving()
    async with hub.database.write() as session:
        await session.execute(delete(AuditRow))
    await hub.start_serving()
    async with asyncio.timeout(PATIENCE):
        while await traces(hub.database):
            await asyncio.sleep(0.02)
    async with asyncio.timeout(PATIENCE):
        while not await runs(hub):
            await asyncio.sleep(0.02)
    assert (await runs(hub))[0]["leads"] == 1
