"""Chromium for the tests: the machine's own when there is one, otherwise the one Playwright brought."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from handraise.browser import chromium_path

FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"),
]
SCREENSHOTS = Path(__file__).parent / "screenshots"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, closed afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def shoot(what: Page | Locator, name: str) -> None:
    """Keep a screenshot among the artefacts of the run, to be looked at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    what.screenshot(path=SCREENSHOTS / f"{name}.png")
