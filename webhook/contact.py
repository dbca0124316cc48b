"""The contact form: kept as a lead with its consent, and a person is called."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from leads.models import Entry
from leads.rows import request_handoff
from leads.state import NewConsent
from leads.store import CONTACT, MARKETING
from leads.wording import Wording
from webhook.errors import WordsChanged
from webhook.handoff import Handoffs
from webhook.log import Change, Log
from webhook.messages import Messages
from webhook.reader import LeadReader
from webhook.schemas import Contact
from webhook.texts import Site, Texts


class ContactForm:
    """Takes filled forms."""

    def __init__(self, log: Log, messages: Messages, reader: LeadReader, handoffs: Handoffs, texts: Callable[[str], Texts]) -> None:
        self._log = log
        self._messages = messages
        self._reader = reader
        self._handoffs = handoffs
        self._texts = texts

    async def send(self, conversation_id: str, form: Contact, lang: str | None, page: str | None) -> Entry:
        """Entry, lead, call for a person, thanks: each step can be repeated, so a form sent again finishes what a crash cut off.

        Raises:
            Conflict: the message id was used for something else.
            WordsChanged: other words are to be agreed to by now; nothing was kept.
        """
        entry, site = await self._enter(conversation_id, form)
        texts = self._texts(site)
        await self._reader.contact(conversation_id, form, entry.seq, _consents(form, texts.site, lang, page))
        async with self._log.change(conversation_id) as change:
            if not await _thanked(change, entry.seq):
                await request_handoff(change.session, conversation_id, "contact", change.now)
                await change.notice("contact_received", texts.lines.say("contact_received", email=form.email))
        await self._handoffs.start(conversation_id)
        return entry

    async def _enter(self, conversation_id: str, form: Contact) -> tuple[Entry, str]:
        who = ", ".join(part for part in (form.name, form.email) if part)
        text = f"{who}: {form.message}" if form.message else who
        async with self._log.change(conversation_id) as change:
            found = await change.earlier(form.client_msg_id, kind="contact", author="visitor", text=text)
            if found and form.consent is not True:
                return found, change.conversation.site
            _check_words(form, self._texts(change.conversation.site).site)
            await self._messages.begin(change)
            fields = [name for name in ("name", "email", "message") if getattr(form, name)]
            entry = await change.append("contact", "visitor", text, client_msg_id=form.client_msg_id, data={"fields": fields})
            return entry, change.conversation.site


def _check_words(form: Contact, site: Site) -> None:
    if not _are(form.consent, site.consent) or (form.marketing and not _are(form.marketing, site.marketing_consent)):
        raise WordsChanged("The words to agree to have changed. Please read them again.")


def _are(said: object, words: Wording | None) -> bool:
    return words is not None and said in words.texts.values()


def _consents(form: Contact, site: Site, lang: str | None, page: str | None) -> list[NewConsent]:
    """To be contacted, without which there is no form, and to be told of offers, where the box was ticked: in the words that were shown.

    A form that is sent again may name words that have changed since it was taken: these have no version then.
    """
    named = ((CONTACT, form.consent, site.consent), (MARKETING, form.marketing, site.marketing_consent))
    return [
        NewConsent(purpose, True, said, words.version if words is not None and _are(said, words) else "", lang, page)
        for purpose, said, words in named
        if isinstance(said, str)
    ]


async def _thanked(change: Change, seq: int) -> bool:
    """Whether this form was answered; other notices may have come after it."""
    mine = (Entry.conversation_id == change.conversation.id, Entry.kind == "notice", Entry.seq > seq)
    notices = await change.session.scalars(select(Entry.data).where(*mine))
    return any(data.get("code") == "contact_received" for data in notices)
