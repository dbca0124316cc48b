"""The tables of people and programs that may come in: agents, their sessions and second factors, links, API tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from leads.display_names import shown_name
from leads.sealed import SealedText
from leads.tables import Base, new_id


class Agent(Base):
    """A person who signs in to the console."""

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))  # empty: the console asks for it at the first sign-in
    role: Mapped[str] = mapped_column(String(16), default="agent")  # agent | marketer | admin
    password_hash: Mapped[str] = mapped_column(String(200))  # empty: none was chosen yet
    active: Mapped[bool] = mapped_column(default=True)
    available: Mapped[bool] = mapped_column(default=True)  # wants to be rung
    seen_at: Mapped[datetime | None]  # last sign of life of a live connection, so that the grace outlives a restart of the hub
    oidc_subject: Mapped[str | None] = mapped_column(String(512))  # who the sign-in provider says it is
    created_at: Mapped[datetime]

    __table_args__ = (Index("uq_agents_oidc_subject", "oidc_subject", unique=True),)

    @property
    def shown_name(self) -> str:
        """What visitors read; never empty, never a role."""
        return shown_name(self.name)


class AgentSession(Base):
    """A signed-in browser; the cookie holds the token, the table only its hash."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # last use, at most a few minutes late; ends a session that lies idle
    method: Mapped[str] = mapped_column(String(16), default="password", server_default="password")  # password | oidc | oidc_second
    browser: Mapped[str] = mapped_column(String(200), default="", server_default="")  # its User-Agent, to know one's sessions apart


class SecondFactor(Base):
    """An agent's authenticator app; it counts once a code of it has been shown."""

    __tablename__ = "second_factors"

    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(SealedText)
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)  # the half minute of the newest code that was used: none is used twice


class RecoveryCode(Base):
    """A code for whoever has lost the authenticator app; the row goes when it is used."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"), index=True)


class OneTimeLink(Base):
    """A link with which somebody chooses a password, once; the link holds the token, the table only its hash."""

    __tablename__ = "one_time_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))  # invite | reset
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ApiToken(Base):
    """What a program shows to be let in; the table holds only its hash."""

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    hint: Mapped[str] = mapped_column(String(8))  # its last characters, to know tokens apart
    name: Mapped[str] = mapped_column(String(120))
    scopes: Mapped[list[Any]]
    made_by: Mapped[str] = mapped_column(String(254))  # an e-mail, or "command line"
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
