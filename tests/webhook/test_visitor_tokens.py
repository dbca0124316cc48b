"""Tokens of visitors: replaced while they are used, never so that a chat is lost, dead when a younger one is in use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from leads.clock import now
from leads.models import Conversation, VisitorToken
from tests.webhook.clients import Visitor
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.visitor_tokens import hashed

AT_ONCE = quick(renew_seconds=0.0, token_grace_seconds=0.0)


async def renew(tab: Visitor, token: str | None) -> str | None:
    given: str | None = (await tab.ok("renew", {"token": token}))["token"]
    return given


async def opens(hub: RunningHub, token: str | None, conversation_id: str) -> bool:
    """Whether a browser that has this token gets into that chat."""
    tab = await hub.visitor(join=False)
    joined = await tab.join(token)
    await tab.close()
    return bool(joined["state"]["conversation_id"] == conversation_id)


async def test_the_old_token_is_good_until_the_new_one_is_used_and_then_opens_nothing(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=AT_ONCE)
    tab = await hub.visitor()
    first, chat = tab.token, tab.conversation_id
    second = await renew(tab, first)
    assert second is not None and second != first
    assert await opens(hub, first, chat)  # the answer may have been lost: nothing has changed for the browser
    assert await opens(hub, second, chat)  # also when it cannot say that it has it
    await renew(tab, second)
    assert await opens(hub, second, chat)
    assert not await opens(hub, first, chat)


async def test_lost_answers_one_after_the_other_lose_no_chat(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=AT_ONCE)
    tab = await hub.visitor()
    kept, chat = tab.token, tab.conversation_id
    given = [await renew(tab, kept) for _ in range(12)]  # the browser never hears of any of them
    assert given[:8] == [*dict.fromkeys(given[:8])] and None not in given[:8]
    assert set(given[8:]) == {None}  # no more than so many are outstanding
    await hub.restart()
    assert await opens(hub, kept, chat)
    again = await hub.visitor(token=given[2])
    await renew(again, given[2])
    assert [await opens(hub, token, chat) for token in (kept, given[0], given[1])] == [False] * 3
    assert await opens(hub, given[2], chat) and await opens(hub, given[7], chat)


async def test_other_tabs_that_name_the_old_token_come_through_for_a_while(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(renew_seconds=0.0))
    tab = await hub.visitor()
    first = tab.token
    second = await renew(tab, first)
    await renew(tab, second)
    assert await opens(hub, first, tab.conversation_id)
    async with hub.database.write() as session:
        until = await session.scalar(select(VisitorToken.until).where(VisitorToken.token_hash == hashed(first or "", "handraise")))
        assert until is not None and now() < until <= now() + timedelta(seconds=60)
        await session.execute(update(VisitorToken).where(VisitorToken.until.is_not(None)).values(until=now() - timedelta(seconds=1)))
    assert not await opens(hub, first, tab.conversation_id)
    assert await renew(tab, first) is None  # nor does it get a younger one


async def test_a_young_token_stays(hub: RunningHub) -> None:
    tab = await hub.visitor()
    assert await renew(tab, tab.token) is None
    assert await opens(hub, tab.token, tab.conversation_id)


@pytest.mark.parametrize("foreign", [True, False])
async def test_only_a_token_of_this_chat_is_replaced(new_hub: StartHub, foreign: bool) -> None:
    hub = await new_hub(tuning=AT_ONCE)
    tab, other = await hub.visitor(), await hub.visitor()
    assert await renew(tab, other.token if foreign else "x" * 32) is None
    assert await opens(hub, other.token, other.conversation_id)
    assert await renew(other, other.token) is not None


async def test_each_conversation_has_its_tokens_and_takes_them_along(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=AT_ONCE)
    tab = await hub.visitor()
    token = tab.token
    for _ in range(5):
        token = await renew(tab, token)
    async with hub.database.write() as session:
        assert await session.scalar(select(func.count()).select_from(VisitorToken)) == 2  # in use, and given out
        stored = (await session.scalars(select(VisitorToken.token_hash))).all()
        assert token is not None and not any(token in one for one in stored)
    await tab.close()
    async with hub.database.write() as session:
        conversation = await session.get_one(Conversation, tab.conversation_id)
        conversation.last_at = now() - timedelta(days=31)
    assert not await opens(hub, token, tab.conversation_id)


@pytest.mark.parametrize(("created", "last", "open"), [(100, 29, True), (31, 31, False), (181, 1, False)])
async def test_how_long_a_chat_can_be_opened(hub: RunningHub, created: int, last: int, open: bool) -> None:
    tab = await hub.visitor()
    async with hub.database.write() as session:
        conversation = await session.get_one(Conversation, tab.conversation_id)
        conversation.created_at, conversation.last_at = now() - timedelta(days=created), now() - timedelta(days=last)
    assert await opens(hub, tab.token, tab.conversation_id) is open


async def test_a_token_opens_its_chat_on_its_own_site_only(hub: RunningHub) -> None:
    tab = await hub.visitor()
    other = Visitor(hub.url)
    hub.clients.append(other)
    await other.connect(auth={"v": 1, "site": "another"})
    assert (await other.join(tab.token))["state"]["conversation_id"] != tab.conversation_id
