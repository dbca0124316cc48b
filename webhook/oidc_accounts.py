"""Which account somebody has whom the sign-in provider vouches for; made when their domain may come in by itself."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from leads.audit import About, Who, note
from leads.database import Database
from leads.models import Agent
from webhook.accounts import new_agent
from webhook.oidc import Identity, OidcFailed


async def agent_for(database: Database, identity: Identity, domains: Collection[str], role: str) -> Agent:
    """The agent; the first time the account with that address is bound to the subject, later the subject alone counts.

    Raises:
        OidcFailed: ``no_account``, or ``other_person`` when the account is bound to another subject.
    """
    try:
        async with database.write() as session:
            return await _find(session, identity, domains, role)
    except IntegrityError:  # the same person in two windows at once: the other one has made or bound the account
        async with database.write() as session:
            return await _find(session, identity, domains, role)


async def _find(session: AsyncSession, identity: Identity, domains: Collection[str], role: str) -> Agent:
    agent = await session.scalar(select(Agent).where(Agent.oidc_subject == identity.subject))
    if agent is None:
        agent = await session.scalar(select(Agent).where(Agent.email == identity.email))
        if agent is not None and agent.active:
            await _bind(session, agent, identity)
        elif agent is None and identity.email.rpartition("@")[2] in domains:
            agent = new_agent(identity.email, identity.name, role, named=False)
            session.add(agent)
            await session.flush()
            await note(session, Who("agent", agent.id), "agent_added", About("agent", agent.id), role=role, by="oidc")
            await _bind(session, agent, identity)
    if agent is None or not agent.active:
        raise OidcFailed("no_account", "there is no account for this address")
    return agent


async def _bind(session: AsyncSession, agent: Agent, identity: Identity) -> None:
    if agent.oidc_subject is not None:
        raise OidcFailed("other_person", "the account is bound to another subject")
    agent.oidc_subject = identity.subject
    await session.flush()
    await note(session, Who("agent", agent.id), "oidc_bound", About("agent", agent.id))
