"""The audit log over HTTP: found by who, what and when, page by page, as a file that no spreadsheet runs, and checked as a whole."""

from __future__ import annotations

import ast
import asyncio
import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from leads import audit
from leads.audit import About, Wanted, Who
from leads.audit_kinds import KINDS
from leads.models import Agent, AuditRow
from tests.waiting import PATIENCE
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from tests.webhook.test_contract import like, sample

ROOT = Path(__file__).parents[2]
VISITOR = Who("visitor", "c1")
NOTING = ("note", "noted", "saw")


async def empty_log(hub: RunningHub) -> None:
    """The first thing that a new hub notes is that nothing was too old; it waits for that and begins the log anew."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with hub.database.write() as session:
                if await audit.newest(session, Wanted(what="retention"), 1):
                    await session.execute(delete(AuditRow))
                    return
            await asyncio.sleep(0.02)


@pytest.fixture
async def hub(new_hub: StartHub) -> RunningHub:
    running = await new_hub(tuning=quick(viewings_seconds=3600.0))  # looking at the log adds nothing to it here
    await empty_log(running)
    return running


@pytest.fixture
async def admin(hub: RunningHub) -> str:
    return await hub.session("root@example.com", role="admin")


async def note(hub: RunningHub, who: Who, what: str, about: About | None = None, **data: audit.Value) -> None:
    async with hub.database.write() as session:
        await audit.note(session, who, what, about, **data)


async def page(hub: RunningHub, admin: str, query: str = "") -> dict[str, Any]:
    answer = await hub.get(f"/console/api/audit?{query}", cookie=admin)
    body: dict[str, Any] = await answer.json()
    assert answer.status == 200, body
    return body


async def verbs(hub: RunningHub, admin: str, query: str) -> list[str]:
    return [row["what"] for row in (await page(hub, admin, query))["rows"]]


async def test_rows_are_found_by_kind_and_by_verb_and_by_who(hub: RunningHub, admin: str) -> None:
    await note(hub, VISITOR, "consent_withdrawn", About("conversation", "c1"), purpose="contact")
    await note(hub, VISITOR, "erased", About("conversation", "c1"))
    await note(hub, Who("job", "retention"), "retention", leads=3)
    assert await verbs(hub, admin, "what=erasure") == ["retention", "erased"]
    assert await verbs(hub, admin, "what=erased") == ["erased"]
    assert await verbs(hub, admin, "what=change&who=visitor") == ["consent_withdrawn"]
    assert await verbs(hub, admin, "who=c1&about=c1") == ["erased", "consent_withdrawn"]
    assert await verbs(hub, admin, "what=nothing_of_the_kind") == []


async def test_rows_are_found_by_time_with_the_zone_of_who_asks(hub: RunningHub, admin: str) -> None:
    for _ in range(3):
        await note(hub, VISITOR, "erased")
    start = datetime(2026, 11, 1, 23, tzinfo=UTC)
    async with hub.database.write() as session:
        for number in (1, 2, 3):
            await session.execute(update(AuditRow).where(AuditRow.id == number).values(at=start + timedelta(hours=number - 1)))

    async def ids(query: str) -> list[int]:
        return [row["id"] for row in (await page(hub, admin, query))["rows"]]

    assert await ids("since=2026-11-02T00:00:00Z") == [3, 2]
    assert await ids("since=2026-11-02T01:00:00%2B01:00&until=2026-11-02T02:00:00%2B01:00") == [2]
    for wrong in ("since=yesterday", "until=2026-11-02T00:00:00"):  # without a zone it could be any of 26 hours
        answer = await hub.get(f"/console/api/audit?{wrong}", cookie=admin)
        assert answer.status == 400 and "Traceback" not in await answer.text()


async def test_pages_follow_each_other_without_a_gap_and_the_last_says_so(hub: RunningHub, admin: str) -> None:
    async with hub.database.write() as session:
        for _ in range(200):
            await audit.note(session, VISITOR, "erased")
    first = await page(hub, admin)
    second = await page(hub, admin, f"below={first['rows'][-1]['id']}")
    assert [row["id"] for row in first["rows"] + second["rows"]] == list(range(200, 0, -1))
    assert (first["more"], second["more"]) == (True, False)


async def test_accounts_and_tokens_have_the_name_that_they_have_now(hub: RunningHub, admin: str) -> None:
    agent = await hub.account("mara@example.com")
    _status, made, _cookie = await hub.post("tokens", {"name": "CRM", "scopes": ["leads:read"], "days": None}, cookie=admin)
    await note(hub, Who("agent", agent.id), "agent_role_changed", About("agent", "gone"))
    async with hub.database.write() as session:
        await session.execute(update(Agent).where(Agent.id == agent.id).values(name="Mara Lind"))
    found = await page(hub, admin)
    like(found, sample("http")["audit"]["valid"]["one"] | {"names": found["names"], "rows": found["rows"]})
    assert found["names"][agent.id] == "Mara Lind"
    assert found["names"][made["row"]["id"]] == "CRM" and "gone" not in found["names"]


async def test_a_file_holds_what_was_looked_for_and_is_itself_noted(hub: RunningHub, admin: str) -> None:
    await note(hub, Who("command", "retention.run"), "retention", leads=3)
    await note(hub, VISITOR, "erased", About("conversation", "-c1"), reference="+cmd")
    answer = await hub.get("/console/api/audit/export?what=erasure&format=csv", cookie=admin)
    assert "attachment" in answer.headers["Content-Disposition"] and answer.content_type == "text/csv"
    lines = list(csv.DictReader(io.StringIO(await answer.text())))
    assert [(line["id"], line["what"], line["about_id"]) for line in lines] == [("1", "retention", ""), ("2", "erased", "'-c1")]
    answer = await hub.get("/console/api/audit/export?what=erasure&format=jsonl", cookie=admin)
    rows = [json.loads(line) for line in (await answer.text()).splitlines()]
    assert [row["id"] for row in rows] == [1, 2] and rows[1]["data"] == {"reference": "+cmd"}
    assert await verbs(hub, admin, "what=export&who=agent") == ["audit_exported", "audit_exported"]


async def test_it_is_told_whether_the_log_is_whole_and_which_row_is_not(hub: RunningHub, admin: str) -> None:
    async def chain() -> dict[str, Any]:
        found: dict[str, Any] = await (await hub.get("/console/api/audit/chain", cookie=admin)).json()
        return found

    for _ in range(3):
        await note(hub, VISITOR, "erased")
    whole = await chain()
    like(whole, sample("http")["audit_chain"]["valid"]["whole"])
    assert (whole["whole"], whole["rows"]) == (True, 3)
    assert whole["last"] == (await page(hub, admin))["rows"][0]["hash"]
    async with hub.database.write() as session:
        await session.execute(update(AuditRow).where(AuditRow.id == 2).values(what="lead_viewed"))
    broken = await chain()
    like(broken, sample("http")["audit_chain"]["valid"]["broken"])
    assert (broken["whole"], broken["broken"]) == (False, 2) and "changed" in broken["reason"]


def test_every_verb_that_is_noted_has_a_kind_which_the_console_knows() -> None:
    noted = set(_noted()) | {"retention", audit.CUT}  # these two are named by constants
    known = [verb for some in KINDS.values() for verb in some]
    assert noted == set(known) and len(known) == len(set(known))
    assert {kind: sorted(some) for kind, some in KINDS.items()} == sample("audit")


def _noted() -> Iterator[str]:
    """The verbs in all calls that add a row."""
    for place in ("webhook", "leads", "handraise", "actions"):
        for file in sorted((ROOT / place).rglob("*.py")):
            for call in ast.walk(ast.parse(file.read_text())):
                if isinstance(call, ast.Call) and _name(call.func) in NOTING:
                    yield from _texts(call.args[1:3])


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _texts(arguments: list[ast.expr]) -> Iterator[str]:
    """The verb is the last text, also as one of two."""
    texts = [one for one in arguments if isinstance(one, ast.Constant | ast.IfExp)]
    if texts:
        last = texts[-1]
        for one in (last.body, last.orelse) if isinstance(last, ast.IfExp) else (last,):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value
