"""Who is rung and when it stops, also when reads fail, agents come late, hubs start anew, or there are several of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, select

from leads.clock import now
from leads.models import Conversation, Handoff, HubProcess, Lease
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import AgentClient, Visitor
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from tests.webhook.test_handoff import asks_for_person, in_chat

LONG = {"ring_seconds": 600, "tuning": quick(nobody_seconds=600)}


async def calls(hub: RunningHub, bot: BotServer, text: str = "A person, please") -> Visitor:
    """A visitor for whom it rings."""
    visitor = await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say(text)
    await visitor.holder("human")
    bot.before = None
    return visitor


async def busy(hub: RunningHub, email: str) -> AgentClient:
    """An agent who holds a chat."""
    agent, visitor = await hub.agent(email), await hub.visitor()
    await visitor.say("Hello")
    await agent.accept(visitor.conversation_id)
    return agent


def rings_for(visitor: Visitor) -> Any:
    return lambda data: data["summary"]["conversation_id"] == visitor.conversation_id


async def test_the_free_ones_are_rung_first(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(**LONG)
    talks, free = await busy(hub, "mara@example.com"), await hub.agent("otto@example.com")
    visitor = await calls(hub, bot)
    await free.wait("ring", rings_for(visitor))
    second = await hub.agent("zoe@example.com")
    await second.wait("ring", rings_for(visitor))  # two looks later nobody else was rung
    assert talks.got("ring") == []


async def test_it_rings_wider_when_the_free_ones_do_not_come(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(ring_seconds=3, tuning=quick(nobody_seconds=600))
    talks, free = await busy(hub, "mara@example.com"), await hub.agent("otto@example.com")
    visitor = await calls(hub, bot)
    await free.wait("ring", rings_for(visitor))
    await talks.wait("ring", rings_for(visitor))
    assert free.got("ring_stop") == []  # wider, not elsewhere
    await free.wait("ring_stop", lambda data: data["reason"] == "missed")
    await talks.wait("ring_stop", lambda data: data["reason"] == "missed")


async def test_it_rings_at_everybody_at_once_when_nobody_is_free(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(**LONG)
    talks = await busy(hub, "mara@example.com")
    visitor = await calls(hub, bot)
    await talks.wait("ring", rings_for(visitor))


async def test_who_does_not_want_to_be_rung_any_more_is_left_in_peace(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(**LONG)
    quiet, other = await hub.agent("mara@example.com"), await hub.agent("otto@example.com")
    visitor = await calls(hub, bot)
    await quiet.wait("ring")
    await other.wait("ring")
    await quiet.ok("available", {"on": False})
    stopped = await quiet.wait("ring_stop")
    assert stopped == {"conversation_id": visitor.conversation_id, "reason": "cancelled", "by": None}
    await other.accept(visitor.conversation_id)
    await other.wait("ring_stop", lambda data: data["reason"] == "accepted")
    assert len(other.got("ring_stop")) == 1


async def test_every_browser_of_an_agent_rings_and_stops(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(**LONG)
    one, two = await hub.agent(), await hub.agent()
    visitor = await calls(hub, bot)
    for browser in (one, two):
        await browser.wait("ring", rings_for(visitor))
    second = await calls(hub, bot)
    for browser in (one, two):
        await browser.wait("ring", rings_for(second))  # at a later look
        assert len(browser.got("ring")) == 2  # each call once, not once per look
    await one.accept(visitor.conversation_id)
    for browser in (one, two):
        stopped = await browser.wait("ring_stop")
        assert (stopped["reason"], stopped["by"]["name"]) == ("accepted", "Mara")


async def test_whose_agent_was_lost_comes_first(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(ring_seconds=600, agent_grace=0.4, tuning=quick(nobody_seconds=600))
    first = await calls(hub, bot)
    agent, visitor, _state = await in_chat(hub)
    await agent.close()
    await visitor.holder("agent_lost")
    late = await hub.agent("otto@example.com")
    await late.wait("ring", rings_for(first))
    rung = [data["summary"]["conversation_id"] for data in late.got("ring")]
    assert rung == [visitor.conversation_id, first.conversation_id]


async def test_a_failed_read_is_made_good(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(**LONG)
    agent = await hub.agent()
    broken = True

    def fail(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if broken and statement.lstrip().startswith("SELECT") and "FROM handoffs" in statement:
            raise OSError("the disk is gone")

    event.listen(hub.database.engine.sync_engine, "before_cursor_execute", fail)
    visitor = await hub.visitor()
    async with hub.database.write() as session:
        conversation = await session.get(Conversation, visitor.conversation_id)
        assert conversation is not None
        conversation.started_at, conversation.holder, conversation.epoch = now(), "queue", 1
        session.add(Handoff(conversation_id=visitor.conversation_id, reason="human", state="ringing", requested_at=now(), rang_at=now()))
    await agent.ok("available", {"on": True})
    assert agent.got("ring") == []
    broken = False
    await agent.wait("ring", rings_for(visitor))


async def test_agents_of_another_hub_are_rung_and_told_who_took_it(new_hub: StartHub, bot: BotServer) -> None:
    one = await new_hub(hub_name="one", **LONG)
    two = await new_hub(hub_name="two", **LONG)
    far, near = await two.agent("otto@example.com"), await one.agent("mara@example.com")
    await near.wait("agents", lambda data: [agent["name"] for agent in data["agents"]] == ["Mara", "Otto"])
    visitor = await calls(one, bot)
    await far.wait("ring", rings_for(visitor))
    await far.accept(visitor.conversation_id)
    stopped = await near.wait("ring_stop")
    assert (stopped["reason"], stopped["by"]["name"]) == ("accepted", "Otto")
    await far.ok("available", {"on": False})
    await near.wait("agents", lambda data: [agent["available"] for agent in data["agents"]] == [True, False])


async def test_an_agent_at_another_hub_is_somebody_to_wait_for(new_hub: StartHub, bot: BotServer) -> None:
    """Nobody at this hub, but the visitor is not told that nobody is there."""
    one = await new_hub(hub_name="one", ring_seconds=600)
    two = await new_hub(hub_name="two", ring_seconds=600)
    far = await two.agent("otto@example.com")
    visitor = await calls(one, bot)
    await far.wait("ring", rings_for(visitor))
    await far.close()
    await visitor.notice("queue_missed")  # now there is nobody any more
    assert [entry["data"]["reason"] for entry in visitor.entries() if entry["kind"] == "holder"] == ["human", "missed"]


async def test_an_agent_who_moves_to_another_hub_keeps_the_chat(new_hub: StartHub) -> None:
    alive = quick(dead_seconds=60)  # both, however busy the machine is
    one = await new_hub(hub_name="one", agent_grace=1.0, tuning=alive)
    two = await new_hub(hub_name="two", agent_grace=1.0, tuning=alive)
    agent, visitor, state = await in_chat(one)
    again = await two.agent()
    await agent.close()
    other, guest, _held = await _chat_with(one, "otto@example.com")
    await other.close()
    await guest.holder("agent_lost")  # the grace of both has passed
    assert (await again.reply(state, "Still here", 99))["ok"]
    await visitor.hears("Still here", author="agent")


async def _chat_with(hub: RunningHub, email: str) -> tuple[AgentClient, Visitor, Any]:
    agent, visitor = await hub.agent(email), await hub.visitor()
    await visitor.say("Hello")
    return agent, visitor, await agent.accept(visitor.conversation_id)


async def test_when_the_hub_with_the_agent_dies_another_calls_somebody_else(new_hub: StartHub, bot: BotServer) -> None:
    one = await new_hub(hub_name="one", agent_grace=0.5)
    two = await new_hub(hub_name="two", agent_grace=0.5)
    _agent, visitor, _state = await in_chat(two)
    watches = await one.visitor(token=visitor.token)
    await two.stop_serving()
    lost = await watches.holder("agent_lost")
    assert "Mara" in lost["text"]


async def test_when_the_hub_that_watches_deadlines_dies_another_one_goes_on(new_hub: StartHub, bot: BotServer) -> None:
    """The first hub has the job; it ends without giving it back, as one that is killed does."""
    one = await new_hub(hub_name="one", ring_seconds=1.0, tuning=quick(nobody_seconds=600))
    first = await calls(one, bot)
    await first.notice("queue_missed")
    two = await new_hub(hub_name="two", ring_seconds=1.0, tuning=quick(nobody_seconds=600))
    async with one.database.read() as session:
        assert await session.scalar(select(Lease.holder).where(Lease.name == "handoffs")) == "one"
    await one.stop_serving()
    async with two.database.write() as session:  # as if it had not said goodbye
        session.add_all([Lease(name="handoffs", holder="one"), HubProcess(name="one", instance="killed", beats=99, started_at=now())])
    second = await calls(two, bot)  # rung after the death of the first, so that only the second can end it
    await second.notice("queue_missed")
    async with two.database.read() as session:
        assert await session.scalar(select(Lease.holder).where(Lease.name == "handoffs")) == "two"
