"""The main job, end to end in a real browser: a visitor qualifies, a hot lead rings an agent, the agent takes over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import shoot
from tests.e2e.house import House
from tests.e2e.people import PHONE, AgentDesk, Visitor, desk, visitor

OPENING = "Hi, we're a 120-person fintech in Berlin looking for a chat tool, we have about 40k euros a year."
EMAIL = "admin@example.com"
ASKED = re.compile("when would you like to start", re.IGNORECASE)

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def agent(browser: Browser, house: House) -> AgentDesk:
    """A signed-in agent."""
    person = desk(browser)
    person.sign_in(house.url, EMAIL, house.password)
    return person


def test_the_scene(browser: Browser, house: House, agent: AgentDesk) -> None:
    person = visitor(browser, house.url)
    shoot(person.page, "01-landing-page")
    person.open_chat()
    shoot(person.page, "02-greeting")

    understood_at_once(person)
    asks_back_and_corrects(person)
    second = same_conversation_everywhere(person, house)
    half_way_is_a_lead(house)
    gives_contact_details(person)
    rings(agent)
    talk_live(person, second, agent)
    back_to_the_bot(person, agent)
    closed(person, agent)


def understood_at_once(person: Visitor) -> None:
    """Scene 2: three answers in one message; only what is missing is asked, with buttons."""
    person.say(OPENING)
    person.sees("about 40k EUR a year, 120 people, financial technology")
    person.sees(ASKED)
    expect(person.frame.get_by_role("button", name="As soon as possible")).to_be_visible()
    text = person.log.inner_text()
    assert "budget" not in text.split(OPENING)[1].lower()
    shoot(person.page, "03-understood")


def asks_back_and_corrects(person: Visitor) -> None:
    """Scene 3: why, price, correction, refusal."""
    person.say("why do you need that?")
    person.sees("If you are in a hurry")
    person.say("what does it cost?")
    person.sees("Starter for 49 EUR")
    person.say("sorry, 20 people, not 120")
    person.sees("20 people")
    person.say("I'd rather not say")
    person.sees("May we keep your name and e-mail address")
    shoot(person.page, "04-asked-back")


def same_conversation_everywhere(person: Visitor, house: House) -> Visitor:
    """Scene 3: another page, a reload and a second tab show the same lines, and nothing is asked twice."""
    before = person.last_lines()
    person.page.get_by_role("link", name="Pricing").first.click()
    expect(person.page).to_have_url(re.compile("/pricing$"))
    if not person.page.locator("iframe").is_visible():
        person.open_chat()
    person.sees("May we keep your name")
    person.page.reload()
    if not person.page.locator("iframe").is_visible():
        person.open_chat()
    person.sees("May we keep your name")
    second = Visitor(person.page.context.new_page())
    second.page.goto(f"{house.url}/customers")
    second.open_chat()
    second.sees("May we keep your name")
    for tab in (person, second):
        assert tab.last_lines() == before
    return second


def half_way_is_a_lead(house: House) -> None:
    """Scene 4: whoever leaves now is a lead with what was said."""
    (lead,) = [lead for lead in house.leads() if any(answer["said"] == "20 people" for answer in lead["answers"])]
    known = {answer["slot"]: answer["text"] for answer in lead["answers"] if answer["status"] == "known"}
    assert known == {"budget": "about 40k EUR a year", "company_size": "20 people", "industry": "financial technology"}
    assert {answer["slot"] for answer in lead["answers"] if answer["status"] == "declined"} == {"timeline"}
    assert lead["tier"] == "warm"
    assert sum(row["points"] for row in lead["receipt"]["entries"]) == lead["score"]


def gives_contact_details(person: Visitor) -> None:
    """Scene 4: name and e-mail after the consent line; only what is stored is confirmed."""
    person.press("Yes, that is fine")
    person.sees("What is your name")
    person.say("Jane Doe")
    person.sees("Which e-mail address")
    person.say("jane@acme-pay.com")
    person.sees("Noted: jane@acme-pay.com")


def rings(agent: AgentDesk) -> None:
    """Scene 5: the console rings (sound, badge, title) with the lead, its value and its reasons."""
    expect(agent.ring).to_be_visible()
    expect(agent.ring).to_contain_text("Jane Doe")
    expect(agent.ring).to_contain_text(re.compile("budget of about 40k EUR a year", re.IGNORECASE))
    expect(agent.ring).to_contain_text("+30")
    expect(agent.page).to_have_title(re.compile("Jane Doe"))
    expect(agent.page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("ring"))
    agent.page.wait_for_function("window.tones > 0")
    shoot(agent.page, "05-ring")
    agent.accept()
    expect(agent.lead).to_contain_text("jane@acme-pay.com")
    expect(agent.lead).to_contain_text(re.compile("budget of about 40k EUR a year.*about 40k euros a year", re.IGNORECASE | re.DOTALL))
    expect(agent.lead).to_contain_text("Preferred not to say")
    shoot(agent.page, "06-accepted")


def talk_live(person: Visitor, second: Visitor, agent: AgentDesk) -> None:
    """Scene 6: both see each other write; the bot keeps silent whatever the visitor types."""
    for tab in (person, second):
        tab.sees("Mara Lind")
    shoot(person.page, "07-person-joined")
    agent.box.press_sequentially("Hello Jane")
    expect(person.frame.get_by_label("is typing").first).to_be_attached()
    shoot(person.page, "08-agent-types")
    agent.box.fill("")
    agent.reply("Hello Jane, I am here. What matters most to you?")
    for tab in (person, second):
        tab.sees("What matters most to you?")
    person.box.press_sequentially("One moment")
    expect(agent.page.get_by_label("is typing").first).to_be_attached()
    person.box.fill("")
    asked = ["what does it cost?", "I want to talk to a human", "/restart", "we have 90k a year", "why do you need that?"]
    for line in asked:
        person.say(line)
        expect(agent.log).to_contain_text(line)
    agent.reply("Scale would be 900 EUR a month for you.")
    person.sees("Scale would be 900 EUR a month for you.")
    after = person.log.inner_text().split("What matters most to you?")[1]
    assert "Assistant" not in after
    assert "Starter for 49 EUR" not in after
    shoot(person.page, "09-talk")
    shoot(agent.page, "10-talk-console")


def back_to_the_bot(person: Visitor, agent: AgentDesk) -> None:
    """Scene 6: handed back, the visitor is told and the bot answers again."""
    agent.press("Hand back")
    person.sees("Mara Lind has left the chat. The assistant goes on from here.")
    person.say("is my data safe?")
    person.sees("encrypted in transit and at rest")


def closed(person: Visitor, agent: AgentDesk) -> None:
    """Scene 6: an agent who takes over again and closes; the visitor is told."""
    agent.page.get_by_role("main").get_by_role("button", name=re.compile("Take over|Accept")).click()
    expect(agent.page.get_by_text("You are answering")).to_be_visible()
    agent.press("Close")
    expect(person.frame.get_by_text(re.compile("closed|ended", re.IGNORECASE)).first).to_be_visible()
    shoot(person.page, "11-closed")


def test_nobody_accepts(browser: Browser, house: House, agent: AgentDesk) -> None:
    """Scene 7: the visitor is told honestly within the set time and offered to leave details; the lead stays in the queue."""
    person = visitor(browser, house.url)
    person.open_chat()
    person.say("can I speak to somebody from sales please")
    expect(agent.ring).to_be_visible()
    person.sees("May we keep your name and e-mail address")
    shoot(person.page, "12-waiting")
    person.sees("Nobody is free right now. If you leave your e-mail address, somebody will write to you.", seconds=30)
    shoot(person.page, "13-nobody-free")
    expect(agent.page.get_by_role("button", name=re.compile(r"Waiting \d"))).to_be_visible()
    person.press("Yes, that is fine")
    person.say("my name is Amélie Poulain")
    person.sees("Which e-mail address")
    person.say("amelie@deux-moulins.fr")
    person.sees("amelie@deux-moulins.fr")
    row = agent.page.get_by_role("link", name=re.compile("Amélie Poulain"))
    expect(row).to_be_visible()
    row.click()
    agent.page.get_by_role("main").get_by_role("button", name=re.compile("Accept|Take over")).click()
    agent.reply("I am back, how can I help?")
    person.sees("I am back, how can I help?")
    agent.press("Close")


@pytest.mark.parametrize(
    "before", [[], [OPENING], ["hello"], [OPENING, "soon", "what does it cost?"]], ids=["at once", "warm", "greeted", "in a form"]
)
def test_a_person_can_be_asked_for_at_any_point(browser: Browser, house: House, agent: AgentDesk, before: list[str]) -> None:
    """Scene 8: hot or not, inside a form or before anything was said."""
    person = visitor(browser, house.url)
    person.open_chat()
    for line in before:
        person.say(line)
        person.sees(line)
    person.say("I want to talk to a human")
    expect(agent.ring).to_be_visible()
    agent.accept()
    person.sees("Mara Lind")
    agent.press("Close")


def test_on_a_phone_and_in_the_dark(browser: Browser, house: House) -> None:
    person = visitor(browser, house.url, PHONE, dark=True)
    shoot(person.page, "20-phone-landing")
    person.open_chat()
    person.say(OPENING)
    person.sees(ASKED)
    shoot(person.page, "21-phone-chat")
    box = person.page.locator("iframe").bounding_box()
    assert box is not None and box["width"] == PHONE["width"] and box["height"] == PHONE["height"]
    agent = desk(browser, PHONE, dark=True)
    agent.sign_in(house.url, EMAIL, house.password)
    shoot(agent.page, "22-phone-inbox")
