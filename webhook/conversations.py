"""Conversations: begun with a greeting, read from any place of the log."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.erasure import delete_conversations
from leads.models import Choice, Conversation, Entry, Presence
from webhook.gaps import Gaps
from webhook.greeting import Greeting
from webhook.log import Change, Log
from webhook.together import Together
from webhook.visitor_tokens import hashed
from webhook.wire import Json, entries_json

PAGE = 200
_PURGED = 500  # at once


@dataclass(frozen=True)
class View:
    """A conversation as a client sees it after some ``seq``."""

    conversation_id: str
    state: Json
    entries: list[Json]
    started: bool
    last_at: datetime | None


class Conversations:
    """Begin and read conversations."""

    def __init__(self, log: Log, gaps: Gaps, living: Callable[[], Collection[str]]) -> None:
        self._log = log
        self._gaps = gaps
        self._living = living  # names of hubs
        self._views: Together[tuple[str, int], View] = Together(self._view)

    async def begin(
        self, token: str, greeting: Greeting, *, site: str, protocol: str = "handraise", lang: str | None = None, earlier: str | None = None
    ) -> View:
        """A new conversation with the greeting as its first entry; ``token`` is the only key to it.

        ``earlier`` is the one from which the visitor begins anew: who wants to be forgotten means all of them.
        """
        now = clock.now()
        conversation = Conversation(
            site=site, protocol=protocol, token_hash=hashed(token, protocol), lang=lang, earlier_id=earlier, created_at=now, last_at=now
        )
        expired = update(Conversation).where(Conversation.token_hash == conversation.token_hash).values(token_hash=None)
        async with self._log.database.write() as session:
            await session.execute(expired)
            session.add(conversation)
            await session.flush()
            change = Change(session, conversation, now)
            await change.append("message", "bot", greeting.text, buttons=greeting.buttons)
            state = await self._log.state(session, conversation)
        return View(conversation.id, state, change.entries, started=False, last_at=now)

    async def view(self, conversation_id: str, last_seq: int) -> View | None:
        """A conversation after some place of its log: at most PAGE entries."""
        return await self._views.ask((conversation_id, last_seq))

    async def _view(self, places: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], View]:
        found: dict[tuple[str, int], View] = {}
        for some in _one_of_each(places):
            pieces = await self._gaps.read([(conversation_id, seq, 0) for conversation_id, seq in some.items()], each=PAGE)
            for conversation_id, piece in pieces.items():
                view = View(conversation_id, piece.state, piece.entries, piece.started, piece.last_at)
                found[conversation_id, some[conversation_id]] = view
        return found

    async def purge_unstarted(self, before: datetime, there: Collection[str] = ()) -> int:
        """Delete chats in which nobody said anything since ``before``, except those that are open in a tab; gives their number.

        A row that somebody writes to just now is left alone: its first message must not be deleted with it.
        """
        elsewhere = exists().where(Presence.kind == "visitor", Presence.key == Conversation.id, Presence.hub.in_(self._living()))
        old = select(Conversation.id).where(Conversation.started_at.is_(None), Conversation.last_at < before, ~elsewhere)
        async with self._log.database.write() as session:
            found = await session.scalars(old.limit(_PURGED + len(there)).with_for_update(skip_locked=True))
            ids = [one for one in found if one not in there][:_PURGED]
            if ids:
                await delete_conversations(session, ids)
        return len(ids)


def _one_of_each(places: Sequence[tuple[str, int]]) -> list[dict[str, int]]:
    """The places in as few groups as need be, so that none has a conversation twice."""
    groups: list[dict[str, int]] = []
    for conversation_id, seq in places:
        group = next((one for one in groups if conversation_id not in one), None)
        if group is None:
            groups.append(group := {})
        group[conversation_id] = seq
    return groups


async def read_entries(session: AsyncSession, conversation_id: str, after: int, limit: int, author: str | None = None) -> list[Json]:
    """Entries after a ``seq``, in order, with the choices that can still be used."""
    statement = select(Entry).where(Entry.conversation_id == conversation_id, Entry.seq > after).order_by(Entry.seq).limit(limit)
    if author is not None:
        statement = statement.where(Entry.author == author)
    entries: Sequence[Entry] = (await session.scalars(statement)).all()
    if not entries:
        return []
    open_choices = (
        select(Choice)
        .where(Choice.conversation_id == conversation_id, Choice.seq.between(entries[0].seq, entries[-1].seq), Choice.spent.is_(False))
        .order_by(Choice.seq, Choice.place)
    )
    by_seq: dict[int, list[Choice]] = {}
    for choice in await session.scalars(open_choices):
        by_seq.setdefault(choice.seq, []).append(choice)
    return entries_json(entries, by_seq)
