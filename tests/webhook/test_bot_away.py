"""The bot is absent, slow, broken, or comes back: what the visitor hears and what is kept."""

from __future__ import annotations

from sqlalchemy import func, select, update

from leads.clock import now
from leads.models import Entry, Turn
from tests.webhook.bot_server import BotServer, Json, answer, failing, replying
from tests.webhook.clients import new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import quick
from tests.webhook.outages import AWAY, kept_for_an_absent_bot


async def test_an_absent_bot_is_said_once_and_the_form_is_offered(new_hub: StartHub, bot: BotServer) -> None:
    await bot.stop()
    hub = await new_hub(tuning=AWAY)
    visitor = await hub.visitor()
    ack = await visitor.say("Is anybody there?")
    assert ack["seq"] == 2
    notice = await visitor.notice("bot_away")
    form = await visitor.entry(lambda entry: entry["kind"] == "contact_form")
    assert (form["seq"], form["data"]) == (notice["seq"] + 1, {"reason": "bot_away"})
    await visitor.say("Hello?")
    await visitor.say("We have 40k EUR a year")

    await bot.start()
    await visitor.notice("bot_back")
    await visitor.hears("You said: We have 40k EUR a year")
    assert [turn["text"] for turn in bot.turns] == ["We have 40k EUR a year"]  # the newest only, not three stale answers
    assert len([e for e in visitor.entries() if e["kind"] in ("notice", "contact_form")]) == 3
    assert (await visitor.wait("state", lambda state: state["bot_online"]))["holder"] == "bot"


async def test_what_the_bot_never_saw_still_counts_for_the_lead(new_hub: StartHub, bot: BotServer) -> None:
    await bot.stop()
    hub = await new_hub(tuning=AWAY)
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say("We have 40k EUR a year")
    await visitor.notice("bot_away")
    await visitor.say("Hello?")
    await bot.start()
    await visitor.hears("You said: Hello?")
    ring = await agent.wait("ring")
    assert (ring["summary"]["handoff"]["reason"], ring["summary"]["lead"]["tier"]) == ("hot", "hot")


async def test_the_contact_form_makes_a_lead_and_calls_a_person(new_hub: StartHub, bot: BotServer) -> None:
    await bot.stop()
    hub = await new_hub(tuning=AWAY)
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say("Hello?")
    await visitor.entry(lambda entry: entry["kind"] == "contact_form")
    form = {
        "client_msg_id": new_id(),
        "name": "Jane Doe",
        "email": "Jane@Example.com",
        "message": "We have 40k EUR a year",
        "consent": visitor.consent,
    }
    assert (await visitor.refused("contact", form | {"consent": False}))["code"] == "invalid"
    assert (await visitor.refused("contact", form | {"email": "jane@"}))["code"] == "invalid"
    ack = await visitor.ok("contact", form)
    assert await visitor.ok("contact", form) == ack
    entry = await visitor.entry(lambda entry: entry["kind"] == "contact")
    assert (entry["text"], entry["data"]) == (
        "Jane Doe, Jane@example.com: We have 40k EUR a year",
        {"fields": ["name", "email", "message"]},
    )
    assert "Jane@example.com" in (await visitor.notice("contact_received"))["text"]

    ring = await agent.wait("ring")
    assert (ring["summary"]["name"], ring["summary"]["handoff"]["state"]) == ("Jane Doe", "ringing")
    opened = await agent.open(visitor.conversation_id)
    answers = {row["slot"]: row for row in opened["lead"]["answers"]}
    assert (answers["email"]["status"], answers["email"]["read_by"], answers["name"]["text"]) == ("known", "form", "Jane Doe")
    assert answers["budget"]["status"] == "known" and opened["lead"]["tier"] == "hot"
    assert opened["state"]["holder"] in ("bot", "queue")
    assert (await agent.accept(visitor.conversation_id))["holder"] == "agent"  # agents can chat without a bot
    async with hub.database.read() as session:
        kept = select(func.count()).where(Entry.conversation_id == visitor.conversation_id, Entry.kind == "contact")
        assert await session.scalar(kept) == 1


async def test_a_bot_that_hangs_is_said_and_its_answer_still_comes(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(tuning=AWAY)
    visitor, other = await hub.visitor(), await hub.visitor()
    bot.go.clear()
    await visitor.say("Hello?")
    await visitor.notice("bot_away")
    await visitor.wait("typing", lambda typing: not typing["on"])  # the dots end with the honest line, not with the turn
    bot.go.set()
    await visitor.hears("You said: Hello?")
    await other.say("Me too")
    await other.hears("You said: Me too")


async def test_a_timeout_is_tried_again_with_the_same_id(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(turn_timeout=0.3)
    visitor = await hub.visitor()
    bot.go.clear()
    await visitor.say("Hello?")
    await bot.wait_turns(2)
    bot.go.set()
    await visitor.hears("You said: Hello?")
    assert len({turn["turn_id"] for turn in bot.turns}) == 1
    assert [e["text"] for e in visitor.entries() if e["author"] == "bot"] == ["You said: Hello?"]


async def test_a_missing_action_server_is_an_outage_not_an_answer(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(tuning=AWAY)
    visitor = await hub.visitor()
    bot.failures = [failing("actions_unavailable")] * 8
    await visitor.say("Hello?")
    await visitor.notice("bot_away")
    bot.failures = []
    await visitor.hears("You said: Hello?")


async def test_a_turn_that_breaks_is_given_up_and_said(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub()
    visitor = await hub.visitor()
    bot.failures = [failing("turn_failed")] * 3
    await visitor.say("Hello?")
    await visitor.notice("bot_failed")
    assert len(bot.turns) == 3
    await visitor.say("Again")
    await visitor.hears("You said: Again")
    assert len(bot.turns) == 4


async def test_a_turn_that_is_given_up_still_counts_for_the_lead(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub()
    agent, visitor = await hub.agent(), await hub.visitor()
    bot.failures = [failing("turn_failed")] * 3
    await visitor.say("We have 40k EUR a year")
    await visitor.notice("bot_failed")
    assert (await agent.wait("ring"))["summary"]["lead"]["tier"] == "hot"


async def test_after_your_message_is_kept_nobody_is_asked_to_say_it_again(new_hub: StartHub, bot: BotServer) -> None:
    _hub, visitor, _notice = await kept_for_an_absent_bot(new_hub, bot)
    bot.failures = [failing("turn_failed")] * 3
    await bot.start()
    await visitor.say("Again")
    await bot.wait_turns(3)
    await visitor.say("Once more")
    await visitor.hears("You said: Once more")
    assert "bot_failed" not in [entry["data"].get("code") for entry in visitor.entries()]


async def test_an_empty_answer_is_a_failure_unless_a_person_was_called(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub()
    visitor = await hub.visitor()
    bot.script = lambda turn: answer(turn, [])
    await visitor.say("Hello?")
    await visitor.notice("bot_failed")

    async def call(turn: Json) -> None:
        await hub.leads.request_handoff(turn["conversation_id"], "human")

    bot.before = call
    await visitor.say("A person!")
    await visitor.holder("human")
    assert len([e for e in visitor.entries() if e["kind"] == "notice" and e["data"]["code"] == "bot_failed"]) == 1


async def test_replies_with_buttons_become_choices_and_the_open_question_is_kept(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub()
    visitor = await hub.visitor()
    bot.script = replying("How large?", ("Small", "less than 5k EUR"), ("Large", "100k EUR"), asked="budget")
    await visitor.say("Hi")
    line = await visitor.hears("How large?")
    assert [choice["title"] for choice in line["choices"]] == ["Small", "Large"]
    assert not any("EUR" in str(choice) for choice in line["choices"])  # payloads stay on the server
    await visitor.ok("choose", {"client_msg_id": new_id(), "choice_id": line["choices"][1]["id"]})
    await bot.wait_turns(2)
    assert bot.turns[1]["choice"] == {"title": "Large", "payload": "100k EUR"}
    assert bot.turns[1]["asked"] == "budget"


async def test_a_pending_turn_outlives_a_restart(new_hub: StartHub, bot: BotServer) -> None:
    await bot.stop()
    hub = await new_hub()
    visitor = await hub.visitor()
    await visitor.say("Hello?")
    await hub.restart()
    again = await hub.visitor(token=visitor.token, last_seq=2)
    await bot.start()
    await again.hears("You said: Hello?")


async def test_after_a_long_outage_old_messages_are_not_answered(new_hub: StartHub, bot: BotServer) -> None:
    await bot.stop()
    hub = await new_hub()
    visitor = await hub.visitor()
    await visitor.say("Hello from yesterday")
    await hub.stop_serving()
    async with hub.database.write() as session:
        await session.execute(update(Turn).values(created_at=now().replace(year=2020)))
    await hub.start_serving()
    await bot.start()
    again = await hub.visitor(token=visitor.token, last_seq=2)
    await again.say("Hello today")
    await again.hears("You said: Hello today")
    assert [turn["text"] for turn in bot.turns] == ["Hello today"]


async def test_a_wrong_token_counts_as_away(new_hub: StartHub, bot: BotServer) -> None:
    bot.token = "right"
    hub = await new_hub(tuning=AWAY, bot_token="wrong")
    visitor = await hub.visitor()
    await visitor.say("Hello?")
    await visitor.notice("bot_away")
    assert bot.turns == []


async def test_the_right_token_is_shown(new_hub: StartHub, bot: BotServer) -> None:
    bot.token = "right"
    hub = await new_hub(bot_token="right")
    visitor = await hub.visitor()
    await visitor.say("Hello?")
    await visitor.hears("You said: Hello?")


async def test_handed_back_to_an_absent_bot_it_is_said(new_hub: StartHub, bot: BotServer) -> None:
    await bot.stop()
    hub = await new_hub()
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say("Hello?")
    state = await agent.accept(visitor.conversation_id)
    await agent.ok("hand_back", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    await visitor.notice("bot_away")
    await visitor.entry(lambda entry: entry["kind"] == "contact_form")


async def test_the_visitors_line_counts_more_than_an_event_of_the_hub(new_hub: StartHub, bot: BotServer) -> None:
    await bot.stop()
    hub = await new_hub(tuning=AWAY, ring_seconds=0.2)
    visitor = await hub.visitor()
    await visitor.say("Can you call me?")
    await visitor.notice("bot_away")
    await hub.leads.request_handoff(visitor.conversation_id, "human")
    await visitor.notice("queue_missed")
    await bot.start()
    await visitor.hears("You said: Can you call me?")
    assert [turn.get("text") for turn in bot.turns] == ["Can you call me?"]


async def test_a_bot_that_answers_nobody_is_waited_for(new_hub: StartHub, bot: BotServer) -> None:
    """However often the turn was tried: it is not its fault, and the visitor is answered in the end."""
    hub = await new_hub(turn_timeout=0.1, tuning=quick(away_seconds=0.3))
    bot.go.clear()
    visitor = await hub.visitor()
    await visitor.say("Hello?")
    await visitor.notice("bot_away")
    await bot.wait_turns(3 * hub.tuning.turn_runs * (1 + len(hub.tuning.retry_seconds)))
    bot.go.set()
    await visitor.notice("bot_back")
    await visitor.hears("You said: Hello?")
