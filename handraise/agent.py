"""Agents from the command line: add one, list them, the first one of a new installation."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from handraise.opened import opened
from handraise.steps import Failure
from leads.models import Agent
from leads.settings import Settings
from webhook.accounts import COMMAND, AgentError, agent_of, create_agent, rename, set_active, set_password, set_role
from webhook.links import Link, Links
from webhook.second_factor import switch_off

FIRST_EMAIL = "admin@example.com"
PASSWORD_FILE = "first-password.txt"  # noqa: S105  the name of a file


@dataclass(frozen=True)
class FirstAgent:
    """How to sign in, as told at the start."""

    email: str
    hint: str


async def ensure_first_agent(settings: Settings) -> FirstAgent:
    """Make an administrator when there is no agent yet; the password is kept in a file that only the owner may read.

    The account has no name: only who signs in knows what visitors shall call them, and the console asks.
    """
    path = settings.data / PASSWORD_FILE
    async with opened(settings) as database:
        async with database.read() as session:
            first = await session.scalar(select(Agent).order_by(Agent.created_at).limit(1))
        if first is None:
            password = secrets.token_urlsafe(9)
            _write(path, password)
            await create_agent(database, FIRST_EMAIL, "", password, role="admin", named=False)
            return FirstAgent(FIRST_EMAIL, f"with the password [bold]{password}[/]  [dim](kept in {path})[/]")
    if path.exists():
        return FirstAgent(
            first.email,
            f"with the password [bold]{path.read_text().strip()}[/]  [dim](kept in {path}; delete the file when you know it)[/]",
        )
    return FirstAgent(first.email, f"[dim](forgotten? handraise agent password {first.email})[/]")


async def add_agent(settings: Settings, email: str, name: str, role: str, password: str) -> None:
    """Store a new agent.

    Raises:
        Failure: the address is taken or the password too short.
    """
    async with opened(settings) as database:
        try:
            await create_agent(database, email, name, password, role=role)
        except AgentError as error:
            raise Failure(str(error)) from error


async def new_password(settings: Settings, email: str, password: str) -> None:
    """Give an agent a new password and end their sessions.

    Raises:
        Failure: no such agent, or the password is too short.
    """
    async with opened(settings) as database:
        try:
            await set_password(database, email, password)
        except AgentError as error:
            raise Failure(str(error), "handraise agent list shows who there is.") from error
    path = settings.data / PASSWORD_FILE
    if email == FIRST_EMAIL and path.exists():
        path.unlink()


async def change_role(settings: Settings, email: str, role: str) -> str:
    """Give an agent another role; gives their name.

    Raises:
        Failure: no such agent or role, or it is the only administrator.
    """
    async with opened(settings) as database:
        try:
            return (await set_role(database, email, role)).name or email
        except AgentError as error:
            raise Failure(str(error), "handraise agent list shows who there is.") from error


async def change_name(settings: Settings, email: str, name: str) -> None:
    """Give an agent another name.

    Raises:
        Failure: no such agent, or this is no name.
    """
    async with opened(settings) as database:
        try:
            async with database.read() as session:
                agent = await agent_of(session, email)
            await rename(database, agent.id, name.strip(), COMMAND)
        except AgentError as error:
            raise Failure(str(error), "handraise agent list shows who there is.") from error


async def switch(settings: Settings, email: str, on: bool) -> str:
    """Switch an account on or off; gives the name.

    Raises:
        Failure: no such agent, or it is the only administrator.
    """
    async with opened(settings) as database:
        try:
            return (await set_active(database, email, on)).name or email
        except AgentError as error:
            raise Failure(str(error), "handraise agent list shows who there is.") from error


async def invite(settings: Settings, email: str, name: str, role: str) -> Link:
    """A new account and the link with which its owner chooses a password.

    Raises:
        Failure: something is missing or the address is taken.
    """
    async with opened(settings) as database:
        try:
            return await Links(database, settings.url).invite(email, name, role, COMMAND)
        except AgentError as error:
            raise Failure(str(error)) from error


async def reset(settings: Settings, email: str) -> Link:
    """A link with which somebody chooses a new password.

    Raises:
        Failure: no such agent.
    """
    async with opened(settings) as database:
        try:
            return await Links(database, settings.url).reset(email, COMMAND)
        except AgentError as error:
            raise Failure(str(error), "handraise agent list shows who there is.") from error


async def second_factor_off(settings: Settings, email: str) -> str:
    """Take somebody's second factor away; gives their name.

    Raises:
        Failure: no such agent.
    """
    async with opened(settings) as database:
        try:
            async with database.write() as session:
                agent = await agent_of(session, email)
                await switch_off(session, agent.id, COMMAND)
                return agent.name
        except AgentError as error:
            raise Failure(str(error), "handraise agent list shows who there is.") from error


async def list_agents(settings: Settings) -> list[dict[str, object]]:
    """Everybody who may sign in: email, name, role, active."""
    async with opened(settings) as database, database.read() as session:
        agents = (await session.scalars(select(Agent).order_by(func.lower(Agent.name)))).all()
    return [{"email": agent.email, "name": agent.name, "role": agent.role, "active": agent.active} for agent in agents]


def _write(path: Path, password: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(password + "\n")
