"""Accounts of agents: made, changed, switched off. What takes power away ends the sessions in the same transaction."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.audit import About, Who, note
from leads.database import Database
from leads.display_names import is_own_name
from leads.models import Agent
from webhook.errors import Invalid
from webhook.password_rules import check_password
from webhook.permissions import ROLES
from webhook.security import Passwords
from webhook.sessions import end_all

COMMAND = Who("command", "agent")  # who did it, unless somebody is named
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")  # it only names the account, so admin@handraise.local is fine


class AgentError(Invalid):
    """The account cannot be made or changed; the message says why and what to do."""


async def create_agent(
    database: Database, email: str, name: str, password: str, role: str = "agent", who: Who = COMMAND, *, named: bool = True
) -> Agent:
    """Make an account; without ``named`` its owner says at the first sign-in what they are called.

    Raises:
        AgentError: something is missing, the password is easy to guess, or the address is taken.
    """
    agent = new_agent(email, name, role, named=named)
    _refuse(check_password(password, agent.email, agent.name))
    agent.password_hash = await Passwords().hash(password)
    try:
        async with database.write() as session:
            session.add(agent)
            await session.flush()
            await note(session, who, "agent_added", About("agent", agent.id), role=role)
    except IntegrityError as error:
        raise taken(agent.email) from error
    return agent


async def set_password(database: Database, email: str, password: str, who: Who = COMMAND) -> None:
    """Give an agent a new password and end all sessions of the old one.

    Raises:
        AgentError: no such agent, or the password is easy to guess.
    """
    async with database.read() as session:
        agent = await agent_of(session, email)
    _refuse(check_password(password, agent.email, agent.name))
    password_hash = await Passwords().hash(password)
    async with database.write() as session:
        await change_password(session, agent.id, password_hash)
        await note(session, who, "password_changed", About("agent", agent.id))


async def change_password(session: AsyncSession, agent_id: str, password_hash: str) -> None:
    """Store a new password and end all sessions of the old one, within a transaction."""
    agent = await session.get(Agent, agent_id)
    if agent is not None:
        agent.password_hash = password_hash
        await end_all(session, agent_id)


async def set_role(database: Database, email: str, role: str, who: Who = COMMAND) -> Agent:
    """Give an agent another role; they have to sign in again.

    Raises:
        AgentError: no such agent or role, or nobody would be left to administer.
    """
    if role not in ROLES:
        raise AgentError(f"The role is one of {', '.join(ROLES)}.")
    async with database.write() as session:
        agent = await agent_of(session, email)
        if agent.role != role:
            await _check_not_last(session, agent)
            agent.role = role
            await end_all(session, agent.id)
            await note(session, who, "agent_role_changed", About("agent", agent.id), role=role)
        return agent


async def set_active(database: Database, email: str, on: bool, who: Who = COMMAND) -> Agent:
    """Switch an account off, which ends its sessions at once, or on again.

    Raises:
        AgentError: no such agent, or nobody would be left to administer.
    """
    async with database.write() as session:
        agent = await agent_of(session, email)
        if not on and agent.active:
            await _check_not_last(session, agent)
            await end_all(session, agent.id)
        if agent.active != on:
            agent.active = on
            await note(session, who, "agent_switched_on" if on else "agent_switched_off", About("agent", agent.id))
        return agent


async def agent_of(session: AsyncSession, email: str) -> Agent:
    """The agent with this address.

    Raises:
        AgentError: there is none.
    """
    agent = await session.scalar(select(Agent).where(Agent.email == email.strip().lower()))
    if agent is None:
        raise AgentError(f"There is no agent with the address {email}.")
    return agent


async def rename(database: Database, agent_id: str, name: str, who: Who) -> Agent:
    """Give an agent another name.

    Raises:
        AgentError: no such agent, or this is no name.
    """
    _refuse(check_name(name))
    async with database.write() as session:
        agent = await session.get(Agent, agent_id)
        if agent is None:
            raise AgentError("There is no such account.")
        if agent.name != name:
            agent.name = name
            await note(session, who, "agent_renamed", About("agent", agent.id))
        return agent


def check_name(name: str) -> str | None:
    """What is wrong with the name; None when nothing is."""
    if not name.strip() or len(name) > 120:
        return "The name must have 1 to 120 characters; visitors see it."
    if not is_own_name(name):
        return f"Visitors see the name: write the person's own, such as Mara Lind, not {name.strip()!r}."
    return None


def new_agent(email: str, name: str, role: str, *, named: bool = True) -> Agent:
    """An account that is not stored yet and has no password. Without ``named`` a missing name is asked for at the first sign-in.

    Raises:
        AgentError: something is missing.
    """
    address = email.strip().lower()
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise AgentError(f"{email!r} is not an e-mail address.")
    if named:
        _refuse(check_name(name))
    elif check_name(name):
        name = ""
    if role not in ROLES:
        raise AgentError(f"The role is one of {', '.join(ROLES)}.")
    return Agent(email=address, name=name.strip(), role=role, password_hash="", active=True, available=True, created_at=clock.now())


def taken(email: str) -> AgentError:
    """Two people cannot sign in with one address."""
    return AgentError(f"There is an agent with the address {email} already.")


def _refuse(problem: str | None) -> None:
    if problem:
        raise AgentError(problem)


async def _check_not_last(session: AsyncSession, agent: Agent) -> None:
    if agent.role != "admin" or not agent.active:
        return
    # Locked, so that two administrators cannot take the role from each other at the same moment.
    admins = select(Agent.id).where(Agent.role == "admin", Agent.active.is_(True)).order_by(Agent.id).with_for_update()
    if not set(await session.scalars(admins)) - {agent.id}:
        raise AgentError("This is the only administrator. Make somebody else one first.")
