"""Several bots: a conversation stays with one as long as that is there; losing or adding one loses nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence

import pytest

from tests.waiting import PATIENCE
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import Visitor, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.bots import preference

SENDERS = [new_id() for _ in range(3000)]


@pytest.fixture
async def fleet() -> AsyncIterator[list[BotServer]]:
    bots = [await BotServer().start() for _ in range(3)]
    yield bots
    for bot in bots:
        await bot.stop()


@pytest.fixture
async def hub(new_hub: StartHub, fleet: list[BotServer]) -> RunningHub:
    return await new_hub(bot_url=",".join(bot.url for bot in fleet))


def test_losing_a_bot_moves_only_what_it_had() -> None:
    before = {sender: preference(["a", "b", "c"], sender) for sender in SENDERS}
    for sender, order in before.items():
        assert preference(["c", "a"], sender) == [address for address in order if address != "b"]
    shares = Counter(order[0] for order in before.values())
    assert all(850 < share < 1150 for share in shares.values()), shares


def test_adding_a_bot_takes_from_each_only_what_it_gets() -> None:
    moved = [sender for sender in SENDERS if preference(["a", "b"], sender)[0] != preference(["a", "b", "c"], sender)[0]]
    assert all(preference(["a", "b", "c"], sender)[0] == "c" for sender in moved)
    assert 850 < len(moved) < 1150


async def test_a_conversation_stays_with_its_bot(hub: RunningHub, fleet: list[BotServer]) -> None:
    visitors = [await hub.visitor() for _ in range(12)]
    for number in range(3):
        await asyncio.gather(*(_talk(visitor, f"line {number}") for visitor in visitors))
    homes = _homes(fleet)
    assert all(len(bots) == 1 for bots in homes.values())
    assert sum(len(bot.turns) for bot in fleet) == 36


async def test_a_bot_that_dies_loses_nothing_and_gets_its_conversations_back(hub: RunningHub, fleet: list[BotServer]) -> None:
    visitors = [await hub.visitor() for _ in range(12)]
    await asyncio.gather(*(_talk(visitor, "before") for visitor in visitors))
    homes = _homes(fleet)
    lost = max(fleet, key=lambda bot: len(bot.turns))
    await lost.stop()
    await asyncio.gather(*(_talk(visitor, "meanwhile") for visitor in visitors))
    assert all(not visitor.got("notice") for visitor in visitors)
    for sender, bots in _homes(fleet, "meanwhile").items():
        assert bots.isdisjoint({fleet.index(lost)})
        assert homes[sender] == bots or homes[sender] == {fleet.index(lost)}
    await lost.start()
    await _until_back(hub, visitors, lost)
    await asyncio.gather(*(_talk(visitor, "after") for visitor in visitors))
    assert _homes(fleet, "after") == homes
    for visitor in visitors:
        heard = [entry["text"] for entry in visitor.entries() if entry["author"] == "bot"]
        assert len(heard) == len(set(heard))


async def test_a_bot_that_hangs_holds_back_nobody_else(new_hub: StartHub, fleet: list[BotServer]) -> None:
    hub = await new_hub(bot_url=",".join(bot.url for bot in fleet), turn_timeout=0.5, tuning=quick(parallel_turns=2))
    visitors = [await hub.visitor() for _ in range(12)]
    await asyncio.gather(*(_talk(visitor, "before") for visitor in visitors))
    fleet[0].go.clear()
    await asyncio.gather(*(_talk(visitor, "still there?") for visitor in visitors))
    assert all(entry["kind"] != "notice" for visitor in visitors for entry in visitor.entries())


async def _talk(visitor: Visitor, text: str) -> None:
    await visitor.say(text)
    await visitor.hears(f"You said: {text}")


async def _until_back(hub: RunningHub, visitors: Sequence[Visitor], bot: BotServer) -> None:
    """Talk until the bot is used again."""
    seen, number = len(bot.turns), 0
    async with asyncio.timeout(PATIENCE):
        while len(bot.turns) == seen:
            number += 1
            await asyncio.gather(*(_talk(visitor, f"again {number}") for visitor in visitors))


def _homes(fleet: Sequence[BotServer], text: str | None = None) -> dict[str, set[int]]:
    """Which bots served a sender."""
    homes: dict[str, set[int]] = {}
    for place, bot in enumerate(fleet):
        for turn in bot.turns:
            if turn["turn_id"] in bot.served and text in (None, turn.get("text")):
                homes.setdefault(turn["sender_id"], set()).add(place)
    return homes
