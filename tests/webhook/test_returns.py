"""Visitors who come back: greeted once for each return, and only when the bot has the chat."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from leads.clock import now
from leads.models import Conversation
from tests.webhook.bot_server import BotServer, Json, answer, echo
from tests.webhook.clients import Visitor
from tests.webhook.hub import RunningHub

GREETED = "Welcome back."


def script(turn: Json) -> Json:
    return answer(turn, [{"text": GREETED, "buttons": []}]) if turn.get("event") == "welcome_back" else echo(turn)


async def spoke(hub: RunningHub, bot: BotServer, *, hours_ago: float) -> Visitor:
    """A visitor who said something so long ago and has gone."""
    bot.script = script
    visitor = await hub.visitor()
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    await visitor.close()
    async with hub.database.write() as session:
        then = now() - timedelta(hours=hours_ago)
        await session.execute(update(Conversation).where(Conversation.id == visitor.conversation_id).values(last_at=then))
    return visitor


async def again(hub: RunningHub, visitor: Visitor) -> Visitor:
    return await hub.visitor(token=visitor.token, last_seq=3)


async def test_who_comes_back_the_next_day_is_greeted_once(hub: RunningHub, bot: BotServer) -> None:
    gone = await spoke(hub, bot, hours_ago=20)
    first = await again(hub, gone)
    await first.hears(GREETED)
    second = await again(hub, gone)  # a reload, or another tab
    await second.say("I am here")
    await second.hears("You said: I am here")
    assert [turn.get("event") or turn["text"] for turn in bot.turns] == ["Hello", "welcome_back", "I am here"]


async def test_who_comes_back_after_a_minute_is_not_greeted(hub: RunningHub, bot: BotServer) -> None:
    gone = await spoke(hub, bot, hours_ago=0.02)
    visitor = await again(hub, gone)
    await visitor.say("I am here")
    await visitor.hears("You said: I am here")
    assert [turn.get("event") or turn["text"] for turn in bot.turns] == ["Hello", "I am here"]


async def test_who_never_said_a_word_is_not_greeted_twice(hub: RunningHub, bot: BotServer) -> None:
    visitor = await hub.visitor()
    async with hub.database.write() as session:
        await session.execute(update(Conversation).values(last_at=now() - timedelta(days=1)))
    back = await hub.visitor(token=visitor.token, last_seq=1)
    await back.say("Hello")
    await back.hears("You said: Hello")
    assert [turn.get("event") or turn["text"] for turn in bot.turns] == ["Hello"]


async def test_a_chat_that_an_agent_holds_is_not_the_bots_to_greet(hub: RunningHub, bot: BotServer) -> None:
    agent = await hub.agent()
    visitor = await hub.visitor()
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    await agent.ok("accept", {"conversation_id": visitor.conversation_id})
    async with hub.database.write() as session:
        await session.execute(update(Conversation).values(last_at=now() - timedelta(days=1)))
    await hub.visitor(token=visitor.token, last_seq=3)
    assert [turn.get("event") or turn["text"] for turn in bot.turns] == ["Hello"]


async def test_without_the_bot_the_chat_opens_all_the_same(hub: RunningHub, bot: BotServer) -> None:
    gone = await spoke(hub, bot, hours_ago=20)
    await bot.stop()
    visitor = await again(hub, gone)
    assert (await visitor.say("Anybody?"))["seq"] == 4
