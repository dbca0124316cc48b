"""What is asked in every turn, put together once: SQLAlchemy takes as long for that as SQLite for the answer.

The statements name tables, not classes, where rows are enough: the session's way to objects costs as much as the statement itself.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Insert, Select, Update, bindparam, exists, func, insert, select, update

from leads.models import Answer, Consent, Conversation, Entry, Handoff, Lead, LeadEvent


@cache
def lock() -> Select[Any]:
    """The row of the conversation ``conversation_id``, locked: its id and the wish of its visitor."""
    of = Conversation.__table__.c
    return select(of.id, of.wish).where(of.id == bindparam("conversation_id")).with_for_update()


@cache
def lead() -> Select[Any]:
    """The lead of ``conversation_id``."""
    of = Lead.__table__.c
    return select(*of).where(of.conversation_id == bindparam("conversation_id"))


@cache
def add_lead() -> Insert:
    """A new lead, given as a row."""
    return insert(Lead.__table__)  # type: ignore[arg-type]


@cache
def change_lead() -> Update:
    """Changes of the lead ``lead_id``, given by column."""
    return update(Lead.__table__).where(Lead.__table__.c.id == bindparam("lead_id"))  # type: ignore[arg-type]


@cache
def consents() -> Select[Any]:
    """Yes and no by purpose, oldest first."""
    of = Consent.__table__.c
    return select(of.purpose, of.given).where(of.conversation_id == bindparam("conversation_id")).order_by(of.id)


@cache
def consent_of_source() -> Select[Any]:
    """The yes or no to ``purpose`` that came from ``source``."""
    of = Consent.__table__.c
    mine = (of.conversation_id == bindparam("conversation_id"), of.source == bindparam("source"), of.purpose == bindparam("purpose"))
    return select(of.id).where(*mine)


@cache
def add_consent() -> Insert:
    """A yes or no, given as a row."""
    return insert(Consent.__table__)  # type: ignore[arg-type]


@cache
def lang_and_wish() -> Select[Any]:
    """The language of ``conversation_id`` and what its visitor asked for."""
    of = Conversation.__table__.c
    return select(of.lang, of.wish).where(of.id == bindparam("conversation_id"))


@cache
def newest_page() -> Select[Any]:
    """The page that was looked at last."""
    of = LeadEvent.__table__.c
    seen = select(of.data).where(of.conversation_id == bindparam("conversation_id"), of.name == "page")
    return seen.order_by(of.id.desc()).limit(1)


@cache
def said_by_bot(before: bool) -> Select[Any]:
    """The last ``most`` lines of the bot, the newest first; with ``before`` only those up to ``seq``."""
    of = Entry.__table__.c
    said = select(of.text).where(of.conversation_id == bindparam("conversation_id"), of.author == "bot")
    if before:
        said = said.where(of.seq <= bindparam("seq"))
    return said.order_by(of.seq.desc()).limit(bindparam("most"))


@cache
def ever_called() -> Select[Any]:
    """Whether a person was ever called for ``reason``."""
    of = Handoff.__table__.c
    return select(exists().where(of.conversation_id == bindparam("conversation_id"), of.reason == bindparam("reason")))


@cache
def slots_of_source() -> Select[Any]:
    """Which answers of the lead ``lead_id`` came from ``source``."""
    of = Answer.__table__.c
    return select(of.slot).where(of.lead_id == bindparam("lead_id"), of.source == bindparam("source"))


@cache
def add_answers() -> Insert:
    """New answers, given as rows."""
    return insert(Answer.__table__)  # type: ignore[arg-type]


@cache
def newest_answers() -> Select[Any]:
    """The newest answer to each question of the lead ``lead_id``."""
    return _newest_answers(Answer.__table__.c.lead_id == bindparam("lead_id"))


@cache
def newest_answers_of_many() -> Select[Any]:
    """The same for the leads ``lead_ids``: a list is written out anew in every statement, which takes its time."""
    return _newest_answers(Answer.__table__.c.lead_id.in_(bindparam("lead_ids", expanding=True)))


def _newest_answers(of_whom: ColumnElement[bool]) -> Select[Any]:
    of = Answer.__table__.c
    newest = select(func.max(of.id)).where(of_whom).group_by(of.lead_id, of.slot)
    return select(*of).where(of.id.in_(newest)).order_by(of.id)


@cache
def events() -> Select[Any]:
    """What the visitor did, oldest first."""
    of = LeadEvent.__table__.c
    return select(of.name, of.at, of.data).where(of.conversation_id == bindparam("conversation_id")).order_by(of.id)


@cache
def events_of_source() -> Select[Any]:
    """Which things the visitor of ``conversation_id`` did that came from ``source``."""
    of = LeadEvent.__table__.c
    return select(of.name).where(of.conversation_id == bindparam("conversation_id"), of.source == bindparam("source"))


@cache
def add_event() -> Insert:
    """Something that the visitor did, given as a row."""
    return insert(LeadEvent.__table__)  # type: ignore[arg-type]


@cache
def replies_and_accepted() -> Select[Any]:
    """How often the visitor spoke, and whether an agent ever accepted a call."""
    conversation_id: BindParameter[str] = bindparam("conversation_id")
    entry, handoff = Entry.__table__.c, Handoff.__table__.c
    said = (entry.conversation_id == conversation_id, entry.author == "visitor", entry.kind.in_(("message", "choice")))
    replies = select(func.count()).select_from(Entry.__table__).where(*said).scalar_subquery()
    accepted = exists().where(handoff.conversation_id == conversation_id, handoff.state == "accepted")
    return select(replies, accepted)
