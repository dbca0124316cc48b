"""No lead waits for a bot that cannot read: the hub reads in its place, says so, and a late bot changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import select, text

from leads.models import Answer, Turn
from leads.questions import Questions
from leads.reading import read_answer
from leads.state import NewAnswer
from tests.webhook.bot_server import BotServer, Json
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick

SOON = quick(unread_seconds=0.2, away_seconds=0.4)
LINE = "We have 40k EUR a year"


async def test_a_message_that_waits_for_the_bot_is_read_and_rings(new_hub: StartHub, bot: BotServer) -> None:
    await bot.stop()
    hub = await new_hub(tuning=SOON)
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say(LINE)
    ring = await agent.wait("ring")
    assert ring["summary"]["lead"]["tier"] == "hot"
    opened = await agent.open(visitor.conversation_id)
    budget = next(answer for answer in opened["lead"]["answers"] if answer["slot"] == "budget")
    assert (budget["status"], budget["said"], budget["read_by"]) == ("known", "40k EUR a year", "hub")


async def test_a_bot_that_reads_it_later_doubles_nothing(new_hub: StartHub, bot: BotServer) -> None:
    await bot.stop()
    hub = await new_hub(tuning=SOON)
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say(LINE)
    await agent.wait("ring")
    bot.before = _action(hub)
    await bot.start()
    await visitor.hears(f"You said: {LINE}")
    async with hub.database.read() as session:
        answers = list(await session.scalars(select(Answer)))
    assert [(answer.slot, answer.read_by) for answer in answers] == [("budget", "hub")]


async def test_what_could_not_be_read_at_once_is_read_when_the_database_takes_it(
    new_hub: StartHub, bot: BotServer, caplog: pytest.LogCaptureFixture
) -> None:
    hub = await new_hub(tuning=SOON)
    agent, visitor = await hub.agent(), await hub.visitor()
    async with hub.database.write() as session:
        await session.execute(
            text("CREATE TRIGGER refuse BEFORE INSERT ON answers BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
        )
    bot.failures = [(500, {})] * 3
    await visitor.say(LINE)
    await visitor.entry(lambda entry: entry["kind"] == "notice")  # failed, or away if that took longer
    async with hub.database.write() as session:
        await session.execute(text("DROP TRIGGER refuse"))
        await session.execute(text("UPDATE turns SET read_at = NULL"))  # as a crash between the two leaves it
    await agent.wait("ring")
    assert LINE not in caplog.text


async def test_what_the_bot_has_read_is_not_read_again(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(tuning=SOON)
    bot.before = _action(hub)
    visitor = await hub.visitor()
    await visitor.say(LINE)
    await visitor.hears(f"You said: {LINE}")
    async with hub.database.read() as session:
        assert list(await session.scalars(select(Turn.id).where(Turn.read_at.is_(None)))) == []
        assert list(await session.scalars(select(Answer.read_by))) == ["reader"]


async def test_being_told_that_the_bot_is_away_is_tried_again(new_hub: StartHub, bot: BotServer) -> None:
    bot.go.clear()
    hub = await new_hub(tuning=quick(away_seconds=0.2, tell_again_seconds=0.05))
    visitor = await hub.visitor()
    async with hub.database.write() as session:
        await session.execute(
            text("CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.kind = 'notice' BEGIN SELECT RAISE(ABORT, 'refused'); END")
        )
    await visitor.say("Hello?")
    await bot.wait_turns(1)
    await visitor.wait("typing", lambda typing: typing["on"])
    async with hub.database.write() as session:
        await session.execute(text("DROP TRIGGER refuse"))
    await visitor.notice("bot_away")


def _action(hub: RunningHub) -> Callable[[Json], Awaitable[None]]:
    """Stores the answer under the id of the turn, as the action server does."""

    async def keep(turn: Json) -> None:
        questions: Questions = hub.questions
        answer = NewAnswer("budget", "known", turn["text"], read_answer(turn["text"], questions["budget"]))
        await hub.leads.record(turn["conversation_id"], source=turn["turn_id"], seq=turn["seq"], read_by="reader", answers=[answer])

    return keep
