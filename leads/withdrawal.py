"""Consent to be contacted is taken back: what it was given for is deleted, in the answers and where it stands in the log."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from leads.encryption import INSTEAD as INSTEAD
from leads.models import Answer, Entry, Turn
from leads.rows import forget_answers

_SHORTEST = 3  # of what is looked for in the log: shorter words stand everywhere


async def purge(session: AsyncSession, lead_id: str, conversation_id: str, slots: Collection[str]) -> int:
    """Delete the answers to these questions and black out their values in the log; gives the number of changed entries."""
    answers = list(await session.scalars(select(Answer).where(Answer.lead_id == lead_id, Answer.slot.in_(slots))))
    values = sorted({value for answer in answers for value in _values(answer)}, key=len, reverse=True)
    await forget_answers(session, lead_id, slots)
    if not values:
        return 0
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in values), re.IGNORECASE)
    changed = 0
    for entry in await session.scalars(select(Entry).where(Entry.conversation_id == conversation_id)):
        text = pattern.sub(INSTEAD, entry.text)
        if text != entry.text:
            entry.text, changed = text, changed + 1
    served = (Turn.conversation_id == conversation_id, Turn.state != "pending", Turn.read_at.is_not(None))
    await session.execute(update(Turn).where(*served).values(payload={}))  # nobody reads them again
    await session.flush()
    return changed


def _values(answer: Answer) -> Iterable[str]:
    value = answer.value or {}
    known = [answer.said, answer.text, *(part for part in value.values() if isinstance(part, str))]
    return (text.strip() for text in known if answer.status == "known" and len(text.strip()) >= _SHORTEST)
