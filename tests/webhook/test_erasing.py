"""Being forgotten through the hub: the visitor's own wish and the operator's, with everybody told and nothing coming back (A25)."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import make_transient

from leads.audit import Who
from leads.erasure import Eraser
from leads.models import Conversation, Entry, Erasure, Tombstone, Turn
from tests.leads.people import traces
from tests.waiting import PATIENCE
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import Visitor, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick

MARKED = "Marked-Jane, jane@marked.example, budget 40k"
PAGE = {"url": "https://www.example.com/marked-page", "title": "Marked-Title", "referrer": ""}
WORDS = ("Marked-Jane", "marked.example", "marked-page", "Marked-Title")


@pytest.fixture
async def hub(new_hub: StartHub) -> RunningHub:
    return await new_hub(tuning=quick(erase_seconds=0.05))


async def talk(hub: RunningHub) -> Visitor:
    visitor = await hub.visitor(join=False)
    await visitor.join(page=PAGE)
    await visitor.say(MARKED)
    await visitor.hears(f"You said: {MARKED}")
    return visitor


async def test_a_visitor_who_is_forgotten_begins_anew_and_nothing_is_left(hub: RunningHub, bot: BotServer) -> None:
    agent = await hub.agent()
    visitor = await talk(hub)
    form = {"client_msg_id": new_id(), "name": "Marked-Jane", "email": "jane@marked.example", "message": "", "consent": visitor.consent}
    await visitor.ok("contact", form)
    second = await hub.visitor(token=visitor.token)
    state = await agent.accept(visitor.conversation_id)
    async with hub.database.read() as session:
        sender = await session.scalar(select(Conversation.sender_id).where(Conversation.id == visitor.conversation_id))
    assert await traces(hub.database, *WORDS)

    answer = await visitor.ok("forget")

    assert answer["token"] != visitor.token and answer["state"]["conversation_id"] != visitor.conversation_id
    assert [entry["seq"] for entry in answer["entries"]] == [1], "a new chat with its greeting"
    assert answer["erased"]["messages"] == 2 and answer["erased"]["answers"] >= 2 and len(answer["erased"]["reference"]) == 10
    assert await second.wait("erased") == answer["erased"]
    await agent.wait("erased", lambda data: data == {"conversation_id": visitor.conversation_id})
    assert await traces(hub.database, *WORDS) == []
    async with asyncio.timeout(PATIENCE), bot.arrived:
        await bot.arrived.wait_for(lambda: sender in bot.forgotten)
    assert (await agent.reply(state, "Are you still there?", 3))["error"]["code"] == "not_found"
    assert (await agent.refused("open", {"conversation_id": visitor.conversation_id, "last_seq": 0}))["code"] == "not_found"
    assert (await second.refused("message", {"client_msg_id": new_id(), "text": "Hello?"}))["code"] == "not_found"

    back = await hub.visitor(join=False)
    joined = await back.join(token=visitor.token)
    assert joined["erased"] == answer["erased"], "the browser learns why its chat is gone"
    assert await traces(hub.database, *WORDS) == []


async def test_what_was_begun_before_goes_as_well(hub: RunningHub) -> None:
    visitor = await talk(hub)
    anew = await visitor.ok("restart")
    answer = await visitor.ok("forget")
    async with hub.database.read() as session:
        row = await session.scalar(select(Erasure))
        assert row is not None and set(row.conversations) == {visitor.conversation_id, anew["state"]["conversation_id"]}
    assert answer["erased"]["messages"] == 1
    assert await traces(hub.database, *WORDS) == []


async def test_a_late_reply_of_the_bot_finds_nothing_to_belong_to(hub: RunningHub, bot: BotServer) -> None:
    visitor = await hub.visitor()
    bot.go.clear()
    await visitor.say(MARKED)
    await bot.wait_turns(1)
    await visitor.ok("forget")
    served = len(bot.served)
    bot.go.set()
    await visitor.say("Something else")  # the new chat is served after the old turn has ended
    await visitor.hears("You said: Something else")
    async with asyncio.timeout(PATIENCE):
        while len(bot.served) < served + 2:
            await asyncio.sleep(0.01)
    assert await traces(hub.database, *WORDS) == []
    async with hub.database.read() as session:
        assert {turn.payload["text"] for turn in await session.scalars(select(Turn))} == {"Something else"}


async def test_an_operator_erases_from_another_process_and_everybody_is_told(hub: RunningHub) -> None:
    agent = await hub.agent()
    visitor = await talk(hub)
    erased = await Eraser(hub.database, hub.folder).erase([visitor.conversation_id], Who("command", "person.erase"))
    assert erased is not None
    await visitor.wait("erased")
    await agent.wait("erased", lambda data: data["conversation_id"] == visitor.conversation_id)
    await visitor.ok("typing", {"on": True})
    page = {"url": PAGE["url"], "title": PAGE["title"]}
    await visitor.ok("page", page)  # of a tab that has not begun anew yet
    assert await traces(hub.database, *WORDS) == []


async def test_a_bot_that_is_away_is_told_when_it_is_back(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(tuning=quick(erase_seconds=0.05))
    visitor = await talk(hub)
    await bot.stop()
    await visitor.ok("forget")
    await bot.start()
    async with asyncio.timeout(PATIENCE), bot.arrived:
        await bot.arrived.wait_for(lambda: bool(bot.forgotten))
    async with asyncio.timeout(PATIENCE):
        while True:
            async with hub.database.read() as session:
                if await session.scalar(select(Erasure.bots_at)) is not None:
                    return
            await asyncio.sleep(0.02)


async def test_the_bot_can_have_it_asked_for(hub: RunningHub) -> None:
    """As action_erase does: the wish is kept with the conversation, and the hub sees to it."""
    visitor = await talk(hub)
    await hub.leads.set_wish(visitor.conversation_id, "erase")
    await visitor.wait("erased")
    assert await traces(hub.database, *WORDS) == []


async def test_a_hub_that_starts_on_an_old_backup_erases_again(hub: RunningHub) -> None:
    visitor = await talk(hub)
    async with hub.database.read() as session:
        rows = list(await session.scalars(select(Entry).where(Entry.conversation_id == visitor.conversation_id)))
        conversation = await session.get_one(Conversation, visitor.conversation_id)
        session.expunge_all()
    await visitor.ok("forget")
    await hub.stop_serving()
    async with hub.database.write() as session:
        await session.execute(delete(Tombstone))
        await session.execute(delete(Erasure))
        for one in (conversation, *rows):
            make_transient(one)
        session.add(conversation)
        await session.flush()
        session.add_all(rows)
    assert await traces(hub.database, *WORDS)
    await hub.start_serving()
    async with asyncio.timeout(PATIENCE):
        while await traces(hub.database, *WORDS):
            await asyncio.sleep(0.02)
