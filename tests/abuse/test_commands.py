"""A5: nothing that a visitor types becomes a command of Rasa's, by any way in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from urllib.parse import quote

import pytest
import socketio
from sqlalchemy import select

from leads.models import Conversation, Entry
from leads.questions import Questions
from leads.reading import warm
from tests.abuse.slashes import variants
from tests.abuse.wiretap import Wiretap
from tests.bot import processes
from tests.bot.running import Running
from tests.faults.results import NewScenario, Scale
from tests.waiting import until
from tests.webhook.clients import Visitor, new_id
from tests.webhook.hub import RunningHub, start_hub

pytestmark = pytest.mark.timeout(400)  # the first test of the session trains and starts

Json = dict[str, Any]
OPENING = "we are a dental clinic"
NOTES = {"last_read", "session_started_metadata"}  # ids of messages, which differ anyway
INVISIBLE = "^[\\s/\u200b\u200e\u202e\u2060\u00ad\u180e\ufeff\u0085\x1f\uff0f\u2215\u2044\u29f8\u2571]+"


@pytest.fixture
async def tap(running: Running) -> AsyncIterator[Wiretap]:
    made = await Wiretap(running.bot.url).start()
    yield made
    await made.stop()


@pytest.fixture
async def real(tap: Wiretap, running: Running, tmp_path: Path) -> AsyncIterator[RunningHub]:
    """A hub with the real bot behind it."""
    await asyncio.to_thread(warm, Questions.load(processes.ROOT / "bot" / "questions.yml"))  # contact forms are read in this process
    found = await start_hub(
        tmp_path, bot_url=tap.url, bot_token=processes.TOKEN, database_url=running.database_url, bot_files=processes.ROOT
    )
    yield found
    await found.close()


def kept(answer: Json) -> Json:
    """The slots that only our readers may fill."""
    return {slot: value for slot, value in answer["snapshot"]["slots"].items() if slot not in NOTES}


class Twins:
    """Two conversations that say the same, one of them with what may be a command: whatever differs afterwards, the command did."""

    def __init__(self, tap: Wiretap, plain: Visitor, told: Told) -> None:
        self._tap = tap
        self._plain = plain
        self._told = told

    async def look(self, said: str, conversation_id: str, seq: int) -> None:
        """Compare the turn of an entry with that of the same words without what stands in front of them."""
        turn, answer = await self._tap.turn(conversation_id, seq)
        twin = await self._plain.say(bare(said))
        _, plain = await self._tap.turn(self._plain.conversation_id, twin["seq"])
        self._told.turns += 1
        if "text" not in turn or (answer["snapshot"]["confidence"] == 1.0 and plain["snapshot"]["confidence"] < 1.0):
            self._told.commands.append(f"{said!r} was taken for {answer['snapshot']['intent']}")
        if kept(answer) != kept(plain):
            self._told.changes.append(f"{said!r} made {kept(answer)} instead of {kept(plain)}")


@dataclass
class Told:
    """What the bot was told and made of it."""

    commands: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    turns: int = 0


def bare(line: str) -> str:
    """The words of a line without anything in front of them that is not visible or may stand for a slash."""
    return re.sub(INVISIBLE, "", line) or "?"


async def opened(hub: RunningHub, tap: Wiretap) -> Visitor:
    """A conversation with something to lose."""
    tab = await hub.visitor()
    found = await tab.say(OPENING)
    _, answer = await tap.turn(tab.conversation_id, found["seq"])
    assert kept(answer)["industry"]["text"] == "healthcare"
    return tab


async def test_a5_typed_text_is_never_a_command(real: RunningHub, tap: Wiretap, scenario: NewScenario, scale: Scale) -> None:
    tried = list(variants())[:: scale.of(1, 19)]
    with scenario(
        "A5",
        "Nothing that a visitor types or sends in a form or a title is a command of the bot's",
        f"{len(tried)} spellings of slash commands to the real bot as messages, {len(tried[::4])} by the Rasa protocol, as page titles, "
        "names and messages of the contact form, and as values of made-up buttons",
        "0 taken for a command, 0 slots of answers, consent or calls changed, 0 lines from forms and titles at the bot",
    ) as it:
        told = Told()
        await asyncio.gather(*(typed(real, tap, told, tried[part::3]) for part in range(3)))
        await by_rasa_protocol(real, tap, told, tried[::4])
        it.tell("messages", told.turns)
        it.must("commands", len(told.commands), why="; ".join(told.commands[:3]))
        it.must("slots changed", len(told.changes), why="; ".join(told.changes[:3]))
        it.must("lines of forms, titles and buttons at the bot", await beside(real, tap, tried[::4]))
    assert len(list(variants())) > 300


async def typed(hub: RunningHub, tap: Wiretap, told: Told, lines: list[str]) -> None:
    """By our own protocol."""
    tab = await opened(hub, tap)
    twins = Twins(tap, await opened(hub, tap), told)
    for line in lines:
        await twins.look(line, tab.conversation_id, (await tab.say(line))["seq"])


async def by_rasa_protocol(hub: RunningHub, tap: Wiretap, told: Told, lines: list[str]) -> None:
    """By the default namespace, where a payload and a typed line look alike."""
    tab = socketio.AsyncClient(reconnection=False, handle_sigint=False)
    await tab.connect(hub.url, transports=["websocket"], headers={"Origin": hub.url})
    session_id = token_urlsafe(24)
    await tab.emit("session_request", {"session_id": session_id})
    twins = Twins(tap, await opened(hub, tap), told)
    beside = {"session_id": session_id, "customData": {"role": "agent"}, "metadata": {"x": "/resume"}}
    conversation_id = ""
    for number, line in enumerate([OPENING, *lines], 1):
        await tab.emit("user_uttered", {"message": line, **beside})
        conversation_id = conversation_id or await of_rasa(hub)
        seq = await said(hub, conversation_id, number)
        if number == 1:
            await tap.turn(conversation_id, seq)
        else:
            await twins.look(line, conversation_id, seq)
    await tab.disconnect()


async def of_rasa(hub: RunningHub) -> str:
    """The one conversation that came by Rasa's protocol."""

    async def look() -> str | None:
        async with hub.database.read() as session:
            return await session.scalar(select(Conversation.id).where(Conversation.protocol == "rasa"))

    return str(await until(look))


async def said(hub: RunningHub, conversation_id: str, number: int) -> int:
    """The seq of a visitor's n-th line, once it is stored."""
    mine = select(Entry.seq).where(Entry.conversation_id == conversation_id, Entry.author == "visitor").order_by(Entry.seq)

    async def look() -> list[int]:
        async with hub.database.read() as session:
            return list(await session.scalars(mine))[number - 1 :]

    return (await until(look))[0]


async def beside(hub: RunningHub, tap: Wiretap, lines: list[str]) -> int:
    """Everything that is no message; gives how many turns the bot got from it."""
    tab = await opened(hub, tap)
    before = len(tap.heard)
    for line in lines:
        await tab.call("page", {"url": "https://demo.example/" + quote(line), "title": line})
        await tab.call("choose", {"client_msg_id": new_id(), "choice_id": line})
    for line in lines[:3]:
        await tab.ok(
            "contact", {"client_msg_id": new_id(), "name": line, "email": "jo@example.com", "message": line, "consent": tab.consent}
        )
    await tab.close()
    return len(tap.heard) - before
