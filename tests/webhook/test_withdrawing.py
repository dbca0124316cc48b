"""Consent through the hub: noted with its words, nothing kept without it, gone with what it was given for when taken back (A26)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from leads import audit
from leads.audit import Wanted
from leads.models import Consent, Conversation, Entry, LeadEvent, Turn
from tests.leads.people import traces
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import Visitor, new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub

EMAIL, NAME = "jane@marked.example", "Marked-Jane"
PAGE = {"url": "https://www.example.com/pricing?email=jane", "title": "Pricing", "referrer": ""}


async def with_contact(hub: RunningHub, message: str = "") -> Visitor:
    visitor = await hub.visitor(join=False)
    await visitor.join(page=PAGE)
    await visitor.say(f"I am {NAME}, write to {EMAIL.upper()} please")
    await visitor.ok("contact", {"client_msg_id": new_id(), "name": NAME, "email": EMAIL, "message": message, "consent": visitor.consent})
    return visitor


async def consents(hub: RunningHub) -> list[Consent]:
    async with hub.database.read() as session:
        return list(await session.scalars(select(Consent).order_by(Consent.id)))


async def test_a_consent_holds_words_version_language_page_and_time(hub: RunningHub) -> None:
    (hub.folder / "files" / "bot" / "widget.yml").write_text(
        'consent_text:\n  en: "You may write to me."\n  de: "Sie dürfen mir schreiben."\nconsent_version: "2026-11"\n'
    )
    visitor = await hub.visitor(join=False)
    joined = await visitor.ok("join", {"token": None, "last_seq": 0, "page": PAGE, "lang": "de-AT"})
    assert joined["site"]["consent_text"] == "Sie dürfen mir schreiben."
    assert not {"consent_texts", "consent_version"} & joined["site"].keys()
    words = joined["site"]["consent_text"]
    await visitor.ok("contact", {"client_msg_id": new_id(), "name": NAME, "email": EMAIL, "message": "", "consent": words})
    (row,) = await consents(hub)
    assert (row.purpose, row.given, row.text, row.version) == ("contact", True, "Sie dürfen mir schreiben.", "2026-11")
    assert (row.lang, row.page, len(row.text_hash)) == ("de-AT", "https://www.example.com/pricing", 64)


async def test_without_consent_no_contact_details_are_kept(hub: RunningHub) -> None:
    """The transcript holds what visitors write; no answer, no lead card and no export does."""
    visitor = await hub.visitor()
    line = {"client_msg_id": new_id(), "name": NAME, "email": EMAIL, "message": "", "consent": False}
    assert (await visitor.refused("contact", line))["code"] == "invalid"
    await visitor.say(f"I am {NAME}, write to {EMAIL} please")
    await visitor.hears(f"You said: I am {NAME}, write to {EMAIL} please")
    assert set(await traces(hub.database, EMAIL, NAME)) == {"entries.text", "turns.payload"}
    assert await consents(hub) == []


async def test_taken_back_everything_it_was_given_for_is_gone(hub: RunningHub, bot: BotServer) -> None:
    agent = await hub.agent()
    visitor = await with_contact(hub, "our budget is 40k euros a year")
    await agent.open(visitor.conversation_id)
    assert (await agent.open(visitor.conversation_id))["lead"]["email"] == EMAIL

    assert (await visitor.ok("withdraw", {"purpose": "contact"}))["withdrawn"] is True

    notice = await visitor.notice("consent_withdrawn")
    assert "deleted" in notice["text"]
    lead = (await agent.wait("lead", lambda data: data["lead"]["email"] is None))["lead"]
    assert lead["name"] is None
    assert next(one for one in lead["answers"] if one["slot"] == "budget")["status"] == "known", "what is not personal stays"
    assert await traces(hub.database, EMAIL, NAME, EMAIL.upper()) == []
    async with hub.database.read() as session:
        texts = [entry.text for entry in await session.scalars(select(Entry).order_by(Entry.seq))]
        sender = await session.scalar(select(Conversation.sender_id).where(Conversation.id == visitor.conversation_id))
        rows = [row async for row in audit.rows(session, Wanted(what="consent_withdrawn"))]
    assert "I am [deleted], write to [deleted] please" in texts
    assert sender in bot.forgotten
    assert [(row.who_kind, row.about_id, row.data["purpose"]) for row in rows] == [("visitor", visitor.conversation_id, "contact")]
    assert [(row.given, bool(row.at)) for row in await consents(hub)] == [(True, True), (False, True)]

    await visitor.say("Thanks")
    await visitor.hears("You said: Thanks")
    turn = next(one for one in bot.turns if one.get("text") == "Thanks")
    assert turn["after"] > max(one["seq"] for one in bot.turns if one is not turn), "a bot that missed it begins anew"


async def test_what_was_never_given_cannot_be_taken_back(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    assert (await visitor.ok("withdraw", {"purpose": "contact"}))["withdrawn"] is False
    visitor = await with_contact(hub)
    assert (await visitor.ok("withdraw", {"purpose": "marketing"}))["withdrawn"] is False
    assert (await visitor.ok("withdraw", {"purpose": "contact"}))["withdrawn"] is True
    assert (await visitor.ok("withdraw", {"purpose": "contact"}))["withdrawn"] is False


async def test_a_form_that_is_sent_again_afterwards_brings_nothing_back(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    form = {"client_msg_id": new_id(), "name": NAME, "email": EMAIL, "message": "", "consent": visitor.consent}
    await visitor.ok("contact", form)
    await visitor.ok("withdraw", {"purpose": "contact"})
    assert (await visitor.refused("contact", form))["code"] == "conflict"
    assert await traces(hub.database, EMAIL, NAME) == []


@pytest.mark.parametrize("says", [{"Sec-GPC": "1"}, {"DNT": "1"}])
async def test_pages_of_who_does_not_want_to_be_followed_are_not_noted(hub: RunningHub, says: dict[str, str]) -> None:
    assert await _pages(hub, headers=says) == []
    assert len(await _pages(hub)) == 2


async def _pages(hub: RunningHub, **options: Any) -> list[str]:
    visitor = await hub.visitor(join=False, **options)
    await visitor.join(page=PAGE)
    await visitor.say("hello")
    await visitor.ok("page", {"url": "https://www.example.com/customers", "title": "Customers"})
    await visitor.hears("You said: hello")
    await visitor.close()
    await hub.stop_serving()  # what is being stored is stored
    await hub.start_serving()
    async with hub.database.read() as session:
        mine = (LeadEvent.conversation_id == visitor.conversation_id, LeadEvent.name == "page")
        return [event.data["url"] for event in await session.scalars(select(LeadEvent).where(*mine))]


async def test_before_the_first_word_only_the_id_is_kept(new_hub: StartHub) -> None:
    hub = await new_hub()
    visitor = await hub.visitor(join=False)
    await visitor.join(page=PAGE)
    await visitor.ok("page", {"url": "https://www.example.com/marked", "title": "Marked"})
    await hub.stop_serving()
    await hub.start_serving()
    assert await traces(hub.database, "example.com", "Marked", "Pricing", "127.0.0.1") == []
    async with hub.database.read() as session:
        row = await session.get_one(Conversation, visitor.conversation_id)
        assert (row.started_at, row.lang, list(await session.scalars(select(Turn)))) == (None, "en", [])
