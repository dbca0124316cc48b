"""Signing in and accounts on PostgreSQL, where things really happen at the same moment."""

from __future__ import annotations

import asyncio

import pytest

from leads.audit import verify
from tests.databases import new_database
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub
from tests.webhook.test_account import MARA, NEW, invited, set_up
from webhook.accounts import AgentError, set_active, set_role


@pytest.fixture
async def hub(postgres: str, new_hub: StartHub) -> RunningHub:
    return await new_hub(database_url=await new_database(postgres))


async def test_codes_and_links_count_once(hub: RunningHub) -> None:
    await hub.account()
    app, codes = await set_up(hub, await hub.sign_in(MARA["email"]))
    for code in (app.now(), codes[0]):
        answers = await asyncio.gather(*(hub.post("login", MARA | {"code": code}) for _ in range(4)))
        assert sorted(status for status, _body, _cookie in answers) == [200, 422, 422, 422], answers
    token = await invited(hub)
    answers = await asyncio.gather(*(hub.post("links/use", {"token": token, "password": f"{NEW} {number}"}) for number in range(4)))
    assert sorted(status for status, _body, _cookie in answers) == [200, 410, 410, 410]
    async with hub.database.read() as session:
        assert (await verify(session)).broken is None


async def test_two_administrators_cannot_leave_none(hub: RunningHub) -> None:
    emails = [f"admin{number}@example.com" for number in range(2)]
    for email in emails:
        await hub.session(email, "admin")
    answers = await asyncio.gather(
        set_role(hub.database, emails[0], "agent"), set_active(hub.database, emails[1], False), return_exceptions=True
    )
    assert sum(isinstance(answer, AgentError) for answer in answers) == 1, answers


async def test_a_demotion_cuts_here_too(hub: RunningHub) -> None:
    agent = await hub.agent()
    await set_role(hub.database, MARA["email"], "marketer")
    await agent.wait("signed_out")
