"""The Rasa Socket.IO protocol on the default namespace, for other people's widgets: docs/protocol.md section 5.

Such a widget knows no acknowledgement, no order and no history. What it says goes the same way as in our own namespace; what it
is to see is cut to the two shapes it understands and marked as delivered, so that nothing is shown twice.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from pydantic import ValidationError
from sqlalchemy import update

from leads.models import Choice, Conversation
from webhook.chat_consent import ChatConsent
from webhook.conversations import Conversations, read_entries
from webhook.errors import NAMELESS, ConsentNeeded, Forbidden, HubError, TooFast, as_hub_error, describe
from webhook.gate import Gate, address_of, origin_of
from webhook.locks import KeyedLocks
from webhook.log import Log
from webhook.messages import Messages
from webhook.relay import Relay
from webhook.schemas import RasaMessage
from webhook.visitor_tokens import VisitorTokens, hashed, new_token
from webhook.visits import Limits, Visits
from webhook.wire import Json

log = logging.getLogger(__name__)

ROOT = "/"
SITE = "rasa"
_SESSION_ID = re.compile(r"[A-Za-z0-9_-]{16,128}")
_INIT = re.compile(r"/[\w/{}\":, -]*")
_CHOICE_ID = re.compile(r"[A-Za-z0-9_-]{16,32}")
_NO_GATE = "This chat asks for consent first, which this window cannot show."
_SHOWN = ("bot", "agent", "system")
_HIDDEN = ("contact_form",)


class RasaNamespace(Gate):
    """Widgets that speak Rasa's protocol. The session id is the token of the conversation."""

    def __init__(
        self,
        log: Log,
        conversations: Conversations,
        tokens: VisitorTokens,
        messages: Messages,
        visits: Visits,
        limits: Limits,
        relay: Relay,
        chat_consent: ChatConsent,
    ) -> None:
        super().__init__(ROOT)
        self._chat_consent = chat_consent
        self._log = log
        self._tokens = tokens
        self._conversations = conversations
        self._messages = messages
        self._visits = visits
        self._limits = limits
        self._relay = relay
        self._shown: dict[str, int] = {}  # conversation → the last entry its tabs at this hub have
        self._locks = KeyedLocks()
        self._tabs: dict[str, str] = {}  # client → address
        self._nameless: set[str] = set()  # clients that do not say of which page they are: no browsers
        self._joined: dict[str, tuple[str, str]] = {}  # client → (session id, conversation)

    async def check_connect(self, sid: str, environ: dict[str, Any], auth: Any) -> bool:
        """Everybody from an allowed origin."""
        self._tabs[sid] = address_of(environ)
        if origin_of(environ) is None:
            self._nameless.add(sid)
        return True

    async def do_disconnect(self, sid: str) -> None:
        """Forget the tab."""
        self._tabs.pop(sid, None)
        self._joined.pop(sid, None)
        self._nameless.discard(sid)
        self._visits.left(sid)

    def tokens(self) -> Mapping[str, str]:
        """The hashes of the session ids with which tabs are there."""
        return {sid: hashed(session_id, "rasa") for sid, (session_id, _conversation) in self._joined.items()}

    def forget(self, conversation_id: str) -> None:
        """The conversation is gone; a tab that goes on begins another."""
        self._shown.pop(conversation_id, None)
        for sid in [sid for sid, (_session, one) in self._joined.items() if one == conversation_id]:
            del self._joined[sid]

    async def trigger_event(self, event: Any, *args: Any) -> Any:
        """`session_request` and `user_uttered`; everything else is ignored, as Rasa does."""
        if event in ("connect", "disconnect"):
            return await super().trigger_event(event, *args)
        sid, data = args[0], args[1] if len(args) > 1 else None
        try:
            if sid in self._tabs and event == "session_request":
                await self.do_session_request(sid, data)
            elif sid in self._tabs and event == "user_uttered":
                await self.do_user_uttered(sid, data)
        except TooFast as error:
            await self._say(sid, error.message)
        except ValidationError:
            return None
        except Exception as error:
            described = describe(error, "/ user_uttered" if event == "user_uttered" else "/ session_request")
            if isinstance(as_hub_error(error), HubError):
                await self._say(sid, described["message"])
        return None

    async def do_session_request(self, sid: str, data: Any) -> None:
        """Confirm the session with its bare id, then give what was said while nobody was there."""
        wanted = data.get("session_id") if isinstance(data, dict) else None
        session_id = wanted if isinstance(wanted, str) and _SESSION_ID.fullmatch(wanted) else new_token()
        conversation_id = await self._join(sid, session_id)
        await self.emit("session_confirm", session_id, to=sid)
        await self.deliver(conversation_id)

    async def do_user_uttered(self, sid: str, data: Any) -> None:
        """A typed line, or the payload of a button, which is the id the hub gave out."""
        uttered = RasaMessage.model_validate(data)
        known = self._joined.get(sid)
        if uttered.session_id and _SESSION_ID.fullmatch(uttered.session_id) and (known is None or known[0] != uttered.session_id):
            conversation_id = await self._join(sid, uttered.session_id)
        elif known is not None:
            conversation_id = known[1]
        else:
            return  # as Rasa with session persistence: no session, no answer
        self._limits.message(conversation_id)
        if await self._is_choice(conversation_id, uttered.message):
            await self._messages.choose(conversation_id, str(uuid4()), uttered.message)
        elif not await self._is_init(conversation_id, uttered.message):
            await self._messages.say(conversation_id, str(uuid4()), uttered.message)
        await self.deliver(conversation_id)

    async def deliver(self, conversation_id: str) -> None:
        """Send what was not delivered yet, if anybody is there to see it; each line once."""
        async with self._locks.hold(conversation_id):
            if conversation_id not in self._visits.room:
                self._shown.pop(conversation_id, None)
                return
            async with self._log.database.read() as session:
                done = self._shown.get(conversation_id)  # tabs at other hubs have got it or not, these have
                conversation = await session.get_one(Conversation, conversation_id)
                if done is None:
                    done = conversation.delivered_seq
                entries = await read_entries(session, conversation_id, done, 200)
            self._shown[conversation_id] = entries[-1]["seq"] if entries else done
            self._relay.seen(conversation_id, self._shown[conversation_id], conversation.epoch)
            if not entries:
                return
            for entry in entries:
                for shape in uttered(entry):
                    await self.emit("bot_uttered", shape, room=conversation_id)
            async with self._log.database.write() as session:
                farther = (Conversation.id == conversation_id, Conversation.delivered_seq < entries[-1]["seq"])
                await session.execute(update(Conversation).where(*farther).values(delivered_seq=entries[-1]["seq"]))

    async def _join(self, sid: str, session_id: str) -> str:
        if self._chat_consent.asked(SITE) is not None:
            raise ConsentNeeded(_NO_GATE)
        async with self._locks.hold(session_id):
            conversation_id = await self._tokens.find(session_id, SITE, protocol="rasa")
            if conversation_id is None:
                self._limits.new_chat(self._tabs.get(sid, ""), SITE)
                if sid in self._nameless:
                    raise Forbidden(NAMELESS)
                view = await self._conversations.begin(session_id, self._visits.greeting(SITE), site=SITE, protocol="rasa")
                conversation_id = view.conversation_id
        known = self._joined.get(sid)
        if known is not None and known[1] != conversation_id:
            await self.leave_room(sid, known[1])
        self._joined[sid] = (session_id, conversation_id)
        await self.enter(sid, conversation_id)
        self._relay.enter(conversation_id)
        if conversation_id not in self._visits.room:
            self._shown.pop(conversation_id, None)  # of an earlier visit; since then another hub may have delivered
        self._visits.came(conversation_id, sid)
        self.server.prove(sid, self.namespace)
        return conversation_id

    async def _is_choice(self, conversation_id: str, text: str) -> bool:
        if not _CHOICE_ID.fullmatch(text):
            return False
        async with self._log.database.read() as session:
            choice = await session.get(Choice, text)
        return choice is not None and choice.conversation_id == conversation_id and not choice.spent

    async def _is_init(self, conversation_id: str, text: str) -> bool:
        """The init payload of rasa-webchat, sent unseen before the first word: the greeting is its answer."""
        if not _INIT.fullmatch(text):
            return False
        view = await self._conversations.view(conversation_id, 0)
        return view is not None and not view.started

    async def _say(self, sid: str, text: str) -> None:
        await self.emit("bot_uttered", {"text": text}, to=sid)


def uttered(entry: Json) -> list[Json]:
    """An entry as `bot_uttered` events: the text cut at blank lines, the buttons with the last piece."""
    if entry["author"] not in _SHOWN or entry["kind"] in _HIDDEN:
        return []
    pieces = [piece.strip() for piece in re.split(r"\n\s*\n", entry["text"]) if piece.strip()]
    replies = [{"content_type": "text", "title": choice["title"], "payload": choice["id"]} for choice in entry["choices"]]
    if replies and not pieces:
        pieces = [""]
    shapes: list[Json] = [{"text": piece} for piece in pieces]
    if replies:
        shapes[-1]["quick_replies"] = replies
    return shapes
