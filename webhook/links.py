"""One-time links with which somebody chooses a password: invitations, and new passwords for those who lost theirs.

The token stands behind the `#`, so that it is in no log of any server or proxy; the database has only its hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.audit import About, Who, note
from leads.database import Database
from leads.models import Agent, OneTimeLink
from webhook.accounts import agent_of, change_password, new_agent, taken
from webhook.errors import LinkSpent
from webhook.security import hashed, new_session_token

_HOURS = {"invite": 72, "reset": 24}


@dataclass(frozen=True)
class Link:
    """Where to go, until when, and whose account it is."""

    address: str
    expires_at: datetime
    agent: Agent


class Links:
    """Made by administrators or the command line, used once. A new link of an account ends its older ones."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url

    async def invite(self, email: str, name: str, role: str, who: Who) -> Link:
        """A new account without a password, and the link to choose one.

        Raises:
            AgentError: something is missing or the address is taken.
        """
        agent = new_agent(email, name, role)
        try:
            async with self._database.write() as session:
                session.add(agent)
                await session.flush()
                link = await self._make(session, "invite", agent)
                await note(session, who, "agent_invited", About("agent", agent.id), role=role)
        except IntegrityError as error:
            raise taken(agent.email) from error
        return link

    async def reset(self, email: str, who: Who) -> Link:
        """A link to choose a new password; the old one and the sessions stay until it is used.

        Raises:
            AgentError: there is no such account.
        """
        async with self._database.write() as session:
            agent = await agent_of(session, email)
            link = await self._make(session, "reset" if agent.password_hash else "invite", agent)
            await note(session, who, "reset_link_made", About("agent", agent.id))
        return link

    async def open(self, token: str) -> tuple[str, Agent]:
        """What the link is for (``invite`` or ``reset``) and whose; it stays good.

        Raises:
            LinkSpent: it was used, has run out, or never was one.
        """
        async with self._database.read() as session:
            row = (await session.execute(_living(token))).first()
        if row is None:
            raise LinkSpent("This link was used before or has run out. Ask for a new one.")
        return row[0].kind, row[1]

    async def use(self, token: str, password_hash: str) -> Agent:
        """Store the new password and end the link and all sessions of the account.

        Raises:
            LinkSpent: it was used, has run out, or never was one.
        """
        async with self._database.write() as session:
            row = (await session.execute(_living(token))).first()
            spent = delete(OneTimeLink).where(OneTimeLink.token_hash == hashed(token)).returning(OneTimeLink.kind)
            if row is None or await session.scalar(spent) is None:
                raise LinkSpent("This link was used before or has run out. Ask for a new one.")
            agent: Agent = row[1]
            await session.execute(delete(OneTimeLink).where(OneTimeLink.agent_id == agent.id))
            await change_password(session, agent.id, password_hash)
            await note(session, Who("agent", agent.id), "password_chosen", About("agent", agent.id))
            return agent

    async def _make(self, session: AsyncSession, kind: str, agent: Agent) -> Link:
        token, now = new_session_token(), clock.now()
        expires = now + timedelta(hours=_HOURS[kind])
        ended = (OneTimeLink.agent_id == agent.id) | (OneTimeLink.expires_at < now)
        await session.execute(delete(OneTimeLink).where(ended))
        session.add(OneTimeLink(token_hash=hashed(token), kind=kind, agent_id=agent.id, created_at=now, expires_at=expires))
        await session.flush()
        return Link(f"{self._url}/console/welcome#{token}", expires, agent)


def _living(token: str) -> Select[OneTimeLink, Agent]:
    return (
        select(OneTimeLink, Agent)
        .join(Agent, Agent.id == OneTimeLink.agent_id)
        .where(OneTimeLink.token_hash == hashed(token), OneTimeLink.expires_at > clock.now(), Agent.active.is_(True))
    )
