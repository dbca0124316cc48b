"""Encryption at rest in a real hub: no word of a visitor is readable in the database, and keys change while lines are written."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from leads.database import Database
from leads.encryption import read_keys
from leads.key_register import ready_keys
from leads.models import Answer, EncryptionKey, Lead
from leads.reencrypt import Reencryption
from tests.databases import new_database, new_file
from tests.stored import KEY, OTHER_KEY, found_in, stored
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import Json, Visitor, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub
from tests.webhook.test_account import set_up
from tests.webhook.test_identity import SECRET, signed

LINES = [
    "I am Philippa Markersen, our budget is 48,350 euros",
    "Call me at +44 20 7946 0958 or write to philippa@acme-marked.io",
]
FORM: Json = {"name": "Philippa Markersen", "email": "philippa@acme-marked.io", "message": "MARKED-WORDS in the form"}
MARKS = [
    "Philippa",
    "Markersen",
    "48,350",
    "48350",
    "7946 0958",
    "2079460958",
    "acme-marked",
    "MARKED-WORDS",
    "marked-page",
    "MARKED-REPLY",
]
PAGE = {"url": "https://shop.example/marked-page", "title": "MARKED-WORDS page", "referrer": ""}


@pytest.fixture(params=["sqlite", "postgresql"])
async def address(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return new_file(request.getfixturevalue("tmp_path") / "encrypted.db")
    return await new_database(request.getfixturevalue("postgres"))


async def a_conversation(hub: RunningHub) -> Visitor:
    """Everything a visitor can leave, and an agent's answer."""
    visitor = await hub.visitor(join=False)
    await visitor.join(page=PAGE)
    for line in LINES:
        await visitor.say(line)
        await visitor.hears(f"You said: {line}")
    await visitor.ok(
        "identify", {"token": signed(aud="demo", email="philippa@acme-marked.io", name="Philippa Markersen", company="Marked")}
    )
    agent = await hub.agent()
    await visitor.ok("contact", {"client_msg_id": new_id(), "consent": visitor.consent, **FORM})
    await agent.wait("ring", lambda ring: ring["summary"]["conversation_id"] == visitor.conversation_id)
    state = await agent.accept(visitor.conversation_id)
    assert (await agent.reply(state, "MARKED-REPLY for Philippa", 9999))["ok"]
    await visitor.hears("MARKED-REPLY for Philippa", author="agent")
    return visitor


@pytest.mark.parametrize("keys", [KEY, ""], ids=["encrypted", "plain"])
async def test_no_word_of_a_visitor_is_readable_in_the_database(new_hub: StartHub, address: str, keys: str) -> None:
    hub = await new_hub(database_url=address, encryption_keys=keys, sites={"demo": {"identity_secret": SECRET}})
    visitor = await a_conversation(hub)
    await hub.account("nora@example.com")
    app, _codes = await set_up(hub, await hub.sign_in("nora@example.com"))
    async with hub.database.read() as session:
        lead = await session.scalar(select(Lead.id).where(Lead.conversation_id == visitor.conversation_id))
        answers = {row.slot: row.text for row in await session.scalars(select(Answer).where(Answer.lead_id == lead))}
    assert answers["email"] == FORM["email"]
    assert [entry["text"] for entry in visitor.entries() if entry["author"] == "visitor"][:2] == LINES
    await hub.stop_serving()
    found = await found_in(hub.database, *MARKS, app.secret)
    assert found == [] if keys else {"Philippa", "48,350", "7946 0958", "MARKED-REPLY", "marked-page", app.secret} <= set(found)


async def test_keys_change_while_lines_are_written_and_no_line_is_lost(new_hub: StartHub, address: str, bot: BotServer) -> None:
    old = await new_hub(database_url=address, encryption_keys=f"{KEY} {OTHER_KEY}", hub_name="old")
    await ready_keys(old.database)
    first = await old.visitor()
    said = [f"line {number} of Philippa" for number in range(60)]
    await asyncio.gather(*(first.say(line) for line in said[:20]))
    new = await new_hub(database_url=address, encryption_keys=f"{OTHER_KEY} {KEY}", hub_name="new")
    await ready_keys(new.database)
    second = await new.visitor(token=first.token)

    async def write(visitor: Visitor, lines: list[str]) -> None:
        for line in lines:
            await visitor.say(line)

    writing = asyncio.gather(write(first, said[20:40]), write(second, said[40:]))
    await Reencryption(new.database).run()  # while one hub still writes with the old key
    await writing
    await old.stop_serving()
    done = await Reencryption(new.database).run()
    assert (done.hubs, done.damaged) == ([], [])
    assert done.forgotten == [read_keys(KEY).first_id]
    await new.stop_serving()
    only_new = await new_hub(database_url=address, encryption_keys=OTHER_KEY, hub_name="later")
    await ready_keys(only_new.database)
    back = await only_new.visitor(join=False)
    shown = (await back.join(first.token))["entries"]
    assert sorted(entry["text"] for entry in shown if entry["author"] == "visitor") == sorted(said)
    everything = await stored(only_new.database)
    assert f"{read_keys(KEY).first_id}:".encode() not in everything and b"of Philippa" not in everything
    async with only_new.database.read() as session:
        assert list(await session.scalars(select(EncryptionKey.id))) == [read_keys(OTHER_KEY).first_id]


async def test_the_same_line_comes_again_and_is_known_again(new_hub: StartHub, address: str) -> None:
    hub = await new_hub(database_url=address, encryption_keys=KEY)
    visitor = await hub.visitor()
    await visitor.say("Hello")
    message = {"client_msg_id": new_id(), "text": "I am Philippa"}
    first = await visitor.ok("message", message)
    assert await visitor.ok("message", message) == first
    assert (await visitor.refused("message", {**message, "text": "Somebody else"}))["code"] == "conflict"


async def test_a_hub_without_the_key_says_that_it_cannot_and_changes_nothing(new_hub: StartHub, address: str) -> None:
    hub = await new_hub(database_url=address, encryption_keys=KEY)
    visitor = await hub.visitor()
    await visitor.say("I am Philippa")
    await hub.stop_serving()
    blind = await new_hub(database_url=address)
    tab = await blind.visitor(join=False)
    error = await tab.refused("join", {"token": visitor.token, "last_seq": 0, "page": None, "lang": "en"})
    assert error["code"] == "unavailable", error
    database = Database(address, cipher=read_keys(KEY))
    try:
        assert await found_in(database, "Philippa") == []
    finally:
        await database.close()
