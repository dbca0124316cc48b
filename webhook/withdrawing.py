"""A visitor takes consent back: what it was given for is gone at once, everybody sees that it was, and no bot remembers it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from leads import clock
from leads.models import Conversation, Turn
from leads.state import NewConsent
from leads.store import CONTACT, MARKETING, LeadStore
from webhook.bots import Bots
from webhook.chat_consent import CHAT, ChatConsent
from webhook.log import Log
from webhook.texts import Lines, Texts
from webhook.wire import Json


class Withdrawing:
    """``changed`` is called with the conversation whose lead looks different now."""

    def __init__(
        self,
        log: Log,
        leads: LeadStore,
        chat: ChatConsent,
        bots: Bots,
        texts: Callable[[str], Texts],
        changed: Callable[[str], None],
    ) -> None:
        self._log = log
        self._leads = leads
        self._chat = chat
        self._bots = bots
        self._texts = texts
        self._changed = changed

    async def withdraw(self, conversation_id: str, purpose: str, lang: str | None, page: str | None) -> Json:
        """Note it, delete what it was given for, and say so to both sides; ``withdrawn`` is false when nothing had been agreed to.

        Raises:
            UnknownConversation, NotFound, DatabaseUnavailable: nothing was changed.
        """
        if not await self._note(conversation_id, purpose, lang, page):
            return {"withdrawn": False}
        async with self._log.change(conversation_id) as change:
            sender, site = change.conversation.sender_id, change.conversation.site
            if purpose == CONTACT:
                change.session.add(_forgetful(change.conversation))
            await change.notice("consent_withdrawn", _words(self._texts(site).lines, purpose))
        self._changed(conversation_id)
        if purpose == CONTACT:
            await self._bots.forget([sender])
        return {"withdrawn": True}

    async def _note(self, conversation_id: str, purpose: str, lang: str | None, page: str | None) -> bool:
        if purpose == CHAT:
            return await self._chat.withdraw(conversation_id, lang, page)
        state = await self._leads.state(conversation_id)
        if state is None or not state.consents.get(purpose, False):
            return False
        consent = NewConsent(purpose, False, f"Taken back by the visitor: {purpose}.", lang=lang, page=page)
        source = f"withdraw {uuid4().hex[:16]}"
        await self._leads.record(conversation_id, source=source, seq=None, read_by="form", consents=[consent])
        return True


def _words(lines: Lines, purpose: str) -> str:
    return {CHAT: lines.chat_withdrawn, MARKETING: lines.marketing_withdrawn}.get(purpose, lines.consent_withdrawn)


def _forgetful(conversation: Conversation) -> Turn:
    """A turn that no bot has served: whichever serves the next one finds its memory too old and begins anew from the database.

    A bot that is out of reach just now is asked to forget only once; this makes sure.
    """
    now = clock.now()
    known = {"state": "done", "attempts": 0, "created_at": now, "read_at": now}
    return Turn(
        id=str(uuid4()), conversation_id=conversation.id, seq=conversation.last_seq + 1, payload={}, epoch=conversation.epoch, **known
    )
