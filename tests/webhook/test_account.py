"""One's own account: the second factor with its codes, a new password, sessions; and one-time links."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlalchemy import func, select, update

from leads.audit import Wanted, Who, rows
from leads.clock import now
from leads.models import Agent, OneTimeLink, RecoveryCode, SecondFactor
from tests.webhook.conftest import StartHub
from tests.webhook.hub import PASSWORD, RunningHub
from tests.webhook.test_auth import inside
from webhook.accounts import AgentError, create_agent

MARA = {"email": "mara@example.com", "password": PASSWORD}
BY_TEST = Who("command", "test")
NEW = "lantern gravel orchid"


async def set_up(hub: RunningHub, cookie: str) -> tuple[pyotp.TOTP, list[str]]:
    """A second factor for whoever has this cookie: its app, and the recovery codes."""
    status, setup, _cookie = await hub.post("account/second-factor", {"password": PASSWORD}, cookie=cookie)
    assert status == 200, setup
    app = pyotp.TOTP(setup["secret"])
    status, body, _cookie = await hub.post("account/second-factor/confirm", {"code": app.at(time.time() - 30)}, cookie=cookie)
    assert status == 200, body
    return app, body["codes"]


async def test_with_a_second_factor_the_password_alone_lets_nobody_in(hub: RunningHub) -> None:
    await hub.account()
    app, codes = await set_up(hub, await hub.sign_in(MARA["email"]))
    assert (len(codes), len(set(codes))) == (10, 10)
    status, body, cookie = await hub.post("login", MARA)
    assert (status, body["error"]["code"], cookie) == (401, "code_needed", "")
    status, body, cookie = await hub.post("login", MARA | {"code": "000000"})
    assert (status, body["error"]["code"], cookie) == (422, "wrong_code", "")
    status, body, cookie = await hub.post("login", MARA | {"code": app.now()})
    assert (status, body["me"]["second_factor"]) == (200, True) and cookie
    wrong = MARA | {"password": "wrong wrong wrong", "code": app.at(time.time() + 30)}
    assert (await hub.post("login", wrong))[1]["error"]["code"] == "wrong_credentials"


async def test_a_code_counts_once_also_at_the_same_moment(hub: RunningHub) -> None:
    await hub.account()
    app, codes = await set_up(hub, await hub.sign_in(MARA["email"]))
    for code in (app.now(), codes[0]):
        answers = await asyncio.gather(*(hub.post("login", MARA | {"code": code}) for _ in range(4)))
        assert sorted(status for status, _body, _cookie in answers) == [200, 422, 422, 422], answers
    older = await hub.post("login", MARA | {"code": app.at(time.time() - 30)})
    assert older[1]["error"]["code"] == "wrong_code", "a code from before the newest one that was used"


async def test_recovery_codes_are_kept_as_hashes_and_replaced_at_once(hub: RunningHub) -> None:
    await hub.account()
    cookie = await hub.sign_in(MARA["email"])
    app, old = await set_up(hub, cookie)
    async with hub.database.read() as session:
        stored = set(await session.scalars(select(RecoveryCode.code_hash)))
    assert len(stored) == 10 and not stored & {code.replace("-", "") for code in old}
    assert (await hub.post("account/second-factor/codes", {"code": "123"}, cookie=cookie))[0] == 422
    _status, body, _cookie = await hub.post("account/second-factor/codes", {"code": app.now()}, cookie=cookie)
    assert (await hub.post("login", MARA | {"code": old[1]}))[1]["error"]["code"] == "wrong_code"
    assert (await hub.post("login", MARA | {"code": f" {body['codes'][0].upper()} "}))[0] == 200
    account = (await (await hub.get("/console/api/account", cookie=cookie)).json())["account"]
    assert (account["second_factor"], account["codes_left"]) == (True, 9)


async def test_wrong_codes_lock_whatever_address_they_come_from(new_hub: StartHub) -> None:
    hub = await new_hub()
    agent = await hub.account()
    app, _codes = await set_up(hub, await hub.sign_in(MARA["email"]))
    answers = [(await hub.post("login", MARA | {"code": f"00000{digit}"}))[1]["error"]["code"] for digit in range(7)]
    assert answers == ["wrong_code"] * 5 + ["locked"] * 2
    assert (await hub.post("login", MARA | {"code": app.now()}))[1]["error"]["code"] == "locked"
    with pytest.raises(Exception, match="Too many"):
        inside(hub).door.tries.code(agent.id, "198.51.100.9")


async def test_codes_of_any_shape_are_refused_in_words(hub: RunningHub) -> None:
    await hub.account()
    await set_up(hub, await hub.sign_in(MARA["email"]))
    for code in ("é" * 6, "١٢٣٤٥٦", "x" * 16):
        assert (await hub.post("login", MARA | {"code": code}))[1]["error"]["code"] == "wrong_code", code
    assert (await hub.post("login", MARA | {"code": "x" * 65}))[0] == 400


async def test_a_factor_counts_only_after_its_first_code(hub: RunningHub) -> None:
    await hub.account()
    cookie = await hub.sign_in(MARA["email"])
    _status, setup, _cookie = await hub.post("account/second-factor", {"password": PASSWORD}, cookie=cookie)
    assert setup["picture"].startswith("data:image/svg+xml")
    assert (await hub.post("login", MARA))[0] == 200
    status, body, _cookie = await hub.post("account/second-factor/confirm", {"code": "000000"}, cookie=cookie)
    assert (status, body["error"]["code"]) == (422, "wrong_code")
    assert (await hub.post("login", MARA))[0] == 200


async def test_a_stolen_session_changes_neither_password_nor_factor(hub: RunningHub) -> None:
    await hub.account()
    cookie = await hub.sign_in(MARA["email"])
    for path, body in (("account/second-factor", {"password": "wrong"}), ("account/password", {"password": "wrong", "new": NEW})):
        status, answer, _cookie = await hub.post(path, body, cookie=cookie)
        assert (status, answer["error"]["code"]) == (422, "wrong_password"), path
    await set_up(hub, cookie)
    assert (await hub.post("account/second-factor/off", {"code": "000000"}, cookie=cookie))[1]["error"]["code"] == "wrong_code"
    assert (await hub.post("account/second-factor", {"password": PASSWORD}, cookie=cookie))[0] == 400, "one is set up already"


async def test_a_factor_can_be_switched_off_with_a_code(hub: RunningHub) -> None:
    await hub.account()
    cookie = await hub.sign_in(MARA["email"])
    app, _codes = await set_up(hub, cookie)
    assert (await hub.post("account/second-factor/off", {"code": app.now()}, cookie=cookie))[0] == 200
    assert (await hub.post("login", MARA))[0] == 200
    async with hub.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(SecondFactor)) == 0
        assert await session.scalar(select(func.count()).select_from(RecoveryCode)) == 0


async def test_a_role_that_needs_a_factor_is_let_in_once_it_is_there(new_hub: StartHub) -> None:
    hub = await new_hub(second_factor="agent")
    await hub.account()
    cookie = await hub.sign_in(MARA["email"])
    me = (await (await hub.get("/console/api/me", cookie=cookie)).json())["me"]
    assert (me["must_set_up"], me["permissions"]) == (True, ["own"])
    await set_up(hub, cookie)
    me = (await (await hub.get("/console/api/me", cookie=cookie)).json())["me"]
    assert me["must_set_up"] is False and "chat" in me["permissions"]


async def test_whoever_has_no_name_is_asked_for_one_and_a_role_is_none(hub: RunningHub) -> None:
    await create_agent(hub.database, "admin@example.com", "", PASSWORD, role="admin", named=False)
    cookie = await hub.sign_in("admin@example.com")
    me = (await (await hub.get("/console/api/me", cookie=cookie)).json())["me"]
    assert (me["name"], me["must_name"]) == ("", True)
    for name in ("", "  ", "Admin", "ADMIN 2", "[Administrator]", "root", "Agente"):
        status, body, _cookie = await hub.post("account/name", {"name": name}, cookie=cookie)
        assert (status, body["error"]["code"]) == (400, "invalid"), name
    assert "Mara Lind" in body["error"]["message"], "it says what to write instead"
    status, body, _cookie = await hub.post("account/name", {"name": " Ada\nNordin "}, cookie=cookie)
    assert (status, body["me"]["name"], body["me"]["must_name"]) == (200, "Ada Nordin", False)
    assert (await hub.get("/console/api/me", cookie=cookie)).status == 200, "the session goes on"
    async with hub.database.read() as session:
        assert [row.what async for row in rows(session, Wanted(what="agent_renamed"))] == ["agent_renamed"]


@pytest.mark.parametrize("name", ["", "Admin", "Administrator 1"])
async def test_no_visitor_reads_a_role_for_a_name(hub: RunningHub, name: str) -> None:
    agent = await hub.agent("admin@example.com", role="admin")
    async with hub.database.write() as session:
        await session.execute(update(Agent).values(name=name))
    visitor = await hub.visitor()
    await visitor.say("A person, please")
    state = await agent.accept(visitor.conversation_id)
    assert (await agent.reply(state, "Hello", 99))["ok"]
    await agent.ok("typing", {"conversation_id": visitor.conversation_id, "on": True})
    await agent.ok("close", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    await visitor.entry(lambda entry: entry["text"] == "A colleague has ended the chat. Write again whenever you like.")
    line = await visitor.entry(lambda entry: entry["author"] == "agent")
    joined = await visitor.entry(lambda entry: entry["text"] == "A colleague is here now.")
    assert (line["name"], joined["data"]["agent"]["name"]) == ("A colleague", "A colleague")
    assert "dmin" not in json.dumps(visitor.events)


async def test_a_new_password_ends_other_sessions_and_renews_this_one(hub: RunningHub) -> None:
    await hub.account()
    other, mine = await hub.sign_in(MARA["email"]), await hub.sign_in(MARA["email"])
    status, body, _cookie = await hub.post("account/password", {"password": PASSWORD, "new": "password1234"}, cookie=mine)
    assert status == 400 and "easy to guess" in body["error"]["message"]
    status, body, renewed = await hub.post("account/password", {"password": PASSWORD, "new": NEW}, cookie=mine)
    assert (status, body["me"]["name"]) == (200, "Mara") and renewed not in ("", mine)
    for cookie, wanted in ((other, 401), (mine, 401), (renewed, 200)):
        assert (await hub.get("/console/api/me", cookie=cookie)).status == wanted
    await hub.sign_in(MARA["email"], NEW)


async def test_signing_out_everywhere_else(hub: RunningHub) -> None:
    agent = await hub.agent()
    mine = await hub.session(MARA["email"])
    sessions = (await (await hub.get("/console/api/account", cookie=mine)).json())["account"]["sessions"]
    assert sorted(row["own"] for row in sessions) == [False, True]
    assert (await hub.post("account/sessions/end-others", {}, cookie=mine))[1] == {"ended": 1}
    await agent.wait("signed_out")
    assert (await hub.get("/console/api/me", cookie=mine)).status == 200


# One-time links.


async def invited(hub: RunningHub, **changes: Any) -> str:
    person = {"email": "nora@example.com", "name": "Nora Falk", "role": "agent", **changes}
    link = await inside(hub).door.links.invite(person["email"], person["name"], person["role"], BY_TEST)
    address, token = link.address.split("#")
    assert address == f"{hub.settings.url}/console/welcome"
    return token


async def test_the_invited_choose_a_password_and_are_in(hub: RunningHub) -> None:
    token = await invited(hub)
    for _look in range(2):
        status, body, _cookie = await hub.post("links/open", {"token": token})
        assert (status, body) == (200, {"kind": "invite", "name": "Nora Falk", "email": "nora@example.com"})
    status, body, _cookie = await hub.post("links/use", {"token": token, "password": "nora falk 2026"})
    assert status == 400 and "easy to guess" in body["error"]["message"]
    status, body, cookie = await hub.post("links/use", {"token": token, "password": NEW})
    assert (status, body["me"]["name"]) == (200, "Nora Falk")
    assert (await hub.get("/console/api/me", cookie=cookie)).status == 200
    await hub.sign_in("nora@example.com", NEW)


async def test_a_link_works_once_also_at_the_same_moment(hub: RunningHub) -> None:
    token = await invited(hub)
    answers = await asyncio.gather(*(hub.post("links/use", {"token": token, "password": f"{NEW} {number}"}) for number in range(4)))
    assert sorted(status for status, _body, _cookie in answers) == [200, 410, 410, 410]
    assert (await hub.post("links/open", {"token": token}))[1]["error"]["code"] == "link_spent"


async def test_a_link_runs_out_and_a_newer_one_ends_it(hub: RunningHub) -> None:
    first = await invited(hub)
    second = (await inside(hub).door.links.reset("nora@example.com", BY_TEST)).address.split("#")[1]
    assert (await hub.post("links/open", {"token": first}))[0] == 410
    assert (await hub.post("links/open", {"token": second}))[0] == 200
    async with hub.database.write() as session:
        assert second not in str((await session.execute(select(OneTimeLink.token_hash))).all())
        await session.execute(update(OneTimeLink).values(expires_at=now() - timedelta(seconds=1)))
    for path, more in (("links/open", {}), ("links/use", {"password": NEW})):
        assert (await hub.post(path, {"token": second} | more))[0] == 410


async def test_a_link_of_an_account_that_is_off_is_spent(hub: RunningHub) -> None:
    token = await invited(hub)
    async with hub.database.write() as session:
        await session.execute(update(Agent).values(active=False))
    assert (await hub.post("links/use", {"token": token, "password": NEW}))[0] == 410


async def test_a_reset_ends_the_sessions_and_keeps_the_second_factor(hub: RunningHub) -> None:
    await hub.account()
    cookie = await hub.sign_in(MARA["email"])
    app, _codes = await set_up(hub, cookie)
    token = (await inside(hub).door.links.reset(MARA["email"], BY_TEST)).address.split("#")[1]
    assert (await hub.get("/console/api/me", cookie=cookie)).status == 200, "a link alone changes nothing"
    status, body, new_cookie = await hub.post("links/use", {"token": token, "password": NEW})
    assert (status, body["me"], new_cookie) == (200, None, "")
    assert (await hub.get("/console/api/me", cookie=cookie)).status == 401
    assert (await hub.post("login", MARA | {"password": NEW}))[1]["error"]["code"] == "code_needed"
    assert (await hub.post("login", MARA | {"password": NEW, "code": app.now()}))[0] == 200


async def test_guessed_links_lock_their_address(new_hub: StartHub) -> None:
    hub = await new_hub()
    tries = inside(hub).door.tries
    for _ in range(20):
        tries.check("198.51.100.7")
        tries.wrong("198.51.100.7")
    with pytest.raises(Exception, match="Too many"):
        tries.check("198.51.100.7")
    tries.check("198.51.100.8")


async def test_an_address_is_invited_once(hub: RunningHub) -> None:
    await invited(hub)
    with pytest.raises(AgentError, match="already"):
        await invited(hub, email="Nora@Example.com")


async def test_what_was_done_is_in_the_audit_log(hub: RunningHub) -> None:
    token = await invited(hub)
    _status, _body, cookie = await hub.post("links/use", {"token": token, "password": NEW})
    _status, setup, _cookie = await hub.post("account/second-factor", {"password": NEW}, cookie=cookie)
    await hub.post("account/second-factor/confirm", {"code": pyotp.TOTP(setup["secret"]).now()}, cookie=cookie)
    async with hub.database.read() as session:
        noted = [row.what async for row in rows(session, Wanted()) if row.who_kind != "job"]  # the hub's own night work
    assert noted == ["agent_invited", "password_chosen", "signed_in", "second_factor_on"]
