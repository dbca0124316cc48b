"""Conversations over their life: started over, left open for days, a form that a crash cut off."""

from __future__ import annotations

import asyncio
import sqlite3

from sqlalchemy import func, select

from leads.clock import now
from leads.models import Conversation, Entry, Handoff
from tests.waiting import PATIENCE
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import Json, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick

PAGE = {"url": "https://shop.example/pricing", "title": "Pricing", "referrer": ""}


async def test_starting_over_keeps_language_and_page(hub: RunningHub, bot: BotServer) -> None:
    visitor = await hub.visitor(join=False)
    await visitor.join(page=PAGE)
    await visitor.ok("restart")
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    assert bot.turns[0]["lang"] == "en"
    assert bot.turns[0]["page"] == {"url": PAGE["url"], "title": PAGE["title"]}


async def test_starting_over_too_often_leaves_the_chat_as_it_is(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(tuning=quick(local_new_chats_per_minute=1))
    visitor = await hub.visitor()
    await visitor.say("Hello")
    assert (await visitor.refused("restart"))["code"] == "too_fast"
    assert (await visitor.ok("sync", {"last_seq": 0}))["state"]["holder"] == "bot"
    assert (await visitor.refused("restart"))["code"] == "too_fast"


async def test_agents_see_that_a_visitor_has_gone_to_another_chat(hub: RunningHub) -> None:
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say("Hello")
    first = visitor.conversation_id
    await agent.wait("summary", lambda row: row["conversation_id"] == first and row["visitor_online"])
    await visitor.hears("You said: Hello")
    await visitor.join()
    await agent.wait("summary", lambda row: row["conversation_id"] == first and not row["visitor_online"])


async def test_a_chat_in_an_open_tab_is_not_cleared_away(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(unstarted_hours=0, purge_seconds=0.1))
    visitor, other = await hub.visitor(), await hub.visitor()
    await other.close()
    async with asyncio.timeout(PATIENCE):
        while await _exists(hub, other.conversation_id):
            await asyncio.sleep(0.02)
    await visitor.say("I was away for two days")


async def test_a_form_whose_end_a_crash_cut_off_is_finished_when_it_comes_again(hub: RunningHub) -> None:
    agent, visitor = await hub.agent(), await hub.visitor()
    form: Json = {"client_msg_id": new_id(), "name": "Jane", "email": "jane@example.com", "message": "", "consent": visitor.consent}
    async with hub.database.write() as session:
        conversation = await session.get_one(Conversation, visitor.conversation_id)
        conversation.started_at, conversation.last_seq = now(), 3
        common: Json = {"conversation_id": conversation.id, "at": now()}
        entry: Json = {"kind": "contact", "author": "visitor", "text": "Jane, jane@example.com", "client_msg_id": form["client_msg_id"]}
        session.add(Entry(seq=2, **entry, **common))
        session.add(Entry(seq=3, kind="notice", author="system", text="The assistant is back.", data={"code": "bot_back"}, **common))
    assert (await visitor.ok("contact", form))["seq"] == 2
    await visitor.notice("contact_received")
    await agent.wait("ring", lambda ring: ring["summary"]["handoff"]["reason"] == "contact")
    await visitor.ok("contact", form)
    async with hub.database.read() as session:
        assert await session.scalar(select(func.count(Handoff.id))) == 1


async def _exists(hub: RunningHub, conversation_id: str) -> bool:
    async with hub.database.read() as session:
        return await session.get(Conversation, conversation_id) is not None


async def test_while_another_program_holds_the_database_it_is_read_and_nothing_is_promised(hub: RunningHub) -> None:
    visitors = [await hub.visitor() for _ in range(20)]
    other = sqlite3.connect(hub.folder / "hub.db", isolation_level=None, check_same_thread=False)
    await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")  # the hub itself may be writing just now
    message: Json = {"client_msg_id": new_id(), "text": "Hello"}
    writing = [asyncio.create_task(visitor.refused("message", message)) for visitor in visitors]
    reader = await hub.visitor(join=False)
    reading = asyncio.create_task(reader.join(visitors[0].token))
    await asyncio.wait([*writing, reading], return_when=asyncio.FIRST_COMPLETED)
    assert reading.done() and (await reading)["entries"]
    for task in writing:
        error = await task
        assert (error["code"], error["retry_after"]) == ("unavailable", 2.0)
    other.execute("ROLLBACK")
    other.close()
    await visitors[0].ok("message", message)
