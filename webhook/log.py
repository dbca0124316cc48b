"""The log of a conversation: what one transaction adds to it, and the announcement after the commit."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.attributes import set_committed_value

from leads import clock
from leads.database import Database
from leads.models import Agent, Choice, Conversation, Entry
from webhook.errors import Conflict, NotFound
from webhook.locks import KeyedLocks
from webhook.wire import Json, entry_json, state_json

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Button:
    """What a flow offers: ``payload`` never leaves the server."""

    title: str
    payload: str


class News(NamedTuple):
    """What a committed change means for everybody who looks at the conversation."""

    conversation_id: str
    protocol: str
    entries: tuple[Json, ...]
    state: Json | None


@dataclass
class Change:
    """One transaction on one conversation, whose row is locked as long as it lasts."""

    session: AsyncSession
    conversation: Conversation
    now: datetime
    entries: list[Json] = field(default_factory=list)
    moved: bool = False  # the state must be sent
    state: Json | None = None  # after the commit, if it moved
    afterwards: list[Callable[[], None]] = field(default_factory=list)  # run after commit and announcement

    async def append(
        self,
        kind: str,
        author: str,
        text: str = "",
        *,
        name: str | None = None,
        client_msg_id: str | None = None,
        data: dict[str, Any] | None = None,
        buttons: Sequence[Button] = (),
    ) -> Entry:
        """Add the next entry; its number is given here, in the transaction that stores it."""
        seq = await self._next_seq()
        entry = Entry(
            conversation_id=self.conversation.id,
            seq=seq,
            kind=kind,
            author=author,
            name=name,
            text=text,
            client_msg_id=client_msg_id,
            data=data or {},
            at=self.now,
        )
        choices = [self._issue(seq, place, button) for place, button in enumerate(buttons)]
        self.session.add(entry)
        self.session.add_all(choices)
        await self.session.flush()
        self.entries.append(entry_json(entry, choices))
        return entry

    async def notice(self, code: str, text: str) -> Entry:
        """A line of the hub that both sides see."""
        return await self.append("notice", "system", text, data={"code": code})

    async def earlier(self, client_msg_id: str, *, kind: str, author: str, text: str | None = None) -> Entry | None:
        """The entry that was stored under this id before.

        Raises:
            Conflict: the id was used for something else.
        """
        found = await self.session.scalar(
            select(Entry).where(Entry.conversation_id == self.conversation.id, Entry.client_msg_id == client_msg_id)
        )
        if found and (found.kind != kind or found.author != author or (text is not None and found.text != text)):
            raise Conflict("This message id was used for something else.")
        return found

    def _issue(self, seq: int, place: int, button: Button) -> Choice:
        secret = token_urlsafe(15)
        return Choice(
            id=secret, conversation_id=self.conversation.id, seq=seq, place=place, title=button.title[:200], payload=button.payload
        )

    async def _next_seq(self) -> int:
        seq = await self.session.scalar(
            update(Conversation)
            .where(Conversation.id == self.conversation.id)
            .values(last_seq=Conversation.last_seq + 1, last_at=self.now)
            .returning(Conversation.last_seq)
            .execution_options(synchronize_session=False)
        )
        if seq is None:
            raise NotFound("There is no such conversation.")
        set_committed_value(self.conversation, "last_seq", seq)
        set_committed_value(self.conversation, "last_at", self.now)
        return seq


class Log:
    """Every change of a conversation goes through :meth:`change`: stored first, announced then, one after the other."""

    def __init__(self, database: Database, announce: Callable[[News], Awaitable[None]], bot_online: Callable[[], bool]) -> None:
        self.database = database
        self.bot_online = bot_online
        self._announce = announce
        self._locks = KeyedLocks()

    @asynccontextmanager
    async def change(self, conversation_id: str) -> AsyncIterator[Change]:
        """A transaction on the conversation; nothing is announced when the block raises.

        Raises:
            NotFound: there is no such conversation.
            DatabaseUnavailable: nothing was stored.
        """
        async with self._locks.hold(conversation_id):
            async with self.database.write_few() as session:
                conversation = await session.scalar(select(Conversation).where(Conversation.id == conversation_id).with_for_update())
                if conversation is None:
                    raise NotFound("There is no such conversation.")
                change = Change(session, conversation, clock.now())
                yield change
                await session.flush()
                change.state = await self.state(session, conversation) if change.moved else None
            if change.entries or change.state:
                await self.tell(News(conversation_id, conversation.protocol, tuple(change.entries), change.state))
        for step in change.afterwards:
            step()

    async def state(self, session: AsyncSession, conversation: Conversation) -> Json:
        """Section 2 of docs/protocol.md."""
        agent = await session.get(Agent, conversation.agent_id) if conversation.agent_id else None
        return state_json(conversation, agent, bot_online=self.bot_online())

    async def tell(self, news: News) -> None:
        """Announce; a failure here must not take back an acknowledgement, clients close the gap by ``seq``."""
        try:
            await self._announce(news)
        except Exception as error:
            log.error("announcing entries of %s failed: %s", news.conversation_id, type(error).__name__, exc_info=error)
