"""Other people's Rasa widgets: the exact shapes they understand, each line once, agents included."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update

from leads.clock import now
from leads.models import Conversation
from tests.waiting import PATIENCE
from tests.webhook.bot_server import BotServer, replying
from tests.webhook.clients import Client, Json
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick

SESSION = "a0d2c4e6f8091a2b3c4d5e6f708192a3"
GREETING = "Hi, I'm the assistant. What brings you here?"


async def widget(hub: RunningHub, *, session_id: str | None = SESSION, polling: bool = False) -> Client:
    client = Client(hub.url, "/")
    await client.connect(transports=("polling",) if polling else ("websocket",), headers={"Origin": hub.url})
    hub.clients.append(client)
    if session_id is not None:
        await client.sio.emit("session_request", {"session_id": session_id})
        assert await client.wait("session_confirm") == session_id
    return client


async def utter(client: Client, message: Any, session_id: str = SESSION, **more: Any) -> None:
    await client.sio.emit("user_uttered", {"message": message, "session_id": session_id, "customData": {"language": "en"}, **more})


def texts(client: Client) -> list[str]:
    return [shape["text"] for shape in client.got("bot_uttered")]


async def test_a_session_is_confirmed_with_its_bare_id_and_greeted(hub: RunningHub) -> None:
    client = await widget(hub)
    greeting = await client.wait("bot_uttered")
    assert set(greeting) == {"text", "quick_replies"} and greeting["text"] == GREETING
    first = greeting["quick_replies"][0]
    assert (set(first), first["content_type"], first["title"]) == ({"content_type", "title", "payload"}, "text", "Prices")
    assert "/" not in first["payload"]


@pytest.mark.parametrize("bad", ["short", "x" * 200, "with space and more....", "../../../../etc/passwd"])
async def test_a_weak_session_id_is_replaced(hub: RunningHub, bad: str) -> None:
    client = await widget(hub, session_id=None)
    await client.sio.emit("session_request", {"session_id": bad})
    confirmed = await client.wait("session_confirm")
    assert confirmed != bad and len(confirmed) >= 22


async def test_text_comes_in_pieces_and_buttons_last(hub: RunningHub, bot: BotServer) -> None:
    client = await widget(hub)
    bot.script = replying("First part.\n\nSecond part.", ("Yes", "/affirm"))
    await utter(client, "Hello")
    last = await client.wait("bot_uttered", lambda shape: shape["text"] == "Second part.")
    first = await client.wait("bot_uttered", lambda shape: shape["text"] == "First part.")
    assert set(first) == {"text"} and set(last) == {"text", "quick_replies"}
    bot.script = replying("Pressed")
    await utter(client, last["quick_replies"][0]["payload"])
    await client.wait("bot_uttered", lambda shape: shape == {"text": "Pressed"})
    assert bot.turns[-1]["choice"] == {"title": "Yes", "payload": "/affirm"}


async def test_slashes_are_text_and_an_init_payload_is_not_a_message(hub: RunningHub, bot: BotServer) -> None:
    client = await widget(hub)
    await utter(client, "/get_started")
    await utter(client, "Hello")
    await client.wait("bot_uttered", lambda shape: shape["text"] == "You said: Hello")
    await utter(client, "/restart")
    await client.wait("bot_uttered", lambda shape: shape["text"] == "You said: /restart")
    assert [turn["text"] for turn in bot.turns] == ["Hello", "/restart"]


async def test_lines_made_while_nobody_was_there_come_once(hub: RunningHub, bot: BotServer) -> None:
    client = await widget(hub)
    agent = await hub.agent()
    await utter(client, "Hello")
    await client.wait("bot_uttered", lambda shape: shape["text"] == "You said: Hello")
    row = await agent.wait("summary", lambda row: row["last_text"] == "You said: Hello")
    state = await agent.accept(row["conversation_id"])
    await client.wait("bot_uttered", lambda shape: shape == {"text": "Mara is here now."})
    await client.close()
    await agent.wait("summary", lambda row: not row["visitor_online"])
    assert (await agent.reply(state, "Are you still there?", 99))["ok"]

    again = await widget(hub)
    await again.wait("bot_uttered", lambda shape: shape == {"text": "Are you still there?"})
    assert texts(again) == ["Are you still there?"]
    third = await widget(hub)
    assert (await agent.reply(state, "Good", 99))["ok"]
    await third.wait("bot_uttered")
    assert texts(third) == ["Good"]


async def test_a_person_holds_it_and_the_bot_is_silent(hub: RunningHub, bot: BotServer) -> None:
    client = await widget(hub)
    agent = await hub.agent()
    await utter(client, "Hello")
    row = await agent.wait("summary", lambda row: row["last_text"] == "You said: Hello")
    await agent.open(row["conversation_id"])
    await agent.accept(row["conversation_id"])
    await utter(client, "Are you a person?")
    await agent.wait("entry", lambda data: data["entry"]["text"] == "Are you a person?")
    assert len(bot.turns) == 1


async def test_it_works_by_polling(hub: RunningHub) -> None:
    own_page = {"Sec-Fetch-Site": "same-origin"}  # a browser sends no Origin when it reads from its own
    async with aiohttp.ClientSession(headers=own_page) as session:
        address = f"{hub.url}/socket.io/?EIO=4&transport=polling"
        opened = json.loads((await (await session.get(address)).text())[1:])
        address += f"&sid={opened['sid']}"
        await session.post(address, data="40")
        assert (await (await session.get(address)).text()).startswith("40")
        await session.post(address, data='42["session_request",' + json.dumps({"session_id": SESSION}) + "]")
        received = ""
        async with asyncio.timeout(PATIENCE):
            while "bot_uttered" not in received:
                received += await (await session.get(address)).text()
        assert f'42["session_confirm","{SESSION}"]' in received


async def test_a_long_polling_body_is_refused_at_once(hub: RunningHub) -> None:
    async with aiohttp.ClientSession() as session:
        address = f"{hub.url}/socket.io/?EIO=4&transport=polling"
        opened = json.loads((await (await session.get(address)).text())[1:])
        response = await session.post(f"{address}&sid={opened['sid']}", data="4" * 20_000)
        assert response.status == 413

        async def endless() -> Any:
            yield b"4" * 100

        response = await session.post(f"{address}&sid={opened['sid']}", data=endless())
        assert response.status == 413


async def test_nonsense_is_ignored(hub: RunningHub, bot: BotServer) -> None:
    client = await widget(hub)
    for message in ({"$ne": 1}, ["a"], None, "", 5):
        await utter(client, message)
    await client.sio.emit("user_uttered", "no object")
    await client.sio.emit("no_such_event", {})
    await utter(client, "Hello")
    await client.wait("bot_uttered", lambda shape: shape["text"] == "You said: Hello")
    assert len(bot.turns) == 1


async def test_without_a_session_nothing_is_heard(hub: RunningHub, bot: BotServer) -> None:
    stranger = await widget(hub, session_id=None)
    await stranger.sio.emit("user_uttered", {"message": "Hello"})
    client = await widget(hub)
    await utter(client, "Hi")
    await client.wait("bot_uttered", lambda shape: shape["text"] == "You said: Hi")
    assert [turn["text"] for turn in bot.turns] == ["Hi"]


async def test_a_session_id_does_not_open_a_conversation_of_our_widget(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    await visitor.say("secret words")
    assert visitor.token is not None
    client = await widget(hub, session_id=visitor.token)
    await client.wait("bot_uttered")
    assert texts(client) == [GREETING]


async def test_an_expired_session_id_begins_anew(hub: RunningHub) -> None:
    client = await widget(hub)
    await utter(client, "old words")
    await client.wait("bot_uttered", lambda shape: shape["text"] == "You said: old words")
    await client.close()
    async with hub.database.write() as session:
        await session.execute(update(Conversation).values(last_at=now().replace(year=2020)))
    again = await widget(hub)
    await again.wait("bot_uttered")
    assert texts(again) == [GREETING]


async def test_too_fast_is_said(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(messages_per_minute=1, message_burst=1))
    client = await widget(hub)
    for _ in range(2):
        await utter(client, "Hello")
    await client.wait("bot_uttered", lambda shape: "very fast" in shape["text"])


async def test_switched_off_the_default_namespace_is_closed(new_hub: StartHub) -> None:
    hub = await new_hub(rasa_protocol=False)
    with pytest.raises(Exception, match="namespaces failed"):
        await widget(hub)


def test_the_samples_are_what_we_send() -> None:
    samples: Json = json.loads((Path(__file__).parents[1] / "contract" / "rasa.json").read_text())
    for shape in samples["bot_uttered"]["valid"].values():
        assert set(shape) in ({"text"}, {"text", "quick_replies"})
