"""R21, R22, R23: agents vanish, race for the same chat, and send after they have lost it."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest

from tests.faults.agents import FakeAgent
from tests.faults.conftest import NewScenario, Scale
from tests.faults.figures import judged, p95
from tests.faults.line import Json, Lost
from tests.faults.visitors import FakeVisitor
from tests.faults.world import World
from tests.webhook.clients import new_id

pytestmark = pytest.mark.timeout(900)


@pytest.mark.full
async def test_r21_the_agents_connection_is_lost(shared: World, scenario: NewScenario, scale: Scale) -> None:
    grace, back = scale.of(60, 3), scale.of(30.0, 1.0)
    with scenario(
        "R21",
        "A chat whose agent is gone goes to somebody else",
        f"two agents lose their connection in the middle of a chat, one comes back after {back:g} s, the other never (grace {grace} s)",
        f"the same agent after {back:g} s; otherwise called again after {grace} to {grace + 15} s, the visitor told; 0 lost",
    ) as it:
        if scale.full:
            await shared.hubs.pop().stop()
            await shared.start_hub(agent_grace=grace)
        await shared.old_enough(11)
        stays, loses = await shared.crowd(2, [shared.hub.url])
        returning, gone = await shared.agent(1), await shared.agent(2)
        for tab, agent in ((stays, returning), (loses, gone)):
            await shared.first_word(tab)
            await agent.take(tab.log.conversation_id)
        lost_at = time.monotonic()
        for agent in (returning, gone):
            agent.drop(for_good=True)
        said = [shared.speak(tab) for tab in (stays, loses)]
        await asyncio.sleep(back)  # the fault
        returning.stays_away = False
        await loses.until(lambda tab: bool(tab.shown("agent_lost")), grace + 60)
        told = loses.shown("agent_lost")[0].at - lost_at
        await returning.until(lambda agent: agent.line is not None, 60)
        desk = returning.desks[stays.log.conversation_id]
        await stays.until(lambda tab: any(one.author == "agent" and one.seq > tab.log.acked[said[0]] for one in tab.log.shown), 60)
        it.must("chats taken from the agent who came back", int(desk.state["holder"] != "agent" or bool(stays.shown("agent_lost"))))
        it.must("called again too early", int(told < grace - 1))
        it.time("called again after", told, grace + 15.0)
        helper = await shared.agent(3)
        await helper.take(loses.log.conversation_id)
        await loses.until(lambda tab: any(one.author == "agent" and one.seq > tab.log.acked[said[1]] for one in tab.log.shown))
        shared.agents.remove(gone)
        await gone.stop()
        await shared.settle()
        await judged(shared, it)


@pytest.mark.alone
async def test_r22_many_agents_accept_at_once(shared: World, scenario: NewScenario, scale: Scale) -> None:
    count, rounds = scale.of(50, 8), scale.of(1_000, 8)
    with scenario(
        "R22",
        "Exactly one agent gets a chat",
        f"{count} agents accept the same chat at once, {rounds} rounds",
        "exactly 1 winner each; losers told p95 300 ms",
    ) as it:
        tab = (await shared.crowd(1))[0]
        await shared.first_word(tab)
        agents = await asyncio.gather(*(shared.agent(100 + number) for number in range(count)))
        cid, wrong, told, fails = tab.log.conversation_id, 0, list[float](), 0
        for _ in range(rounds):
            answers = await asyncio.gather(*(_try(agent, cid) for agent in agents))
            winners = [(agent, answer) for agent, (answer, _) in zip(agents, answers, strict=True) if answer["ok"]]
            wrong += len(winners) != 1
            fails += sum(not answer["ok"] and answer["error"]["code"] != "taken" for answer, _ in answers)
            told += [seconds for answer, seconds in answers if not answer["ok"]]
            for agent, answer in winners:
                await agent.call("hand_back", {"conversation_id": cid, "epoch": answer["state"]["epoch"]})
        it.must("rounds without exactly one winner", wrong)
        it.must("other errors", fails)
        it.time("losers told p95", p95(told) * 1000, 300.0, "ms")
        it.tell("races", rounds)


async def _try(agent: FakeAgent, conversation_id: str) -> tuple[Json, float]:
    begun = time.monotonic()
    answer = await agent.call("accept", {"conversation_id": conversation_id}, 30)
    return answer, time.monotonic() - begun


async def test_r23_who_has_lost_a_chat_cannot_write_into_it(shared: World, scenario: NewScenario, scale: Scale) -> None:
    rounds = scale.of(200, 10)
    with scenario(
        "R23",
        "Who has lost a chat cannot write into it",
        f"{rounds} times an agent sends under the epoch before the takeover, also after getting the chat again, also both at once",
        "refused 100 %",
    ) as it:
        tab: FakeVisitor = (await shared.crowd(1))[0]
        await shared.first_word(tab)
        old, new = await shared.agent(23), await shared.agent(24)
        old.answers_visitors = new.answers_visitors = False
        cid, accepted = tab.log.conversation_id, 0
        for number in range(rounds):
            first = await _accept(old, cid)
            await old.call("hand_back", {"conversation_id": cid, "epoch": first["epoch"]})
            taken, raced = await asyncio.gather(_accept(new, cid), _reply(old, cid, first["epoch"], f"race {number}"))
            accepted += raced + await _reply(old, cid, first["epoch"], f"late {number}")
            await new.call("hand_back", {"conversation_id": cid, "epoch": taken["epoch"]})
            again = await _accept(old, cid)
            accepted += await _reply(old, cid, first["epoch"], f"old epoch {number}")
            await old.call("hand_back", {"conversation_id": cid, "epoch": again["epoch"]})
        it.must("accepted although the chat was lost", accepted)
        await shared.settle()
        written = [one for one in tab.log.shown if one.text.startswith(("race ", "late ", "old epoch "))]
        it.must("shown to the visitor", len(written))
        await judged(shared, it)
        it.tell("attempts", rounds * 3)


async def _accept(agent: FakeAgent, conversation_id: str) -> dict[str, int]:
    answer = await agent.call("accept", {"conversation_id": conversation_id})
    assert answer["ok"], answer
    state: dict[str, int] = answer["state"]
    return state


async def _reply(agent: FakeAgent, conversation_id: str, epoch: int, text: str) -> int:
    """1 when the hub took it."""
    with suppress(Lost):
        held = {"conversation_id": conversation_id, "client_msg_id": new_id(), "epoch": epoch, "seen_seq": 10**6}
        answer = await agent.call("reply", {**held, "text": text})
        assert answer["ok"] or answer["error"]["code"] == "not_holder", answer
        return int(answer["ok"])
    return 0
