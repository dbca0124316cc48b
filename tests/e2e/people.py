"""A visitor and an agent as they act in a browser: by what they see, never by what lies underneath."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from tests.waiting import PATIENCE

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}


@dataclass
class Visitor:
    """Somebody on a page that carries the widget."""

    page: Page

    @property
    def frame(self) -> FrameLocator:
        """The chat's own window."""
        return self.page.frame_locator("iframe")

    @property
    def log(self) -> Locator:
        """The messages."""
        return self.frame.get_by_role("log")

    @property
    def box(self) -> Locator:
        """Where one writes."""
        return self.frame.get_by_label("Write a message")

    def open_chat(self) -> None:
        """Press the launcher and wait for the greeting."""
        self.page.get_by_role("button", name=re.compile("^Open chat")).click()
        expect(self.log).to_contain_text("a bot")

    def say(self, text: str) -> None:
        """Type and send a line."""
        self.box.fill(text)
        self.box.press("Enter")

    def press(self, title: str) -> None:
        """Press a quick reply or a button of the window."""
        self.frame.get_by_role("button", name=title, exact=True).click()

    def sees(self, text: str | re.Pattern[str], seconds: float = PATIENCE) -> None:
        """The text stands in the conversation."""
        expect(self.log).to_contain_text(text, timeout=seconds * 1000)

    def last_lines(self) -> list[str]:
        """What stands in the log, line by line."""
        return [line for line in self.log.inner_text().splitlines() if line.strip()]


@dataclass
class AgentDesk:
    """An agent at the console."""

    page: Page

    def sign_in(self, url: str, email: str, password: str, name: str = "Mara Lind") -> None:
        """Open the console and sign in; the first account of an installation is asked for a name."""
        self.page.goto(f"{url}/console")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        inbox, asking = self.page.get_by_role("heading", name="Inbox"), self.page.get_by_label("Your name")
        expect(inbox.or_(asking)).to_be_visible()
        if asking.is_visible():
            asking.fill(name)
            self.page.get_by_role("button", name="Continue").click()
        expect(inbox).to_be_visible()

    @property
    def ring(self) -> Locator:
        """The panel that says somebody is waiting."""
        return self.page.get_by_role("alert", name="Somebody is waiting")

    @property
    def log(self) -> Locator:
        """The conversation."""
        return self.page.get_by_role("log", name="Conversation")

    @property
    def lead(self) -> Locator:
        """The lead card."""
        return self.page.get_by_role("complementary", name="Lead")

    @property
    def box(self) -> Locator:
        """Where one replies."""
        return self.page.get_by_label("Your reply")

    def accept(self) -> None:
        """Take the chat that rings."""
        self.ring.get_by_role("button", name=re.compile("^Accept")).click()
        expect(self.page.get_by_text("You are answering")).to_be_visible()

    def reply(self, text: str) -> None:
        """Type and send a reply."""
        self.box.fill(text)
        self.box.press("Enter")
        expect(self.log).to_contain_text(text)

    def press(self, name: str) -> None:
        """Press a button of the conversation."""
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def visitor(browser: Browser, url: str, size: dict[str, int] = DESKTOP, dark: bool = False, path: str = "/", sharp: int = 1) -> Visitor:
    """A new visitor in a browser of their own, with the landing page open."""
    page = _context(browser, size, dark, sharp).new_page()
    page.goto(f"{url}{path}")
    return Visitor(page)


COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""


def desk(browser: Browser, size: dict[str, int] | None = None, dark: bool = False, sharp: int = 1) -> AgentDesk:
    """A new agent in a browser of their own, which counts the tones it plays."""
    page = _context(browser, size or {"width": 1440, "height": 900}, dark, sharp).new_page()
    page.add_init_script(COUNT_TONES)
    return AgentDesk(page)


def _context(browser: Browser, size: dict[str, int], dark: bool, sharp: int) -> BrowserContext:
    return browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        device_scale_factor=sharp,
        color_scheme="dark" if dark else "light",
        locale="en-GB",
    )
