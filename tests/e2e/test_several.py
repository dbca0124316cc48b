"""`handraise up --hubs 2 --bots 2`: whichever process dies in the middle of a conversation, nothing said is lost or said twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.house import House, plain, start_house
from tests.e2e.people import desk, visitor

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[House]:
    house = start_house(tmp_path_factory.mktemp("several") / "data", models, "--hubs", "2", "--bots", "2")
    try:
        house.wait(lambda: house.health().get("bots") == {"there": 2, "all": 2}, "both bots", 120)
        yield house
    finally:
        code = house.stop()
    assert code == 0, house.console.read_text()


@pytest.mark.long
def test_hubs_and_bots_die_one_after_the_other(browser: Browser, several: House) -> None:
    assert several.health()["hubs"] == 2
    person = visitor(browser, several.url)
    person.open_chat()
    person.say("we are 45 people in logistics")
    person.sees("budget do you have in mind")
    for pid in several.pids_of("bot")[:1] + several.pids_of("hub")[:1]:
        os.kill(pid, signal.SIGKILL)
    person.say("about 30k euros a year")
    person.sees("about 30k EUR a year", seconds=60)
    person.sees("When would you like to start?", seconds=60)
    agent = desk(browser)
    agent.sign_in(several.url, "admin@example.com", several.password)
    person.say("please let me talk to a human")
    agent.accept()
    os.kill(several.pids_of("hub")[-1], signal.SIGKILL)
    person.say("I am still here")
    agent.log.get_by_text("I am still here").wait_for(timeout=40_000)
    agent.reply("So am I.")
    person.sees("So am I.", seconds=40)
    text = person.log.inner_text()
    assert [text.count(line) for line in ("we are 45 people", "about 30k euros", "I am still here", "So am I.")] == [1, 1, 1, 1]
    said = plain(several.console.read_text())
    assert "ended (signal SIGKILL); starting it again" in said
