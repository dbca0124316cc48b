"""Agents' consoles in real browsers: two see the same, nothing an agent wrote is lost, nobody answers past what they have not read."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from leads.models import Conversation, Entry
from leads.questions import Questions
from leads.rules import Rules
from leads.store import LeadStore
from tests.e2e.browser import waiting_browser as waiting_browser
from tests.e2e.people import COUNT_TONES
from tests.faults.browsers import PATIENCE, Desk, Tab, sit_down, visit
from tests.faults.conftest import NewScenario, Scale
from tests.faults.proxy import Proxy
from tests.faults.world import World
from tests.webhook.hub import FILES

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def proxy(world: World) -> AsyncIterator[Proxy]:
    """A hub with a proxy in front, which is the address that browsers know; agents who are away lose their chats soon."""
    hub = world.new_hub(agent_grace=3)
    made = await Proxy(hub.port).start()
    hub.settings["public_url"] = made.url
    await hub.start()
    yield made
    await made.stop()


async def a_chat(world: World, proxy: Proxy, browser: Browser, agents: int) -> tuple[Tab, list[Desk]]:
    """A visitor who has said something, and agents who have the conversation open; the first of them holds it."""
    tab = await visit(await browser.new_context(), proxy.url)
    await tab.say("Hello")
    await tab.shows(["Hello"])
    async with world.database.read() as session:
        conversation_id = await session.scalar(select(Conversation.id))
    assert conversation_id is not None
    desks = [await sit_down(browser, proxy.url, await world.cookie(number)) for number in range(agents)]
    for desk in desks:
        await desk.open(conversation_id)
    await desks[0].take()
    return tab, desks


async def stored(world: World, author: str | None = None) -> list[str]:
    """What was said, in the order of the log."""
    async with world.database.read() as session:
        said = select(Entry.text).where(Entry.kind == "message").order_by(Entry.seq)
        return list(await session.scalars(said if author is None else said.where(Entry.author == author)))


@pytest.mark.full
async def test_r6_two_agents_see_what_the_visitor_sees(
    world: World, proxy: Proxy, browser: Browser, scenario: NewScenario, scale: Scale
) -> None:
    count, (least, most) = scale.of(20, 4), scale.of((3, 10), (1.0, 2.5))
    with scenario(
        "R6c",
        "Visitor and agents see the same (in the browser)",
        f"visitor and agent write {count} lines each while every connection is cut after {least} to {most} s; a second agent reads along",
        "each line stored once; three screens show the same order",
    ) as it:
        tab, desks = await a_chat(world, proxy, browser, 2)
        luck = random.Random(6)
        proxy.cut_after = lambda: luck.uniform(least, most)
        proxy.cut_all()
        said = ["Hello"]
        for number in range(count):
            await asyncio.gather(tab.say(f"v{number}"), desks[0].reply(f"a{number}"))
            said += [f"v{number}", f"a{number}"]
            await _all_there(desks[0], said)
        proxy.cut_after = None
        await expect(tab.frame.locator(".group.agent .bubble, .group.visitor .bubble")).to_have_count(len(said), timeout=PATIENCE)
        rows = await stored(world)
        it.must("lines lost", len(set(said) - set(rows)))
        it.must("stored twice", len(said) - len([row for row in rows if row in said]))
        for desk in desks:
            await expect(desk.lines).to_have_count(len(rows), timeout=PATIENCE)
        screens = [await tab.everything(), *[await desk.everything() for desk in desks]]
        it.must("screens that differ", sum(screen != rows for screen in screens))
        it.tell("cuts", proxy.cuts)
        it.tell("lines compared", len(rows))


async def _all_there(desk: Desk, said: list[str]) -> None:
    """Everything that was said stands in the conversation; a reply that was held back is sent after all."""
    anyway = desk.page.get_by_role("button", name="Send anyway")
    for line in said[-2:]:
        shown = desk.lines.get_by_text(line, exact=True)
        await expect(shown.or_(anyway).first).to_be_visible(timeout=PATIENCE)
        if await anyway.is_visible():
            await anyway.click()
        await expect(shown).to_be_visible(timeout=PATIENCE)


@pytest.mark.long
async def test_r23_words_of_an_agent_who_lost_the_chat_become_a_draft(
    world: World, proxy: Proxy, browser: Browser, scenario: NewScenario
) -> None:
    with scenario(
        "R23b",
        "What the old holder wrote is refused and kept (in the browser)",
        "an agent writes while offline, a colleague takes over meanwhile; then the console comes back, and is loaded again",
        "nothing stored; the words are the agent's draft, also after a reload",
    ) as it:
        tab, (old, new) = await a_chat(world, proxy, browser, 2)
        await old.page.context.set_offline(True)
        await old.reply("I was about to say")
        await expect(old.page.get_by_text("It goes out when the connection is back")).to_be_visible(timeout=PATIENCE)
        await tab.say("Is anybody there?")
        take = new.page.get_by_role("main").get_by_role("button", name=re.compile("Accept|Take over"))
        await expect(take).to_be_visible(timeout=PATIENCE)
        await new.take()
        await new.reply("Now it is me")
        await old.page.context.set_offline(False)
        await expect(old.box).to_have_value("I was about to say", timeout=PATIENCE)
        await old.page.reload()
        await expect(old.box).to_have_value("I was about to say", timeout=PATIENCE)
        await expect(old.lines.filter(has_text="Now it is me")).to_be_visible(timeout=PATIENCE)
        it.must("words of the old holder stored", (await stored(world, "agent")).count("I was about to say"))
        it.must("words of the new holder lost", 1 - (await stored(world, "agent")).count("Now it is me"))


@pytest.mark.long
async def test_a_reply_past_an_unread_line_is_held_back(world: World, proxy: Proxy, browser: Browser, scenario: NewScenario) -> None:
    with scenario(
        "R23c",
        "Nobody answers past a line they have not seen (in the browser)",
        "a proxy keeps the visitor's newest line from the agent, who replies and reloads the page",
        "held back, the line is shown, sent once when the agent says so",
    ) as it:
        tab, (desk,) = await a_chat(world, proxy, browser, 1)
        proxy.drop = lambda direction, text: direction == "down" and text.startswith("42/agent")
        await tab.say("No, wait: 200 people")
        await tab.shows(["Hello", "No, wait: 200 people"])
        await desk.reply("For 20 people it is 49 EUR")
        proxy.drop = None
        anyway = desk.page.get_by_role("button", name="Send anyway")
        await expect(anyway).to_be_visible(timeout=PATIENCE)
        await expect(desk.lines.filter(has_text="200 people")).to_be_visible()
        await expect(desk.page.get_by_text("New while you were writing")).to_be_visible()
        it.must("stored without asking", len(await stored(world, "agent")))
        await desk.page.reload()
        await anyway.click()
        await expect(desk.lines.filter(has_text="49 EUR")).to_be_visible(timeout=PATIENCE)
        await expect(tab.frame.locator(".group.agent .bubble")).to_have_text(["For 20 people it is 49 EUR"], timeout=PATIENCE)
        it.must("stored more than once", len(await stored(world, "agent")) - 1)


@pytest.mark.full
async def test_two_tabs_of_one_agent_ring_as_one(world: World, proxy: Proxy, browser: Browser, scenario: NewScenario) -> None:
    with scenario(
        "R6d",
        "Two tabs of one agent make one sound (in the browser)",
        "a person is called while an agent has the console open twice; the tab that sounds is closed",
        "one tab sounds; after it is closed the other one does",
    ) as it:
        cookie = await world.cookie(0)
        first = await sit_down(browser, proxy.url, cookie)
        pages = [first.page, await first.page.context.new_page()]
        for page in pages:
            await page.add_init_script(COUNT_TONES)
            await page.goto(f"{proxy.url}/console")
            await page.get_by_role("heading", name="Inbox").click()
        tab = await visit(await browser.new_context(), proxy.url)
        world.bot.before = _calls_a_person(world)
        await tab.say("A person, please")
        for page in pages:
            await expect(page.get_by_role("alert", name="Somebody is waiting")).to_be_visible(timeout=PATIENCE)
        loud = await _sounding(pages, rounds=2)
        it.must("tabs that sound beside the first", len(loud) - 1)
        await loud[0].close()
        (other,) = [page for page in pages if page is not loud[0]]
        it.must("silence after it was closed", 1 - len(await _sounding([other], rounds=1)))


def _calls_a_person(world: World) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """What the bot's action does when somebody asks for a person."""
    questions = Questions.load(FILES / "bot" / "questions.yml")
    leads = LeadStore(world.database, questions, Rules.load(FILES / "bot" / "scoring.yml", questions))

    async def call(turn: dict[str, Any]) -> None:
        await leads.request_handoff(turn["conversation_id"], "human")

    return call


async def _sounding(pages: list[Page], rounds: int) -> list[Page]:
    """The pages that have sounded since they were last asked, when one of them has so for some rounds of two tones."""
    enough = [asyncio.ensure_future(page.wait_for_function(f"window.tones >= {2 * rounds}", timeout=PATIENCE)) for page in pages]
    await asyncio.wait(enough, return_when=asyncio.FIRST_COMPLETED)
    for one in enough:
        one.cancel()
    await asyncio.gather(*enough, return_exceptions=True)
    tones = [await page.evaluate("[window.tones, (window.tones = 0)][0]") for page in pages]
    return [page for page, count in zip(pages, tones, strict=True) if count > 0]
