"""Calling a person: ring, accept, miss, lose, give back, close, and all of it over a restart."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, update

from leads.clock import now
from leads.models import Agent, Entry, Handoff
from leads.reading import read_answer
from leads.store import NewAnswer
from tests.webhook.bot_server import BotServer, Json, replying
from tests.webhook.clients import AgentClient, Visitor, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from tests.webhook.races import run_races


def asks_for_person(hub: RunningHub, bot: BotServer) -> None:
    """The bot's actions ask for a person in the middle of the next turn."""

    async def ask(turn: Json) -> None:
        if "event" not in turn:
            await hub.leads.request_handoff(turn["conversation_id"], "human")

    bot.before = ask


async def in_chat(hub: RunningHub) -> tuple[AgentClient, Visitor, Json]:
    """An agent who has accepted a visitor's chat."""
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    await agent.open(visitor.conversation_id)
    return agent, visitor, await agent.accept(visitor.conversation_id)


async def test_a_call_rings_agents_tells_the_visitor_and_the_bot_still_answers(hub: RunningHub, bot: BotServer) -> None:
    agent, visitor = await hub.agent(), await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say("I want a person")
    ring = await agent.wait("ring")
    summary = ring["summary"]
    assert (summary["conversation_id"], summary["holder"], summary["epoch"]) == (visitor.conversation_id, "queue", 1)
    assert (summary["handoff"]["reason"], summary["handoff"]["state"], summary["visitor_online"]) == ("human", "ringing", True)
    assert summary["last_text"] == "You said: I want a person"
    called = await visitor.holder("human")
    assert called["text"] and called["data"] == {"holder": "queue", "epoch": 1, "reason": "human", "agent": None}
    assert (await visitor.wait("state", lambda state: state["holder"] == "queue"))["waiting"] is True
    bot.before = None
    await visitor.say("And what does it cost?")
    await visitor.hears("You said: And what does it cost?")


async def test_a_hot_lead_rings_with_its_score_and_reason(hub: RunningHub, bot: BotServer) -> None:
    agent, visitor = await hub.agent(), await hub.visitor()

    async def qualify(turn: Json) -> None:
        reading = read_answer("40k EUR a year", hub.questions["budget"])
        answers = [NewAnswer("budget", "known", "40k EUR a year", reading)]
        await hub.leads.record(turn["conversation_id"], source=turn["turn_id"], seq=turn["seq"], read_by="reader", answers=answers)

    bot.before = qualify
    await visitor.say("We have 40k a year")
    summary = (await agent.wait("ring"))["summary"]
    lead = summary["lead"]
    assert (lead["tier"], lead["score"]) == ("hot", 80) and "40k EUR a year" in lead["top_reason"]
    assert summary["handoff"]["reason"] == "hot"
    opened = await agent.open(visitor.conversation_id)
    assert opened["lead"]["receipt"]["entries"][0]["points"] == 80
    assert [entry["seq"] for entry in opened["entries"]] == list(range(1, opened["state"]["last_seq"] + 1))


async def test_accept_reply_type_hand_back(hub: RunningHub, bot: BotServer) -> None:
    agent, visitor, state = await in_chat(hub)
    assert (state["holder"], state["epoch"], state["agent"]["name"]) == ("agent", 1, "Mara")
    joined = await visitor.holder("accepted")
    assert joined["text"] == "Mara is here now."
    turns = len(bot.turns)

    await visitor.say("Are you real?")
    line = await agent.wait("entry", lambda data: data["entry"]["text"] == "Are you real?")
    await visitor.ok("typing", {"on": True})
    await agent.wait("typing", lambda data: data["who"] == "visitor" and data["on"])
    await agent.ok("typing", {"conversation_id": visitor.conversation_id, "on": True})
    await visitor.wait("typing", lambda data: data == {"who": "agent", "name": "Mara", "on": True})
    ack = await agent.reply(state, "Yes, I am.", line["entry"]["seq"])
    assert ack["ok"]
    heard = await visitor.hears("Yes, I am.", author="agent")
    assert (heard["name"], heard["seq"]) == ("Mara", ack["seq"])
    assert len(bot.turns) == turns  # a person holds it: the bot is not asked

    back = await agent.ok("hand_back", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    assert (back["state"]["holder"], back["state"]["epoch"]) == ("bot", 2)
    assert (await visitor.holder("handed_back"))["data"]["agent"]["name"] == "Mara"
    await visitor.hears("Now: resume")
    assert bot.turns[-1]["event"] == "resume"
    refused = await agent.reply(back["state"], "One more", 99)
    assert refused["error"]["code"] == "not_holder"


async def test_an_agent_does_not_talk_past_a_newer_line(hub: RunningHub) -> None:
    agent, visitor, state = await in_chat(hub)
    seen = state["last_seq"]
    await visitor.say("Wait, one more thing")
    refused = await agent.reply(state, "Here is the offer", seen)
    assert refused["error"]["code"] == "newer_lines"
    newer = refused["error"]["data"]["entries"]
    assert [entry["text"] for entry in newer] == ["Wait, one more thing"]
    message_id = new_id()
    first = await agent.reply(state, "Here is the offer", newer[-1]["seq"], message_id)
    again = await agent.reply(state, "Here is the offer", newer[-1]["seq"], message_id)
    assert first["ok"] and first == again


async def test_of_fifty_agents_exactly_one_gets_the_chat(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(ring_seconds=60, tuning=quick(nobody_seconds=60))
    visitor = await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say("A person, please")
    await visitor.holder("human")
    browsers = [await hub.agent(f"ann{number}@example.com") for number in range(49)]
    browsers.append(await hub.agent("ann0@example.com"))
    answers = await asyncio.gather(*(one.call("accept", {"conversation_id": visitor.conversation_id}) for one in browsers))
    winner = next(answer["state"]["agent"] for answer in answers if answer["ok"])
    for browser, result in zip(browsers, answers, strict=True):
        if browser.joined["me"]["id"] == winner["id"]:
            assert result["ok"] and result["state"]["epoch"] == 2  # the winner's other browsers find it theirs
        else:
            assert (result["error"]["code"], result["error"]["data"]["agent"]) == ("taken", winner)
    accepted = [entry for entry in visitor.entries() if entry["kind"] == "holder" and entry["data"]["reason"] == "accepted"]
    assert len(accepted) == 1
    stopped = await browsers[0].wait("ring_stop")
    assert (stopped["reason"], stopped["by"]) == ("accepted", winner)


async def test_nobody_comes(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(ring_seconds=0.3)
    agent, visitor = await hub.agent(), await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say("A person, please")
    await agent.wait("ring")
    assert (await agent.wait("ring_stop"))["reason"] == "missed"
    notice = await visitor.notice("queue_missed")
    assert "Nobody is free right now" in notice["text"]
    assert (await visitor.holder("missed"))["text"] == ""
    await visitor.hears("Now: handoff_missed")
    row = next(row for row in (await agent.ok("join"))["inbox"] if row["conversation_id"] == visitor.conversation_id)
    assert (row["handoff"]["state"], row["holder"]) == ("missed", "bot")
    await agent.wait("ring", lambda data: data["summary"]["handoff"]["state"] == "missed")  # rung again on the join: the visitor is there
    state = await agent.accept(visitor.conversation_id)
    assert state["holder"] == "agent"
    async with hub.database.read() as session:
        assert list(await session.scalars(select(Handoff.state))) == ["accepted"]


async def test_asked_again_after_a_missed_call_it_rings_again(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(ring_seconds=0.3)
    agent, visitor = await hub.agent(), await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say("A person, please")
    await visitor.notice("queue_missed")
    await visitor.say("Is really nobody there?")
    await agent.wait("ring", lambda data: data["summary"]["epoch"] == 3)


async def test_without_any_agent_the_visitor_does_not_wait_for_nothing(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(ring_seconds=600)
    visitor = await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say("A person, please")
    await visitor.notice("queue_missed")


async def test_an_agent_who_does_not_want_to_be_rung_is_not(hub: RunningHub, bot: BotServer) -> None:
    quiet, ready = await hub.agent("quiet@example.com"), await hub.agent("ready@example.com")
    await quiet.ok("available", {"on": False})
    await ready.wait("agents", lambda data: any(not agent["available"] for agent in data["agents"]))
    visitor = await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say("A person, please")
    await ready.wait("ring")
    assert quiet.got("ring") == []
    await quiet.ok("available", {"on": True})
    await quiet.wait("ring")


async def test_an_agent_who_is_gone_loses_the_chat(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(agent_grace=0.4)
    agent, visitor, state = await in_chat(hub)
    other = await hub.agent("otto@example.com")
    await agent.close()
    lost = await visitor.holder("agent_lost")
    assert "Mara" in lost["text"] and lost["data"]["holder"] == "queue"
    ring = await other.wait("ring")
    assert ring["summary"]["handoff"]["reason"] == "agent_lost"
    back = await hub.agent()
    refused = await back.reply(state, "I was away", 99)
    assert refused["error"]["code"] == "not_holder"
    assert (await other.accept(visitor.conversation_id))["agent"]["name"] == "Otto"


async def test_an_agent_who_comes_back_in_time_keeps_the_chat(new_hub: StartHub) -> None:
    hub = await new_hub(agent_grace=30)
    agent, visitor, state = await in_chat(hub)
    await agent.close()
    back = await hub.agent()
    assert (await back.reply(state, "Sorry, here I am", 99))["ok"]
    await visitor.hears("Sorry, here I am", author="agent")


async def test_a_restart_keeps_the_call_and_its_deadline(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(ring_seconds=60, tuning=quick(nobody_seconds=60))
    visitor = await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say("A person, please")
    await visitor.holder("human")
    await visitor.close()
    await hub.stop_serving()
    async with hub.database.write() as session:  # it rings since more than a minute
        await session.execute(update(Handoff).values(rang_at=now().replace(year=2020)))
    await hub.start_serving()
    again = await hub.visitor(token=visitor.token, last_seq=0)
    synced = await again.ok("sync", {"last_seq": 0})
    if not any(entry["kind"] == "notice" for entry in synced["entries"]):
        await again.notice("queue_missed")


async def test_after_a_restart_it_rings_agents_who_come_back(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(ring_seconds=60, tuning=quick(nobody_seconds=60))
    visitor = await hub.visitor()
    asks_for_person(hub, bot)
    keeps = await hub.agent()
    await visitor.say("A person, please")
    await keeps.wait("ring")
    await hub.restart()
    agent = await hub.agent("otto@example.com")
    ring = await agent.wait("ring")
    assert ring["summary"]["conversation_id"] == visitor.conversation_id
    assert (await agent.accept(visitor.conversation_id))["holder"] == "agent"


async def test_an_agent_lost_while_the_hub_was_down_is_noticed(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(agent_grace=30)
    _agent, visitor, _state = await in_chat(hub)
    await hub.stop_serving()
    async with hub.database.write() as session:
        await session.execute(update(Agent).values(seen_at=now().replace(year=2020)))
    await hub.start_serving()
    again = await hub.visitor(token=visitor.token, last_seq=visitor.entries()[-1]["seq"])
    await again.holder("agent_lost")


async def test_late_replies_of_the_bot_are_dropped(hub: RunningHub, bot: BotServer) -> None:
    agent, visitor = await hub.agent(), await hub.visitor()
    bot.script = lambda turn: replying("Resumed" if "event" in turn else "Too late")(turn)
    bot.go.clear()
    await visitor.say("Hello")
    await bot.wait_turns(1)
    state = await agent.accept(visitor.conversation_id)
    await agent.ok("hand_back", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    bot.go.set()  # the bot holds it again, but what it says now answers an earlier epoch
    await visitor.hears("Resumed")
    assert len(bot.turns) == 2
    assert not any(entry["text"] == "Too late" for entry in visitor.entries())


async def test_closing_cancels_and_tells(hub: RunningHub) -> None:
    agent, visitor, state = await in_chat(hub)
    other = await hub.agent("otto@example.com")
    refused = await other.refused("close", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    assert refused["code"] == "not_holder"
    closed = await agent.ok("close", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    assert closed["state"]["closed"] is True
    assert "Mara" in (await visitor.holder("closed"))["text"]
    assert (await other.refused("accept", {"conversation_id": visitor.conversation_id}))["code"] == "closed"


async def test_a_reply_under_an_old_epoch_is_refused(hub: RunningHub) -> None:
    agent, visitor, old = await in_chat(hub)
    await agent.ok("hand_back", {"conversation_id": visitor.conversation_id, "epoch": old["epoch"]})
    new = await agent.accept(visitor.conversation_id)
    assert (await agent.reply(old, "Old words", 99))["error"]["code"] == "not_holder"
    assert (await agent.reply(new, "New words", 99))["ok"]


async def test_an_agent_corrects_an_answer(hub: RunningHub) -> None:
    agent, visitor, _state = await in_chat(hub)
    corrected = await agent.ok("correct", {"conversation_id": visitor.conversation_id, "slot": "budget", "text": "50k EUR a year"})
    budget = next(row for row in corrected["lead"]["answers"] if row["slot"] == "budget")
    assert (budget["status"], budget["said"], budget["read_by"]) == ("known", "50k EUR a year", "agent")
    assert corrected["lead"]["tier"] == "hot"
    error = await agent.refused("correct", {"conversation_id": visitor.conversation_id, "slot": "budget", "text": "purple"})
    assert error["code"] == "unreadable"
    error = await agent.refused("correct", {"conversation_id": visitor.conversation_id, "slot": "shoe_size", "text": "43"})
    assert error["code"] == "not_found"


async def test_start_over_cancels_the_call(hub: RunningHub, bot: BotServer) -> None:
    agent, visitor = await hub.agent(), await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say("A person, please")
    await agent.wait("ring")
    await visitor.ok("restart")
    assert (await agent.wait("ring_stop"))["reason"] == "cancelled"


async def test_chats_without_a_word_are_not_shown(hub: RunningHub) -> None:
    silent, spoken = await hub.visitor(), await hub.visitor()
    await spoken.say("Hello")
    agent = await hub.agent()
    assert [row["conversation_id"] for row in agent.joined["inbox"]] == [spoken.conversation_id]
    assert (await agent.refused("open", {"conversation_id": silent.conversation_id, "last_seq": 0}))["code"] == "not_found"
    await silent.say("Now I speak")
    row = await agent.wait("summary", lambda row: row["conversation_id"] == silent.conversation_id)
    assert row["visitor_online"] is True
    await silent.close()
    await agent.wait("summary", lambda row: row["conversation_id"] == silent.conversation_id and not row["visitor_online"])


async def test_a_visitor_who_waits_for_a_silent_agent_is_told_once_and_the_agent_is_reminded(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(agent_silent_seconds=0.5))
    agent, visitor, state = await in_chat(hub)
    line = await visitor.say("Are you there?")
    told = await visitor.notice("agent_silent")
    assert told["seq"] > line["seq"] and "Mara" in told["text"]
    await visitor.entry(lambda entry: entry["kind"] == "contact_form" and entry["data"]["reason"] == "agent_silent")
    await agent.wait("summary", lambda row: row["silent_since"] is not None)
    await visitor.say("Hello?")
    assert (await agent.reply(state, "Here I am", 99))["ok"]
    await visitor.hears("Here I am", author="agent")
    assert [row["silent_since"] for row in (await agent.ok("join"))["inbox"]] == [None]
    again = await visitor.say("Good, then listen")
    second = await visitor.entry(lambda entry: entry["seq"] > again["seq"] and entry["data"].get("code") == "agent_silent")
    notices = [entry["seq"] for entry in visitor.entries() if entry["data"].get("code") == "agent_silent"]
    assert notices == [told["seq"], second["seq"]]


async def test_an_agent_who_accepts_a_call_and_says_nothing_is_noticed_also_over_a_restart(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(ring_seconds=60, tuning=quick(agent_silent_seconds=30))
    agent, visitor = await hub.agent(), await hub.visitor()
    asks_for_person(hub, bot)
    await visitor.say("A person, please")
    await agent.wait("ring")
    await agent.accept(visitor.conversation_id)
    await hub.stop_serving()
    async with hub.database.write() as session:  # it was half a minute ago
        long_ago = now().replace(year=2020)
        await session.execute(update(Entry).where(Entry.kind == "holder").values(at=long_ago))
        await session.execute(update(Handoff).values(accepted_at=long_ago))
    await hub.start_serving()
    again = await hub.visitor(token=visitor.token, last_seq=0)
    synced = await again.ok("sync", {"last_seq": 0})
    if not any(entry["data"].get("code") == "agent_silent" for entry in synced["entries"]):
        await again.notice("agent_silent")


async def test_a_visitor_who_was_taken_over_without_asking_is_not_told_of_silence(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(agent_silent_seconds=0.3))
    agent, visitor, state = await in_chat(hub)  # the bot has answered, nobody was called
    other = await hub.visitor()
    await other.say("Hello")
    held = await agent.accept(other.conversation_id)
    await other.say("I wait")
    first = await other.notice("agent_silent")
    assert (await agent.reply(held, "A moment", 99))["ok"]
    await other.say("Still here?")  # so long a second time: whoever else has to be told has been told
    await other.entry(lambda entry: entry["seq"] > first["seq"] and entry["data"].get("code") == "agent_silent")
    assert [entry for entry in visitor.entries() if entry["kind"] == "notice"] == []
    assert (await agent.reply(state, "Hi", 99))["ok"]


@pytest.mark.long
async def test_fifty_agents_race_round_after_round_at_two_hubs(new_hub: StartHub) -> None:
    hubs = [await new_hub(hub_name="one"), await new_hub(hub_name="two")]
    visitor = await hubs[0].visitor()
    await visitor.say("Hello")
    browsers = [await hubs[number % 2].agent(f"ann{number}@example.com") for number in range(50)]
    races = await run_races(browsers, visitor.conversation_id, rounds=10)
    assert len(races.winners) == 10 and len(races.told) == 490
    moves = [entry["data"]["reason"] for entry in (await visitor.ok("sync", {"last_seq": 0}))["entries"] if entry["kind"] == "holder"]
    assert moves == ["accepted", "handed_back"] * 10
