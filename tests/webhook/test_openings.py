"""How a chat opens on certain pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from leads.errors import FileProblem
from tests.webhook.hub import RunningHub
from webhook.openings import opening_for
from webhook.texts import load_texts

FILE = """
openings:
  - {page: /pricing, text: Prices?}
  - page: /blog/*
    text: Reading?
    buttons: [{title: More, payload: /ask_what}]
  - {page: "*", text: Anywhere}
"""
USUAL = "Hi, I'm the assistant. What brings you here?"


@pytest.fixture
def openings(tmp_path: Path) -> Path:
    path = tmp_path / "widget.yml"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://shop.example/pricing", "Prices?"),
        ("https://shop.example/Pricing/?plan=team#top", "Prices?"),
        ("https://shop.example/pricing/team", "Anywhere"),
        ("https://shop.example/blog/2026/news", "Reading?"),
        ("https://shop.example", "Anywhere"),
        ("http://[broken", None),
        ("", None),
        (None, None),
    ],
)
def test_the_first_opening_that_fits_the_path(openings: Path, url: str | None, text: str | None) -> None:
    found = opening_for(load_texts(openings).openings, url)
    assert (found.text if found else None) == text


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("/pricing", "pricing", 3, "path of the page"),
        ("/pricing", "/pricing?plan=team", 3, "path of the page"),
        ("/blog/*", "/PRICING/", 4, "never used"),
        ("payload", "paylod", 6, "payload"),
    ],
)
def test_mistakes_are_told_with_their_line(openings: Path, before: str, after: str, line: int, said: str) -> None:
    openings.write_text(FILE.replace(before, after, 1))
    with pytest.raises(FileProblem, match=said) as found:
        load_texts(openings)
    assert found.value.line == line


async def test_the_pricing_page_has_its_own_opening(hub: RunningHub) -> None:
    for url, text in (
        ("https://shop.example/pricing?x=1", "Which plan are you looking at?"),
        ("https://shop.example/about", USUAL),
        ("no address", USUAL),
    ):
        visitor = await hub.visitor(join=False)
        greeting = (await visitor.join(page={"url": url, "title": "", "referrer": ""}))["entries"][0]
        assert greeting["text"] == text
        assert [choice["title"] for choice in greeting["choices"]] == ["Prices", "A person"]  # those of utter_greet


async def test_starting_over_on_the_pricing_page_opens_with_its_line(hub: RunningHub) -> None:
    visitor = await hub.visitor(join=False)
    await visitor.join(page={"url": "https://shop.example/pricing", "title": "", "referrer": ""})
    again = await visitor.ok("restart")
    assert again["entries"][0]["text"] == "Which plan are you looking at?"
