"""What opens a conversation: secret tokens of browsers, stored as hashes, replaced by younger ones while they are used."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Result, String, Subquery, column, delete, exists, or_, select, text, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.database import Database
from leads.models import Conversation, VisitorToken, new_id
from leads.settings import Settings
from webhook.together import Together
from webhook.tuning import Tuning

TOKEN_BYTES = 24
_SQLITE = "SELECT value AS hash FROM json_each(:asked)"  # thousands of them as one parameter
_POSTGRESQL = "SELECT value AS hash FROM json_array_elements_text(CAST(:asked AS json))"
_SPARE = 8  # tokens of one browser that were given out and never used


def new_token() -> str:
    """A secret of 192 bits that opens one conversation."""
    return token_urlsafe(TOKEN_BYTES)


def hashed(token: str, protocol: str) -> str:
    """How a token is stored: a token of one protocol opens nothing in the other."""
    return hashlib.sha256(f"{protocol} {token}".encode()).hexdigest()


@dataclass(frozen=True)
class Life:
    """How long a conversation can be opened, and how often its token is replaced."""

    idle: timedelta  # after the last word
    whole: timedelta  # after the beginning, whatever is said
    renew: timedelta  # a younger token than this is not replaced
    grace: timedelta  # how long the older tokens go on after a younger one has been used

    @classmethod
    def of(cls, settings: Settings, tuning: Tuning) -> Life:
        """As the settings say."""
        return cls(
            timedelta(days=settings.visitor_days),
            timedelta(days=max(settings.visitor_days, settings.visitor_max_days)),
            timedelta(seconds=tuning.renew_seconds),
            timedelta(seconds=tuning.token_grace_seconds),
        )


@dataclass(frozen=True)
class Renewed:
    """What a browser is told that names its token."""

    known: bool  # it opens the conversation
    token: str | None = None  # a younger one to take its place


class VisitorTokens:
    """Finds conversations by token and replaces tokens.

    A conversation begins with one token (`conversations.token_hash`). When it is replaced, it and its followers are rows of
    `visitor_tokens`, numbered within the family of one browser. A follower may get lost on its way to the browser, so the older
    ones stay good until it is *used*; then they die after a short grace, in which other tabs that still name them come through.
    """

    def __init__(self, database: Database, life: Life) -> None:
        self._database = database
        self._life = life
        self._finds: Together[str, tuple[str, str]] = Together(self._find)
        as_rows = _SQLITE if database.engine.dialect.name == "sqlite" else _POSTGRESQL
        self._asked: Subquery = text(as_rows).columns(column("hash", String)).subquery("asked")

    async def find(self, token: str, site: str, *, protocol: str = "handraise") -> str | None:
        """The id of the conversation that this token opens on this site; None for any other token, whatever is wrong with it."""
        found = await self._finds.ask(hashed(token, protocol))
        return found[0] if found is not None and found[1] == site else None

    async def renew(self, conversation_id: str, token: str) -> Renewed:
        """Note that a browser keeps ``token``, so that the older ones of its family die, and give it a younger one when it is time."""
        key, now = hashed(token, "handraise"), clock.now()
        async with self._database.write() as session:
            conversation = await session.get(Conversation, conversation_id, with_for_update=True)
            if conversation is None:
                return Renewed(False)
            known = await _living(session, conversation, key, now)
            if known is None:
                return Renewed(False)
            if known.used_at is None:
                known.used_at = now
                await self._retire(session, known, now)
            return Renewed(True, await self._follower(session, known, now))

    async def issue(self, session: AsyncSession, conversation_id: str) -> str:
        """A token for one more browser, beside those of the others; part of the caller's transaction."""
        token, now = new_token(), clock.now()
        session.add(_row(token, conversation_id, new_id(), 1, now))
        return token

    async def forget(self, conversation_id: str, token: str) -> None:
        """This browser shall open the conversation no more: its whole family dies at once."""
        key, now = hashed(token, "handraise"), clock.now()
        async with self._database.write() as session:
            conversation = await session.get(Conversation, conversation_id, with_for_update=True)
            known = await _living(session, conversation, key, now) if conversation is not None else None
            if known is not None:
                await session.flush()
                await session.execute(delete(VisitorToken).where(VisitorToken.family == known.family))

    async def dead(self, hashes: Collection[str]) -> set[str]:
        """Those of the hashed tokens that open nothing any more: replaced, forgotten, or their conversation has expired or is gone."""
        now, mine = clock.now(), self._asked.c.hash
        first = exists().where(Conversation.token_hash == mine, *self._alive(now))
        later = exists().where(
            VisitorToken.token_hash == mine, _good(now), Conversation.id == VisitorToken.conversation_id, *self._alive(now)
        )
        async with self._database.read() as session:
            return set(await session.scalars(select(mine).where(~first, ~later), {"asked": orjson.dumps(list(hashes)).decode()}))

    async def _find(self, hashes: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        now = clock.now()
        alive = self._alive(now)
        first = select(Conversation.token_hash, Conversation.id, Conversation.site).where(Conversation.token_hash.in_(hashes), *alive)
        later = (
            select(VisitorToken.token_hash, Conversation.id, Conversation.site)
            .join(Conversation, Conversation.id == VisitorToken.conversation_id)
            .where(VisitorToken.token_hash.in_(hashes), _good(now), *alive)
        )
        async with self._database.read_few() as session:
            found: Result[Any] = await session.execute(union_all(first, later))
            rows: Sequence[Any] = found.all()
        return {key: (conversation_id, site) for key, conversation_id, site in rows}

    def _alive(self, now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return Conversation.last_at >= now - self._life.idle, Conversation.created_at >= now - self._life.whole

    async def _retire(self, session: AsyncSession, used: VisitorToken, now: datetime) -> None:
        older = (VisitorToken.family == used.family, VisitorToken.number < used.number, VisitorToken.until.is_(None))
        await session.execute(update(VisitorToken).where(*older).values(until=now + self._life.grace))
        await session.execute(delete(VisitorToken).where(VisitorToken.conversation_id == used.conversation_id, VisitorToken.until <= now))

    async def _follower(self, session: AsyncSession, used: VisitorToken, now: datetime) -> str | None:
        await session.flush()
        last = await session.scalar(
            select(VisitorToken).where(VisitorToken.family == used.family).order_by(VisitorToken.number.desc()).limit(1)
        )
        if last is None or last.made_at > now - self._life.renew or last.number - used.number >= _SPARE:
            return None
        token = new_token()
        session.add(_row(token, used.conversation_id, used.family, last.number + 1, now))
        return token


def _good(now: datetime) -> ColumnElement[bool]:
    return or_(VisitorToken.until.is_(None), VisitorToken.until > now)


async def _living(session: AsyncSession, conversation: Conversation, key: str, now: datetime) -> VisitorToken | None:
    """The row of a token of this conversation; the first token gets its row when it is asked for."""
    if conversation.token_hash == key:
        conversation.token_hash = None
        first = VisitorToken(token_hash=key, conversation_id=conversation.id, family=new_id(), number=1, used_at=now)
        first.made_at = conversation.created_at
        session.add(first)
        return first
    known = await session.get(VisitorToken, key)
    if known is None or known.conversation_id != conversation.id or (known.until is not None and known.until <= now):
        return None
    return known


def _row(token: str, conversation_id: str, family: str, number: int, now: datetime) -> VisitorToken:
    return VisitorToken(token_hash=hashed(token, "handraise"), conversation_id=conversation_id, family=family, number=number, made_at=now)
