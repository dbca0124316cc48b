"""What a visitor says: stored once under its id, then given to whoever holds the conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import exists, func, select, update

from leads.models import Choice, Entry
from webhook.append_plan import Request
from webhook.appends import Appends, Done
from webhook.errors import ChoiceSpent, Conflict, Invalid
from webhook.log import Change, Log
from webhook.ownership import BOT_MAY_SPEAK, REOPEN, move
from webhook.turn_rows import add_turn
from webhook.wire import Place


class Messages:
    """Visitors' lines. ``wake`` is called after the commit when the bot has something to do, ``started`` at the first word."""

    def __init__(self, log: Log, appends: Appends, wake: Callable[[str], None], started: Callable[[str], None]) -> None:
        self._log = log
        self._appends = appends
        self._wake = wake
        self._started = started

    async def say(self, conversation_id: str, client_msg_id: str, text: str) -> Place:
        """Store a typed line; the same id and text again give the first entry.

        Raises:
            Conflict: the id was used for something else.
        """
        plain = await self._appends.append(Request(conversation_id, client_msg_id, text))
        return plain if plain is not None else await self.say_alone(conversation_id, client_msg_id, text)

    def take(self, conversation_id: str, client_msg_id: str, text: str, done: Done) -> None:
        """The same for whoever does not wait: ``done`` is told; None means :meth:`say_alone`.

        Raises:
            DatabaseUnavailable: too many lines wait.
        """
        self._appends.put(Request(conversation_id, client_msg_id, text), done)

    async def say_alone(self, conversation_id: str, client_msg_id: str, text: str) -> Place:
        """The same in a transaction of its own.

        Raises:
            Conflict: the id was used for something else.
        """
        async with self._log.change(conversation_id) as change:
            found = await change.earlier(client_msg_id, kind="message", author="visitor", text=text)
            if found:
                return found
            await self.begin(change)
            entry = await change.append("message", "visitor", text, client_msg_id=client_msg_id)
            self._ask_bot(change, {"text": text}, entry.seq)
        return entry

    async def choose(self, conversation_id: str, client_msg_id: str, choice_id: str) -> Entry:
        """Use a button, which spends the others of its entry.

        Raises:
            ChoiceSpent: it was used before, or was not issued in this conversation.
            Conflict: the id was used for something else.
        """
        async with self._log.change(conversation_id) as change:
            found = await change.earlier(client_msg_id, kind="choice", author="visitor")
            if found:
                if found.data.get("choice_id") != choice_id:
                    raise Conflict("This message id was used for another button.")
                return found
            choice = await self._spend(change, choice_id)
            await self.begin(change)
            data = {"choice_id": choice.id, "of_seq": choice.seq}
            entry = await change.append("choice", "visitor", choice.title, client_msg_id=client_msg_id, data=data)
            self._ask_bot(change, {"choice": {"title": choice.title, "payload": choice.payload}}, entry.seq)
        return entry

    async def rate(self, conversation_id: str, client_msg_id: str, score: int) -> Entry:
        """Keep a rating of a closed chat, once per close.

        Raises:
            Invalid: the chat is open or was rated.
        """
        async with self._log.change(conversation_id) as change:
            found = await change.earlier(client_msg_id, kind="rating", author="visitor")
            if found:
                return found
            if change.conversation.holder != "closed" or await _is_rated(change):
                raise Invalid("A chat can be rated once, after it has ended.")
            return await change.append("rating", "visitor", client_msg_id=client_msg_id, data={"score": score})

    async def begin(self, change: Change) -> None:
        """Note the first word of a conversation; open a closed one again."""
        conversation = change.conversation
        if conversation.started_at is None:
            conversation.started_at = change.now
            change.afterwards.append(lambda: self._started(conversation.id))
        if conversation.holder == "closed":
            await move(change, REOPEN, reason="reopened")

    def _ask_bot(self, change: Change, payload: dict[str, Any], seq: int) -> None:
        if change.conversation.holder in BOT_MAY_SPEAK:
            add_turn(change, payload, seq)
            change.afterwards.append(lambda: self._wake(change.conversation.id))

    async def _spend(self, change: Change, choice_id: str) -> Choice:
        choice = await change.session.get(Choice, choice_id)
        if choice is None or choice.spent or choice.conversation_id != change.conversation.id:
            raise ChoiceSpent("This button has been used.")
        await change.session.execute(
            update(Choice).where(Choice.conversation_id == choice.conversation_id, Choice.seq == choice.seq).values(spent=True)
        )
        return choice


async def _is_rated(change: Change) -> bool:
    moved = select(func.max(Entry.seq)).where(Entry.conversation_id == change.conversation.id, Entry.kind == "holder")
    last = await change.session.scalar(moved) or 0
    rated = exists().where(Entry.conversation_id == change.conversation.id, Entry.kind == "rating", Entry.seq > last)
    return bool(await change.session.scalar(select(rated)))
