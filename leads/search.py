"""Words looked for in what is stored: by the database, or, where that may hold ciphertext, by opening it row by row.

Which of the two is decided here alone. Both find the same. Opening takes as long as there is to read, but no more memory than a batch.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from leads.models import Answer, Lead
from leads.sealed import cipher_in, raw

_AT_ONCE = 200


def opens(session: AsyncSession) -> bool:
    """Whether the texts of this database have to be opened to be looked into."""
    return bool(cipher_in(session).keys)


async def candidates[*Columns](session: AsyncSession, query: Select[*Columns], holds: ColumnElement[bool]) -> AsyncIterator[Row[*Columns]]:
    """The rows in whose texts something may stand: those for which ``holds`` is true, or all. The caller looks again."""
    narrowed = query if opens(session) else query.where(holds)
    async for row in await session.stream(narrowed.execution_options(yield_per=_AT_ONCE)):
        yield row


async def leads_page(session: AsyncSession, chosen: Select[Lead], words: Sequence[str], first: int, size: int) -> tuple[list[Lead], int]:
    """Those of the leads in whose answers all words stand (in small letters), newest change first, and how many there are."""
    newest = chosen.order_by(Lead.updated_at.desc(), Lead.id)
    if words and opens(session):
        return await _opened_page(session, newest, words, first, size)
    for word in words:
        newest = newest.where(exists().where(Answer.lead_id == Lead.id, or_(_contains(Answer.said, word), _contains(Answer.text, word))))
    total = await session.scalar(newest.order_by(None).with_only_columns(func.count(Lead.id))) or 0
    return list(await session.scalars(newest.limit(size).offset(first))), total


async def _opened_page(session: AsyncSession, newest: Select[Lead], words: Sequence[str], first: int, size: int) -> tuple[list[Lead], int]:
    cipher, found, looked_at, missing = cipher_in(session), list[str](), "", set[str]()
    texts = newest.join(Answer, Answer.lead_id == Lead.id).with_only_columns(Lead.id, raw(Answer.said), raw(Answer.text))
    async for lead_id, *stored in await session.stream(texts.execution_options(yield_per=_AT_ONCE)):
        if lead_id != looked_at:
            looked_at, missing = lead_id, set(words)
        for text in stored if missing else ():
            plain = cipher.open(text).lower()
            missing = {word for word in missing if word not in plain}
            if not missing:
                found.append(lead_id)
                break
    shown = found[first : first + size]
    leads = {lead.id: lead for lead in await session.scalars(select(Lead).where(Lead.id.in_(shown)))}
    return [leads[one] for one in shown if one in leads], len(found)


def _contains(column: Any, word: str) -> ColumnElement[bool]:
    return func.lower(raw(column)).contains(word, autoescape=True)
