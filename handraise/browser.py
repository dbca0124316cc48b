"""The browser of the end-to-end tests: the machine's Chromium when there is one, otherwise the one Playwright fetches."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from handraise.steps import Failure, step

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    """A Chromium of the machine, or ``None``: then Playwright's own is used."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def prepare_browser(logs: Path) -> None:
    """Fetch Playwright's Chromium when the machine has none.

    Raises:
        Failure: it could not be fetched.
    """
    if chromium_path() is not None or _fetched():
        return
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / "prepare-browser.log"
    with step("Fetching a browser for the tests"), log.open("wb") as out:
        code = subprocess.call([sys.executable, "-m", "playwright", "install", "chromium"], stdout=out, stderr=subprocess.STDOUT)
    if code:
        raise Failure("No Chromium was found, and Playwright could not fetch one.", f"Install Chromium, then run again. Details: {log}")


def _fetched() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()
