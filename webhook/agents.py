"""Agents who sign in, and whether they want to be rung."""

from __future__ import annotations

from sqlalchemy import select, update

from leads.database import Database
from leads.models import Agent
from webhook.errors import WrongCredentials
from webhook.security import Passwords
from webhook.tries import Tries


class Agents:
    """Looks passwords up; sessions are :class:`webhook.sessions.Sessions`."""

    def __init__(self, database: Database, tries: Tries) -> None:
        self._database = database
        self._passwords = Passwords()
        self._tries = tries

    async def sign_in(self, email: str, password: str, address: str) -> Agent:
        """The agent whose password this is.

        Raises:
            Locked: too many wrong tries of this account or from this address.
            WrongCredentials: one of both is wrong; an account that does not exist takes as long and looks the same.
        """
        email = email.strip().lower()
        async with self._database.read() as session:
            agent = await session.scalar(select(Agent).where(Agent.email == email, Agent.active.is_(True)))
        self._tries.password(email, address)
        if not await self._passwords.matches(agent.password_hash if agent else None, password) or agent is None:
            raise WrongCredentials("E-mail or password is wrong.")
        self._tries.password_right(email, address)
        return agent

    async def has_password(self, agent: Agent, password: str, address: str) -> bool:
        """Whether the password of somebody who is signed in is this one; wrong ones count like at sign-in.

        Raises:
            Locked: too many were wrong.
        """
        self._tries.password(agent.email, address)
        right = await self._passwords.matches(agent.password_hash, password)
        if right:
            self._tries.password_right(agent.email, address)
        return right

    async def hash(self, password: str) -> str:
        """What is stored of a password."""
        return await self._passwords.hash(password)

    async def set_available(self, agent_id: str, on: bool) -> Agent | None:
        """Whether the agent wants to be rung."""
        async with self._database.write() as session:
            await session.execute(update(Agent).where(Agent.id == agent_id).values(available=on))
            return await session.get(Agent, agent_id)
