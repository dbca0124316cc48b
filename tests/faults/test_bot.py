"""R8, R9, R10, R13: the bot is away, hangs, says nothing, is slow. The bot here is the misbehaving one of the hub's tests."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.faults.conftest import NewScenario, Scale
from tests.faults.figures import judged, p95
from tests.faults.visitors import FakeVisitor
from tests.faults.world import World
from tests.webhook.bot_server import answer, echo

pytestmark = pytest.mark.timeout(900)


@pytest.mark.full
async def test_r8_the_bot_is_stopped(shared: World, scenario: NewScenario, scale: Scale) -> None:
    visitors, agents, rate, away = scale.of(200, 6), scale.of(10, 1), scale.of(20, 4), scale.of(120.0, 3.0)
    with scenario(
        "R8",
        "While the bot is away visitors are told, and nothing is lost",
        f"the bot is stopped for {away:g} s under load, {visitors} visitors, {agents} agents, {rate} lines a second",
        "told within 12 s; 0 lost; answered again within 15 s of the start",
    ) as it:
        await shared.crowd(visitors)
        await shared.staff(agents, each=2)
        talking = asyncio.create_task(shared.talk(10_000, rate))
        await asyncio.sleep(1)
        await shared.bot.stop()
        stopped = time.monotonic()
        await asyncio.sleep(away)  # the fault
        await shared.bot.start()
        started = time.monotonic()
        await shared.bot_is(True)
        talking.cancel()
        await shared.settle()
        await judged(shared, it)
        told = [_told_after(tab, stopped) for tab in shared.visitors if _waited(tab, stopped, started)]
        it.must("waited 12 s without a word", sum(one is None for one in told))
        if told:
            it.time("told after p95", p95([one for one in told if one is not None]), 12.0)
        replies = [one.at for tab in shared.visitors for one in tab.log.shown if one.author == "bot" and one.at > started]
        it.time("first answer after the start", min(replies, default=started + 999) - started, 15.0)


def _waited(tab: Any, stopped: float, started: float) -> bool:
    """Whether the visitor wrote to the bot so early in the outage that somebody must have said something."""
    return any(stopped < tab.written[one] < started - 12.5 for one in tab.log.acked) and tab.state.get("holder") == "bot"


def _told_after(tab: Any, stopped: float) -> float | None:
    first = min(tab.written[one] for one in tab.log.acked if tab.written[one] > stopped)
    notice = next((one.at for one in tab.shown("bot_away") if one.at > stopped), None)
    return None if notice is None else notice - first


@pytest.mark.full
@pytest.mark.alone
async def test_r9_the_bot_hangs(shared: World, scenario: NewScenario, scale: Scale) -> None:
    visitors, agents, rate, hangs = scale.of(200, 10), scale.of(10, 2), scale.of(20, 4), scale.of(60.0, 3.0)
    with scenario(
        "R9",
        "A bot that hangs delays nobody but those who wait for it",
        f"the bot takes turns but answers none for {hangs:g} s, {visitors} visitors, {agents} agents, {rate} lines a second",
        "told within 12 s; acknowledgements and people's replies as fast as before (p95 +10 %); 0 lost",
    ) as it:
        await shared.crowd(visitors)
        await shared.staff(agents, each=4)
        begun = time.monotonic()
        talking = asyncio.create_task(shared.talk(10_000, rate))
        await asyncio.sleep(scale.of(20.0, hangs))
        shared.bot.go.clear()
        hung = time.monotonic()
        await asyncio.sleep(hangs)  # the fault
        over = time.monotonic()
        shared.bot.go.set()
        talking.cancel()
        await shared.settle()
        await judged(shared, it)
        told = [_told_after(tab, hung) for tab in shared.visitors if _waited(tab, hung, over)]
        it.must("waited 12.5 s without a word", sum(one is None for one in told))
        if told:
            it.time("told after p95", p95([one for one in told if one is not None]), 12.0)
        before, during = p95(_person_seconds(shared, begun, hung)), p95(_person_seconds(shared, hung, over))
        it.tell("people's replies p95 before", before * 1000, "ms")
        it.time("during", during * 1000, before * 1100, "ms")


def _person_seconds(world: World, since: float, until: float) -> list[float]:
    """How long agents' replies took, from the visitor's line to the reply on the visitor's screen."""
    found = []
    for tab in world.visitors:
        wrote = {one.text: tab.written[one.client_msg_id] for one in tab.log.shown if one.client_msg_id in tab.written}
        for one in tab.log.shown:
            written = wrote.get(one.text.removeprefix("Re: "))
            if one.author == "agent" and written is not None and since < written < until:
                found.append(one.at - written)
    return found


def _told_that_it_failed(tab: FakeVisitor) -> int:
    return len(tab.shown("bot_failed")) + len(tab.shown("bot_away"))


@pytest.mark.full
async def test_r10_the_bot_says_nothing(shared: World, scenario: NewScenario, scale: Scale) -> None:
    visitors = scale.of(200, 10)
    with scenario(
        "R10",
        "An empty answer is a failure, not an answer",
        f"the bot answers 200 with an empty list to {visitors} visitors",
        "each is told; 0 turns left as served",
    ) as it:
        shared.bot.script = lambda turn: answer(turn, [])
        tabs = await shared.crowd(visitors)
        for tab in tabs:
            shared.speak(tab)
        # after five empty answers it is left alone for a while: the others hear that it is away
        await asyncio.gather(*(tab.until(lambda one: bool(_told_that_it_failed(one)), 60) for tab in tabs))
        it.must("visitors who were not told just once", sum(_told_that_it_failed(tab) != 1 for tab in tabs))
        shared.bot.script = echo
        for tab in tabs:
            shared.speak(tab)
        await shared.settle()
        await judged(shared, it)
        it.must("not answered afterwards", sum(not tab.reply_seconds() for tab in tabs))


@pytest.mark.full
async def test_r13_a_slow_turn_while_more_is_said(shared: World, scenario: NewScenario, scale: Scale) -> None:
    visitors, slow = scale.of(12, 5), scale.of(5.0, 1.0)
    with scenario(
        "R13a",
        "One turn at a time, in the order in which it was said",
        f"turns of {slow:g} s while {visitors} visitors write three more lines each",
        "order kept; 1 turn at a time; 0 lost",
    ) as it:
        tabs = await shared.crowd(visitors)

        async def first_is_slow(turn: dict[str, Any]) -> None:
            if turn["text"].endswith("first"):
                await asyncio.sleep(slow)

        shared.bot.before = first_is_slow
        for tab in tabs:
            for number, text in enumerate(("first", "second", "third", "fourth")):
                tab.say(f"{tab.who} {number} {text}")
        await shared.settle()
        await judged(shared, it)
        mine = {cid for tab in tabs for cid in tab.conversations}
        orders = {cid: [turn["text"].split()[-1] for turn in shared.bot.turns if turn["conversation_id"] == cid] for cid in mine}
        it.must("turns in another order", sum(order != ["first", "second", "third", "fourth"] for order in orders.values()))
        it.must("turns at once", max(shared.bot.most_at_once.values()), 1)
        it.must("lines without an answer", sum(4 - len(tab.reply_seconds()) for tab in tabs))
