"""What visitors type, without a coroutine for each line: many are under way in one connection and are stored together."""

from __future__ import annotations

from typing import Any

from webhook import schemas
from webhook.append_plan import Stored
from webhook.chat_consent import ChatConsent
from webhook.gate import check
from webhook.messages import Messages
from webhook.sockets import Done
from webhook.visitor import VisitorNamespace
from webhook.visits import Limits
from webhook.wire import Json, stored_json


class TypedLines:
    """Does what :meth:`webhook.visitor.VisitorNamespace.do_message` does."""

    def __init__(self, visitors: VisitorNamespace, chat_consent: ChatConsent, limits: Limits, messages: Messages) -> None:
        self._visitors = visitors
        self._chat_consent = chat_consent
        self._limits = limits
        self._messages = messages

    def take(self, sid: str, payload: list[Any], done: Done) -> bool:
        """Whether the line was taken; not where the database must be asked first whether the visitor may chat."""
        tab = self._visitors.find(sid)
        if tab is None or tab.conversation_id is None or self._chat_consent.asked(tab.site) is not None:
            return False
        conversation_id = tab.conversation_id
        try:
            event = check(schemas.Message, payload)
            self._limits.message(conversation_id)
            self._messages.take(
                conversation_id, event.client_msg_id, event.text, lambda outcome: self._tell(outcome, conversation_id, event, done)
            )
        except Exception as error:
            done(self._refuse(error))
        return True

    def _tell(self, outcome: Stored | Exception | None, conversation_id: str, event: schemas.Message, done: Done) -> None:
        if isinstance(outcome, Exception):
            done(self._refuse(outcome))
        else:
            done(stored_json(outcome) if outcome is not None else lambda: self._say_alone(conversation_id, event))

    async def _say_alone(self, conversation_id: str, event: schemas.Message) -> Json:
        try:
            return stored_json(await self._messages.say_alone(conversation_id, event.client_msg_id, event.text))
        except Exception as error:
            return self._refuse(error)

    def _refuse(self, error: Exception) -> Json:
        return self._visitors.refuse(error, "message")
