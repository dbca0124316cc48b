"""Everybody can use what is on the screen: axe-core goes over the chat and the console state by state, and fingers have room."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FrameLocator, Page

from tests.e2e.browser import waiting_browser as waiting_browser
from tests.webhook.bot_server import BotServer, replying
from tests.webhook.hub import PASSWORD, RunningHub, quick, start_hub
from webhook.accounts import create_agent

WIDGET = Path(__file__).resolve().parents[2] / "widget"
AXE = WIDGET / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What floats above the page (menus, notes) is put at the end of the document by Mantine, outside the landmarks.
OPTIONS = json.dumps({"runOnly": TAGS, "rules": {"region": {"enabled": False}}, "resultTypes": ["violations"]})
VIOLATIONS = f"""async () => (await axe.run(document, {OPTIONS})).violations.map(
    ({{id, help, nodes}}) => `${{id}}: ${{help}}: ${{nodes.map(({{html}}) => html.slice(0, 160)).join(' | ')}}`)"""
# What moves in is pale at first.
SETTLED = """() => Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations === 1)
    .map((one) => one.finished.catch(() => null)))"""
FINGER = 44
# A field counts with its label; what was said stands as a quote in the text of the lead card.
SMALL = f"""() => [...document.querySelectorAll('button:not([class*=saidLink]), input, textarea, [role=option]')]
    .filter((one) => one.checkVisibility({{visibilityProperty: true}}))
    .map((one) => [(one.closest('label') ?? one).getBoundingClientRect(), one.ariaLabel || one.textContent || one.name])
    .filter(([{{width, height}}]) => height > 1 && (height < {FINGER} || width < {FINGER}))
    .map(([{{width, height}}, name]) => `too small for a finger: ${{name}}, ${{Math.round(width)}} x ${{Math.round(height)}}`)"""
ASKED = ("How large is your company?", ("1-10 people", "/a"), ("More", "/b"))
pytestmark = pytest.mark.timeout(240)

SCREENS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 860}},
    "phone, dark, Arabic": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "color_scheme": "dark",
        "locale": "ar",
    },
}


@pytest.fixture
async def bot() -> AsyncIterator[BotServer]:
    """A bot that asks with buttons."""
    server = await BotServer().start()
    server.script = replying(*ASKED)
    yield server
    await server.stop()


@pytest.fixture
async def hub(tmp_path: Path, bot: BotServer) -> AsyncIterator[RunningHub]:
    """A hub with the built widget and console, and an administrator."""
    assert AXE.is_file(), "install the widget's packages first: handraise prepare --for tests"
    running = await start_hub(tmp_path, bot_url=bot.url, widget=WIDGET, tuning=quick(away_seconds=3.0))
    await create_agent(running.database, "ada@example.com", "Ada Nordin", PASSWORD, "admin")
    yield running
    await running.close()


@pytest.mark.long
@pytest.mark.parametrize("screen", SCREENS)
async def test_axe_finds_nothing(hub: RunningHub, bot: BotServer, browser: Browser, screen: str) -> None:
    """One story through every state of the chat and the pages of the console."""
    context = await browser.new_context(**{"locale": "en-GB"} | SCREENS[screen])
    page = await context.new_page()
    await page.goto(hub.url)
    await page.locator("handraise-chat button.launcher").click()
    chat = page.frame_locator("iframe")
    await chat.locator(".bubble").first.wait_for()
    await accessible(page, "the greeting")
    await asked_with_buttons(page, chat)
    await the_menu(page, chat)
    await bot.stop()
    await the_form(page, chat)
    desk = await context.new_page()
    await the_console(desk, hub)
    await chat.get_by_text("Ada Nordin", exact=False).last.wait_for()
    await accessible(page, "a person joined")
    await desk.get_by_role("button", name="Close", exact=True).click()
    await chat.locator(".rating").wait_for()
    await accessible(page, "closed")
    await the_other_pages(desk, hub)


async def asked_with_buttons(page: Page, chat: FrameLocator) -> None:
    await say(chat, "hello")
    await chat.get_by_role("button", name="More", exact=True).wait_for()
    await accessible(page, "a question with buttons")


async def the_menu(page: Page, chat: FrameLocator) -> None:
    """Open by a click, walked through with the keys, left with Escape."""
    await chat.locator(".more").click()
    await chat.get_by_role("menu").wait_for()
    await accessible(page, "the menu")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await chat.get_by_role("dialog").wait_for()
    await accessible(page, "before forgetting")
    await page.keyboard.press("Escape")
    await chat.get_by_role("dialog").wait_for(state="detached")
    assert await chat.locator(".more").evaluate("(button) => button === document.activeElement")


async def the_form(page: Page, chat: FrameLocator) -> None:
    await say(chat, "Is anybody there?")
    await chat.locator(".card").wait_for()
    await chat.locator(".card .primary").click()
    await chat.locator(".problem").first.wait_for()
    await accessible(page, "the contact form with its errors")
    await chat.locator("[name=email]").fill("jane@fennel.example")
    await chat.locator("[name=consent]").check()
    await chat.locator(".card .primary").click()


async def the_console(desk: Page, hub: RunningHub) -> None:
    await desk.goto(f"{hub.url}/console")
    await desk.get_by_label("E-mail").fill("ada@example.com")
    await desk.get_by_label("Password", exact=True).fill(PASSWORD)
    await accessible(desk, "signing in")
    await desk.get_by_role("button", name="Sign in").click()
    ring = desk.get_by_role("alert", name="Somebody is waiting")
    await ring.wait_for()
    await accessible(desk, "the inbox, and the call")
    await ring.get_by_role("button", name=re.compile("^Accept")).click()
    reply = desk.get_by_label("Your reply")
    await reply.fill("/")
    await accessible(desk, "the conversation, with canned replies")
    await reply.fill("")


async def the_other_pages(desk: Page, hub: RunningHub) -> None:
    await desk.locator("body").press("?")
    await desk.get_by_role("dialog", name="Keyboard").wait_for()
    await accessible(desk, "the keys")
    for place, name in (
        ("leads", "Leads"),
        ("settings/you", "Ada Nordin"),
        ("settings/people", "People"),
        ("settings/tokens", "API tokens"),
        ("settings/audit", "Audit log"),
    ):
        await desk.goto(f"{hub.url}/console/{place}")
        await desk.get_by_role("heading", name=name, exact=False).first.wait_for()
        await accessible(desk, place)


async def say(chat: FrameLocator, text: str) -> None:
    await chat.locator(".composer textarea").fill(text)
    await chat.locator(".composer textarea").press("Enter")


async def accessible(page: Page, state: str) -> None:
    """As far as axe can tell, the page and the chat in it keep to WCAG 2.2 AA; on a touch screen what is pressed has 44 px."""
    frames = [frame for frame in page.frames if frame.url.startswith("http")]
    for frame in frames:
        await frame.evaluate(SETTLED)
        if not await frame.evaluate("() => 'axe' in window"):
            await frame.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(VIOLATIONS)  # goes down into the frames
    for frame in frames:
        ours = "/console" in frame.url or "/widget/" in frame.url
        if ours and await frame.evaluate("() => matchMedia('(pointer: coarse)').matches"):
            found += await frame.evaluate(SMALL)
    assert not found, f"{state}:\n" + "\n".join(found)
