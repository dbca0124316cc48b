"""Visitors and agents in a real Chromium, for faults that only a browser has: reloads, crashes, two tabs, what people see."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from playwright.async_api import Browser, BrowserContext, FrameLocator, Locator, Page, async_playwright, expect

from tests.faults.proxy import Proxy

PATIENCE = 60_000
UNDER_WAY = ".bubble.sending, .bubble.retrying, .bubble.sent, .bubble.failed, .bubble.refused"


class Tab:
    """A page that carries the widget, with the chat open."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    @property
    def mine(self) -> Locator:
        """The visitor's own lines, stored or not."""
        return self.frame.locator(".group.visitor .bubble")

    @property
    def offline(self) -> Locator:
        """The banner that says that there is no connection."""
        return self.frame.locator(".banner")

    async def open_chat(self) -> Tab:
        """Open it, unless the page remembers that it was open."""
        launcher = self.page.get_by_role("button", name=re.compile("^Open chat"))
        await expect(launcher.or_(self.page.locator("iframe")).first).to_be_visible(timeout=PATIENCE)
        if not await self.page.locator("iframe").is_visible():
            await launcher.click()
        await expect(self.frame.locator(".group.bot .bubble").first).to_be_visible(timeout=PATIENCE)
        return self

    async def say(self, text: str) -> None:
        """Type and send a line."""
        box = self.frame.get_by_role("textbox")
        await box.fill(text)
        await box.press("Enter")

    async def shows(self, lines: list[str]) -> None:
        """Exactly these lines of the visitor, in this order, all of them stored."""
        await expect(self.mine).to_have_text(lines, timeout=PATIENCE)
        await expect(self.frame.locator(UNDER_WAY)).to_have_count(0, timeout=PATIENCE)

    async def everything(self) -> list[str]:
        """Every line of the conversation from top to bottom."""
        return await self.frame.locator(".bubble").all_inner_texts()


async def visit(context: BrowserContext, url: str) -> Tab:
    """A new tab on the landing page with the chat open."""
    page = await context.new_page()
    await page.goto(url)
    return await Tab(page).open_chat()


@asynccontextmanager
async def after_crash(tab: Tab, port: int) -> AsyncIterator[Tab]:
    """The process that draws the page dies, and somebody presses reload; ``port`` is where Chromium listens for debuggers.

    Playwright wants nothing more to do with a crashed page, so that another connection looks at it afterwards.
    """
    url = tab.page.url
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/json") as answer:
        (target,) = [one for one in await answer.json() if one["type"] == "page" and one["url"] == url]
        async with http.ws_connect(target["webSocketDebuggerUrl"]) as line:
            async with tab.page.expect_event("crash"):
                await line.send_json({"id": 1, "method": "Page.crash"})
            await line.send_json({"id": 2, "method": "Page.reload"})
            while (await line.receive_json(timeout=10)).get("id") != 2:
                pass
    async with async_playwright() as playwright:
        again = await playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
        (page,) = [page for context in again.contexts for page in context.pages if page.url == url]
        yield Tab(page)
        await again.close()


class Desk:
    """An agent's console."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def lines(self) -> Locator:
        """What was said, as it is shown; not what is under way."""
        return self.page.get_by_role("log", name="Conversation").locator("article[data-seq]")

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("Your reply")

    async def open(self, conversation_id: str) -> None:
        """Open a conversation by its address."""
        await self.page.goto(re.sub(r"/console.*", f"/console/inbox/{conversation_id}", self.page.url))
        await expect(self.lines.first).to_be_visible(timeout=PATIENCE)

    async def take(self) -> None:
        """Accept or take over the open conversation."""
        await self.page.get_by_role("main").get_by_role("button", name=re.compile("Accept|Take over")).click()
        await expect(self.page.get_by_text("You are answering")).to_be_visible(timeout=PATIENCE)

    async def reply(self, text: str) -> None:
        """Type and send; whether it arrives is another question."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def everything(self) -> list[str]:
        """Every line of the open conversation from top to bottom."""
        return [text.strip() for text in await self.lines.locator("[dir=auto]").all_inner_texts()]


async def sit_down(browser: Browser, url: str, cookie: str) -> Desk:
    """An agent with a session, in a browser of their own."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    await context.add_cookies([{"name": "handraise_session", "value": cookie, "url": url}])
    page = await context.new_page()
    await page.goto(f"{url}/console")
    await expect(page.get_by_role("heading", name="Inbox")).to_be_visible(timeout=PATIENCE)
    return Desk(page)


def loses_sends(proxy: Proxy) -> None:
    """From now on what visitors say does not reach the hub, though the connection stands."""
    proxy.drop = lambda direction, text: direction == "up" and '["message",' in text
