"""Consent in a real browser: the form comes back with the words of now, and offers alone can be taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect
from sqlalchemy import select

from leads.models import Consent
from tests.e2e.browser import SCREENSHOTS
from tests.e2e.browser import waiting_browser as waiting_browser
from tests.e2e.test_accessible import SCREENS, accessible
from tests.webhook.hub import RunningHub, quick, start_hub

WIDGET = Path(__file__).resolve().parents[2] / "widget"
WORDS = 'name: Northwind\nconsent_text: "{consent}"\nmarketing_consent_text: "Tell me of offers by e-mail."\n'
FORM = {"name": "Jane Doe", "email": "jane@fennel.example", "message": "Call me about prices"}
pytestmark = pytest.mark.timeout(240)


def ask(hub: RunningHub, consent: str) -> None:
    (hub.folder / "files" / "bot" / "widget.yml").write_text(WORDS.format(consent=consent))


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[RunningHub]:
    """A hub without a bot, so that the contact form comes soon."""
    assert (WIDGET / "visitor" / "dist" / "frame.html").is_file(), "build the widget first: handraise prepare --for tests"
    running = await start_hub(tmp_path, widget=WIDGET, tuning=quick(away_seconds=0.3))
    ask(running, "You may write to me.")
    yield running
    await running.close()


async def consents(hub: RunningHub) -> list[tuple[Any, ...]]:
    async with hub.database.read() as session:
        rows = await session.scalars(select(Consent).order_by(Consent.id))
        return [(row.purpose, row.given, row.text) for row in rows]


async def with_form(browser: Browser, hub: RunningHub, screen: str) -> tuple[Page, FrameLocator]:
    """A visitor in front of the contact form, filled."""
    page = await (await browser.new_context(**{"locale": "en-GB"} | SCREENS[screen] | {"locale": "en-GB"})).new_page()
    await page.goto(hub.url)
    await page.locator("handraise-chat button.launcher").click()
    chat = page.frame_locator("iframe")
    await chat.locator(".composer textarea").fill("Is anybody there?")
    await chat.locator(".composer textarea").press("Enter")
    await chat.locator(".card").wait_for()
    for name, text in FORM.items():
        await chat.locator(f"[name={name}]").fill(text)
    return page, chat


async def shot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"consent-{name}.png")


@pytest.mark.parametrize("screen", SCREENS)
async def test_the_form_comes_back_with_new_words_and_offers_are_taken_back_alone(hub: RunningHub, browser: Browser, screen: str) -> None:
    page, chat = await with_form(browser, hub, screen)
    agree, offers = chat.locator("[name=consent]"), chat.locator("[name=marketing]")
    await agree.check()
    await offers.check()
    ask(hub, "You may write and call.")
    await chat.locator(".card .primary").click()

    await chat.get_by_text("These words have changed. Please read them again.").wait_for()
    await chat.get_by_text("You may write and call.").wait_for()
    await expect(agree).not_to_be_checked()
    await expect(offers).not_to_be_checked()
    for name, text in FORM.items():
        await expect(chat.locator(f"[name={name}]")).to_have_value(text)
    assert await consents(hub) == []
    await accessible(page, "the form with other words")
    await shot(page, f"{screen.split(',')[0]}-form")

    await agree.check()
    await offers.check()
    await chat.locator(".card .primary").click()
    await chat.get_by_text("Somebody will write to you at jane@fennel.example").wait_for()
    given = [("contact", True, "You may write and call."), ("marketing", True, "Tell me of offers by e-mail.")]
    assert sorted(await consents(hub)) == given

    await chat.locator(".more").click()
    await chat.get_by_role("menuitem", name="Take back consent").click()
    await chat.get_by_role("button", name="Only for offers").wait_for()
    await accessible(page, "what to take back")
    await shot(page, f"{screen.split(',')[0]}-menu")
    await chat.get_by_role("button", name="Only for offers").click()
    await chat.get_by_text("Done. You are told of no more offers.").wait_for()
    assert [row[:2] for row in await consents(hub)][-1] == ("marketing", False)
    await expect(chat.get_by_role("log")).to_contain_text("Nothing of the kind will be sent to you")
