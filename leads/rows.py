"""The rows of a lead: answers, events, consents and hand-offs, read and written inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from leads.errors import UnknownQuestion
from leads.facts import FactAnswer, FactEvent, Facts
from leads.models import Answer, Consent, Conversation, Entry, Handoff, Lead, LeadEvent
from leads.questions import Questions
from leads.state import NewAnswer, NewConsent, NewEvent, StoredAnswer

OPEN = ("requested", "ringing", "missed")


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


def consents_in(answers: Iterable[NewAnswer], questions: Questions) -> list[NewConsent]:
    """The consents that answers to questions of the kind consent are; a refusal to answer is a no."""
    found = []
    for answer in answers:
        question = questions[answer.slot]
        if question.kind == "consent":
            given = answer.reading is not None and bool(answer.reading.value.get("yes"))
            words = str(question.options.get("text") or question.label)
            purpose = str(question.options.get("purpose") or answer.slot)
            found.append(NewConsent(purpose, given, words, str(question.options.get("version") or "")))
    return found


async def add_consents(session: AsyncSession, mark: Mark, consents: Iterable[NewConsent]) -> None:
    """Keep consents; one per purpose and source."""
    for consent in consents:
        same = select(Consent.id).where(
            Consent.conversation_id == mark.conversation_id, Consent.purpose == consent.purpose, Consent.source == mark.source
        )
        if await session.scalar(same) is not None:
            continue
        session.add(
            Consent(
                conversation_id=mark.conversation_id,
                purpose=consent.purpose,
                given=consent.given,
                text=consent.text,
                text_hash=sha256(consent.text.encode()).hexdigest(),
                version=consent.version,
                lang=consent.lang,
                page=consent.page,
                source=mark.source,
                at=mark.at,
            )
        )
        await session.flush()


async def spoken_in(session: AsyncSession, conversation_id: str) -> Spoken:
    """The language of the conversation and the page that was looked at last."""
    lang = await session.scalar(select(Conversation.lang).where(Conversation.id == conversation_id))
    seen = select(LeadEvent.data).where(LeadEvent.conversation_id == conversation_id, LeadEvent.name == "page")
    page = await session.scalar(seen.order_by(LeadEvent.id.desc()).limit(1))
    return Spoken(lang, page.get("url") if page else None)


async def newest_consents(session: AsyncSession, conversation_id: str) -> dict[str, bool]:
    """The newest yes or no by purpose."""
    found = await session.execute(
        select(Consent.purpose, Consent.given).where(Consent.conversation_id == conversation_id).order_by(Consent.id)
    )
    return {purpose: given for purpose, given in found}


async def forget_answers(session: AsyncSession, lead_id: str, slots: Collection[str]) -> None:
    """Delete the answers to these questions: their consent was withdrawn."""
    await session.execute(delete(Answer).where(Answer.lead_id == lead_id, Answer.slot.in_(slots)))


async def newest_answers(session: AsyncSession, lead_id: str) -> dict[str, StoredAnswer]:
    """The newest answer to each question."""
    return (await newest_answers_of(session, [lead_id])).get(lead_id, {})


async def newest_answers_of(session: AsyncSession, lead_ids: Collection[str]) -> dict[str, dict[str, StoredAnswer]]:
    """The newest answer to each question, by lead."""
    found: dict[str, dict[str, StoredAnswer]] = {}
    for row in await session.execute(_newest_answers(), {"lead_ids": list(lead_ids)}):
        found.setdefault(row.lead_id, {})[row.slot] = _stored(row)
    return found


async def add_answers(session: AsyncSession, mark: Mark, answers: Iterable[NewAnswer]) -> tuple[dict[str, StoredAnswer], tuple[str, ...]]:
    """Keep answers once per slot and source; gives the newest of each slot, and the slots whose status or value is now another one."""
    before = await newest_answers(session, mark.lead_id)
    answers = list(answers)
    if not answers:
        return before, ()
    done = set(await session.scalars(select(Answer.slot).where(Answer.lead_id == mark.lead_id, Answer.source == mark.source)))
    known, changed = dict(before), []
    for answer in answers:
        if answer.slot in done:
            continue
        done.add(answer.slot)
        row = _row(mark, answer)
        session.add(row)
        known[answer.slot] = _stored(row)
        old = before.get(answer.slot)
        if old is None or (old.status, old.value) != (answer.status, answer.reading.value if answer.reading else None):
            changed.append(answer.slot)
    await session.flush()
    return known, tuple(changed)


def _stored(row: Any) -> StoredAnswer:
    return StoredAnswer(row.slot, row.status, row.said, row.text, row.value, row.confidence, row.seq, row.read_by, row.at)


def _row(mark: Mark, answer: NewAnswer) -> Answer:
    reading = answer.reading
    return Answer(
        lead_id=mark.lead_id,
        slot=answer.slot,
        status=answer.status,
        said=clean(answer.said),
        text=clean(reading.text) if reading else "",
        value=reading.value if reading else None,
        confidence=reading.confidence if reading else 1.0,
        seq=mark.seq,
        source=mark.source,
        read_by=mark.read_by,
        at=mark.at,
    )


def clean(text: str) -> str:
    """Text that PostgreSQL takes: without NUL and without halves of surrogate pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


async def add_events(session: AsyncSession, mark: Mark, events: Iterable[NewEvent | str]) -> None:
    """Keep events once per name and source."""
    for event in events:
        new = NewEvent(event) if isinstance(event, str) else event
        source = new.source or mark.source
        same = select(LeadEvent.id).where(
            LeadEvent.conversation_id == mark.conversation_id, LeadEvent.name == new.name, LeadEvent.source == source
        )
        if await session.scalar(same) is None:
            session.add(LeadEvent(conversation_id=mark.conversation_id, name=new.name, source=source, data=dict(new.data), at=mark.at))
            await session.flush()


async def facts(session: AsyncSession, lead: Lead, answers: Mapping[str, StoredAnswer]) -> tuple[Facts, bool]:
    """Everything the score of a lead depends on, and whether an agent ever accepted a hand-off; ``answers`` are its newest."""
    key = {"conversation_id": lead.conversation_id}
    events = await session.execute(_events(), key)
    replies, accepted = (await session.execute(_replies_and_accepted(), key)).one()
    return Facts(
        answers={slot: FactAnswer(answer.status, answer.value, answer.text, answer.said, answer.at) for slot, answer in answers.items()},
        events=[FactEvent(event.name, event.at, event.data) for event in events],
        replies=replies,
    ), bool(accepted)


async def wish(session: AsyncSession, conversation_id: str, *, taken_back: bool = False) -> str | None:
    """What the visitor asked for, see :meth:`leads.store.LeadStore.set_wish`; forgotten when it is taken back."""
    found: str | None = await session.scalar(select(Conversation.wish).where(Conversation.id == conversation_id))
    if found is None or not taken_back:
        return found
    await session.execute(update(Conversation).where(Conversation.id == conversation_id).values(wish=None))
    return None


async def ever_requested(session: AsyncSession, conversation_id: str, reason: str) -> bool:
    """Whether a hand-off for this reason was ever made."""
    found = select(exists().where(Handoff.conversation_id == conversation_id, Handoff.reason == reason))
    return bool(await session.scalar(found))


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


# What is asked in every turn is put together once, when it is first needed: SQLAlchemy takes as long for that as SQLite for the answer.


@cache
def _newest_answers() -> Select[Any]:
    newest = select(func.max(Answer.id)).where(Answer.lead_id.in_(bindparam("lead_ids", expanding=True)))
    return select(*Answer.__table__.columns).where(Answer.id.in_(newest.group_by(Answer.lead_id, Answer.slot))).order_by(Answer.id)


@cache
def _events() -> Select[Any]:
    mine = LeadEvent.conversation_id == bindparam("conversation_id")
    return select(LeadEvent.name, LeadEvent.at, LeadEvent.data).where(mine).order_by(LeadEvent.id)


@cache
def _replies_and_accepted() -> Select[Any]:
    conversation_id: BindParameter[str] = bindparam("conversation_id")
    said = (Entry.conversation_id == conversation_id, Entry.author == "visitor", Entry.kind.in_(("message", "choice")))
    replies = select(func.count()).select_from(Entry).where(*said).scalar_subquery()
    accepted = exists().where(Handoff.conversation_id == conversation_id, Handoff.state == "accepted")
    return select(replies, accepted)
