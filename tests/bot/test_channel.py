"""The channel over HTTP: token, refusals, repeated turns, order, and what happens when a part fails."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from sqlalchemy import delete

from actions.__main__ import load
from handraise.ports import free_port
from leads.database import Database
from leads.models import Answer
from leads.questions import Questions
from leads.reading import read_answer
from leads.state import NewAnswer
from leads.store import LeadStore
from tests.bot import processes
from tests.bot.conftest import Meet
from tests.bot.driver import Visitor
from tests.bot.running import Running
from tests.databases import new_file

pytestmark = pytest.mark.timeout(400)  # the first test of the session trains and starts


async def test_health_names_the_model_to_the_hub_only(running: Running, model: Path) -> None:
    async with aiohttp.ClientSession() as http:
        for headers, about in (({"X-Handraise-Token": processes.TOKEN}, {"model": model.name}), ({}, {})):
            async with http.get(f"{running.bot.url}/webhooks/handraise/", headers=headers) as answer:
                assert answer.status == 200
                assert await answer.json() == {"ok": True, **about}


@pytest.mark.parametrize("token", ["", "wrong", "made-up-bot-toke\u00f1"])
async def test_a_wrong_token_is_refused(meet: Meet, token: str) -> None:
    status, body = await (await meet()).turn(text="hi", token=token)
    assert (status, body["error"]["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    "what",
    [
        {},
        {"text": "  "},
        {"text": 5},
        {"text": "x" * 9000},
        {"text": "hi", "event": "resume"},
        {"event": "no_such_intent"},
        {"choice": {"title": "x"}},
        {"choice": {"title": "x", "payload": "/no_such_intent"}},
        {"choice": "hi"},
    ],
)
async def test_what_is_not_a_turn_is_refused(meet: Meet, what: dict[str, Any]) -> None:
    status, body = await (await meet()).turn(**what)
    assert (status, body["error"]["code"]) == (400, "bad_request")


async def test_a_body_that_is_not_json_is_refused(running: Running) -> None:
    headers = {"X-Handraise-Token": processes.TOKEN}
    async with aiohttp.ClientSession() as http:
        for body in (b"{", b"[]", b"\xff"):
            async with http.post(f"{running.bot.url}/webhooks/handraise/turn", data=body, headers=headers) as answer:
                assert answer.status == 400


async def test_only_our_channel_is_open(running: Running) -> None:
    async with aiohttp.ClientSession(headers={"X-Handraise-Token": processes.TOKEN}) as http:
        for path in ("/webhooks/rest/webhook", "/socket.io/", "/conversations/x/tracker", "/model/parse"):
            async with http.post(running.bot.url + path, json={"sender": "x", "message": "hi"}) as answer:
                assert answer.status == 404, path


async def test_a_conversation_that_is_forgotten_leaves_no_slot_behind(meet: Meet) -> None:
    visitor, other = await meet(), await meet()
    turn_id = str(uuid4())
    await visitor.turn(turn_id=turn_id, text="we're 50 people, mail me at jane@acme.io")
    await other.say("we're 7 people")
    assert visitor.slots["held"]
    assert (await _forget(visitor, [visitor.sender_id], "wrong"))[0] == 401
    for wrong in (None, "x", [5], [""]):
        assert (await _forget(visitor, wrong))[0] == 400
    assert await _forget(visitor, [visitor.sender_id]) == (200, {"ok": True})
    async with visitor.database.write() as session:  # what the database knew is gone as well
        await session.execute(delete(Answer))
    await visitor.turn(turn_id=turn_id, text="hello")
    assert (visitor.slots.get("held"), visitor.slots.get("company_size")) == (None, None), "neither slots nor the answer given before"
    await other.say("hello")
    assert other.slots["company_size"]["text"] == "7 people"


async def _forget(visitor: Visitor, senders: Any, token: str = processes.TOKEN) -> tuple[int, Any]:
    headers = {"X-Handraise-Token": token}
    async with visitor.http.post(f"{visitor.bot_url}/webhooks/handraise/forget", json={"sender_ids": senders}, headers=headers) as answer:
        body = await answer.json()
        return answer.status, body


async def test_a_served_turn_is_answered_again_not_run_again(meet: Meet) -> None:
    visitor = await meet()
    turn_id = str(uuid4())
    _, first = await visitor.turn(turn_id=turn_id, text="we're 50 people")
    _, second = await visitor.turn(turn_id=turn_id, text="we're 50 people")
    assert second == first
    assert "Noted: 50 people." in visitor.reply


async def test_the_same_turn_twice_at_once_runs_once(meet: Meet) -> None:
    visitor = await meet()
    turn_id = str(uuid4())
    answers = await asyncio.gather(*(visitor.turn(turn_id=turn_id, text="tell me a joke") for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert "That is beyond me" in visitor.reply
    assert "cannot help with that either" in await visitor.say("sing a song"), "the first joke must have counted once"


async def test_turns_of_one_conversation_run_in_order(meet: Meet) -> None:
    visitor = await meet()
    said = ["we're 50 people", "sorry, 60 people", "sorry, 70 people", "sorry, 80 people"]
    answers = await asyncio.gather(*(visitor.turn(text=text) for text in said))
    assert [status for status, _ in answers] == [200] * 4
    state = await visitor.state()
    assert state and state.answers["company_size"].text == "80 people"


async def test_conversations_do_not_mix(meet: Meet) -> None:
    visitors = [await meet() for _ in range(6)]
    replies = await asyncio.gather(*(visitor.say(f"we are {40 + n} people") for n, visitor in enumerate(visitors)))
    assert [f"Noted: {40 + n} people." in reply for n, reply in enumerate(replies)] == [True] * 6


async def test_a_lost_tracker_asks_nothing_twice(meet: Meet) -> None:
    visitor = await meet()
    await visitor.say("we're 50 people with 20k euros a year")
    assert visitor.asked == "industry"
    visitor.sender_id = uuid4().hex  # the bot has never heard of it; the database has
    reply = await visitor.say("retail")
    assert "Noted: retail." in reply
    assert visitor.asked == "timeline"
    assert visitor.slots["company_size"]["text"] == "50 people"


async def test_a_tracker_lost_after_the_end_does_not_end_again(meet: Meet) -> None:
    visitor = await meet()
    await visitor.say("we're a bank with 300 people, 50k euros a year, starting as soon as possible")
    assert "I have noted" in await visitor.say("no")
    visitor.sender_id = uuid4().hex
    reply = await visitor.say("what does it cost?")
    assert "Starter" in reply
    assert "I have noted" not in reply
    assert visitor.asked is None


async def test_a_long_conversation_keeps_its_place(meet: Meet) -> None:
    """Far beyond the number of events that the tracker store keeps."""
    visitor = await meet()
    await visitor.say("we're 50 people")
    for _ in range(15):
        assert "Starter" in await visitor.say("what does it cost?")
        assert visitor.asked == "budget"
        assert "encrypted" in await visitor.say("is it secure?")
    assert "Noted: 20k EUR a year." in await visitor.say("20k euros a year")
    assert visitor.asked == "industry"
    assert visitor.slots["company_size"]["text"] == "50 people"


async def test_an_answer_of_the_contact_form_is_not_asked_again(meet: Meet) -> None:
    """The hub's own contact form stores straight into the database; the bot finds it there."""
    visitor = await meet()
    await visitor.say("I want to talk to a human")
    await visitor.say("yes")
    assert visitor.asked == "name"
    await visitor.store.record(visitor.conversation_id, source="form", seq=None, read_by="form", answers=[_answer("email", "a@b.de")])
    await visitor.say("Jane")
    assert visitor.asked == "budget"


@pytest.mark.long
async def test_a_failed_turn_is_told_and_can_be_tried_again(model: Path, tmp_path: Path) -> None:
    """Action server away: no empty 200. The retry with the same id does everything and says it once."""
    url = new_file(tmp_path / "handraise.db")
    database = Database(url)
    port = free_port()
    bot = await asyncio.to_thread(processes.start_bot, tmp_path, model, f"http://127.0.0.1:{port}")
    actions = None
    try:
        async with aiohttp.ClientSession() as http:
            store = LeadStore(database, *load(processes.ROOT / "bot"))
            visitor = await Visitor(http, bot.url, database, store).begin()
            for _ in range(2):
                status, body = await visitor.turn(turn_id="once", text="tell me a joke")
                assert (status, body["error"]["code"]) == (503, "actions_unavailable")
            actions = await asyncio.to_thread(processes.start_actions, tmp_path, url, port)
            status, _ = await visitor.turn(turn_id="once", text="tell me a joke")
            assert status == 200
            assert "That is beyond me" in visitor.reply, "a failed turn must not count as the first joke"
            actions.stop()
            actions = await asyncio.to_thread(processes.start_actions, tmp_path, url, port)
            assert "Starter" in await visitor.say("what does it cost?"), "a new action server is told the domain again"
            actions.stop()
            status, _ = await visitor.turn(turn_id="twice", text="what does it cost?")
            assert status == 503
    finally:
        bot.stop()
        if actions is not None:
            actions.stop()
        await database.close()


async def test_nothing_personal_in_the_logs(meet: Meet, running: Running) -> None:
    visitor = await meet()
    await visitor.say("can I leave my email")
    await visitor.say("yes")
    await visitor.say("Quentin Quiddity")
    await visitor.say("quentin@quiddity.example")
    for part in (running.bot, running.actions):
        log = part.log.read_text(errors="replace").lower()
        assert "quiddity" not in log
        assert processes.TOKEN not in log


def _answer(slot: str, text: str) -> NewAnswer:
    question = Questions.load(processes.ROOT / "bot" / "questions.yml")[slot]
    return NewAnswer(slot, "known", text, read_answer(text, question))
