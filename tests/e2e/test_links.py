"""Links in what people and bots write, in a real browser: web, mail and telephone, safe attributes, and nothing else ever."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect
from sqlalchemy import select

from leads.models import Conversation
from tests.e2e.browser import waiting_browser as waiting_browser
from tests.e2e.test_doors import WATCH, sign_in
from tests.webhook.bot_server import BotServer, replying
from tests.webhook.hub import PASSWORD, RunningHub, quick, start_hub
from webhook.accounts import create_agent

WIDGET = Path(__file__).resolve().parents[2] / "widget"
pytestmark = pytest.mark.timeout(240)

GOOD = "See https://a.example/x, write to jo@a.example or mailto:al@a.example, call tel:+49-30-1234567 or +33 1 42 68 53 00."
HREFS = ["https://a.example/x", "mailto:jo@a.example", "mailto:al@a.example", "tel:+49301234567", "tel:+33142685300"]
HOSTILE = (
    "tel:javascript:alert(1)",
    "tel:+49301234567;phone-context=evil.example",
    "tel:*21*+49301234567#",
    'tel:+49301234567"onclick="window.ran=1',
    "tel:<script>window.ran=1</script>",
    "javascript:window.ran=1",
    "JaVaScRiPt:window.ran=1//tel:",
    "data:text/html,<script>parent.ran=1</script>",
    '<a href="javascript:window.ran=1">tel</a>',
    '<a href="tel:12" ping="//evil.example">call</a>',
    "vbscript:ran",
    "file:///etc/passwd",
    "mailto:a@b.example?cc=everyone@corp.example",
)
LINKS = "(log) => [...log.querySelectorAll('a')].map(({href, rel, target, ping}) => ({href, rel, target, ping}))"


@pytest.fixture
async def bot() -> AsyncIterator[BotServer]:
    """A bot that answers every line with the same links."""
    server = await BotServer().start()
    server.script = replying(GOOD)
    yield server
    await server.stop()


@pytest.fixture
async def hub(tmp_path: Path, bot: BotServer) -> AsyncIterator[RunningHub]:
    """A hub with the built widget and console, and an administrator."""
    running = await start_hub(tmp_path, bot_url=bot.url, widget=WIDGET, tuning=quick())
    await create_agent(running.database, "ada@example.com", "Ada Nordin", PASSWORD, "admin")
    yield running
    await running.close()


async def check(log: Locator) -> None:
    """Each link of the good lines with its attributes, and none besides."""
    links: list[dict[str, Any]] = await log.evaluate(LINKS)
    assert links, "there are links at all"
    assert {link["href"] for link in links} == set(HREFS)
    for link in links:
        assert {"noopener", "noreferrer"} <= set(link["rel"].split()), link
        assert (link["target"], link["ping"]) == ("" if link["href"].startswith("tel:") else "_blank", ""), link


async def test_links_are_web_mail_and_telephone_in_the_chat_and_in_the_console(hub: RunningHub, browser: Browser) -> None:
    context = await browser.new_context(locale="en-GB")
    await context.add_init_script(WATCH + "window.ran = 0;")
    page = await context.new_page()
    await page.goto(hub.url)
    await page.locator("handraise-chat button.launcher").click()
    chat = page.frame_locator("iframe")
    log = chat.get_by_role("log")
    for text in (GOOD, *HOSTILE):
        await chat.locator(".composer textarea").fill(text)
        await chat.locator(".composer textarea").press("Enter")
        await expect(log).to_contain_text(text)
    await expect(log.locator(".group.bot a").nth(len(HREFS) * (len(HOSTILE) + 1) - 1)).to_be_attached()
    await check(log)

    desk = await context.new_page()
    await sign_in(desk, hub, "ada@example.com", PASSWORD)
    await desk.get_by_role("heading", name="Inbox").wait_for()
    async with hub.database.read() as session:
        conversation_id = (await session.scalars(select(Conversation.id))).one()
    await desk.goto(f"{hub.url}/console/inbox/{conversation_id}")
    seen = desk.get_by_role("log", name="Conversation")
    await expect(seen).to_contain_text(HOSTILE[-1])
    await check(seen)
    agent = await hub.agent("mara@example.com")
    state = await agent.accept(conversation_id)
    for text in (GOOD, *HOSTILE):
        assert (await agent.reply(state, text, 9999))["ok"]
    await expect(log.locator(".group.agent a").nth(len(HREFS) - 1)).to_be_attached()
    await expect(log).to_contain_text(HOSTILE[-1])
    for where in (log, seen):
        await check(where)
    for one in (page, desk):
        assert [await frame.evaluate("window.ran || 0") for frame in one.frames] == [0] * len(one.frames)
