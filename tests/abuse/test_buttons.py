"""A6: buttons work once, in the conversation they were shown in, and cannot be made up."""

from __future__ import annotations

import asyncio
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import func, select

from leads.models import Choice, Entry
from tests.faults.results import NewScenario, Scale
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import Visitor, new_id
from tests.webhook.hub import RunningHub

Json = dict[str, Any]


async def choose(tab: Visitor, choice_id: Any, client_msg_id: str = "") -> Json:
    return await tab.call("choose", {"client_msg_id": client_msg_id or new_id(), "choice_id": choice_id})


async def used(hub: RunningHub) -> int:
    """Choices that stand in the log."""
    async with hub.database.read() as session:
        return await session.scalar(select(func.count()).where(Entry.kind == "choice")) or 0


async def test_a6_buttons_are_used_once_by_whom_they_were_shown_to(
    hub: RunningHub, bot: BotServer, scenario: NewScenario, scale: Scale
) -> None:
    pairs, forged = scale.of(50, 5), scale.of(1000, 40)
    with scenario(
        "A6",
        "A button works once, in its own conversation, and cannot be made up",
        f"buttons of {pairs} greetings used by another visitor, then by their own twelve times at once, then again and after their "
        f"neighbour; {forged} made-up ids, payloads and values of other types",
        "0 uses by others, of spent ones or of made-up ones; each used exactly once; the bot is told what the hub kept",
    ) as it:
        foreign = spent = made_up = 0
        for _ in range(pairs):
            mine, other = await hub.visitor(), await hub.visitor()
            entries = (await mine.call("sync", {"last_seq": 0}))["entries"]
            first, second = [choice["id"] for choice in entries[0]["choices"]][:2]
            foreign += (await choose(other, first))["ok"]
            before = await used(hub)
            answers = await asyncio.gather(*(choose(mine, first) for _ in range(12)))
            assert sum(answer["ok"] for answer in answers) == 1, answers
            spent += await used(hub) - before - 1
            spent += (await choose(mine, second))["ok"]  # its neighbour under the same line
            other_id = new_id()
            spent += (await choose(mine, first, other_id))["ok"]
            for client in (mine, other):
                await client.close()
        guesses: list[Any] = ["/restart", "/affirm", "' OR 1=1", "", "x" * 65, None, 0, True, [first], {"id": first}, "0", first.upper()]
        guesses += [token_urlsafe(16) for _ in range(forged)]
        for number, guess in enumerate(guesses):
            if number % 200 == 0:
                tab = await hub.visitor()
            answer = await choose(tab, guess)
            made_up += answer["ok"] or answer["error"]["code"] not in ("choice_spent", "invalid")
        it.must("used by others", foreign)
        it.must("used again", spent)
        it.must("made-up ones used", made_up)
        it.tell("tried", pairs * 15 + len(guesses))
        async with hub.database.read() as session:
            kept = {payload for payload in await session.scalars(select(Choice.payload))}
        await bot.wait_turns(pairs)
        told = [turn for turn in bot.turns if "choice" in turn]
        it.must("payloads at the bot that the hub did not issue", sum(turn["choice"]["payload"] not in kept for turn in told))
        it.must("turns beyond one for each use", abs(len(told) - pairs))
