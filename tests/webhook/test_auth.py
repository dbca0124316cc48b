"""Who may do what, tried: every role at every event and every route; what takes power away; what foreign pages can send."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, update

from leads.audit import Who
from leads.clock import now
from leads.models import Agent, AgentSession
from tests.webhook.clients import new_id, without_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import PASSWORD, RunningHub, quick
from tests.webhook.test_contract import sample
from webhook.accounts import AgentError, set_active, set_password, set_role
from webhook.app import HUB
from webhook.hub import Hub
from webhook.permissions import ROLES, SCOPES, Permission
from webhook.security import Lockout

# What each event of the console and each route of its API needs, written a second time on purpose: a change of the table is a
# decision, and a new event or route without a line here fails.
EVENTS = {
    "join": "conversations:read",
    "open": "conversations:read",
    "leave": "conversations:read",
    "accept": "chat",
    "reply": "chat",
    "hand_back": "chat",
    "close": "chat",
    "typing": "chat",
    "available": "chat",
    "correct": "leads:correct",
}
ROUTES = {
    "POST /login": None,
    "POST /logout": "own",
    "GET /me": "own",
    "GET /ways": None,
    "GET /openapi.json": None,
    "GET /oidc/start": None,
    "GET /oidc/callback": None,
    "POST /oidc/code": None,
    "POST /links/open": None,
    "POST /links/use": None,
    "GET /account": "own",
    "POST /account/name": "own",
    "POST /account/password": "own",
    "POST /account/second-factor": "own",
    "POST /account/second-factor/confirm": "own",
    "POST /account/second-factor/codes": "own",
    "POST /account/second-factor/off": "own",
    "POST /account/sessions/end-others": "own",
    "GET /people": "people:manage",
    "POST /people": "people:manage",
    "POST /people/{id}/role": "people:manage",
    "POST /people/{id}/active": "people:manage",
    "POST /people/{id}/link": "people:manage",
    "POST /people/{id}/second-factor/off": "people:manage",
    "GET /audit": "people:manage",
    "GET /audit/export": "people:manage",
    "GET /audit/chain": "people:manage",
    "GET /tokens": "people:manage",
    "POST /tokens": "people:manage",
    "DELETE /tokens/{id}": "people:manage",
    "GET /leads": "leads:read",
    "GET /leads/export": "leads:export",
    "GET /leads/{id}": "leads:read",
    "GET /conversations/{id}": "conversations:read",
}
MAY = {
    "agent": {"own", "conversations:read", "leads:read", "leads:correct", "chat"},
    "marketer": {"own", "conversations:read", "leads:read", "leads:correct", "leads:export", "bot:edit"},
    "admin": {str(permission) for permission in Permission},
}

WRONG = "wrong wrong wrong"

PROVIDER: dict[str, Any] = {"oidc_issuer": "https://login.example.com", "oidc_client_id": "handraise"}  # so that its routes are there


def inside(hub: RunningHub) -> Hub:
    return hub.runner.app[HUB]


def test_the_tables_are_the_ones_that_were_decided() -> None:
    assert {role: {str(one) for one in allowed} for role, allowed in ROLES.items()} == MAY
    assert set(SCOPES) <= set(Permission) - {Permission.OWN, Permission.CHAT, Permission.MANAGE_PEOPLE}


async def test_every_event_and_route_names_its_permission(new_hub: StartHub) -> None:
    hub = await new_hub(**PROVIDER)
    sockets = inside(hub).agent_sockets
    assert {name: may for name, (_schema, may, _work) in sockets.table.items()} == EVENTS
    assert set(sockets.events) == set(EVENTS)
    served = {
        f"{route.method} {route.resource.canonical.removeprefix('/console/api')}"
        for route in hub.runner.app.router.routes()
        if route.resource and route.resource.canonical.startswith("/console/api") and route.method != "HEAD"
    }
    assert served == set(ROUTES), "every route of the console goes through console_routes.py and is listed here"


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
async def test_every_role_at_every_event(hub: RunningHub, role: str) -> None:
    client = await hub.agent(role=role, join=False)
    payloads = {name: next(iter(samples["valid"].values())) for name, samples in sample("agent")["client"].items()}
    for event, needed in EVENTS.items():
        answer = await client.call(event, payloads[event])
        refused = not answer["ok"] and answer["error"]["code"] == "forbidden"
        assert refused == (needed not in MAY.get(role, set())), (event, answer)


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
async def test_every_role_at_every_route(hub: RunningHub, role: str) -> None:
    for path, needed in ROUTES.items():
        if needed is None:
            continue
        cookie = await hub.session(f"{new_id()}@example.com", role)
        method, address = path.split(" ")
        status, body = await request(hub, method, address.replace("{id}", "x"), cookie)
        # Who has no permission at all is not told the token of the page either.
        refused = status == 403 and body["error"]["code"] in ("forbidden", "stale_page")
        assert refused == (needed not in MAY.get(role, set())), (path, status, body)


async def test_nobody_gets_anywhere_without_a_session(hub: RunningHub) -> None:
    for path in (path for path, needed in ROUTES.items() if needed is not None):
        method, address = path.split(" ")
        assert (await request(hub, method, address.replace("{id}", "x"), ""))[0] == 401, path


@pytest.mark.parametrize("scope", SCOPES)
async def test_every_scope_at_every_route(new_hub: StartHub, scope: str) -> None:
    """A token is good for the routes of its scope and for nothing else, not even for what every session may; what is open stays open."""
    hub = await new_hub(**PROVIDER)
    token, _row = await inside(hub).door.tokens.make("CRM", [scope], None, "test", Who("command", "test"))
    for path, needed in ROUTES.items():
        method, address = path.split(" ")
        headers = {"Authorization": f"Bearer {token}"}
        status, body = await request(hub, method, address.replace("{id}", "x"), await hub.session("mara@example.com", "admin"), headers)
        refused = status == 403 and body["error"]["code"] == "forbidden"
        is_open = needed is None and method == "GET"
        assert refused == (needed != scope and not is_open), (path, status, body)


@pytest.mark.parametrize("role", ROLES)
async def test_whoever_must_set_up_a_second_factor_can_do_only_that(new_hub: StartHub, role: str) -> None:
    hub = await new_hub(second_factor=("agent", "marketer", "admin"))
    cookie = await hub.session("mara@example.com", role)
    for path, needed in ROUTES.items():
        method, address = path.split(" ")
        if needed is None or address == "/logout":
            continue
        _status, body = await request(hub, method, address.replace("{id}", "x"), cookie)
        stopped = "error" in body and body["error"]["code"] == "second_factor"
        assert stopped == (needed != "own"), (path, body)
    client = await hub.agent("jo@example.com", role=role, join=False)
    payloads = {name: next(iter(samples["valid"].values())) for name, samples in sample("agent")["client"].items()}
    for event in EVENTS:
        assert (await client.refused(event, payloads[event]))["code"] == "second_factor"


async def request(hub: RunningHub, method: str, path: str, cookie: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    url, sent = f"{hub.url}/console/api{path}", {"Origin": hub.url, **(headers or {})}
    if cookie:
        sent["Cookie"] = f"handraise_session={cookie}"
        sent["X-CSRF-Token"] = (await (await hub.get("/console/api/me", cookie=cookie)).json()).get("csrf", "")
    body: dict[str, str] | None = {} if method != "GET" else None
    async with aiohttp.ClientSession() as session, session.request(method, url, headers=sent, json=body) as response:
        text = await response.text()
        return response.status, await response.json() if response.content_type == "application/json" else {"text": text}


async def test_somebody_who_may_not_chat_looks_on_and_is_not_rung(hub: RunningHub) -> None:
    marketer = await hub.agent("mark@example.com", role="marketer")
    assert marketer.joined["agents"] == []
    agent = await hub.agent()
    assert [row["name"] for row in agent.joined["agents"]] == ["Mara"]
    visitor = await hub.visitor()
    await visitor.say("Hello")
    assert (await marketer.open(visitor.conversation_id))["state"]["holder"] == "bot"
    assert (await marketer.refused("accept", {"conversation_id": visitor.conversation_id}))["code"] == "forbidden"


# A20: demoted, switched off, signed out, a new password: the next event is refused, and the socket is cut.


async def demoted(hub: RunningHub) -> None:
    await set_role(hub.database, "mara@example.com", "marketer")


async def demoted_by_hand(hub: RunningHub) -> None:
    async with hub.database.write() as session:
        await session.execute(update(Agent).where(Agent.email == "mara@example.com").values(role="marketer"))


async def switched_off(hub: RunningHub) -> None:
    await set_active(hub.database, "mara@example.com", False)


async def new_password(hub: RunningHub) -> None:
    await set_password(hub.database, "mara@example.com", "another long password")


async def left_idle(hub: RunningHub) -> None:
    async with hub.database.write() as session:
        await session.execute(update(AgentSession).values(seen_at=now() - timedelta(hours=25)))


async def expired(hub: RunningHub) -> None:
    async with hub.database.write() as session:
        await session.execute(update(AgentSession).values(expires_at=now() - timedelta(seconds=1)))


ENDS = [demoted, demoted_by_hand, switched_off, new_password, left_idle, expired]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
async def test_the_sweep_cuts_the_sockets_of_a_session_that_ended(hub: RunningHub, end: Any) -> None:
    agent = await hub.agent()
    await end(hub)
    await agent.wait("signed_out")
    await agent.wait("disconnect")


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
async def test_the_next_event_is_refused_before_any_sweep(new_hub: StartHub, end: Any) -> None:
    hub = await new_hub(tuning=quick(sweep_seconds=3600))
    agent = await hub.agent()
    await end(hub)
    assert (await agent.refused("accept", {"conversation_id": "x"}))["code"] in ("unauthorized", "forbidden")


async def test_another_hub_cuts_within_its_sweep(new_hub: StartHub) -> None:
    """Two hubs on one database: the demotion is made at one, the browser is at the other."""
    here, there = await new_hub(hub_name="here"), await new_hub(hub_name="there")
    agent = await there.agent()
    await set_role(here.database, "mara@example.com", "marketer")
    await agent.wait("signed_out")


async def test_a_session_in_use_does_not_end_by_disuse(hub: RunningHub) -> None:
    cookie = await hub.session("mara@example.com")
    stale = now() - timedelta(hours=23)
    async with hub.database.write() as session:
        await session.execute(update(AgentSession).values(seen_at=stale))
    assert (await hub.get("/console/api/me", cookie=cookie)).status == 200
    async with hub.database.read() as session:
        seen = await session.scalar(select(AgentSession.seen_at))
    assert seen is not None and seen > stale + timedelta(hours=22)


async def test_an_open_console_is_in_use(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(sweep_seconds=3600))
    stale = now() - timedelta(hours=23)
    agent = await hub.agent(join=False)
    async with hub.database.write() as session:
        await session.execute(update(AgentSession).values(seen_at=stale))
    await agent.ok("join")
    await inside(hub).agent_sockets.cut_ended()
    async with hub.database.read() as session:
        seen = await session.scalar(select(AgentSession.seen_at))
    assert seen is not None and seen > stale + timedelta(hours=22)


async def test_signing_in_again_ends_the_session_before(hub: RunningHub) -> None:
    await hub.account()
    first = await hub.sign_in("mara@example.com")
    body = {"email": "mara@example.com", "password": PASSWORD}
    status, _body, second = await hub.post("login", body, cookie=first)
    assert status == 200 and second not in ("", first)
    assert (await hub.get("/console/api/me", cookie=first)).status == 401
    assert (await hub.get("/console/api/me", cookie=second)).status == 200


async def test_a_planted_cookie_is_never_the_session(hub: RunningHub) -> None:
    await hub.account()
    planted = "p" * 43
    _status, _body, cookie = await hub.post("login", {"email": "mara@example.com", "password": PASSWORD}, cookie=planted)
    assert cookie != planted
    assert (await hub.get("/console/api/me", cookie=planted)).status == 401


# A21: what another page can make a browser send.


async def test_a_change_needs_the_token_of_its_own_session(hub: RunningHub) -> None:
    mine, other = await hub.session("mara@example.com"), await hub.session("jo@example.com")
    token = (await (await hub.get("/console/api/me", cookie=other)).json())["csrf"]
    for wrong in ("", "x", token, token[:-1], "é"):
        status, body, _cookie = await hub.post("logout", {}, cookie=mine, csrf=wrong)
        assert (status, body["error"]["code"]) == (403, "stale_page"), wrong
    assert (await hub.get("/console/api/me", cookie=mine)).status == 200
    assert (await hub.post("logout", {}, cookie=mine))[0] == 200


async def test_the_token_is_of_this_session_and_survives_a_restart(hub: RunningHub) -> None:
    cookie = await hub.session("mara@example.com")
    before = (await (await hub.get("/console/api/me", cookie=cookie)).json())["csrf"]
    await hub.restart()
    after = (await (await hub.get("/console/api/me", cookie=cookie)).json())["csrf"]
    again = (await (await hub.get("/console/api/me", cookie=await hub.session("mara@example.com"))).json())["csrf"]
    assert before == after != again


async def test_no_page_may_frame_the_console(hub: RunningHub) -> None:
    dist = hub.widget / "console" / "dist"
    dist.mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html>")
    for path in ("/console", "/console/people", "/console/welcome"):
        policy = (await hub.get(path)).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy and "script-src 'self';" in policy


# A18: guessing.


async def test_twenty_failures_from_one_address_lock_it(new_hub: StartHub) -> None:
    hub = await new_hub(proxies="127.0.0.1")
    for email in ("mara@example.com", *(f"guess{number}@example.com" for number in range(25))):
        await hub.account(email)
    statuses = [await guess(hub, f"guess{number}@example.com", "198.51.100.7") for number in range(25)]
    assert statuses == [401] * 20 + [429] * 5
    assert await guess(hub, "mara@example.com", "198.51.100.7", PASSWORD) == 429
    assert await guess(hub, "mara@example.com", "198.51.100.8", PASSWORD) == 200


async def guess(hub: RunningHub, email: str, address: str, password: str = WRONG) -> int:
    headers = {"Origin": hub.url, "X-Forwarded-For": address}
    url = f"{hub.url}/console/api/login"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={"email": email, "password": password}, headers=headers) as response,
    ):
        return response.status


async def test_unknown_accounts_and_wrong_passwords_look_the_same(hub: RunningHub) -> None:
    await hub.account()
    async with hub.database.write() as session:
        session.add(Agent(email="new@example.com", name="New", password_hash="", created_at=now()))
    answers = [
        await hub.post("login", {"email": email, "password": WRONG})
        for email in ("mara@example.com", "nobody@example.com", "new@example.com")
    ]
    told = [(status, without_id(body), cookie) for status, body, cookie in answers]
    assert told[0] == told[1] == told[2]
    assert (await hub.post("login", {"email": "new@example.com", "password": "-"}))[0] == 401


async def test_guessed_leads_are_no_oracle(hub: RunningHub) -> None:
    """Without a session one that exists and one that does not are the same; with one, foreign shapes are all not found."""
    visitor = await hub.visitor()
    await visitor.say("Hello")
    answers = [await request(hub, "GET", f"/leads/{name}", "") for name in (visitor.conversation_id, "0" * 32, "%00", "x" * 500)]
    told = [(status, without_id(body)) for status, body in answers]
    assert all(answer == told[0] for answer in told)


def test_a_lockout_doubles_and_is_forgotten_after_a_quiet_quarter_of_an_hour() -> None:
    time = [0.0]
    lockout = Lockout(3, 10.0, lambda: time[0])
    for _ in range(3):
        lockout.failed("a")
    assert lockout.wait("a") == 10
    time[0] = 10
    lockout.failed("a")
    assert lockout.wait("a") == 20
    time[0] = 30 + 901
    lockout.failed("a")
    assert lockout.wait("a") == 0


# Accounts.


async def test_the_only_administrator_stays(hub: RunningHub) -> None:
    await hub.session("admin@example.com", "admin")
    with pytest.raises(AgentError, match="only administrator"):
        await set_role(hub.database, "admin@example.com", "agent")
    with pytest.raises(AgentError, match="only administrator"):
        await set_active(hub.database, "admin@example.com", False)
    await hub.session("second@example.com", "admin")
    assert (await set_role(hub.database, "admin@example.com", "agent")).role == "agent"


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "password1234",
        "qwertyuiop123",
        "mara@example.com",
        "maramaramara",
        "aaaaaaaaaaaaaa",
        "handraise2026",
        "mara 2026 mara!",
        "x" * 1025,
    ],
)
async def test_passwords_that_are_guessed_first_are_refused(hub: RunningHub, password: str) -> None:
    await hub.account()
    with pytest.raises(AgentError, match="password"):
        await set_password(hub.database, "mara@example.com", password)
