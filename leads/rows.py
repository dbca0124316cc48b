"""The rows of a lead: answers, events, consents and hand-offs, read and written inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from leads import statements
from leads.errors import UnknownQuestion
from leads.facts import FactAnswer, FactEvent, Facts
from leads.models import Answer, Conversation, Handoff, Lead
from leads.questions import Questions
from leads.state import NewAnswer, NewConsent, NewEvent, StoredAnswer

OPEN = ("requested", "ringing", "missed")
_OF_ANSWER = ("slot", "status", "said", "text", "value", "confidence", "seq", "read_by", "at")
_ASKED_BEFORE = 10  # lines of the bot in which a question may stand that is answered now


@dataclass(frozen=True)
class Mark:
    """Where new rows come from."""

    lead_id: str
    conversation_id: str
    source: str
    seq: int | None
    read_by: str
    at: datetime


@dataclass(frozen=True)
class Spoken:
    """Where somebody is while they say something."""

    lang: str | None
    page: str | None


def check_answers(answers: Iterable[NewAnswer], questions: Questions) -> None:
    """Refuse answers to questions that do not exist, known ones without a reading, and any that cannot be.

    Raises:
        UnknownQuestion, ValueError: with the slot.
    """
    for answer in answers:
        if answer.slot not in questions:
            raise UnknownQuestion(answer.slot)
        if answer.status not in ("known", "declined", "unknown") or (answer.status == "known") != (answer.reading is not None):
            raise ValueError(f"{answer.slot}: status {answer.status!r} does not go with its reading")


async def consents_in(session: AsyncSession, mark: Mark, answers: Iterable[NewAnswer], questions: Questions) -> list[NewConsent]:
    """The consents that answers to questions of the kind consent are, in the words that were asked; a refusal to answer is a no."""
    found = []
    for answer in answers:
        question = questions[answer.slot]
        if question.kind == "consent":
            given = answer.reading is not None and bool(answer.reading.value.get("yes"))
            purpose = str(question.options.get("purpose") or answer.slot)
            words = question.wording.spoken(await _asked(session, mark), await _lang(session, mark.conversation_id))
            found.append(NewConsent(purpose, given, words, question.wording.version))
    return found


async def _asked(session: AsyncSession, mark: Mark) -> list[str]:
    """What the bot said before this answer, the newest first."""
    before = {"seq": mark.seq} if mark.seq is not None else {}
    said = {"conversation_id": mark.conversation_id, "most": _ASKED_BEFORE, **before}
    return list(await session.scalars(statements.said_by_bot(bool(before)), said))


async def add_consents(session: AsyncSession, mark: Mark, consents: Iterable[NewConsent]) -> None:
    """Keep consents; one per purpose and source."""
    for consent in consents:
        of_source = {"conversation_id": mark.conversation_id, "purpose": consent.purpose, "source": mark.source}
        if await session.scalar(statements.consent_of_source(), of_source) is not None:
            continue
        row = {
            **of_source,
            "given": consent.given,
            "text": consent.text,
            "text_hash": sha256(consent.text.encode()).hexdigest(),
            "version": consent.version,
            "lang": consent.lang,
            "page": consent.page,
            "at": mark.at,
        }
        await session.execute(statements.add_consent(), row)


async def spoken_in(session: AsyncSession, conversation_id: str) -> Spoken:
    """The language of the conversation and the page that was looked at last."""
    lang = await _lang(session, conversation_id)
    page = await session.scalar(statements.newest_page(), {"conversation_id": conversation_id})
    return Spoken(lang, page.get("url") if page else None)


async def _lang(session: AsyncSession, conversation_id: str) -> str | None:
    found = (await session.execute(statements.lang_and_wish(), {"conversation_id": conversation_id})).one_or_none()
    return found.lang if found is not None else None


async def newest_consents(session: AsyncSession, conversation_id: str) -> dict[str, bool]:
    """The newest yes or no by purpose."""
    found = await session.execute(statements.consents(), {"conversation_id": conversation_id})
    return {purpose: given for purpose, given in found}


async def forget_answers(session: AsyncSession, lead_id: str, slots: Collection[str]) -> None:
    """Delete the answers to these questions: their consent was withdrawn."""
    await session.execute(delete(Answer).where(Answer.lead_id == lead_id, Answer.slot.in_(slots)))


async def newest_answers(session: AsyncSession, lead_id: str) -> dict[str, StoredAnswer]:
    """The newest answer to each question."""
    return {row.slot: _stored(row) for row in await session.execute(statements.newest_answers(), {"lead_id": lead_id})}


async def newest_answers_of(session: AsyncSession, lead_ids: Collection[str]) -> dict[str, dict[str, StoredAnswer]]:
    """The newest answer to each question, by lead."""
    found: dict[str, dict[str, StoredAnswer]] = {}
    for row in await session.execute(statements.newest_answers_of_many(), {"lead_ids": list(lead_ids)}):
        found.setdefault(row.lead_id, {})[row.slot] = _stored(row)
    return found


async def add_answers(session: AsyncSession, mark: Mark, answers: Iterable[NewAnswer]) -> tuple[dict[str, StoredAnswer], tuple[str, ...]]:
    """Keep answers once per slot and source; gives the newest of each slot, and the slots whose status or value is now another one."""
    before = await newest_answers(session, mark.lead_id)
    answers = list(answers)
    if not answers:
        return before, ()
    done = set(await session.scalars(statements.slots_of_source(), {"lead_id": mark.lead_id, "source": mark.source}))
    known, changed, new = dict(before), [], []
    for answer in answers:
        if answer.slot in done:
            continue
        done.add(answer.slot)
        row = _row(mark, answer)
        new.append(row)
        stored = known[answer.slot] = StoredAnswer(**{name: row[name] for name in _OF_ANSWER})
        old = before.get(answer.slot)
        if old is None or (old.status, old.value) != (stored.status, stored.value):
            changed.append(answer.slot)
    if new:
        await session.execute(statements.add_answers(), new)
    return known, tuple(changed)


def _stored(row: Any) -> StoredAnswer:
    return StoredAnswer(row.slot, row.status, row.said, row.text, row.value, row.confidence, row.seq, row.read_by, row.at)


def _row(mark: Mark, answer: NewAnswer) -> dict[str, Any]:
    reading = answer.reading
    return {
        "lead_id": mark.lead_id,
        "slot": answer.slot,
        "status": answer.status,
        "said": clean(answer.said),
        "text": clean(reading.text) if reading else "",
        "value": reading.value if reading else None,
        "confidence": reading.confidence if reading else 1.0,
        "seq": mark.seq,
        "source": mark.source,
        "read_by": mark.read_by,
        "at": mark.at,
    }


def clean(text: str) -> str:
    """Text that PostgreSQL takes: without NUL and without halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


async def add_events(session: AsyncSession, mark: Mark, events: Iterable[NewEvent | str]) -> None:
    """Keep events once per name and source."""
    for event in events:
        new = NewEvent(event) if isinstance(event, str) else event
        source = new.source or mark.source
        of_source = {"conversation_id": mark.conversation_id, "source": source}
        if new.name not in list(await session.scalars(statements.events_of_source(), of_source)):
            await session.execute(statements.add_event(), {**of_source, "name": new.name, "data": dict(new.data), "at": mark.at})


async def facts(session: AsyncSession, lead: Lead, answers: Mapping[str, StoredAnswer]) -> tuple[Facts, bool]:
    """Everything the score of a lead depends on, and whether an agent ever accepted a hand-off; ``answers`` are its newest."""
    key = {"conversation_id": lead.conversation_id}
    events = await session.execute(statements.events(), key)
    replies, accepted = (await session.execute(statements.replies_and_accepted(), key)).one()
    return Facts(
        answers={slot: FactAnswer(answer.status, answer.value, answer.text, answer.said, answer.at) for slot, answer in answers.items()},
        events=[FactEvent(event.name, event.at, event.data) for event in events],
        replies=replies,
    ), bool(accepted)


async def wish(session: AsyncSession, conversation_id: str) -> str | None:
    """What the visitor asked for, see :meth:`leads.store.LeadStore.set_wish`."""
    found = (await session.execute(statements.lang_and_wish(), {"conversation_id": conversation_id})).one_or_none()
    return found.wish if found is not None else None


async def drop_wish(session: AsyncSession, conversation_id: str) -> None:
    """The visitor takes it back."""
    await session.execute(update(Conversation).where(Conversation.id == conversation_id).values(wish=None))


async def ever_requested(session: AsyncSession, conversation_id: str, reason: str) -> bool:
    """Whether a hand-off for this reason was ever made."""
    return bool(await session.scalar(statements.ever_called(), {"conversation_id": conversation_id, "reason": reason}))


async def request_handoff(session: AsyncSession, conversation_id: str, reason: str, at: datetime) -> bool:
    """Make a hand-off unless one is open; the unique index decides when two try at once.

    One that was missed rings again when the visitor asks again; leaving contact details does not.
    """
    found = await session.scalar(select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.state.in_(OPEN)))
    if found is not None and found.state == "missed" and reason != "contact":
        found.reason, found.state, found.requested_at = reason, "requested", at
        found.rang_at = found.missed_at = None
        return True
    if found is not None:
        return False
    try:
        async with session.begin_nested():
            session.add(Handoff(conversation_id=conversation_id, reason=reason, state="requested", requested_at=at))
    except IntegrityError:
        return False
    return True
