"""Administrators: people with their roles and links, tokens for programs, and what those are good for."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, update

from leads.audit import Wanted, rows
from leads.clock import now
from leads.models import ApiToken
from tests.webhook.hub import RunningHub
from tests.webhook.test_account import NEW, set_up
from tests.webhook.test_auth import request
from tests.webhook.test_contract import like, sample
from webhook.accounts import set_active


@pytest.fixture
async def admin(hub: RunningHub) -> str:
    """The cookie of an administrator."""
    return await hub.session("ada@example.com", "admin")


async def people(hub: RunningHub, cookie: str) -> dict[str, Any]:
    found = (await (await hub.get("/console/api/people", cookie=cookie)).json())["people"]
    return {row["email"]: row for row in found}


async def test_an_administrator_invites_and_the_link_works(hub: RunningHub, admin: str) -> None:
    person = {"email": "Nora@example.com", "name": "Nora Falk", "role": "marketer"}
    status, link, _cookie = await hub.post("people", person, cookie=admin)
    assert status == 200, link
    assert (await people(hub, admin))["nora@example.com"]["invited"] is True
    token = link["address"].split("#")[1]
    assert (await hub.post("links/use", {"token": token, "password": NEW}))[0] == 200
    row = (await people(hub, admin))["nora@example.com"]
    assert (row["invited"], row["role"], row["active"]) == (False, "marketer", True)
    status, body, _cookie = await hub.post("people", person, cookie=admin)
    assert status == 400 and "already" in body["error"]["message"]
    for wrong in ({"role": "root"}, {"email": "x"}, {"name": " "}, {"active": True}):
        assert (await hub.post("people", person | wrong, cookie=admin))[0] == 400


async def test_answers_look_like_the_samples(hub: RunningHub, admin: str) -> None:
    samples = sample("http")

    async def got(path: str) -> Any:
        return await (await hub.get(f"/console/api/{path}", cookie=admin)).json()

    like(await got("ways"), samples["ways"]["valid"]["password_only"])
    like(await got("account"), samples["account"]["valid"]["one"])
    like(await got("people"), samples["people"]["valid"]["one"])
    _status, link, _cookie = await hub.post("people", {"email": "nora@example.com", "name": "Nora", "role": "agent"}, cookie=admin)
    like(link, samples["link"]["valid"]["one"])
    token = {"token": link["address"].split("#")[1]}
    like((await hub.post("links/open", token))[1], samples["link_info"]["valid"]["one"])
    _status, used, cookie = await hub.post("links/use", token | {"password": NEW})
    like(used, samples["link_used"]["valid"]["in"])
    _status, setup, _cookie = await hub.post("account/second-factor", {"password": NEW}, cookie=cookie)
    like(setup, samples["setup"]["valid"]["one"])
    body = {"name": "CRM", "scopes": ["leads:read"], "days": None}
    like((await hub.post("tokens", body, cookie=admin))[1], samples["new_token"]["valid"]["one"])
    like(await got("tokens"), samples["tokens"]["valid"]["one"])


async def test_a_change_of_role_is_felt_at_once(hub: RunningHub, admin: str) -> None:
    agent = await hub.agent()
    row = (await people(hub, admin))["mara@example.com"]
    assert (await hub.post(f"people/{row['id']}/role", {"role": "marketer"}, cookie=admin))[0] == 200
    await agent.wait("signed_out")
    assert (await people(hub, admin))["mara@example.com"]["role"] == "marketer"


async def test_switching_off_and_on(hub: RunningHub, admin: str) -> None:
    await hub.account()
    agent = await hub.agent()
    row = (await people(hub, admin))["mara@example.com"]
    assert (await hub.post(f"people/{row['id']}/active", {"on": False}, cookie=admin))[0] == 200
    await agent.wait("signed_out")
    assert (await hub.post("login", {"email": "mara@example.com", "password": "correct horse battery"}))[0] == 401
    assert (await hub.post(f"people/{row['id']}/active", {"on": True}, cookie=admin))[0] == 200
    await hub.sign_in("mara@example.com")


async def test_the_only_administrator_cannot_lock_everybody_out(hub: RunningHub, admin: str) -> None:
    row = (await people(hub, admin))["ada@example.com"]
    for path, body in (("role", {"role": "agent"}), ("active", {"on": False})):
        status, answer, _cookie = await hub.post(f"people/{row['id']}/{path}", body, cookie=admin)
        assert status == 400 and "only administrator" in answer["error"]["message"]
    assert (await hub.get("/console/api/people", cookie=admin)).status == 200


async def test_a_reset_link_and_a_lost_second_factor(hub: RunningHub, admin: str) -> None:
    await hub.account()
    await set_up(hub, await hub.sign_in("mara@example.com"))
    row = (await people(hub, admin))["mara@example.com"]
    assert row["second_factor"] is True
    status, link, _cookie = await hub.post(f"people/{row['id']}/link", {}, cookie=admin)
    assert status == 200 and (await hub.post("links/open", {"token": link["address"].split("#")[1]}))[1]["kind"] == "reset"
    assert (await hub.post(f"people/{row['id']}/second-factor/off", {}, cookie=admin))[0] == 200
    await hub.sign_in("mara@example.com")
    assert (await hub.post("people/nobody/link", {}, cookie=admin))[0] == 404


async def made(hub: RunningHub, admin: str, *scopes: str, days: int | None = None) -> tuple[str, Any]:
    status, body, _cookie = await hub.post("tokens", {"name": "CRM", "scopes": list(scopes), "days": days}, cookie=admin)
    assert status == 200, body
    return body["token"], body["row"]


async def with_token(hub: RunningHub, path: str, token: str) -> tuple[int, str, aiohttp.ClientResponse]:
    response = await hub.get(f"/console/api{path}", Authorization=f"Bearer {token}")
    return response.status, await response.text(), response


async def test_a_token_is_shown_once_and_kept_as_a_hash(hub: RunningHub, admin: str) -> None:
    token, row = await made(hub, admin, "leads:read")
    assert token.startswith("hr_") and len(token) == 46 and token.endswith(row["hint"])
    listed = await (await hub.get("/console/api/tokens", cookie=admin)).text()
    assert token not in listed and row["id"] in listed and "ada@example.com" in listed
    async with hub.database.read() as session:
        stored = (await session.execute(select(ApiToken.token_hash, ApiToken.last_used_at))).one()
    assert token not in stored.token_hash and stored.last_used_at is None
    assert (await with_token(hub, "/leads", token))[0] == 200
    async with hub.database.read() as session:
        assert await session.scalar(select(ApiToken.last_used_at)) is not None


async def test_a_token_ends_when_it_is_removed_or_runs_out(hub: RunningHub, admin: str) -> None:
    token, row = await made(hub, admin, "leads:read", days=1)
    assert (await with_token(hub, "/leads", token))[0] == 200
    async with hub.database.write() as session:
        await session.execute(update(ApiToken).values(expires_at=now() - timedelta(seconds=1)))
    assert (await with_token(hub, "/leads", token))[0] == 401
    token, row = await made(hub, admin, "leads:read")
    assert (await request(hub, "DELETE", f"/tokens/{row['id']}", admin))[0] == 200
    assert (await with_token(hub, "/leads", token))[0] == 401
    assert (await request(hub, "DELETE", f"/tokens/{row['id']}", admin))[0] == 404


async def test_wrong_tokens_and_cookies_beside_them_let_nobody_in(hub: RunningHub, admin: str) -> None:
    token, _row = await made(hub, admin, "leads:read")
    for wrong in ("", "x", token[:-1], token + "x", admin, "hr_" + "é" * 10):
        response = await hub.get("/console/api/leads", cookie=admin, Authorization=f"Bearer {wrong}")
        assert response.status == 401, wrong
    assert (await hub.get("/console/api/leads", cookie=token)).status == 401
    assert (await hub.get("/console/api/leads", cookie=admin, Authorization="Basic abc")).status == 200, "of a proxy in front"


async def test_scopes_must_be_some_of_those_that_there_are(hub: RunningHub, admin: str) -> None:
    for scopes in ([], ["people:manage"], ["leads:read", "chat"], ["leads:read"] * 11, "leads:read"):
        assert (await hub.post("tokens", {"name": "CRM", "scopes": scopes, "days": None}, cookie=admin))[0] == 400, scopes
    for days in (0, -1, 9999, 1.5, "3"):
        assert (await hub.post("tokens", {"name": "CRM", "scopes": ["leads:read"], "days": days}, cookie=admin))[0] == 400, days


async def test_a_program_reads_a_conversation_and_exports_leads(hub: RunningHub, admin: str) -> None:
    visitor = await hub.visitor()
    await visitor.say("=1+1")
    await visitor.hears("You said: =1+1")
    token, row = await made(hub, admin, "leads:export", "conversations:read")
    status, text, _response = await with_token(hub, f"/conversations/{visitor.conversation_id}", token)
    assert status == 200 and [entry["text"] for entry in json.loads(text)["entries"] if entry["author"] == "visitor"] == ["=1+1"]
    assert (await with_token(hub, "/conversations/nothing", token))[0] == 404
    await hub.leads.request_handoff(visitor.conversation_id, "human")
    status, text, response = await with_token(hub, "/leads/export", token)
    lines = [json.loads(line) for line in text.splitlines()]
    assert [lead["conversation_id"] for lead in lines] == [visitor.conversation_id]
    assert "attachment" in response.headers["Content-Disposition"] and response.headers["Cache-Control"] == "no-store"
    status, text, _response = await with_token(hub, "/leads/export?format=csv", token)
    assert [lead["conversation_id"] for lead in csv.DictReader(io.StringIO(text))] == [visitor.conversation_id]
    assert (await with_token(hub, "/leads/export?format=xlsx", token))[0] == 400
    async with hub.database.read() as session:
        noted = [(row_.who_kind, row_.who_id) async for row_ in rows(session, Wanted(what="leads_exported"))]
    assert noted == [("token", row["id"])] * 2


async def test_every_account_action_is_recorded_with_who_did_it(hub: RunningHub, admin: str) -> None:
    await hub.post("people", {"email": "nora@example.com", "name": "Nora", "role": "agent"}, cookie=admin)
    found = await people(hub, admin)
    nora, ada = found["nora@example.com"]["id"], found["ada@example.com"]["id"]
    for path, body in (("role", {"role": "marketer"}), ("active", {"on": False}), ("active", {"on": True}), ("link", {})):
        assert (await hub.post(f"people/{nora}/{path}", body, cookie=admin))[0] == 200
    await hub.post(f"people/{nora}/second-factor/off", {}, cookie=admin)
    await set_active(hub.database, "nora@example.com", False)
    async with hub.database.read() as session:
        noted = [(row.who_kind, row.who_id, row.what, row.about_id) async for row in rows(session, Wanted()) if row.who_kind != "job"]
    whats = ["agent_invited", "agent_role_changed", "agent_switched_off", "agent_switched_on", "reset_link_made", "second_factor_off"]
    assert noted == [("agent", ada, what, nora) for what in whats] + [("command", "agent", "agent_switched_off", nora)]
