"""One house for all tests of this folder: `handraise up` with every process real, and one Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from handraise.ports import free_port
from leads.settings import load_settings
from tests.e2e.browser import chromium
from tests.e2e.house import House, start_house

RING_SECONDS = 12


@pytest.fixture(scope="package")
def models() -> Path:
    """The folder with the trained model, made by `handraise prepare --for tests`."""
    return (load_settings().data / "models").resolve()


@pytest.fixture(scope="package")
def shop_port() -> int:
    """The port of a page on another origin, which may show widgets of this house."""
    return free_port()


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory, models: Path, shop_port: int) -> Iterator[House]:
    """A running Handraise with its bot."""
    running = start_house(
        tmp_path_factory.mktemp("house") / "data",
        models,
        HANDRAISE_RING_SECONDS=str(RING_SECONDS),
        HANDRAISE_ALLOWED_ORIGINS=f"http://localhost:{shop_port}",
    )
    try:
        running.wait_for_bot()
        yield running
    finally:
        code = running.stop()
    assert code == 0, running.console.read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium; each person gets a context of their own. It keeps an event loop running, which tests that wait cannot have."""
    with chromium() as started:
        yield started
