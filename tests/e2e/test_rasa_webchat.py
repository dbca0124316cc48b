"""Somebody else's Rasa widget, rasa-webchat 1.0.1 as it comes from the npm registry, against our hub, from another origin."""

from __future__ import annotations

import re
import subprocess
import tarfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from handraise.node import npm_command
from tests.e2e.browser import shoot
from tests.e2e.house import House
from tests.e2e.people import desk

PACKAGE = "rasa-webchat@1.0.1"
PAGE = """<!doctype html><title>A shop</title><div id="webchat"></div><script src="/package/lib/index.js"></script><script>
WebChat.default({{socketUrl: "{url}", socketPath: "/socket.io/", title: "Shop", initPayload: "/greet", customData: {{language: "en"}},
  params: {{storage: "session"}}, customMessageDelay: () => 0}}, null)
</script>"""

pytestmark = pytest.mark.timeout(180)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop(tmp_path: Path, house: House, shop_port: int) -> Iterator[str]:
    """The address of a page of another origin that carries the widget."""
    npm, environment = npm_command()
    subprocess.run(
        [*npm, "pack", PACKAGE, "--pack-destination", str(tmp_path)], env=environment, cwd=tmp_path, check=True, capture_output=True
    )
    with tarfile.open(next(tmp_path.glob("*.tgz"))) as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / "index.html").write_text(PAGE.format(url=house.url))
    server = ThreadingHTTPServer(("127.0.0.1", shop_port), partial(Quiet, directory=str(tmp_path)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{shop_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def say(page: Page, text: str) -> None:
    page.get_by_placeholder("Type a message...").fill(text)
    page.keyboard.press("Enter")


def test_another_widget_talks_to_the_bot_and_to_an_agent(browser: Browser, house: House, shop: str) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    page.goto(shop)
    page.locator(".rw-launcher").click()
    messages = page.locator(".rw-messages-container")
    expect(messages).to_contain_text("a bot")
    expect(messages.locator(".rw-message").filter(has_text="a bot")).to_have_count(1)

    say(page, "we are a 120-person fintech with about 40k euros a year")
    expect(messages).to_contain_text("about 40k EUR a year, 120 people, financial technology")
    page.locator(".rw-reply", has_text="As soon as possible").click()
    expect(messages).to_contain_text("May we keep your name and e-mail address")
    shoot(page, "30-rasa-webchat")

    agent = desk(browser)
    agent.sign_in(house.url, "admin@example.com", house.password)
    say(page, "I want to talk to a human")
    agent.accept()
    agent.reply("Hello, this is a person.")
    expect(messages).to_contain_text("Hello, this is a person.")

    page.reload()
    expect(messages).to_contain_text("Hello, this is a person.")
    say(page, "still here")
    expect(agent.log).to_contain_text("still here")
    agent.reply("So am I.")
    expect(messages).to_contain_text("So am I.")
    expect(messages.get_by_text(re.compile("Hello, this is a person."))).to_have_count(1)
    agent.press("Close")
