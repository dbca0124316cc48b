"""Nobody is left without a word because something was said before, at another time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from leads.clock import now
from leads.models import Entry, Turn
from tests.webhook.bot_server import BotServer, Json, failing
from tests.webhook.clients import Visitor
from tests.webhook.conftest import StartHub
from tests.webhook.hub import quick
from tests.webhook.outages import kept_for_an_absent_bot


async def told_again(visitor: Visitor, first: Json) -> None:
    """The visitor hears a second time that the bot is away."""
    await visitor.entry(lambda entry: entry["data"].get("code") == "bot_away" and entry["seq"] > first["seq"])


async def test_who_writes_into_a_chat_that_a_person_has_ended_is_told_again(new_hub: StartHub, bot: BotServer) -> None:
    hub, visitor, first = await kept_for_an_absent_bot(new_hub, bot)
    agent = await hub.agent()
    state = await agent.accept(visitor.conversation_id)
    await agent.ok("close", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    await visitor.say("One more thing")
    await told_again(visitor, first)


async def test_who_has_lost_the_agent_while_the_bot_is_away_is_told_again(new_hub: StartHub, bot: BotServer) -> None:
    hub, visitor, first = await kept_for_an_absent_bot(new_hub, bot, agent_grace=0.2, ring_seconds=60)
    agent = await hub.agent()
    await agent.accept(visitor.conversation_id)
    await agent.close()
    await visitor.holder("agent_lost")
    await visitor.say("Are you still there?")
    await told_again(visitor, first)


async def test_another_outage_is_said_though_the_turn_of_the_first_one_failed(new_hub: StartHub, bot: BotServer) -> None:
    hub, visitor, first = await kept_for_an_absent_bot(new_hub, bot)
    bot.failures = [failing("turn_failed")] * 3
    await bot.start()
    await bot.wait_turns(3)
    await visitor.wait("state", lambda state: state["bot_online"])
    await bot.stop()
    async with hub.database.write() as session:
        await session.execute(update(Entry).where(Entry.kind == "notice").values(at=now() - timedelta(hours=2)))
    await visitor.say("Hello again")
    await told_again(visitor, first)


async def test_a_message_that_is_too_old_to_be_answered_is_not_passed_over(new_hub: StartHub, bot: BotServer) -> None:
    """The hub stopped before it could say anything, and was away for long."""
    await bot.stop()
    hub = await new_hub()
    visitor = await hub.visitor()
    await visitor.say("Hello from yesterday")
    await hub.stop_serving()
    async with hub.database.write() as session:
        await session.execute(update(Turn).values(created_at=now() - timedelta(days=1)))
    await hub.start_serving()
    again = await hub.visitor(token=visitor.token, join=False)
    joined = await again.join(visitor.token)
    assert [entry["text"] for entry in joined["entries"][1:2]] == ["Hello from yesterday"]
    if "bot_failed" not in [entry["data"].get("code") for entry in joined["entries"]]:
        await again.notice("bot_failed")


async def test_a_long_outage_is_said_once_to_whoever_says_nothing_more(new_hub: StartHub, bot: BotServer) -> None:
    """And the message that was kept is not asked for again."""
    hub, visitor, _notice = await kept_for_an_absent_bot(new_hub, bot)
    async with hub.database.write() as session:
        await session.execute(update(Entry).where(Entry.kind == "notice").values(at=now() - timedelta(hours=2)))
        await session.execute(update(Turn).values(created_at=now() - timedelta(hours=2)))
    hub.tuning = quick()
    await hub.restart()
    again = await hub.visitor(token=visitor.token, last_seq=4)
    await bot.start()
    await again.say("Hello again")
    await again.hears("You said: Hello again")
    codes = [entry["data"].get("code") for entry in again.entries()]
    assert "bot_away" not in codes and "bot_failed" not in codes


async def test_after_a_start_of_the_hub_the_bot_may_answer_before_it_is_called_away(new_hub: StartHub, bot: BotServer) -> None:
    """It was the hub that was not there, and hundreds may wait for their answer just then."""
    hub = await new_hub(tuning=quick(away_seconds=100, known_away_seconds=100))
    visitor = await hub.visitor()
    bot.go.clear()
    await visitor.say("Hello?")
    await bot.wait_turns(1)
    await hub.stop_serving()
    async with hub.database.write() as session:
        await session.execute(update(Turn).values(created_at=now() - timedelta(minutes=2)))
    await hub.start_serving()
    await bot.wait_turns(2)
    again = await hub.visitor(token=visitor.token, join=False)
    joined = await again.join(visitor.token, 2)
    bot.go.set()
    await again.hears("You said: Hello?")
    assert [entry["data"].get("code") for entry in (*joined["entries"], *again.entries())] == [None]
