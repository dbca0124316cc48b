"""The audit log in the console, in a real browser: read, filtered, turned over, saved, and seen to be whole or not."""

from __future__ import annotations

import csv
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update

from leads import audit
from leads.audit import About, Who
from leads.models import AuditRow
from tests.e2e.browser import waiting_browser as waiting_browser
from tests.e2e.test_accessible import SCREENS, accessible
from tests.e2e.test_doors import WATCH, shot, sign_in
from tests.webhook.hub import PASSWORD, RunningHub, start_hub
from tests.webhook.test_audit_api import empty_log
from webhook.accounts import create_agent

WIDGET = Path(__file__).resolve().parents[2] / "widget"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[RunningHub]:
    """A hub with the built console, an administrator, and a log of more than one page."""
    running = await start_hub(tmp_path, widget=WIDGET)
    await empty_log(running)
    await create_agent(running.database, "ada@example.com", "Ada Nordin", PASSWORD, "admin")
    mara = await running.account("mara@example.com")
    async with running.database.write() as session:
        for number in range(130):
            await audit.note(session, Who("agent", mara.id), "lead_viewed", About("conversation", f"c{number % 7}"))
        await audit.note(session, Who("agent", mara.id), "corrected", About("conversation", "c1"), slot="company_size")
        await audit.note(session, Who("command", "person.erase"), "erased", About("conversation", "c9"), answers=4, account="root")
        await audit.note(session, Who("visitor", "c2"), "consent_withdrawn", About("conversation", "c2"), purpose="contact", lines=3)
    yield running
    await running.close()


async def opened(browser: Browser, hub: RunningHub, screen: str) -> Page:
    """The page of the audit log, reached as people do."""
    context = await browser.new_context(**{"locale": "en-GB"} | SCREENS[screen])
    await context.add_init_script(WATCH)
    page = await context.new_page()
    await sign_in(page, hub, "ada@example.com", PASSWORD)
    await page.get_by_role("navigation", name="Main").wait_for()
    await page.goto(f"{hub.url}/console/settings/you")
    await page.get_by_role("link", name="Audit log").click()
    await page.get_by_role("heading", name="Audit log").wait_for()
    await page.get_by_text("The log is whole").wait_for()
    await page.get_by_role("cell", name="Erased a person").wait_for()
    return page


async def test_read_filtered_turned_over_and_saved(hub: RunningHub, browser: Browser, tmp_path: Path) -> None:
    page = await opened(browser, hub, "desk")
    await shot(page, "audit")
    lines = page.locator("tbody tr")
    await expect(lines).to_have_count(100)
    await expect(lines.nth(1)).to_contain_text(re.compile(r"Visitor · .*Took consent back.*purpose: contact"))
    await page.get_by_role("button", name="Older").click()
    await expect(lines.last).to_contain_text("Added an account")
    await page.get_by_role("button", name="Newer").click()
    await expect(lines).to_have_count(100)
    await choose(page, "What", "Erased: everything")
    await expect(lines).to_have_count(1)
    await expect(lines.first).to_contain_text("handraise person erase")
    async with page.expect_download() as started:
        await page.get_by_role("link", name="Save as CSV").click()
    file = tmp_path / "audit.csv"
    await (await started.value).save_as(file)
    with file.open(newline="") as content:
        assert [line["what"] for line in csv.DictReader(content)] == ["erased"]
    await page.get_by_label("From").fill("2020-01-02")
    await page.get_by_label("To", exact=True).fill("2020-01-01")
    await page.get_by_text("This day is after the last one").wait_for()
    await page.get_by_label("From").fill("")
    await page.get_by_text("Nothing matches").wait_for()
    await shot(page, "audit-nothing")
    await page.get_by_role("button", name="Show everything").click()
    await expect(lines).to_have_count(100)
    await page.get_by_label("About").fill(f"{hub.url}/console/inbox/c9")
    await expect(lines).to_have_count(1)


async def test_what_is_shown_stands_in_the_address(hub: RunningHub, browser: Browser) -> None:
    page = await opened(browser, hub, "desk")
    lines = page.locator("tbody tr")
    await choose(page, "What", "Looked at a lead")
    await page.get_by_role("button", name="Older").click()
    await expect(lines).to_have_count(30)
    shared = page.url
    await page.get_by_role("link", name="Inbox").click()
    await page.go_back()
    await expect(lines).to_have_count(30)
    await page.go_back()
    await expect(lines).to_have_count(100)
    await expect(page.get_by_role("combobox", name="What", exact=True)).to_have_value("Looked at a lead")
    await page.get_by_label("About").fill("c3")
    await expect(lines).to_have_count(19)
    other = await page.context.new_page()
    await other.goto(shared)
    await expect(other.locator("tbody tr")).to_have_count(30)
    await expect(other.get_by_role("combobox", name="What", exact=True)).to_have_value("Looked at a lead")
    await other.get_by_role("button", name="Newer").click()
    await expect(other.locator("tbody tr")).to_have_count(100)
    await other.goto(page.url)
    await expect(other.get_by_label("About")).to_have_value("c3")
    await expect(other.locator("tbody tr")).to_have_count(19)


async def choose(page: Page, label: str, option: str) -> None:
    """With the keys alone."""
    field = page.get_by_role("combobox", name=label, exact=True)
    await field.focus()
    await page.keyboard.type(option)
    await page.get_by_role("option", name=option, exact=True).wait_for()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_changed_row_is_told_in_plain_words_and_axe_finds_nothing(hub: RunningHub, browser: Browser, screen: str) -> None:
    page = await opened(browser, hub, screen)
    await accessible(page, "whole")
    await shot(page, f"audit-{screen.split(',')[0]}-whole")
    async with hub.database.write() as session:
        await session.execute(update(AuditRow).where(AuditRow.what == "corrected").values(what="lead_viewed"))
    await page.get_by_role("button", name="Check again").click()
    await page.get_by_role("alert").get_by_text("is not as it was written").wait_for()
    await accessible(page, "broken")
    await shot(page, f"audit-{screen.split(',')[0]}-broken")


async def test_who_is_no_administrator_does_not_see_it(hub: RunningHub, browser: Browser) -> None:
    page = await (await browser.new_context(locale="en-GB")).new_page()
    await sign_in(page, hub, "mara@example.com", PASSWORD)
    await page.get_by_role("navigation", name="Main").wait_for()
    await page.goto(f"{hub.url}/console/settings/audit")
    await page.get_by_role("navigation", name="Settings").wait_for()
    await expect(page.get_by_role("link", name="Audit log")).to_have_count(0)
    await expect(page.get_by_role("heading", name="Audit log")).to_have_count(0)
