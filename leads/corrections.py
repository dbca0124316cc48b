"""What agents have corrected, as labelled examples: the visitor's words, what was read in them, and what it should have been."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from leads.clock import iso
from leads.models import Answer, Conversation, Lead
from leads.questions import Questions

READ_BY_US = frozenset({"reader", "hub"})  # a pressed button or a form needed no reading


async def labelled_examples(session: AsyncSession, questions: Questions) -> AsyncIterator[dict[str, Any]]:
    """Each correction, oldest first: ``{kind, text, lang, country, value, read, slot, at}``.

    ``text`` is what the visitor typed, ``read`` what was read in it (``None``: it was taken as refused or unknown), ``value`` what the
    agent made of it. ``country`` is not known. The first five names are those of the phrases of ``handraise bench reading``.
    """
    said = (
        select(Answer, Conversation.lang)
        .join(Lead, Lead.id == Answer.lead_id)
        .join(Conversation, Conversation.id == Lead.conversation_id)
        .order_by(Answer.id)
    )
    before: dict[tuple[str, str], Answer] = {}
    for answer, lang in await session.execute(said):
        place = (answer.lead_id, answer.slot)
        was = before.get(place)
        if answer.read_by in READ_BY_US:
            before[place] = answer
        elif answer.read_by == "agent" and was is not None and was.said and was.value != answer.value and answer.slot in questions:
            yield {
                "kind": questions[answer.slot].kind,
                "text": was.said,
                "lang": lang,
                "country": None,
                "value": answer.value,
                "read": was.value,
                "slot": answer.slot,
                "at": iso(answer.at),
            }
