"""Consent to chat: where the site asks for it, nothing of a visitor is taken in or kept before a yes."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from leads import clock
from leads.audit import About, Who, note
from leads.database import Database
from leads.models import Consent, Conversation
from leads.rows import Mark, add_consents
from leads.state import NewConsent
from leads.wording import Wording
from webhook.errors import ConsentNeeded, NotFound
from webhook.texts import Texts

CHAT = "chat"
_ASKED = "This chat begins once you have agreed to it."
_CHANGED = "The words to agree to have changed. Please read them again."


class ChatConsent:
    """Asks the database each time: a yes that was taken back in another tab, or at another hub, is none from that moment on."""

    def __init__(self, database: Database, texts: Callable[[str], Texts]) -> None:
        self._database = database
        self._texts = texts

    def asked(self, site: str) -> Wording | None:
        """What the site asks; ``None``: nothing."""
        return self._texts(site).site.chat_consent

    async def is_given(self, conversation_id: str, site: str) -> bool:
        """Whether this visitor may chat."""
        words = self.asked(site)
        if words is None:
            return True
        found = await self._newest(conversation_id)
        return found is not None and found.given and words.covers(found.text, found.version)

    async def check(self, conversation_id: str, site: str) -> None:
        """Let through who may chat.

        Raises:
            ConsentNeeded: not agreed yet, or not any more.
        """
        if not await self.is_given(conversation_id, site):
            raise ConsentNeeded(_ASKED)

    async def agree(self, conversation_id: str, site: str, text: str, lang: str | None, page: str | None) -> None:
        """Keep the yes to the words that the visitor was shown; a second one changes nothing.

        Raises:
            ConsentNeeded: these words are not, or no longer, the site's.
            DatabaseUnavailable: nothing was kept.
        """
        words = self.asked(site)
        if words is None or await self.is_given(conversation_id, site):
            return
        if text not in words.texts.values():
            raise ConsentNeeded(_CHANGED)
        await self._keep(conversation_id, NewConsent(CHAT, True, text, words.version, lang, page), "agree")

    async def carry(self, before: str, after: str) -> None:
        """The same visitor begins anew: the newest decision goes with them."""
        found = await self._newest(before)
        if found is not None:
            await self._keep(after, NewConsent(CHAT, found.given, found.text, found.version, found.lang, found.page), "carried over")

    async def withdraw(self, conversation_id: str, lang: str | None, page: str | None) -> bool:
        """Take it back; false when there was none."""
        found = await self._newest(conversation_id)
        if found is None or not found.given:
            return False
        await self._keep(conversation_id, NewConsent(CHAT, False, "Taken back by the visitor: chat.", "", lang, page), "withdraw")
        return True

    async def _newest(self, conversation_id: str) -> Consent | None:
        mine = select(Consent).where(Consent.conversation_id == conversation_id, Consent.purpose == CHAT)
        async with self._database.read() as session:
            return await session.scalar(mine.order_by(Consent.id.desc()).limit(1))

    async def _keep(self, conversation_id: str, consent: NewConsent, how: str) -> None:
        at = clock.now()
        mark = Mark("", conversation_id, f"{how} {clock.iso(at)}", None, "form", at)
        async with self._database.write() as session:
            locked = select(Conversation.id).where(Conversation.id == conversation_id).with_for_update()
            if await session.scalar(locked) is None:
                raise NotFound("There is no such conversation.")
            await add_consents(session, mark, [consent])
            if not consent.given:
                about = About("conversation", conversation_id)
                await note(session, Who("visitor", conversation_id), "consent_withdrawn", about, purpose=CHAT)
