"""Coming in, as people do it in a real browser: invited, with a second factor, as an administrator, on a phone."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.e2e.browser import SCREENSHOTS
from tests.e2e.browser import waiting_browser as waiting_browser
from tests.e2e.test_accessible import accessible
from tests.webhook.hub import PASSWORD, RunningHub, start_hub
from tests.webhook.test_account import set_up
from tests.webhook.test_oidc import provider as provider
from webhook.accounts import create_agent

WIDGET = Path(__file__).resolve().parents[2] / "widget"
WATCH = """
window.blocked = [];
document.addEventListener('securitypolicyviolation', (event) => window.blocked.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
NEW = "lantern gravel orchid"


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[RunningHub]:
    """A hub with the built console and an administrator."""
    assert (WIDGET / "console" / "dist" / "index.html").is_file(), "build the console first: handraise prepare --for tests"
    running = await start_hub(tmp_path, widget=WIDGET, second_factor=("marketer",))
    await create_agent(running.database, "ada@example.com", "Ada Nordin", PASSWORD, "admin")
    yield running
    await running.close()


async def person(browser: Browser, width: int = 1280, height: int = 800) -> tuple[BrowserContext, Page]:
    context = await browser.new_context(viewport={"width": width, "height": height})
    await context.add_init_script(WATCH)
    page = await context.new_page()
    return context, page


async def sign_in(page: Page, hub: RunningHub, email: str, password: str) -> None:
    await page.goto(f"{hub.url}/console")
    await page.get_by_label("E-mail").fill(email)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Sign in").click()


async def shot(page: Page, name: str) -> None:
    """Keep a screenshot; nothing may have been blocked by the page's own rules, and nothing sticks out sideways."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SCREENSHOTS / f"doors-{name}.png")
    assert await page.evaluate("window.blocked") == []
    assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


async def test_invited_by_an_administrator_and_in_with_a_second_factor(hub: RunningHub, browser: Browser) -> None:
    _context, admin = await person(browser)
    await sign_in(admin, hub, "ada@example.com", PASSWORD)
    await admin.get_by_role("link", name="Settings").click()
    await admin.get_by_role("link", name="People").click()
    await admin.get_by_role("button", name="Invite").click()
    await admin.get_by_label("Name").fill("Nora Falk")
    await admin.get_by_label("E-mail").fill("nora@example.com")
    await admin.get_by_label("Marketer").check()
    await admin.get_by_role("button", name="Make the link").click()
    link = await admin.get_by_label("Link for nora@example.com").input_value()
    await admin.get_by_role("button", name="Done").click()
    await admin.get_by_text("Invited, not here yet").wait_for()
    await shot(admin, "people")

    _context, nora = await person(browser, 390, 844)
    await nora.goto(link.replace(hub.settings.url, hub.url))
    await nora.get_by_label("Password", exact=True).fill("nora falk 2026")
    await nora.get_by_role("button", name="Start").click()
    await nora.get_by_text("easy to guess").wait_for()
    await nora.get_by_label("Password", exact=True).fill(NEW)
    await nora.get_by_role("button", name="Start").click()

    await nora.get_by_role("heading", name="Your role needs a second factor").wait_for()
    assert "#" not in nora.url
    await nora.get_by_label("Your password").fill(NEW)
    await nora.get_by_role("button", name="Next").click()
    picture = nora.get_by_alt_text("QR code")
    assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 20
    app = pyotp.TOTP((await nora.locator("code").inner_text()).replace(" ", ""))
    await shot(nora, "qr-phone")
    await nora.get_by_label("Code").fill(app.at(time.time() - 30))
    await nora.get_by_role("button", name="Switch on").click()
    await nora.locator("ol code").first.wait_for()
    codes = await nora.locator("ol code").all_inner_texts()
    assert len(codes) == 10
    await shot(nora, "codes-phone")
    await nora.get_by_label("I have kept the codes").check()
    await nora.get_by_role("button", name="Done").click()
    await nora.get_by_role("navigation", name="Main").wait_for()
    await shot(nora, "in-phone")

    _context, again = await person(browser)
    await sign_in(again, hub, "nora@example.com", NEW)
    await again.get_by_label("Code").fill("000000")
    await again.get_by_role("button", name="Sign in").click()
    await again.get_by_text("This code is wrong").wait_for()
    await shot(again, "wrong-code")
    await again.get_by_label("Code").fill(codes[0])
    await again.get_by_role("button", name="Sign in").click()
    await again.get_by_role("navigation", name="Main").wait_for()
    await again.get_by_role("link", name="Settings").click()
    await again.get_by_text("9 recovery codes are left").wait_for()
    assert await again.get_by_role("link", name="People").count() == 0
    await again.get_by_role("button", name="Sign out everywhere else").click()
    await nora.get_by_role("heading", name="Sign in to Handraise").wait_for()

    _context, late = await person(browser)
    await late.goto(link.replace(hub.settings.url, hub.url))
    await late.get_by_role("heading", name="This link is used up").wait_for()
    await shot(late, "link-spent")


async def test_the_code_of_the_second_factor_is_asked_for_after_the_provider(tmp_path: Path, browser: Browser, provider: str) -> None:
    ours: dict[str, Any] = {
        "oidc_issuer": provider,
        "oidc_client_id": "handraise",
        "oidc_client_secret": "s3cret s3cret",
        "oidc_name": "Example",
    }
    hub = await start_hub(tmp_path, widget=WIDGET, **ours)
    try:
        await hub.account("mara@example.com")
        app, _codes = await set_up(hub, await hub.sign_in("mara@example.com"))
        _context, mara = await person(browser, 390, 844)
        await mara.goto(f"{hub.settings.url}/console")
        await by_provider(mara)
        await mara.get_by_role("heading", name="One more step").wait_for()
        await accessible(mara, "code")
        await shot(mara, "provider-code-phone")
        await mara.get_by_label("Code").fill("000000")
        await mara.get_by_role("button", name="Sign in").click()
        await mara.get_by_text("This code is wrong").wait_for()
        await mara.context.clear_cookies(name="handraise_halfway")
        await mara.get_by_label("Code").fill(app.now())
        await mara.get_by_role("button", name="Sign in").click()
        await mara.get_by_text("This took too long").wait_for()
        assert "#" not in mara.url
        await by_provider(mara)
        await mara.get_by_label("Code").fill(app.now())
        await mara.get_by_role("button", name="Sign in").click()
        await mara.get_by_role("navigation", name="Main").wait_for()
        assert "#" not in mara.url
    finally:
        await hub.close()


async def by_provider(page: Page) -> None:
    """To the provider and back."""
    await page.get_by_role("link", name="Sign in with Example").click()
    await page.get_by_role("button", name="Authorize as m-1").click()


async def test_a_role_changed_in_the_console_signs_out_at_once(hub: RunningHub, browser: Browser) -> None:
    await hub.account("ben@example.com")
    _context, ben = await person(browser)
    await sign_in(ben, hub, "ben@example.com", PASSWORD)
    await ben.get_by_role("navigation", name="Main").wait_for()
    _context, admin = await person(browser)
    await sign_in(admin, hub, "ada@example.com", PASSWORD)
    await admin.get_by_role("navigation", name="Main").wait_for()
    await admin.goto(f"{hub.url}/console/settings/people")
    await admin.get_by_role("button", name="Change Ben").click()
    await admin.get_by_role("menuitem", name="Admin").click()
    await ben.get_by_role("heading", name="Sign in to Handraise").wait_for()
    await sign_in(ben, hub, "ben@example.com", PASSWORD)
    await ben.get_by_role("navigation", name="Main").wait_for()
    await ben.goto(f"{hub.url}/console/settings/tokens")
    await ben.get_by_role("button", name="New token").click()
    await ben.get_by_label("Name").fill("CRM")
    await ben.get_by_role("button", name="Make the token").click()
    token = await ben.get_by_role("textbox", name="Token").input_value()
    await shot(ben, "token")
    assert (await hub.get("/console/api/leads", Authorization=f"Bearer {token}")).status == 200


async def test_the_first_sign_in_asks_what_visitors_shall_read(hub: RunningHub, browser: Browser) -> None:
    await create_agent(hub.database, "admin@example.com", "", PASSWORD, "admin", named=False)
    _context, first = await person(browser, 390, 844)
    await sign_in(first, hub, "admin@example.com", PASSWORD)
    name = first.get_by_label("Your name")
    await name.wait_for()
    await accessible(first, "the name")
    await name.fill("Admin")
    await name.press("Enter")
    await first.get_by_role("alert").get_by_text("Mara Lind").wait_for()
    await shot(first, "name")
    assert await name.input_value() == "Admin", "what was typed stays"
    await name.fill("Jane Roe")
    await name.press("Enter")
    await first.get_by_role("navigation", name="Main").wait_for()
    await first.goto(f"{hub.url}/console/settings/you")
    await first.get_by_role("heading", name="Jane Roe").wait_for()
    await first.get_by_label("Your name").fill("Jane Roe-Lund")
    await first.get_by_role("button", name="Change name").click()
    await first.get_by_role("heading", name="Jane Roe-Lund").wait_for()
    await accessible(first, "oneself")
    await shot(first, "you-with-a-name")
