"""R8, R11, R12, R13 with the real bot: Rasa and its action server are killed, frozen and started again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from leads.models import Answer, Lead, Turn
from tests.bot.processes import ROOT, TOKEN
from tests.faults.conftest import NewScenario
from tests.faults.figures import judged
from tests.faults.rasa import RealBot
from tests.faults.visitors import FakeVisitor
from tests.faults.world import World

pytestmark = [pytest.mark.timeout(900), pytest.mark.full]
INTRODUCTION = "We have about 40k euros a year for this and are 120 people"


@pytest.fixture
async def real(world: World, tmp_path: Path) -> AsyncIterator[RealBot]:
    """The real bot and a hub that speaks to it."""
    bot = RealBot(tmp_path, world.database_url)
    try:
        await bot.start()
        await world.start_hub(bot_url=bot.url, bot_token=TOKEN, bot_files=ROOT)
        await world.bot_is(True)
        yield bot
    finally:
        await bot.stop()


async def answers(world: World, tab: FakeVisitor) -> dict[str, list[str]]:
    """What is stored about the visitor: slot → by whom it was read, one for each row."""
    async with world.database.read() as session:
        query = select(Answer.slot, Answer.read_by).join(Lead).where(Lead.conversation_id == tab.log.conversation_id)
        found: dict[str, list[str]] = {}
        for slot, read_by in await session.execute(query):
            found.setdefault(slot, []).append(read_by)
        return found


def replies(tab: FakeVisitor, after: int) -> list[str]:
    """What the bot said after an entry."""
    return [one.text for one in tab.log.shown if one.author == "bot" and one.seq > after]


async def test_r8_rasa_is_killed(world: World, real: RealBot, scenario: NewScenario) -> None:
    with scenario(
        "R8b",
        "The real bot is killed and comes back",
        "Rasa is killed while 10 visitors write, and started again 30 s later",
        "told within 12 s; answered within 15 s after Rasa is ready; 0 lost",
    ) as it:
        tabs = await world.crowd(10)
        await real.kill(real.rasa)
        for tab in tabs:
            tab.say(INTRODUCTION)
        said = time.monotonic()
        await asyncio.gather(*(tab.until(lambda one: bool(one.shown("bot_away")), 60) for tab in tabs))
        told = max(tab.shown("bot_away")[0].at for tab in tabs) - said
        await asyncio.sleep(max(0.0, 30 - (time.monotonic() - said)))  # the fault
        await real.start_rasa_again()
        ready = time.monotonic()
        await asyncio.gather(*(tab.until(lambda one: bool(one.shown("bot_back")), 60) for tab in tabs))
        await world.settle()
        await judged(world, it)
        it.time("told after at most", told, 12.0)
        it.time("answered after Rasa was ready", max(tab.shown("bot_back")[0].at for tab in tabs) - ready, 15.0)
        it.must("leads missing", await _missing(world, tabs))


async def test_r11_rasa_is_killed_in_the_middle_of_a_turn(world: World, real: RealBot, scenario: NewScenario) -> None:
    rounds = 3
    with scenario(
        "R11",
        "A turn that is run again does nothing twice",
        f"Rasa is killed after the action stored the answers and before it replied, {rounds} times",
        "1 lead, each answer once, 1 visible reply",
    ) as it:
        doubled = leads = silent = 0
        for number in range(rounds):
            tab = (await world.crowd(1))[0]
            said = tab.say(INTRODUCTION)
            while not await answers(world, tab):
                await asyncio.sleep(0.002)
            await real.kill(real.rasa)
            await real.start_rasa_again()
            await _replied(tab, said, 90)
            await world.settle()
            stored = await answers(world, tab)
            doubled += sum(len(rows) - 1 for rows in stored.values())
            async with world.database.read() as session:
                mine = Lead.conversation_id == tab.log.conversation_id
                leads += (await session.scalar(select(func.count()).select_from(Lead).where(mine)) or 0) - 1
            heard = replies(tab, tab.log.acked[said])
            silent += not heard
            doubled += len(heard) - len(set(heard))
            it.tell(f"replies in round {number + 1}", len(heard))
        it.must("leads too many", leads)
        it.must("answers or replies twice", doubled)
        it.must("turns without a reply", silent)
        await judged(world, it)


async def test_r12_the_action_server_is_down(world: World, real: RealBot, scenario: NewScenario) -> None:
    with scenario(
        "R12",
        "No lead depends on the action server",
        "the action server is killed, 5 visitors say who they are, nobody starts it again",
        "the lead is there within 60 s, marked as read without the bot",
    ) as it:
        tabs = await world.crowd(5)
        for tab in tabs:
            await _answered(tab, "Hello, what does it cost?")
        await real.kill(real.actions)
        for tab in tabs:
            tab.say(INTRODUCTION)
        await asyncio.gather(*(tab.until(lambda one: not one.unsent) for tab in tabs))
        begun = time.monotonic()
        while await _missing(world, tabs) and time.monotonic() - begun < 90:
            await asyncio.sleep(0.1)
        took = time.monotonic() - begun
        stored = [await answers(world, tab) for tab in tabs]
        it.must("leads missing", await _missing(world, tabs))
        it.must("seconds until all were there", took, 60.0)
        it.must("not marked", sum("hub" not in rows for one in stored for rows in one.values()))
        await real.start_actions()
        await asyncio.gather(*(tab.until(lambda one: bool(one.shown("bot_back")), 60) for tab in tabs if tab.shown("bot_away")))
        await world.settle()
        await judged(world, it)
        final = [await answers(world, tab) for tab in tabs]
        it.must("answers twice after it came back", sum(len(rows) - 1 for one in final for rows in one.values()))


async def test_r13_an_action_hangs_for_longer_than_rasas_lock_lives(world: World, real: RealBot, scenario: NewScenario) -> None:
    hangs = 70.0
    with scenario(
        "R13",
        "One turn at a time, also past Rasa's own lock",
        f"the action server is frozen for {hangs:g} s (Rasa's lock lives 60 s) while three more lines are written",
        "order kept; 1 turn at a time; no answer lost",
    ) as it:
        tab = (await world.crowd(1))[0]
        await _answered(tab, "Hello, what does it cost?")
        real.freeze(real.actions)
        for text in (INTRODUCTION, "It is a software company", "We want to start within 3 months", "Not 120 people, 80"):
            tab.say(text)
        await asyncio.sleep(hangs)  # the fault
        real.thaw(real.actions)
        await tab.until(lambda one: not one.unsent and bool(one.shown("bot_back")), 90)
        await world.settle()
        await judged(world, it)
        stored = await answers(world, tab)
        it.must("answers lost", len({"budget", "company_size", "industry", "timeline"} - set(stored)))
        async with world.database.read() as session:
            newest = select(Answer.text).join(Lead).where(Lead.conversation_id == tab.log.conversation_id, Answer.slot == "company_size")
            size = await session.scalar(newest.order_by(Answer.id.desc()).limit(1))
            failed = await session.scalar(select(func.count()).select_from(Turn).where(Turn.state == "failed"))
        it.must("corrections lost", int("80" not in (size or "")), why=f"company size {size!r}")
        it.tell("turns given up", failed or 0)


async def _missing(world: World, tabs: list[FakeVisitor]) -> int:
    """Visitors whose introduction is not stored."""
    found = [await answers(world, tab) for tab in tabs]
    return sum(not {"budget", "company_size"} <= set(one) for one in found)


async def _answered(tab: FakeVisitor, text: str) -> None:
    """Say something and wait for the bot's reply."""
    await _replied(tab, tab.say(text), 60)


async def _replied(tab: FakeVisitor, said: str, seconds: float) -> None:
    await tab.until(lambda one: said in one.log.acked and bool(replies(one, one.log.acked[said])), seconds)
