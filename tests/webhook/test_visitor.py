"""A visitor's side of the log: joining, saying, choosing, coming back."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from socketio.exceptions import ConnectionError as Refused
from sqlalchemy import func, select, update

from leads.models import Entry, LeadEvent
from tests.webhook.bot_server import BotServer, replying
from tests.webhook.clients import new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.app import HUB


async def test_join_greets_with_choices_and_says_how_the_widget_looks(hub: RunningHub) -> None:
    visitor = await hub.visitor(join=False)
    joined = await visitor.join()
    greeting = joined["entries"][0]
    assert (greeting["seq"], greeting["author"], greeting["text"]) == (1, "bot", "Hi, I'm the assistant. What brings you here?")
    assert [choice["title"] for choice in greeting["choices"]] == ["Prices", "A person"]
    assert joined["state"] | {"bot_online": True} == {
        "conversation_id": visitor.conversation_id,
        "holder": "bot",
        "epoch": 0,
        "agent": None,
        "waiting": False,
        "last_seq": 1,
        "closed": False,
        "bot_online": True,
    }
    assert (joined["site"]["name"], joined["site"]["colour"], joined["unsent_ok"]) == ("Northwind", "#3056d3", True)


async def test_a_message_is_acknowledged_stored_echoed_and_answered(hub: RunningHub, bot: BotServer) -> None:
    visitor = await hub.visitor()
    ack = await visitor.say("Hello there")
    assert ack["seq"] == 2
    async with hub.database.read() as session:
        stored = await session.get(Entry, (visitor.conversation_id, 2))
    assert stored is not None and stored.text == "Hello there"
    answer = await visitor.hears("You said: Hello there")
    assert answer["seq"] == 3
    assert [entry["seq"] for entry in visitor.entries()] == [2, 3]
    turn = bot.turns[0]
    assert (turn["text"], turn["seq"], turn["conversation_id"]) == ("Hello there", 2, visitor.conversation_id)
    assert turn["sender_id"] not in (visitor.conversation_id, visitor.token)


async def test_the_bot_types_while_it_thinks(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    await visitor.say("Hello")
    await visitor.wait("typing", lambda data: data == {"who": "bot", "name": None, "on": True})
    await visitor.wait("typing", lambda data: data == {"who": "bot", "name": None, "on": False})


async def test_the_same_id_again_gives_the_first_answer_and_one_turn(hub: RunningHub, bot: BotServer) -> None:
    visitor = await hub.visitor()
    message = {"client_msg_id": new_id(), "text": "Hello"}
    acks = await asyncio.gather(*(visitor.ok("message", message) for _ in range(5)))
    assert len({(ack["seq"], ack["at"]) for ack in acks}) == 1
    error = await visitor.refused("message", message | {"text": "Something else"})
    assert error["code"] == "conflict"
    await visitor.hears("You said: Hello")
    assert len(bot.turns) == 1
    async with hub.database.read() as session:
        assert await session.scalar(select(func.count()).where(Entry.client_msg_id == message["client_msg_id"])) == 1


async def test_many_messages_from_two_tabs_make_one_order_without_gaps(hub: RunningHub) -> None:
    first = await hub.visitor()
    second = await hub.visitor(token=first.token, last_seq=1)
    assert second.conversation_id == first.conversation_id
    await asyncio.gather(*(tab.say(f"{name} {number}") for number in range(5) for name, tab in (("a", first), ("b", second))))
    for tab in (first, second):
        await tab.entry(lambda entry: entry["seq"] == 21)  # greeting, 10 lines, 10 answers
        assert [entry["seq"] for entry in tab.entries()] == list(range(2, 22))
    assert [entry["text"] for entry in first.entries()] == [entry["text"] for entry in second.entries()]
    said = [entry["text"] for entry in first.entries() if entry["author"] == "visitor"]
    assert [text for text in said if text.startswith("a")] == [f"a {number}" for number in range(5)]


async def test_one_turn_at_a_time_per_conversation_others_in_parallel(hub: RunningHub, bot: BotServer) -> None:
    bot.go.clear()
    first, second = await hub.visitor(), await hub.visitor()
    for number in range(3):
        await first.say(f"one {number}")
    await second.say("two")
    await bot.wait_turns(2)
    assert {turn["text"] for turn in bot.turns} == {"one 0", "two"}
    bot.go.set()
    await first.hears("You said: one 2")
    assert [turn["text"] for turn in bot.turns if turn["text"].startswith("one")] == ["one 0", "one 1", "one 2"]
    assert set(bot.most_at_once.values()) == {1}


async def test_a_gap_is_closed_by_the_last_seq(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    for text in ("one", "two"):
        await visitor.say(text)
        await visitor.hears(f"You said: {text}")
    await visitor.close()
    again = await hub.visitor(join=False)
    joined = await again.join(visitor.token, last_seq=3)
    assert [entry["text"] for entry in joined["entries"]] == ["two", "You said: two"]
    assert joined["token"] == visitor.token
    synced = await again.ok("sync", {"last_seq": 1})
    assert [entry["seq"] for entry in synced["entries"]] == [2, 3, 4, 5]
    assert synced["state"]["last_seq"] == 5


async def test_a_choice_is_used_once_and_spends_the_others(hub: RunningHub, bot: BotServer) -> None:
    visitor = await hub.visitor(join=False)
    prices, person = (await visitor.join())["entries"][0]["choices"]
    bot.script = replying("It depends.")
    press = {"client_msg_id": new_id(), "choice_id": prices["id"]}
    ack = await visitor.ok("choose", press)
    assert await visitor.ok("choose", press) == ack
    entry = await visitor.entry(lambda entry: entry["kind"] == "choice")
    assert (entry["text"], entry["data"]) == ("Prices", {"choice_id": prices["id"], "of_seq": 1})
    for spent in (prices, person):
        error = await visitor.refused("choose", {"client_msg_id": new_id(), "choice_id": spent["id"]})
        assert error["code"] == "choice_spent"
    await visitor.hears("It depends.")
    assert bot.turns[0]["choice"] == {"title": "Prices", "payload": "/ask_price"} and "text" not in bot.turns[0]
    again = await hub.visitor(join=False)
    assert (await again.join(visitor.token))["entries"][0]["choices"] == []


async def test_a_choice_of_another_conversation_is_refused(hub: RunningHub) -> None:
    first, second = await hub.visitor(join=False), await hub.visitor()
    theirs = (await first.join())["entries"][0]["choices"][0]["id"]
    error = await second.refused("choose", {"client_msg_id": new_id(), "choice_id": theirs})
    assert error["code"] == "choice_spent"
    await first.ok("choose", {"client_msg_id": new_id(), "choice_id": theirs})


@pytest.mark.parametrize("typed", ["/restart", '/human{"a": 1}', "//x", "\uff0frestart", "\u3000/restart"])
async def test_typed_slashes_reach_the_bot_as_text(hub: RunningHub, bot: BotServer, typed: str) -> None:
    visitor = await hub.visitor()
    await visitor.say(typed)
    await bot.wait_turns(1)
    assert bot.turns[0]["text"] == typed.strip()
    assert "choice" not in bot.turns[0] and "event" not in bot.turns[0]


@pytest.mark.parametrize("token", ["", "x" * 32, "conversation", None])
async def test_only_the_secret_opens_a_conversation(hub: RunningHub, token: str | None) -> None:
    owner = await hub.visitor()
    await owner.say("mine")
    thief = await hub.visitor(join=False)
    joined = await thief.join(owner.conversation_id if token == "conversation" else token)
    assert joined["state"]["conversation_id"] != owner.conversation_id
    assert joined["token"] != owner.token
    assert [entry["seq"] for entry in joined["entries"]] == [1]
    assert not any(entry["text"] == "mine" for entry in joined["entries"])


async def test_nothing_is_handled_before_the_join(hub: RunningHub) -> None:
    visitor = await hub.visitor(join=False)
    for event, data in (
        ("message", {"client_msg_id": new_id(), "text": "Hi"}),
        ("sync", {"last_seq": 0}),
        ("typing", {"on": True}),
        ("restart", {}),
    ):
        assert (await visitor.refused(event, data))["code"] == "not_joined"
    assert (await visitor.refused("no_such_event", {}))["code"] == "invalid"


async def test_a_socket_that_never_joins_is_cut(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(join_seconds=5.0))
    silent, joined = await hub.visitor(join=False), await hub.visitor()
    await silent.wait("disconnect")
    await joined.say("still here")
    await joined.hears("You said: still here")


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("own", True),
        ("https://shop.example", True),
        ("https://shop.example.evil.test", False),
        ("http://shop.example", False),
        ("https://evil.test", False),
        ("null", False),
    ],
)
async def test_only_allowed_origins_come_in(new_hub: StartHub, origin: str, welcome: bool) -> None:
    hub = await new_hub(allowed_origins="https://shop.example")
    headers = {"Origin": hub.url if origin == "own" else origin}
    if welcome:
        await hub.visitor(headers=headers)
    else:
        with pytest.raises(Refused):
            await hub.visitor(headers=headers)


@pytest.mark.parametrize("namespace", ["/visitor", "/agent"])
async def test_our_namespaces_refuse_polling(hub: RunningHub, namespace: str) -> None:
    async with aiohttp.ClientSession() as session:
        address = f"{hub.url}/socket.io/?EIO=4&transport=polling"
        opened = json.loads((await (await session.get(address)).text())[1:])
        await session.post(f"{address}&sid={opened['sid']}", data=f'40{namespace},{{"v":1,"site":"demo"}}')
        assert (await (await session.get(f"{address}&sid={opened['sid']}")).text()).startswith(f"44{namespace},")


async def test_without_the_rasa_protocol_there_is_no_polling_at_all(new_hub: StartHub) -> None:
    hub = await new_hub(rasa_protocol=False)
    assert (await hub.get("/socket.io/?EIO=4&transport=polling")).status == 400
    visitor = await hub.visitor()
    await visitor.say("Hello")


async def test_too_many_messages_are_slowed_down_and_none_is_lost_silently(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(messages_per_minute=1, message_burst=5))
    visitor = await hub.visitor()
    answers = [await visitor.call("message", {"client_msg_id": new_id(), "text": f"{n}"}) for n in range(7)]
    assert [answer["ok"] for answer in answers] == [True] * 5 + [False] * 2
    error = answers[-1]["error"]
    assert error["code"] == "too_fast" and 0 < error["retry_after"] <= 60


async def test_start_over_closes_the_old_conversation(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    other_tab = await hub.visitor(token=visitor.token, last_seq=1)
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    fresh = await visitor.ok("restart")
    assert fresh["token"] != visitor.token and [entry["seq"] for entry in fresh["entries"]] == [1]
    await other_tab.wait("state", lambda state: state["closed"])
    await visitor.say("New chat")
    await visitor.hears("You said: New chat")
    assert not any(entry["text"] == "New chat" for entry in other_tab.entries())


async def test_a_message_in_a_closed_chat_opens_it_again(hub: RunningHub, bot: BotServer) -> None:
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    state = await agent.accept(visitor.conversation_id)
    assert (await visitor.refused("rate", {"client_msg_id": new_id(), "score": 5}))["code"] == "invalid"
    await agent.ok("close", {"conversation_id": visitor.conversation_id, "epoch": state["epoch"]})
    rating = {"client_msg_id": new_id(), "score": 5}
    ack = await visitor.ok("rate", rating)
    assert await visitor.ok("rate", rating) == ack
    assert (await visitor.refused("rate", {"client_msg_id": new_id(), "score": 4}))["code"] == "invalid"
    await visitor.say("One more thing")
    await visitor.holder("reopened")
    await visitor.hears("You said: One more thing")


async def test_pages_are_kept_once_something_was_said_and_without_their_query(hub: RunningHub) -> None:
    visitor = await hub.visitor(join=False)
    await visitor.join(page={"url": "https://shop.example/?email=jane@example.com#top", "title": "Home", "referrer": ""})
    await visitor.ok("page", {"url": "https://shop.example/pricing?token=secret", "title": "Pricing"})
    assert (await visitor.refused("page", {"url": "javascript:alert(1)", "title": "x"}))["code"] == "invalid"
    assert await hub.leads.card(visitor.conversation_id) is None
    agent = await hub.agent()
    await visitor.say("Hello")
    row = await agent.wait("summary", lambda row: row["lead"] is not None and row["lead"]["score"] == 5)
    assert row["lead"]["top_reason"] == "read the price page"
    await visitor.ok("page", {"url": "https://shop.example/customers", "title": "Customers"})
    await hub.runner.app[HUB].visits.stop()  # nobody waits for pages
    card = await hub.leads.card(visitor.conversation_id)
    assert card is not None
    assert [(page["url"], page["title"]) for page in card["pages"]] == [
        ("https://shop.example/", "Home"),
        ("https://shop.example/pricing", "Pricing"),
        ("https://shop.example/customers", "Customers"),
    ]


async def test_a_page_is_no_new_one_because_the_hub_was_started_anew(hub: RunningHub, new_hub: StartHub) -> None:
    """Nor because of a reload: else an outage would raise everybody's score."""
    home, pricing, team = ({"url": f"https://shop.example/{path}", "title": path, "referrer": ""} for path in ("home", "pricing", "team"))
    visitor = await hub.visitor(join=False)
    await visitor.join(page=home)
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    await hub.runner.app[HUB].visits.stop()
    await visitor.close()
    for page in (home, pricing, pricing, team):
        async with hub.database.write() as session:  # some minutes later: within one, a page counts once in any case
            await session.execute(update(LeadEvent).values(source=LeadEvent.source + "."))
        other = await new_hub(database_url=hub.settings.database)
        again = await other.visitor(join=False)
        await again.join(visitor.token, page=page)
        await other.runner.app[HUB].visits.stop()
        await again.close()
    card = await hub.leads.card(visitor.conversation_id)
    assert card is not None
    assert [page["title"] for page in card["pages"]] == ["home", "pricing", "team"]


@pytest.mark.parametrize("url", ["file:///home/x.html", "about:blank", "x" * 9000, ""])
async def test_a_strange_page_does_not_keep_the_chat_from_opening(hub: RunningHub, url: str) -> None:
    visitor = await hub.visitor(join=False)
    assert (await visitor.join(page={"url": url, "title": "t" * 3000, "referrer": ""}))["ok"]


async def test_a_locked_database_never_gets_an_acknowledgement(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    message = {"client_msg_id": new_id(), "text": "Hello"}
    async with hub.database.write() as other:  # somebody else holds the only write lock
        await other.execute(select(1))
        error = await visitor.refused("message", message)
    assert (error["code"], error["retry_after"]) == ("unavailable", 2.0)
    assert (await visitor.ok("message", message))["seq"] == 2
    await visitor.hears("You said: Hello")


async def test_a_long_log_is_read_in_pieces(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    for number in range(110):
        await visitor.say(f"{number}")
    await visitor.entry(lambda entry: entry["text"] == "You said: 109", seconds=60)  # 110 turns, one after the other
    again = await hub.visitor(join=False)
    seen = [entry["seq"] for entry in (await again.join(visitor.token))["entries"]]
    assert len(seen) == 200
    while more := (await again.ok("sync", {"last_seq": seen[-1]}))["entries"]:
        seen += [entry["seq"] for entry in more]
    assert seen == list(range(1, 222))
