"""Many agents reach for the same chat at the same moment: run once per round, judged and timed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.webhook.bot_server import Json
from tests.webhook.clients import AgentClient


@dataclass
class Races:
    """What came of all rounds; ``told`` holds the seconds after which each loser knew who was faster."""

    winners: list[str] = field(default_factory=list)
    told: list[float] = field(default_factory=list)

    def p95_told(self) -> float:
        """Seconds."""
        return sorted(self.told)[int(len(self.told) * 0.95)] if self.told else 0.0


async def race(browsers: Sequence[AgentClient], conversation_id: str, races: Races) -> tuple[AgentClient, Json]:
    """One round, each browser of another agent; gives the winner and the state it was given. Fails unless exactly one wins."""

    async def reach(browser: AgentClient) -> tuple[Json, float]:
        begun = time.perf_counter()
        return await browser.call("accept", {"conversation_id": conversation_id}), time.perf_counter() - begun

    answers = await asyncio.gather(*(reach(browser) for browser in browsers))
    won = [(browser, ack["state"]) for browser, (ack, _seconds) in zip(browsers, answers, strict=True) if ack["ok"]]
    assert len(won) == 1, f"{len(won)} of {len(browsers)} have the chat"
    winner, state = won[0]
    me = winner.joined["me"]
    assert (state["holder"], state["agent"]) == ("agent", {"id": me["id"], "name": me["name"]})
    for ack, seconds in answers:
        if not ack["ok"]:
            assert (ack["error"]["code"], ack["error"]["data"]["agent"]) == ("taken", state["agent"])
            races.told.append(seconds)
    races.winners.append(me["id"])
    return winner, state


async def run_races(browsers: Sequence[AgentClient], conversation_id: str, rounds: int) -> Races:
    """Round after round on one chat, which every winner gives back; the epoch counts each step."""
    races, epoch = Races(), -1
    for _ in range(rounds):
        winner, state = await race(browsers, conversation_id, races)
        assert epoch in (-1, state["epoch"] - 1), "a step was lost or done twice"
        back = await winner.ok("hand_back", {"conversation_id": conversation_id, "epoch": state["epoch"]})
        epoch = back["state"]["epoch"]
    return races
