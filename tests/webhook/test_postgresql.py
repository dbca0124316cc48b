"""The same hub on PostgreSQL, where the database itself must keep writers apart."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from leads.clock import now
from leads.database import DatabaseUnavailable
from leads.models import Conversation
from tests.databases import new_database
from tests.waiting import PATIENCE
from tests.webhook.bot_server import BotServer, Json
from tests.webhook.clients import new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.app import HUB


@pytest.fixture
async def hub(postgres: str, new_hub: StartHub) -> RunningHub:
    return await new_hub(database_url=await new_database(postgres), ring_seconds=60, tuning=quick(nobody_seconds=60))


async def test_log_choices_and_the_race_for_a_chat(hub: RunningHub, bot: BotServer) -> None:
    visitor = await hub.visitor(join=False)
    joined = await visitor.join()
    second = await hub.visitor(token=visitor.token, last_seq=1)
    message = {"client_msg_id": new_id(), "text": "Hello"}
    acks = await asyncio.gather(*(tab.ok("message", message) for tab in (visitor, second) for _ in range(3)))
    assert len({(ack["seq"], ack["at"]) for ack in acks}) == 1
    await asyncio.gather(*(tab.say(f"{number}") for number in range(5) for tab in (visitor, second)))
    await visitor.entry(lambda entry: entry["seq"] == 23)
    assert [entry["seq"] for entry in visitor.entries()] == list(range(2, 24))
    choice = joined["entries"][0]["choices"][0]["id"]
    presses = await asyncio.gather(*(visitor.call("choose", {"client_msg_id": new_id(), "choice_id": choice}) for _ in range(4)))
    assert sorted(press["ok"] for press in presses) == [False, False, False, True]

    async def call(turn: Json) -> None:
        await hub.leads.request_handoff(turn["conversation_id"], "human")

    bot.before = call
    await visitor.say("A person")
    await visitor.holder("human")
    agents = [await hub.agent(f"ann{number}@example.com") for number in range(10)]
    answers = await asyncio.gather(*(agent.call("accept", {"conversation_id": visitor.conversation_id}) for agent in agents))
    assert sorted(answer["ok"] for answer in answers) == [False] * 9 + [True]
    assert {answer["error"]["code"] for answer in answers if not answer["ok"]} == {"taken"}
    winner = agents[[answer["ok"] for answer in answers].index(True)]
    state = next(answer["state"] for answer in answers if answer["ok"])
    assert (await winner.reply(state, "Hello from a person", 9999))["ok"]
    await visitor.hears("Hello from a person", author="agent")
    back = await winner.ok("hand_back", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    assert back["state"]["holder"] == "bot"
    row = next(row for row in (await winner.ok("join"))["inbox"])
    assert row["conversation_id"] == visitor.conversation_id


async def test_what_postgresql_does_not_take_is_not_an_error_of_ours(hub: RunningHub) -> None:
    visitor = await hub.visitor(join=False)
    await visitor.ok("join", {"token": None, "last_seq": 0, "page": None, "lang": "de\x00"})
    cookie = await hub.session("mara@example.com")
    assert (await hub.get("/console/api/leads?q=%00", cookie=cookie)).status == 200
    assert (await hub.get("/console/api/leads/%00", cookie=cookie)).status == 404
    assert (await hub.post("login", {"email": "\x00", "password": "wrong wrong"}))[0] == 401


async def test_clearing_away_leaves_a_chat_alone_in_which_somebody_writes_just_now(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    conversations = hub.runner.app[HUB].around.conversations
    async with asyncio.timeout(PATIENCE), hub.database.write() as session:
        await session.execute(select(Conversation).where(Conversation.id == visitor.conversation_id).with_for_update())
        assert await conversations.purge_unstarted(now() + timedelta(hours=1)) == 0
    await visitor.say("Hello")


async def test_a_lost_connection_is_said_to_be_passing(hub: RunningHub) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with hub.database.write() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    visitor = await hub.visitor()
    await visitor.say("Hello")
