"""Connections whose token has died are cut, at whichever hub they are; a browser's other tabs stay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from leads.audit import Who
from leads.clock import now
from leads.erasure import Eraser
from leads.models import Conversation
from tests.databases import new_database
from tests.webhook.clients import Visitor
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from tests.webhook.test_rasa_protocol import SESSION, widget
from webhook.tuning import Tuning
from webhook.visitor_tokens import hashed

SECONDS = 5.0  # what is promised; on a busy machine a test has to wait longer
AT_ONCE = quick(renew_seconds=0.0, token_grace_seconds=0.0, dead_token_seconds=0.05)
PRODUCT = Tuning()


@pytest.fixture(params=["sqlite", "postgresql"])
async def two(request: pytest.FixtureRequest, new_hub: StartHub, tmp_path: Path) -> list[RunningHub]:
    """Two hubs on one database that look as often as in the product."""
    url = f"sqlite:///{tmp_path / 'hub.db'}" if request.param == "sqlite" else await new_database(request.getfixturevalue("postgres"))
    tuning = quick(
        renew_seconds=0.0, token_grace_seconds=0.0, dead_token_seconds=PRODUCT.dead_token_seconds, sweep_seconds=PRODUCT.sweep_seconds
    )
    return [await new_hub(database_url=url, tuning=tuning) for _ in range(2)]


def test_it_is_looked_as_often_as_was_promised() -> None:
    """A look that has just passed, and one more turn of the loop that begins it."""
    assert PRODUCT.dead_token_seconds + PRODUCT.sweep_seconds < SECONDS


async def rotate(tab: Visitor) -> None:
    """As a browser does: ask, keep, tell."""
    tab.token = (await tab.ok("renew", {"token": tab.token}))["token"]
    assert tab.token is not None
    await tab.ok("renew", {"token": tab.token})


async def stays(hub: RunningHub, tab: Visitor) -> None:
    """It is still there after the hub has looked and cut somebody who had to go."""
    other = await hub.visitor()
    async with hub.database.write() as session:
        await session.execute(update(Conversation).where(Conversation.id == other.conversation_id).values(token_hash=None))
    await other.wait("disconnect")
    await tab.ok("sync", {"last_seq": 0})
    assert tab.got("disconnect") == []


async def test_who_came_in_with_a_token_that_was_replaced_is_cut(two: list[RunningHub]) -> None:
    here, there = two
    browser = await here.visitor()
    thieves = [await hub.visitor(token=browser.token) for hub in two]
    assert {thief.conversation_id for thief in thieves} == {browser.conversation_id}
    await rotate(browser)
    for thief in thieves:
        await thief.wait("disconnect")
    await stays(here, browser)
    back = await there.visitor(token=thieves[0].token)
    assert back.conversation_id != browser.conversation_id


async def test_a_tab_that_tells_the_token_of_the_other_tab_stays(two: list[RunningHub]) -> None:
    here, there = two
    browser = await here.visitor()
    other = await there.visitor(token=browser.token)
    younger = (await browser.ok("renew", {"token": browser.token}))["token"]
    await other.ok("renew", {"token": younger})  # the storage of the browser has told it
    await browser.ok("renew", {"token": younger})
    await stays(there, other)
    await stays(here, browser)


async def test_a_token_of_somebody_else_keeps_nobody(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=AT_ONCE)
    browser, stranger = await hub.visitor(), await hub.visitor()
    thief = await hub.visitor(token=browser.token)
    for foreign in ("x" * 32, stranger.token):
        assert (await thief.ok("renew", {"token": foreign}))["token"] is None
    await rotate(browser)
    await thief.wait("disconnect")


async def expire(hub: RunningHub, tab: Visitor) -> None:
    long_ago = now() - timedelta(days=31)
    async with hub.database.write() as session:
        await session.execute(update(Conversation).where(Conversation.id == tab.conversation_id).values(last_at=long_ago))


async def sign_out(hub: RunningHub, tab: Visitor) -> None:
    """The visitor has signed out on the page, in another tab."""
    other = await hub.visitor(token=tab.token)
    await other.ok("reset", {"token": tab.token})


async def erase(hub: RunningHub, tab: Visitor) -> None:
    await Eraser(hub.database, hub.settings.data).erase([tab.conversation_id], Who("command", "test"))


@pytest.mark.parametrize("end", [expire, sign_out, erase])
async def test_it_is_cut_when_the_chat_cannot_be_opened_any_more(
    two: list[RunningHub], end: Callable[[RunningHub, Visitor], Awaitable[None]]
) -> None:
    here, there = two
    tab = await here.visitor()
    await tab.say("Hello")
    await tab.hears("You said: Hello")
    await end(there, tab)
    await tab.wait("disconnect")
    back = await here.visitor(token=tab.token)
    assert back.conversation_id != tab.conversation_id


@pytest.mark.parametrize("event", ["reset", "forget"])
async def test_the_tab_that_ends_its_own_token_is_told_and_stays(new_hub: StartHub, event: str) -> None:
    hub = await new_hub(tuning=quick(dead_token_seconds=0.0, sweep_seconds=0.001))
    tab = await hub.visitor()
    await tab.say("Hello")
    for _ in range(5):
        answer = await tab.ok(event, {"token": tab.token} if event == "reset" else {})
        tab.token = answer["token"]
    tab.conversation_id = answer["state"]["conversation_id"]
    await stays(hub, tab)


async def test_a_chat_begun_anew_stays(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=AT_ONCE)
    tab = await hub.visitor()
    await tab.say("Hello")
    joined = await tab.ok("restart")
    tab.token = joined["token"]
    await stays(hub, tab)


async def test_a_rasa_widget_is_cut_when_its_chat_has_expired(new_hub: StartHub) -> None:
    hub = await new_hub(rasa_protocol=True, tuning=AT_ONCE)
    client = await widget(hub)
    async with hub.database.write() as session:
        mine = Conversation.token_hash == hashed(SESSION, "rasa")
        await session.execute(update(Conversation).where(mine).values(last_at=now() - timedelta(days=31)))
    await client.wait("disconnect")
