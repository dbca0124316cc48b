"""Consent to chat: where the site asks, the hub takes nothing in before a yes to its very words, and nothing after it was taken back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, select

from leads import clock
from leads.models import Consent, Conversation, Entry, LeadEvent, Presence, Turn
from tests.webhook.clients import Visitor, new_id
from tests.webhook.hub import RunningHub
from webhook.app import HUB

PAGE = {"url": "https://www.example.com/pricing", "title": "Pricing", "referrer": ""}
ASKS = 'chat_consent_text:\n  en: "Keep this chat to answer me."\n  de: "Dieser Chat darf bleiben."\nchat_consent_version: "7"\n'


def ask(hub: RunningHub, text: str = ASKS) -> None:
    (hub.folder / "files" / "bot" / "widget.yml").write_text(text)


async def stored(hub: RunningHub) -> dict[str, int]:
    """Rows that could say something of a visitor; the greeting is the only entry before a yes."""
    async with hub.database.read() as session:
        return {one.__tablename__: await session.scalar(select(func.count()).select_from(one)) or 0 for one in (Entry, Turn, LeadEvent)}


async def consents(hub: RunningHub) -> list[tuple[Any, ...]]:
    async with hub.database.read() as session:
        rows = await session.scalars(select(Consent).order_by(Consent.id))
        return [(row.purpose, row.given, row.text, row.version, row.lang, row.page) for row in rows]


async def asked(hub: RunningHub, lang: str = "de-AT") -> tuple[Visitor, dict[str, Any]]:
    visitor = await hub.visitor(join=False)
    return visitor, await visitor.ok("join", {"token": None, "last_seq": 0, "page": PAGE, "lang": lang})


async def test_nothing_is_taken_in_before_a_yes(hub: RunningHub) -> None:
    ask(hub)
    visitor, joined = await asked(hub)
    assert joined["agreed"] is False
    assert joined["site"]["chat_consent"] == {"text": "Dieser Chat darf bleiben.", "mark": "7"}
    form = {"client_msg_id": new_id(), "name": "", "email": "jane@marked.example", "message": "", "consent": True}
    for event, payload in (
        ("message", {"client_msg_id": new_id(), "text": "Hello"}),
        ("choose", {"client_msg_id": new_id(), "choice_id": new_id()}),
        ("contact", form),
        ("identify", {"token": "a.b.c"}),
        ("page", {"url": PAGE["url"], "title": "Pricing"}),
        ("typing", {"on": True}),
        ("seen", {"seq": 1}),
        ("rate", {"client_msg_id": new_id(), "score": 3}),
    ):
        assert (await visitor.refused(event, payload))["code"] == "consent_needed", event
    assert await stored(hub) == {"entries": 1, "turns": 0, "lead_events": 0}
    assert (await visitor.refused("agree", {"text": "Something else.", "page": PAGE}))["code"] == "consent_needed"

    await visitor.ok("agree", {"text": "Dieser Chat darf bleiben.", "page": PAGE})
    await visitor.ok("agree", {"text": "Dieser Chat darf bleiben.", "page": PAGE})
    await visitor.say("Hello")
    await visitor.hears("You said: Hello")
    assert await consents(hub) == [("chat", True, "Dieser Chat darf bleiben.", "7", "de-AT", PAGE["url"])]


async def test_a_yes_holds_for_other_tabs_and_a_new_chat_but_not_for_other_words(hub: RunningHub) -> None:
    ask(hub)
    visitor, joined = await asked(hub, "en")
    await visitor.ok("agree", {"text": "Keep this chat to answer me.", "page": None})
    other = await hub.visitor(join=False)
    resume = {"token": joined["token"], "last_seq": 0, "page": PAGE, "lang": "en"}
    assert (await other.ok("join", resume))["agreed"] is True
    assert (await other.ok("restart", {}))["agreed"] is True
    await other.say("Hello again")

    ask(hub, 'chat_consent_text: "Other words."\nchat_consent_version: "8"\n')
    assert (await other.refused("message", {"client_msg_id": new_id(), "text": "And now?"}))["code"] == "consent_needed"
    ask(hub, 'chat_consent_text: "Smaller change."\nchat_consent_version: "7"\n')
    await other.say("The author counts it as the same")
    assert (await other.ok("forget", {}))["agreed"] is False, "who is forgotten is asked again"


async def test_taken_back_it_stops_the_chat_at_once(hub: RunningHub) -> None:
    ask(hub)
    visitor, _ = await asked(hub, "en")
    assert (await visitor.ok("withdraw", {"purpose": "chat"}))["withdrawn"] is False
    await visitor.ok("agree", {"text": "Keep this chat to answer me.", "page": None})
    await visitor.say("Hello")
    assert (await visitor.ok("withdraw", {"purpose": "chat"}))["withdrawn"] is True
    assert "chat" in (await visitor.notice("consent_withdrawn"))["text"]
    assert (await visitor.refused("message", {"client_msg_id": new_id(), "text": "More"}))["code"] == "consent_needed"
    assert [row[:2] for row in await consents(hub)] == [("chat", True), ("chat", False)]


async def test_a_chat_without_a_word_goes_with_its_consent(hub: RunningHub) -> None:
    ask(hub)
    visitor, _ = await asked(hub, "en")
    await visitor.ok("agree", {"text": "Keep this chat to answer me.", "page": None})
    async with hub.database.write() as session:
        await session.execute(delete(Presence))  # as after a day in which nobody was there
    assert await hub.runner.app[HUB].around.conversations.purge_unstarted(clock.now()) == 1
    async with hub.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Conversation)) == 0
    assert await consents(hub) == []


async def test_marketing_is_a_consent_of_its_own_and_ends_with_the_contact(hub: RunningHub) -> None:
    ask(hub, 'marketing_consent_text:\n  en: "Tell me of offers."\n  de: "Angebote gern."\nmarketing_consent_version: "2"\n')
    agent = await hub.agent()
    visitor, joined = await asked(hub)
    assert (joined["agreed"], joined["site"]["marketing_text"]) == (True, "Angebote gern.")
    form = {"name": "", "email": "jane@marked.example", "message": "", "consent": joined["site"]["consent_text"]}
    await visitor.ok("contact", {"client_msg_id": new_id(), **form, "marketing": None})
    assert [row[0] for row in await consents(hub)] == ["contact"], "never taken for a yes"
    await visitor.ok("contact", {"client_msg_id": new_id(), **form, "marketing": "Angebote gern."})
    lead = (await agent.open(joined["state"]["conversation_id"]))["lead"]
    assert {one["purpose"]: (one["given"], one["version"]) for one in lead["consents"]} == {"contact": (True, ""), "marketing": (True, "2")}

    assert (await visitor.ok("withdraw", {"purpose": "contact"}))["withdrawn"] is True
    lead = (await agent.open(joined["state"]["conversation_id"]))["lead"]
    assert {one["purpose"]: one["given"] for one in lead["consents"]} == {"contact": False, "marketing": False}


async def test_offers_alone_are_taken_back_alone(hub: RunningHub) -> None:
    ask(hub, 'marketing_consent_text: "Tell me of offers."\n')
    agent = await hub.agent()
    visitor, joined = await asked(hub)
    words = {"consent": joined["site"]["consent_text"], "marketing": "Tell me of offers."}
    await visitor.ok("contact", {"client_msg_id": new_id(), "name": "", "email": "jane@marked.example", "message": "", **words})
    assert (await visitor.ok("withdraw", {"purpose": "marketing"}))["withdrawn"] is True
    lead = (await agent.open(joined["state"]["conversation_id"]))["lead"]
    assert {one["purpose"]: one["given"] for one in lead["consents"]} == {"contact": True, "marketing": False}
    assert lead["email"] == "jane@marked.example"
    assert (await visitor.ok("withdraw", {"purpose": "marketing"}))["withdrawn"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent": "I agree to something else."},
        {"consent": True},
        {"consent": True, "marketing": False},
        {"marketing": "Tell me of everything."},
        {"marketing": True},
    ],
)
async def test_a_form_with_other_words_than_the_site_asks_now_is_refused_and_nothing_of_it_is_kept(
    hub: RunningHub, wrong: dict[str, object]
) -> None:
    ask(hub, 'consent_text: "You may write to me."\nmarketing_consent_text: "Tell me of offers."\n')
    visitor, _joined = await asked(hub)
    form = {"client_msg_id": new_id(), "name": "Jane", "email": "jane@marked.example", "message": "Hi"}
    right = {"consent": "You may write to me.", "marketing": "Tell me of offers."}
    error = await visitor.refused("contact", form | right | wrong)
    assert (error["code"], error["message"]) == ("words_changed", "The words to agree to have changed. Please read them again.")
    assert await consents(hub) == [] and (await stored(hub))["entries"] == 1
    await visitor.ok("contact", form | right)  # the same form under the same id, once it is right
    assert sorted(row[0] for row in await consents(hub)) == ["contact", "marketing"]


async def test_words_that_change_under_an_open_form_are_asked_again(hub: RunningHub) -> None:
    ask(hub, 'consent_text:\n  en: "You may write to me."\n  de: "Sie dürfen mir schreiben."\nconsent_version: "1"\n')
    visitor, joined = await asked(hub)
    form = {"client_msg_id": new_id(), "name": "", "email": "jane@marked.example", "message": ""}
    ask(hub, 'consent_text: "You may write and call."\nconsent_version: "2"\n')
    assert (await visitor.refused("contact", form | {"consent": joined["site"]["consent_text"]}))["code"] == "words_changed"
    again = await visitor.ok("join", {"token": joined["token"], "last_seq": 0, "page": None, "lang": "de"})
    assert again["site"]["consent_text"] == "You may write and call."
    ack = await visitor.ok("contact", form | {"consent": again["site"]["consent_text"]})
    (row,) = await consents(hub)
    assert row[0] == "contact"
    ask(hub, 'consent_text: "Once more other words."\n')
    assert await visitor.ok("contact", form | {"consent": again["site"]["consent_text"]}) == ack, "what was taken stays taken"


async def test_marketing_is_not_kept_where_the_site_does_not_ask(hub: RunningHub) -> None:
    visitor, joined = await asked(hub)
    form = {"client_msg_id": new_id(), "name": "", "email": "jane@marked.example", "message": "", "consent": joined["site"]["consent_text"]}
    assert (await visitor.refused("contact", form | {"marketing": "Tell me of offers."}))["code"] == "words_changed"
    await visitor.ok("contact", form)
    assert [row[0] for row in await consents(hub)] == ["contact"]
