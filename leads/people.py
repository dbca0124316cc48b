"""Finding a person: which conversations an e-mail address, a phone number, an id or some words lead to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from leads.models import Answer, Conversation, Entry, Identity, Lead
from leads.sealed import raw
from leads.search import candidates
from leads.tombstones import EMAIL, PHONE

_ID = re.compile(r"[0-9a-f]{32}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SHORTEST_NUMBER = 7
_BETWEEN_DIGITS = " -()./\u00a0"
_WITHOUT_SIGNS = str.maketrans("", "", _BETWEEN_DIGITS)


@dataclass
class Found:
    """A conversation and where the words stand in it: ``id``, the slot of an answer, or ``message``."""

    conversation_id: str
    created_at: datetime
    last_at: datetime
    site: str
    messages: int
    where: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sought:
    """Words that were read: ``kind`` is conversation, email, phone or words."""

    kind: str
    value: str

    @property
    def is_exact(self) -> bool:
        """Whether it can only mean one person; other words may stand in anybody's chat."""
        return self.kind != "words"

    @property
    def recognised_by(self) -> list[tuple[str, str]]:
        """Pairs for the marks of an erasure."""
        number = re.sub(r"\D", "", self.value)
        return {EMAIL: [(EMAIL, self.value)], PHONE: [(PHONE, f"+{number}")] if self.value.startswith("+") else []}.get(self.kind, [])


def sought(words: str) -> Sought:
    """What somebody is looking for.

    Raises:
        ValueError: nothing, or too little to look for.
    """
    words = words.strip()
    digits = re.sub(r"[\s().\-/]", "", words)
    if _ID.fullmatch(words):
        return Sought("conversation", words)
    if _EMAIL.fullmatch(words):
        return Sought(EMAIL, words.lower())
    if re.fullmatch(rf"(\+|00)?\d{{{_SHORTEST_NUMBER},15}}", digits):
        return Sought(PHONE, "+" + digits[2:] if digits.startswith("00") else digits)
    if len(words) < 3:
        raise ValueError("Give an e-mail address, a phone number, the id of a conversation, or at least three letters.")
    return Sought("words", words.lower())


async def find(session: AsyncSession, wanted: Sought, most: int = 500) -> list[Found]:
    """Every conversation in which it stands, newest first: in its id, in answers, in what the visitor wrote."""
    where: dict[str, list[str]] = {}
    if wanted.kind == "conversation":
        where[wanted.value] = ["id"]
    else:
        answers = (
            select(Lead.conversation_id, Answer.slot, Answer.text, Answer.said).join(Answer, Answer.lead_id == Lead.id).order_by(Answer.id)
        )
        stands = or_(_like(raw(Answer.text), wanted), _like(raw(Answer.said), wanted))
        async for conversation_id, slot, text, said in candidates(session, answers, stands):
            _note(where, conversation_id, slot, (text, said), wanted)
        signed = select(Identity.conversation_id, Identity.email, Identity.name, Identity.user_id)
        claims = or_(*(_like(column, wanted) for column in (raw(Identity.email), raw(Identity.name), Identity.user_id)))
        async for conversation_id, email, name, user_id in candidates(session, signed, claims):
            _note(where, conversation_id, "identity", (email or "", name or "", user_id), wanted)
        lines = select(Entry.conversation_id, Entry.text).where(Entry.author == "visitor").order_by(Entry.conversation_id, Entry.seq)
        async for conversation_id, text in candidates(session, lines, _like(raw(Entry.text), wanted)):
            _note(where, conversation_id, "message", (text,), wanted)
    return await _described(session, where, most)


async def _described(session: AsyncSession, where: dict[str, list[str]], most: int) -> list[Found]:
    count = (
        select(func.count()).select_from(Entry).where(Entry.conversation_id == Conversation.id, Entry.author == "visitor").scalar_subquery()
    )
    columns = select(Conversation.id, Conversation.created_at, Conversation.last_at, Conversation.site, count)
    rows = await session.execute(columns.where(Conversation.id.in_(list(where))).order_by(Conversation.last_at.desc()).limit(most))
    return [Found(one, begun, last, site, messages, where[one]) for one, begun, last, site, messages in rows]


def _like(column: ColumnElement[str] | InstrumentedAttribute[str], wanted: Sought) -> ColumnElement[bool]:
    if wanted.kind != PHONE:
        return func.lower(column).contains(wanted.value, autoescape=True)
    bare: ColumnElement[str] = func.trim(column)
    for sign in _BETWEEN_DIGITS:
        bare = func.replace(bare, sign, "")
    return bare.contains(_national(wanted.value))


def _note(where: dict[str, list[str]], conversation_id: str, place: str, texts: Iterable[str], wanted: Sought) -> None:
    if any(_stands_in(text, wanted) for text in texts) and place not in where.setdefault(conversation_id, []):
        where[conversation_id].append(place)
    if not where.get(conversation_id, True):
        del where[conversation_id]


def _stands_in(text: str, wanted: Sought) -> bool:
    """As a whole: ann@acme.io is not joann@acme.io, and a number is not a part of a longer one."""
    if wanted.kind == EMAIL:
        return re.search(rf"(?<![\w.+-]){re.escape(wanted.value)}(?![\w-]|\.\w)", text.lower()) is not None
    if wanted.kind == PHONE:
        bare = text.translate(_WITHOUT_SIGNS)
        return re.search(rf"(?<!\d)(\+|00)?\d{{0,3}}0?{_national(wanted.value)}(?!\d)", bare) is not None
    return wanted.value in text.lower()


def _national(number: str) -> str:
    """The last digits, which are the same with and without the code of the country."""
    return re.sub(r"\D", "", number)[-9:].lstrip("0")
