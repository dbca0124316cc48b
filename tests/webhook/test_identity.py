"""Visitors who are logged in: only what the site's server has signed a moment ago counts, and it never shows one user's chat to another."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from leads import identities
from tests.webhook.clients import Visitor
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub

SECRET, OTHER = "s" * 32, "o" * 32


def signed(sub: Any = "4711", *, secret: str = SECRET, aud: Any = "main", seconds: int = 120, alg: str = "HS256", **claims: Any) -> str:
    body = {"sub": sub, "aud": aud, "exp": int(time.time()) + seconds, **claims}
    return jwt.encode(
        {"alg": alg}, {name: value for name, value in body.items() if value is not None}, OctKey.import_key(secret), algorithms=[alg]
    )


@pytest.fixture
async def site(new_hub: StartHub) -> RunningHub:
    return await new_hub(
        sites={"main": {"identity_secret": SECRET}, "shop": {"identity_secret": OTHER}, "plain": {}},
    )


async def tab_at(hub: RunningHub, site: str = "main", token: str | None = None) -> Visitor:
    tab = Visitor(hub.url)
    await tab.connect(auth={"v": 1, "site": site})
    hub.clients.append(tab)
    await tab.join(token, page={"url": "https://shop.example/pricing", "title": "Pricing", "referrer": ""})
    return tab


async def verified(hub: RunningHub, conversation_id: str) -> Any:
    async with hub.database.read() as session:
        return (await identities.verified(session, [conversation_id])).get(conversation_id)


async def test_signed_claims_are_kept_as_verified_and_words_are_only_words(site: RunningHub) -> None:
    agent, tab = await site.agent(), await tab_at(site)
    await tab.say("I am Jane, jane@example.com")
    await tab.hears("You said: I am Jane, jane@example.com")
    await agent.wait("summary", lambda row: row["lead"] is not None)
    assert await verified(site, tab.conversation_id) is None
    answer = await tab.ok("identify", {"token": signed(email="Jane@Example.com", name="Jane Doe", company="Example Ltd", role="admin")})
    assert answer["joined"] is None
    found = await verified(site, tab.conversation_id)
    assert {**found, "at": ""} == {"user_id": "4711", "email": "Jane@example.com", "name": "Jane Doe", "company": "Example Ltd", "at": ""}
    opened = await agent.open(tab.conversation_id)
    assert opened["lead"]["identity"] == found


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (lambda: signed(secret=OTHER), "not right"),
        (lambda: signed(aud="shop"), "not right"),
        (lambda: signed(aud=None), "not right"),
        (lambda: signed(sub=None), "not right"),
        (lambda: signed(sub=4711), "not right"),
        (lambda: signed(sub=""), "not right"),
        (lambda: signed(email="jane@example.com\nBcc: x@example.com"), "claim is wrong"),
        (lambda: signed(name=["Jane"]), "claim is wrong"),
        (lambda: signed(seconds=-120), "expired"),
        (lambda: signed(seconds=86_400), "too long"),
        (lambda: signed(secret=SECRET * 2, alg="HS512"), "not right"),
        (lambda: "eyJhbGciOiJub25lIn0.eyJzdWIiOiI0NzExIiwiYXVkIjoibWFpbiJ9.", "not right"),
        (lambda: signed()[:-2], "not right"),
        (lambda: "", "not right"),
        (lambda: "\u00e9.\u00e9.\u00e9", "not right"),
    ],
)
async def test_anything_else_is_refused_in_words_for_the_builder_of_the_page(site: RunningHub, token: Callable[[], str], said: str) -> None:
    tab = await tab_at(site)
    error = await tab.refused("identify", {"token": token()})
    assert (error["code"], said in error["message"]) == ("forbidden", True), error
    await tab.say("Hello")
    await tab.hears("You said: Hello")
    assert await verified(site, tab.conversation_id) is None


async def test_a_site_without_secret_identifies_nobody(site: RunningHub) -> None:
    tab = await tab_at(site, "plain")
    assert "identity_secret" in (await tab.refused("identify", {"token": signed(aud="plain", secret="p" * 32)}))["message"]


async def test_a_user_has_the_chat_in_another_browser_and_nobody_else_has(site: RunningHub) -> None:
    office = await tab_at(site)
    await office.ok("identify", {"token": signed()})
    await office.say("From the office")
    await office.hears("You said: From the office")

    home = await tab_at(site)
    joined = (await home.ok("identify", {"token": signed()}))["joined"]
    assert joined["state"]["conversation_id"] == office.conversation_id
    assert any(entry["text"] == "From the office" for entry in joined["entries"])
    assert joined["token"] not in (office.token, home.token)
    await home.say("From home")
    await office.hears("From home", author="visitor")
    for token in (joined["token"], office.token):  # each browser has a token of its own
        assert (await tab_at(site, token=token)).conversation_id == office.conversation_id

    stranger = await tab_at(site)
    assert (await stranger.ok("identify", {"token": signed("4712")}))["joined"] is None
    elsewhere = await tab_at(site, "shop")
    assert (await elsewhere.ok("identify", {"token": signed(aud="shop", secret=OTHER)}))["joined"] is None


async def test_another_user_in_the_same_browser_gets_another_chat(site: RunningHub) -> None:
    tab = await tab_at(site)
    await tab.ok("identify", {"token": signed()})
    await tab.say("Secret of 4711")
    joined = (await tab.ok("identify", {"token": signed("4712")}))["joined"]
    assert joined["state"]["conversation_id"] != tab.conversation_id
    assert [entry["seq"] for entry in joined["entries"]] == [1]
    await tab.say("Hello from 4712")
    first = await tab_at(site, token=tab.token)
    synced = await first.ok("sync", {"last_seq": 0})
    assert not any(entry["text"] == "Hello from 4712" for entry in synced["entries"])
    assert (await verified(site, tab.conversation_id))["user_id"] == "4711"


async def test_what_was_said_before_logging_in_stays_with_the_user(site: RunningHub) -> None:
    old = await tab_at(site)
    await old.ok("identify", {"token": signed()})
    await old.say("Last week")
    tab = await tab_at(site)
    await tab.say("Not logged in yet")
    assert (await tab.ok("identify", {"token": signed()}))["joined"] is None
    again = (await tab.ok("restart"))["state"]["conversation_id"]
    await tab.say("Started over")
    await tab.hears("You said: Started over")
    assert (await verified(site, again))["user_id"] == "4711"


async def test_signing_out_begins_a_new_chat_and_the_browser_opens_the_old_one_no_more(site: RunningHub) -> None:
    tab = await tab_at(site)
    await tab.ok("identify", {"token": signed()})
    await tab.say("Mine")
    fresh = await tab.ok("reset", {"token": tab.token})
    assert fresh["state"]["conversation_id"] != tab.conversation_id and len(fresh["entries"]) == 1
    assert (await tab_at(site, token=tab.token)).conversation_id != tab.conversation_id
    back = await tab_at(site)  # signed in again, it is there
    joined = (await back.ok("identify", {"token": signed()}))["joined"]
    assert joined["state"]["conversation_id"] == tab.conversation_id
