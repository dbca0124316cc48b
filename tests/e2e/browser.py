"""Chromium for the tests: the machine's own when there is one, otherwise the one Playwright brought."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser as AsyncBrowser
from playwright.async_api import async_playwright
from playwright.async_api import expect as async_expect
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from handraise.browser import chromium_path
from tests.waiting import PATIENCE

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"),
]
SCREENSHOTS = Path(__file__).parent / "screenshots"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, closed afterwards; what is expected on a page is waited for as patiently as everything else."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@asynccontextmanager
async def async_chromium(*more_flags: str) -> AsyncIterator[AsyncBrowser]:
    """The same for tests that wait for other things meanwhile."""
    async_expect.set_options(timeout=PATIENCE * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *more_flags])
        try:
            yield browser
        finally:
            await browser.close()


@pytest.fixture(name="browser")
async def waiting_browser() -> AsyncIterator[AsyncBrowser]:
    """One for a test of a file that waits; the file imports it in place of the folder's own."""
    async with async_chromium() as started:
        yield started


def shoot(what: Page | Locator, name: str) -> None:
    """Keep a screenshot among the artefacts of the run, to be looked at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    what.screenshot(path=SCREENSHOTS / f"{name}.png")
