"""Makes docs/scene.png, the picture in README.md: a visitor and an agent in the same chat, as the product of this checkout shows them.

`make picture`. Look at the picture before it is committed.
"""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, expect

from leads.settings import load_settings
from tests.e2e.browser import chromium
from tests.e2e.house import ROOT, House, start_house
from tests.e2e.people import AgentDesk, Visitor, desk, visitor

EMAIL = "admin@example.com"
NAME = "Mara Lind"
OPENING = "Hi, we're a 120-person fintech in Berlin looking for a chat tool, we have about 40k euros a year."
CHAT = {"width": 1100, "height": 764}  # the window takes all of it but 104
CONSOLE = {"width": 1280, "height": 826}  # shown smaller, so that all of it fits
PICTURE = {"width": 1520, "height": 780}
SHEET = """<!doctype html><body style="margin:0;display:flex;align-items:center;justify-content:center;gap:16px;
 inline-size:{width}px;block-size:{height}px;background:#e8f0f0">
<img width="372" src="data:image/png;base64,{chat}" style="border-radius:16px;box-shadow:0 8px 32px #0b3c4a33">
<img width="1060" src="data:image/png;base64,{console}" style="border-radius:12px;box-shadow:0 8px 32px #0b3c4a33"></body>"""


def main() -> None:
    """Start everything, play the scene, take the picture."""
    file = ROOT / "docs" / "scene.png"
    with TemporaryDirectory() as folder, chromium() as browser:
        house = start_house(Path(folder) / "data", (load_settings().data / "models").resolve())
        try:
            house.wait_for_bot()
            chat, console = scene(browser, house)
        finally:
            house.stop()
        file.write_bytes(composed(browser, chat, console))
    print(f"{file.relative_to(ROOT)}: look at it before it is committed")


def scene(browser: Browser, house: House) -> tuple[bytes, bytes]:
    """The visitor's window and the agent's console in the middle of their talk."""
    agent = desk(browser, CONSOLE, sharp=2)
    agent.sign_in(house.url, EMAIL, house.password, NAME)
    person = visitor(browser, house.url, CHAT, path="/pricing", sharp=2)
    person.open_chat()
    qualifies(person)
    agent.accept()
    person.sees(NAME)
    talk(person, agent)
    agent.page.mouse.move(0, 0)
    return person.page.locator("iframe").screenshot(), agent.page.screenshot()


def qualifies(person: Visitor) -> None:
    """Budget, size, industry and time in two lines; then how to be reached."""
    person.say(OPENING)
    person.sees(re.compile("when would you like to start", re.IGNORECASE))
    person.say("within 3 months")
    person.sees("May we keep your name")
    person.press("Yes, that is fine")
    person.sees("What is your name")
    person.say("Jane Doe")
    person.sees("Which e-mail address")
    person.say("jane@acme-pay.com")
    person.sees("Thank you, Jane Doe")


def talk(person: Visitor, agent: AgentDesk) -> None:
    """A few lines from person to person."""
    agent.reply("Hello Jane, I read that you are 120 people. Which channels do your customers write on today?")
    person.sees("Which channels")
    person.say("Mostly e-mail, and a bit of WhatsApp.")
    expect(agent.log).to_contain_text("a bit of WhatsApp")
    agent.reply("Then Scale fits. Shall I show you both in one inbox, tomorrow at ten?")
    person.sees("tomorrow at ten")
    expect(agent.lead).to_contain_text("jane@acme-pay.com")


def composed(browser: Browser, chat: bytes, console: bytes) -> bytes:
    """Both beside each other."""
    page = browser.new_page(viewport={"width": PICTURE["width"], "height": PICTURE["height"]})
    images = {"chat": b64encode(chat).decode(), "console": b64encode(console).decode()}
    page.set_content(SHEET.format(**PICTURE, **images))
    return page.screenshot()


if __name__ == "__main__":
    main()
