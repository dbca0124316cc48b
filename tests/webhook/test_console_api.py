"""Signing in, staying signed in, being signed out; and the leads over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from socketio.exceptions import ConnectionError as Refused
from sqlalchemy import select, update

from leads.models import Agent, AgentSession
from leads.reading import Reading, read_answer
from leads.store import NewAnswer
from tests.webhook.clients import AgentClient
from tests.webhook.conftest import StartHub
from tests.webhook.hub import PASSWORD, RunningHub
from webhook.accounts import AgentError, create_agent, set_password

MARA = {"email": "mara@example.com", "password": PASSWORD}


async def test_signing_in_gives_a_guarded_cookie_and_only_its_hash_is_kept(hub: RunningHub) -> None:
    await create_agent(hub.database, "mara@example.com", "Mara", PASSWORD)
    status, body, cookie = await hub.post("login", MARA | {"email": " Mara@Example.com "})
    assert (status, body["me"]["name"], body["me"]["role"], body["me"]["available"]) == (200, "Mara", "agent", True)
    response = await hub.get("/console/api/me", cookie=cookie)
    assert response.status == 200 and (await response.json()) == body
    async with hub.database.read() as session:
        stored = await session.scalar(select(AgentSession.token_hash))
        agent = await session.scalar(select(Agent))
    assert stored is not None and cookie not in stored
    assert agent is not None and agent.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_the_cookie_has_its_guards(new_hub: StartHub) -> None:
    for public_url, secure in (("", False), ("https://chat.example.com", True)):
        hub = await new_hub(public_url=public_url)
        if not secure:
            await hub.account()
        headers = {"Origin": public_url or hub.url}
        async with aiohttp.ClientSession() as session, session.post(f"{hub.url}/console/api/login", json=MARA, headers=headers) as response:
            cookie = response.cookies["__Host-handraise_session" if secure else "handraise_session"]
            assert (cookie["httponly"], cookie["samesite"], cookie["path"], bool(cookie["secure"])) == (True, "Strict", "/", secure)
            assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("wrong", [MARA | {"password": "wrong wrong wrong"}, MARA | {"email": "nobody@example.com"}])
async def test_wrong_credentials_say_nothing_more(hub: RunningHub, wrong: dict[str, str]) -> None:
    await hub.account()
    status, body, cookie = await hub.post("login", wrong)
    assert (status, body["error"]["code"], cookie) == (401, "wrong_credentials", "")


async def test_after_some_wrong_tries_it_locks_also_for_the_right_password(hub: RunningHub) -> None:
    await hub.account()
    for _ in range(5):
        assert (await hub.post("login", MARA | {"password": "wrong wrong wrong"}))[0] == 401
    status, body, _cookie = await hub.post("login", MARA)
    assert (status, body["error"]["code"]) == (429, "locked")
    assert 0 < body["error"]["retry_after"] <= 30


@pytest.mark.parametrize(
    ("origin", "options"),
    [
        ("https://evil.test", {}),
        ("null", {}),
        (None, {}),
        ("https://shop.example", {}),  # may show the widget, may not sign in
        ("own", {"json": None, "data": '{"email": "mara@example.com", "password": "x"}', "skip_auto_headers": ["Content-Type"]}),
        ("own", {"json": None, "data": {"email": "mara@example.com", "password": PASSWORD}}),
    ],
)
async def test_foreign_pages_cannot_post(new_hub: StartHub, origin: str | None, options: dict[str, Any]) -> None:
    hub = await new_hub(allowed_origins="https://shop.example")
    await hub.account()
    status, body, cookie = await hub.post("login", MARA, origin=origin, **options)
    assert (status, body["error"]["code"], cookie) == (403, "forbidden", "")


async def test_bad_bodies_are_refused(hub: RunningHub) -> None:
    headers = {"Content-Type": "application/json", "Origin": hub.url}
    for data, status in ((b"{", 400), (b"[" * 5000, 400), (b"[]", 400), (b'{"email": ["a"], "password": "b"}', 400), (b"x" * 20_000, 413)):
        async with aiohttp.ClientSession() as session, session.post(f"{hub.url}/console/api/login", data=data, headers=headers) as response:
            assert response.status == status


async def test_signing_out_ends_the_session_and_cuts_its_connections(hub: RunningHub) -> None:
    await hub.account()
    cookie = await hub.sign_in("mara@example.com")
    client = AgentClient(hub.url)
    await client.connect(headers={"Cookie": f"handraise_session={cookie}", "Origin": hub.url})
    hub.clients.append(client)
    await client.ok("join")
    status, _body, _cookie = await hub.post("logout", {}, cookie=cookie)
    assert status == 200
    await client.wait("signed_out")
    await client.wait("disconnect")
    assert (await hub.get("/console/api/me", cookie=cookie)).status == 401


async def test_an_agent_who_is_switched_off_is_cut(hub: RunningHub) -> None:
    agent = await hub.agent()
    async with hub.database.write() as session:
        await session.execute(update(Agent).values(active=False))
    await agent.wait("signed_out")
    await agent.wait("disconnect")


async def test_a_new_password_ends_the_old_sessions(hub: RunningHub) -> None:
    await hub.account()
    cookie = await hub.sign_in("mara@example.com")
    await set_password(hub.database, "mara@example.com", "another long password")
    assert (await hub.get("/console/api/me", cookie=cookie)).status == 401
    await hub.sign_in("mara@example.com", "another long password")


@pytest.mark.parametrize("cookie", ["", "x" * 43, "x" * 500])
async def test_without_a_session_no_agent_event_is_handled(hub: RunningHub, cookie: str) -> None:
    client = AgentClient(hub.url)
    hub.clients.append(client)
    headers = {"Cookie": f"handraise_session={cookie}", "Origin": hub.url}
    if cookie != "x" * 43:
        with pytest.raises(Refused):
            await client.connect(headers=headers)
        return
    await client.connect(headers=headers)
    for event, data in (("join", {}), ("open", {"conversation_id": "a", "last_seq": 0}), ("accept", {"conversation_id": "a"})):
        try:
            assert (await client.refused(event, data))["code"] == "unauthorized"
        except Exception:
            await client.wait("disconnect")  # cut by the sweep before the event came
            return


@pytest.mark.parametrize("origin", ["https://shop.example", "https://evil.test", "null"])
async def test_agents_come_only_from_the_console_itself(new_hub: StartHub, origin: str) -> None:
    hub = await new_hub(allowed_origins="https://shop.example")
    with pytest.raises(Refused):
        await hub.agent(origin=origin)


async def test_leads_over_http(hub: RunningHub) -> None:
    cookie = await hub.session("mara@example.com")
    visitor = await hub.visitor()
    await visitor.say("We have 40k EUR a year")
    answers = [NewAnswer("budget", "known", "40k EUR a year", read_answer("40k EUR a year", hub.questions["budget"]))]
    await hub.leads.record(visitor.conversation_id, source="s", seq=2, read_by="reader", answers=answers)
    page = await (await hub.get("/console/api/leads?tier=hot&q=40k", cookie=cookie)).json()
    assert (page["total"], page["page"], page["pages"]) == (1, 1, 1)
    assert page["leads"][0]["conversation_id"] == visitor.conversation_id
    one = await (await hub.get(f"/console/api/leads/{visitor.conversation_id}", cookie=cookie)).json()
    assert one["lead"]["receipt"]["score"] == 80
    assert (await hub.get("/console/api/leads/nothing", cookie=cookie)).status == 404
    for path in ("leads?tier=lava", "leads?page=0", "leads?page=x", "leads?stage=%27"):
        assert (await hub.get(f"/console/api/{path}", cookie=cookie)).status == 400
    for path in ("leads", f"leads/{visitor.conversation_id}", "me"):
        response = await hub.get(f"/console/api/{path}")
        assert (response.status, (await response.json())["error"]["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("email", "name", "password", "role"),
    [
        ("no address", "Mara", PASSWORD, "agent"),
        ("a@example.com", " ", PASSWORD, "agent"),
        ("a@example.com", "Admin", PASSWORD, "agent"),
        ("a@example.com", "Mara", "short", "agent"),
        ("a@example.com", "Mara", PASSWORD, "root"),
    ],
)
async def test_an_account_must_be_complete(hub: RunningHub, email: str, name: str, password: str, role: str) -> None:
    with pytest.raises(AgentError):
        await create_agent(hub.database, email, name, password, role)


async def test_an_address_is_used_once(hub: RunningHub) -> None:
    await create_agent(hub.database, "admin@handraise.local", "Mara", PASSWORD, role="admin")
    with pytest.raises(AgentError, match="already"):
        await create_agent(hub.database, "Admin@Handraise.local", "Mara", PASSWORD)
    with pytest.raises(AgentError, match="no agent"):
        await set_password(hub.database, "nobody@example.com", PASSWORD)


async def test_many_wrong_tries_at_once_are_not_more_than_one_after_the_other(hub: RunningHub) -> None:
    await hub.account()
    answers = await asyncio.gather(*(hub.post("login", MARA | {"password": f"wrong {number}"}) for number in range(15)))
    assert sorted(status for status, _body, _cookie in answers) == [401] * 5 + [429] * 10


async def test_strangers_behind_the_same_proxy_lock_nobody_else_out(hub: RunningHub) -> None:
    await hub.account()
    for number in range(20):
        await hub.post("login", {"email": f"guess{number}@example.com", "password": "wrong wrong wrong"})
    await hub.sign_in(MARA["email"])


async def test_names_are_found_however_they_are_written(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    reading = Reading(value={"name": "Ümit"}, text="Ümit Öz", said="Ümit Öz", confidence=1.0)
    await hub.leads.record(
        visitor.conversation_id, source="1", seq=None, read_by="agent", answers=[NewAnswer("name", "known", "Ümit Öz", reading)]
    )
    for query in ("Ümit", "ümit ÖZ", "ÜMIT"):
        assert (await hub.leads.page(query=query))["total"] == 1, query


async def test_a_cookie_of_anything_is_nobody(hub: RunningHub) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", hub.settings.port)
    cookie = b'Cookie: handraise_session="\xff\xfe"\r\n'
    writer.write(b"GET /console/api/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + cookie + b"\r\n")
    assert (await reader.readline()).split()[1] == b"401"
    writer.close()
