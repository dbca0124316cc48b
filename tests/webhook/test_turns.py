"""Bot turns when something breaks on the way: none lost, none for ever, and the visitor is told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text, update

from leads.clock import now
from leads.models import Turn
from tests.webhook.bot_server import BotServer, Json, answer, failing
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from tests.webhook.outages import given_up


async def test_a_turn_that_was_left_behind_is_taken_up_again(hub: RunningHub, bot: BotServer) -> None:
    other, visitor = await hub.visitor(), await hub.visitor()
    await other.say("Hello")
    await other.hears("You said: Hello")
    left = Turn(id="left", conversation_id=visitor.conversation_id, seq=1, payload={"text": "Still there?"}, epoch=0, created_at=now())
    async with hub.database.write() as session:
        session.add(left)
    await visitor.hears("You said: Still there?")


async def test_turns_keep_the_order_of_the_log_when_the_clock_is_set_back(hub: RunningHub, bot: BotServer) -> None:
    visitor = await hub.visitor()
    bot.go.clear()
    await visitor.say("one")
    await bot.wait_turns(1)
    await visitor.say("two")
    last = await visitor.say("three")
    async with hub.database.write() as session:
        await session.execute(update(Turn).where(Turn.seq == last["seq"]).values(created_at=now() - timedelta(seconds=20)))
    bot.go.set()
    await visitor.hears("You said: three")
    await visitor.hears("You said: two")
    assert [turn["text"] for turn in bot.turns] == ["one", "two", "three"]


async def test_an_answer_that_cannot_be_stored_ends_with_a_word_and_out_of_the_log(
    hub: RunningHub, bot: BotServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with hub.database.write() as session:
        refuse = "CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.text LIKE '%jane@%' AND NEW.author = 'bot' "
        await session.execute(text(refuse + "BEGIN SELECT RAISE(ABORT, 'refused'); END"))
    visitor = await hub.visitor()
    await visitor.say("I am jane@example.com")
    await visitor.notice("bot_failed")
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    assert "jane@" not in caplog.text


async def test_a_message_that_kills_the_bot_does_not_kill_it_for_ever(hub: RunningHub, bot: BotServer) -> None:
    bot.dies_of = {"crash"}
    visitor = await hub.visitor()
    await visitor.say("crash")
    await visitor.notice("bot_failed")
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")


async def test_a_long_answer_arrives_whole(hub: RunningHub, bot: BotServer) -> None:
    def long(turn: Json) -> Json:
        return answer(turn, [{"text": f"{number} " + "x" * 4000, "buttons": []} for number in range(40)])

    bot.script = long
    visitor = await hub.visitor()
    await visitor.say("Tell me everything")
    assert (await visitor.entry(lambda entry: entry["seq"] == 42))["text"].startswith("39 ")


async def test_the_bot_is_there_again_although_nobody_waits_for_it(hub: RunningHub, bot: BotServer) -> None:
    agent, visitor = await hub.agent(), await hub.visitor()
    bot.failures = [failing("actions_unavailable")] * 1000
    await visitor.say("Hello")
    await visitor.wait("state", lambda state: not state["bot_online"])
    await agent.accept(visitor.conversation_id)
    bot.failures.clear()
    await visitor.wait("state", lambda state: state["holder"] == "agent" and state["bot_online"])


@pytest.mark.parametrize("jump", [timedelta(hours=1, seconds=1), -timedelta(hours=1)])
async def test_a_clock_that_jumps_while_a_line_waits_changes_nothing(
    new_hub: StartHub, bot: BotServer, monkeypatch: pytest.MonkeyPatch, jump: timedelta
) -> None:
    hub = await new_hub(tuning=quick(away_seconds=0.5))
    visitor = await hub.visitor()
    bot.go.clear()
    await visitor.say("Hello?")
    await bot.wait_turns(1)
    monkeypatch.setattr("leads.clock.now", lambda: datetime.now(UTC) + jump)
    await visitor.notice("bot_away")
    bot.go.set()
    await visitor.hears("You said: Hello?")


async def test_a_line_that_hangs_does_not_take_the_bot_from_others(new_hub: StartHub, bot: BotServer) -> None:
    async def hang(turn: Json) -> None:
        if turn.get("text") == "poison":
            await asyncio.Event().wait()

    bot.before = hang
    hub = await new_hub(turn_timeout=1.5, tuning=quick(breaker_rest=3600, away_seconds=60))
    poison, other = await hub.visitor(), await hub.visitor()
    await poison.say("poison")
    number = 0
    while not poison.got("entry") or not any(entry["data"].get("code") == "bot_failed" for entry in poison.entries()):
        number += 1
        await other.say(f"line {number}")
        await other.hears(f"You said: line {number}")
    assert not any(entry["kind"] == "notice" for entry in other.entries())


async def test_nothing_said_five_times_holds_turns_back(new_hub: StartHub, bot: BotServer) -> None:
    bot.script = lambda turn: answer(turn, [])
    hub = await new_hub(tuning=quick(breaker_failures=3, breaker_rest=3600, away_seconds=0.3))
    visitor, other = await hub.visitor(), await hub.visitor()
    for number in range(3):
        await visitor.say(f"line {number}")
        await given_up(hub, number + 1)
    await other.say("and now?")
    await other.notice("bot_away")
    assert len(bot.turns) == 3
