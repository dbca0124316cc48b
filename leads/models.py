"""The tables: conversations with their log, leads with their answers, hand-offs, agents, and the hubs that serve them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from leads.accounts import Agent as Agent
from leads.accounts import AgentSession as AgentSession
from leads.accounts import ApiToken as ApiToken
from leads.accounts import OneTimeLink as OneTimeLink
from leads.accounts import RecoveryCode as RecoveryCode
from leads.accounts import SecondFactor as SecondFactor
from leads.audit_rows import AuditRow as AuditRow
from leads.identities import Identity as Identity
from leads.key_rows import EncryptionKey as EncryptionKey
from leads.loader_rows import WidgetLoader as WidgetLoader
from leads.privacy_rows import Erasure as Erasure
from leads.privacy_rows import Tombstone as Tombstone
from leads.sealed import SealedJson, SealedText
from leads.tables import Base as Base
from leads.tables import UtcDateTime as UtcDateTime
from leads.tables import new_id as new_id

SENT_BY_CLIENT = "client_msg_id IS NOT NULL"
UNREAD = "read_at IS NULL"
TO_ERASE = "wish = 'erase'"
NOT_BY_VISITOR = "author <> 'visitor'"
OPEN_HANDOFF = "state IN ('requested', 'ringing', 'missed')"
ENTRY_DATA = SealedJson("code")


class Conversation(Base):
    """One chat of one visitor: who holds it, under which epoch, and how far its log goes."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_erase", "id", sqlite_where=text(TO_ERASE), postgresql_where=text(TO_ERASE)),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    site: Mapped[str] = mapped_column(String(64))
    protocol: Mapped[str] = mapped_column(String(16), default="handraise")  # handraise | rasa
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)  # of its first token, until that is replaced
    sender_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_id)  # what Rasa knows it as
    holder: Mapped[str] = mapped_column(String(16), default="bot", index=True)  # bot | queue | agent | closed
    epoch: Mapped[int] = mapped_column(default=0)
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    last_seq: Mapped[int] = mapped_column(default=0)
    delivered_seq: Mapped[int] = mapped_column(default=0)  # what a Rasa-protocol widget has been sent
    seen_seq: Mapped[int] = mapped_column(default=0)  # what the visitor has looked at
    asked: Mapped[str | None] = mapped_column(String(64))  # the slot the bot asked for last
    served_by: Mapped[str | None] = mapped_column(String(128))  # the hub that runs its bot turns, as long as that hub lives
    lang: Mapped[str | None] = mapped_column(String(35))
    wish: Mapped[str | None] = mapped_column(String(16))  # of the visitor: see LeadStore.set_wish
    earlier_id: Mapped[str | None] = mapped_column(String(32))  # the one from which the same visitor began anew
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None] = mapped_column(index=True)  # the visitor's first word
    last_at: Mapped[datetime] = mapped_column(index=True)


class VisitorToken(Base):
    """A token that opens a conversation besides the one it began with. The browser has the token, the table only its hash."""

    __tablename__ = "visitor_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    family: Mapped[str] = mapped_column(String(32), index=True)  # of one browser
    number: Mapped[int]  # within the family: the youngest that was used lets the older ones die
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]  # the browser has shown that it keeps it
    until: Mapped[datetime | None]  # when it dies, because a younger one is in use


class Entry(Base):
    """One entry of a conversation's log; see docs/protocol.md section 1."""

    __tablename__ = "entries"
    # Ids of clients begin with the time: led by them, the newest lines of all conversations share a page of the index.
    __table_args__ = (
        Index(
            "uq_entries_client_msg_id",
            "client_msg_id",
            "conversation_id",
            unique=True,
            sqlite_where=text(SENT_BY_CLIENT),
            postgresql_where=text(SENT_BY_CLIENT),
        ),
        # Who has waited for a word of the agent is asked for again and again, also when the visitor wrote a thousand lines meanwhile.
        Index("ix_entries_answers", "conversation_id", "seq", sqlite_where=text(NOT_BY_VISITOR), postgresql_where=text(NOT_BY_VISITOR)),
    )

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    author: Mapped[str] = mapped_column(String(16))  # visitor | bot | agent | system
    name: Mapped[str | None] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(SealedText, default="")
    data: Mapped[dict[str, Any]] = mapped_column(ENTRY_DATA, default=dict)
    client_msg_id: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]


class Choice(Base):
    """A button the hub issued: an opaque id for one entry, used at most once."""

    __tablename__ = "choices"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    seq: Mapped[int]
    place: Mapped[int]
    title: Mapped[str] = mapped_column(SealedText)  # it may offer what the visitor may have meant
    payload: Mapped[str] = mapped_column(SealedText)  # what the author of the flow wrote; never leaves the server
    spent: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_choices_entry", "conversation_id", "seq"),)


class Turn(Base):
    """A bot turn that must happen: written with its message, finished with its replies, so a crash in between is seen."""

    __tablename__ = "turns"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # the message id Rasa sees
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    seq: Mapped[int]  # the entry that caused it
    payload: Mapped[dict[str, Any]] = mapped_column(SealedJson)  # {"text"} typed, {"text", "choice"} pressed, {"event"} from the hub
    epoch: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default="pending", index=True)  # pending | done | failed | dropped
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]  # what it says about the lead was kept, by the bot or by the hub in its place

    __table_args__ = (Index("ix_turns_unread", "created_at", sqlite_where=text(UNREAD), postgresql_where=text(UNREAD)),)


class Lead(Base):
    """What one conversation says about a possible customer, with the newest score and its receipt."""

    __tablename__ = "leads"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), unique=True)
    stage: Mapped[str] = mapped_column(String(16), default="visitor")  # visitor | lead | MQL | SQL | won | lost | unqualified
    stage_by: Mapped[str] = mapped_column(String(8), default="rules")  # rules | people
    stage_reason: Mapped[str] = mapped_column(Text, default="")  # why it is unqualified
    segment: Mapped[str | None] = mapped_column(String(64), index=True)
    tier: Mapped[str] = mapped_column(String(8), default="cold")  # cold | warm | hot
    score: Mapped[int] = mapped_column(default=0)
    fit: Mapped[int] = mapped_column(default=0)
    engagement: Mapped[int] = mapped_column(default=0)
    receipt: Mapped[dict[str, Any]] = mapped_column(SealedJson("rules_hash"), default=dict)
    created_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    rescore_at: Mapped[datetime | None] = mapped_column(index=True)  # when time or new rules may have changed the score


class Answer(Base):
    """One answer as said and as read; rows are only added, the newest of a slot counts."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("lead_id", "slot", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("leads.id"), index=True)
    slot: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(16))  # known | declined | unknown
    said: Mapped[str] = mapped_column(SealedText)
    text: Mapped[str] = mapped_column(SealedText, default="")  # the value in plain words
    value: Mapped[dict[str, Any] | None] = mapped_column(SealedJson)
    confidence: Mapped[float] = mapped_column(default=1.0)
    seq: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(64))  # id of the message it came from; a second run changes nothing
    read_by: Mapped[str] = mapped_column(String(16))  # reader | choice | form | agent | hub (in place of the bot)
    at: Mapped[datetime]


class LeadEvent(Base):
    """Something the visitor did that may score: a page, a question about price, a demo wanted."""

    __tablename__ = "lead_events"
    __table_args__ = (UniqueConstraint("conversation_id", "name", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    at: Mapped[datetime]


class Consent(Base):
    """A yes or no to one purpose, with the words it was given to."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    given: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    text_hash: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32), default="")  # of the text, as its author counts
    lang: Mapped[str | None] = mapped_column(String(35))
    page: Mapped[str | None] = mapped_column(SealedText)  # where it was given
    source: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Handoff(Base):
    """A call for a person. At most one per conversation is open; it survives restarts and rings until somebody accepts."""

    __tablename__ = "handoffs"
    __table_args__ = (
        Index("uq_handoffs_open", "conversation_id", unique=True, sqlite_where=text(OPEN_HANDOFF), postgresql_where=text(OPEN_HANDOFF)),
        Index("ix_handoffs_state", "state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id"))
    reason: Mapped[str] = mapped_column(String(16))  # hot | human | agent_lost | contact
    state: Mapped[str] = mapped_column(String(16), default="requested")  # requested | ringing | missed | accepted | cancelled
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agents.id"))
    requested_at: Mapped[datetime]
    rang_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]


class HubProcess(Base):
    """A running hub. ``beats`` counts up while it lives; others judge by the change of it, never by a clock."""

    __tablename__ = "hubs"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)  # the same after a restart
    instance: Mapped[str] = mapped_column(String(32))  # another one after a restart
    beats: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    writes_with: Mapped[str] = mapped_column(String(16), default="", server_default="")  # id of the key with which it encrypts


class Lease(Base):
    """A job that one hub does for all; it lapses when that hub no longer beats."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(128))  # HubProcess.name


class Presence(Base):
    """Somebody is connected to a hub; true only while that hub lives."""

    __tablename__ = "presence"

    hub: Mapped[str] = mapped_column(String(128), primary_key=True)  # HubProcess.name
    kind: Mapped[str] = mapped_column(String(8), primary_key=True)  # visitor | agent
    key: Mapped[str] = mapped_column(String(32), primary_key=True)  # id of the conversation or of the agent

    __table_args__ = (Index("ix_presence_key", "kind", "key"),)


class SharedKey(Base):
    """A secret that all hubs of one installation share, made by the first of them."""

    __tablename__ = "shared_keys"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(64))
