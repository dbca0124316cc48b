"""The house itself: what dies comes back and nothing said is lost; Ctrl-C leaves nothing behind; it runs on PostgreSQL as well."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import shoot
from tests.e2e.house import House, plain, start_house
from tests.e2e.people import desk, visitor

EMAIL = "admin@example.com"

pytestmark = pytest.mark.timeout(240)


def test_the_hub_is_killed_in_the_middle(browser: Browser, house: House) -> None:
    person = visitor(browser, house.url)
    person.open_chat()
    person.say("we have a budget of about 30k euros a year")
    person.sees("about 30k EUR a year")
    agent = desk(browser)
    agent.sign_in(house.url, EMAIL, house.password)
    person.say("please let me talk to a human")
    expect(agent.ring).to_be_visible()

    os.kill(house.pid_of("hub"), signal.SIGKILL)
    person.say("are you still there?")
    expect(person.frame.get_by_text(re.compile("Sending|connection|offline", re.IGNORECASE)).first).to_be_visible()
    shoot(person.page, "40-hub-away")
    shoot(agent.page, "42-hub-away-console")

    house.wait_for_hub()
    agent.accept()  # the call survived the restart
    expect(agent.log).to_contain_text("are you still there?", timeout=40_000)
    assert agent.log.inner_text().count("are you still there?") == 1
    agent.reply("Yes, I am.")
    person.sees("Yes, I am.")
    assert "hub ended (signal SIGKILL); starting it again" in plain(house.console.read_text())
    agent.press("Close")


@pytest.mark.long
def test_the_bot_hangs_and_the_form_goes_on_where_it_stopped(browser: Browser, house: House) -> None:
    person = visitor(browser, house.url)
    person.open_chat()
    person.say("we are 45 people in logistics")
    person.sees("45 people")
    person.sees("budget do you have in mind")
    pid = house.pid_of("bot")
    os.kill(pid, signal.SIGSTOP)
    try:
        person.say("about 30k euros a year")
        expect(person.frame.get_by_text("Your message is kept").first).to_be_visible()
        expect(person.frame.get_by_role("textbox", name=re.compile("mail", re.IGNORECASE))).to_be_visible()
        shoot(person.page, "41-bot-away")
    finally:
        os.kill(pid, signal.SIGCONT)
    person.sees("about 30k EUR a year", seconds=60)
    person.sees("When would you like to start?")
    text = person.log.inner_text()
    assert text.count("about 30k euros a year") == 1
    assert text.lower().count("how many people") == 0


@pytest.mark.long
def test_the_bot_is_killed_and_comes_back(browser: Browser, house: House) -> None:
    person = visitor(browser, house.url)
    person.open_chat()
    person.say("we are 45 people in logistics")
    person.sees("budget do you have in mind")
    os.kill(house.pid_of("bot"), signal.SIGKILL)
    person.say("about 30k euros a year")
    person.sees("about 30k EUR a year", seconds=60)
    person.sees("When would you like to start?")
    assert "bot ended (signal SIGKILL); starting it again" in plain(house.console.read_text())


def test_ctrl_c_ends_every_process(tmp_path: Path, models: Path) -> None:
    house = start_house(tmp_path / "data", models)
    try:
        house.wait_for_bot()
        pids = [int(pid) for pid in Path(f"/proc/{house.process.pid}/task/{house.process.pid}/children").read_text().split()]
        assert len(pids) == 3
    finally:
        code = house.stop()
    assert code == 0
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert "Everything has stopped" in plain(house.console.read_text())


@pytest.mark.long
def test_a_model_that_does_not_load_is_said(tmp_path: Path, models: Path) -> None:
    house = start_house(tmp_path / "data", models, damage_models=True)
    try:
        house.wait(lambda: "does not load" in plain(house.console.read_text()), "the line about the model", 60)
        assert house.health()["ok"], "the hub serves all the same"
        assert "handraise train --force" in plain(house.console.read_text())
    finally:
        house.stop()
