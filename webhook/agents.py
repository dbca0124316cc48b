"""Agents: accounts, signing in, sessions that can be ended."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from leads import clock
from leads.database import Database
from leads.models import Agent, AgentSession
from webhook.errors import Locked, WrongCredentials
from webhook.gate import is_local
from webhook.security import MAX_LOCK_SECONDS, Lockout, Passwords, hashed, new_session_token
from webhook.shared_counts import SharedCounts

ROLES = ("agent", "marketer", "admin")
MIN_PASSWORD = 10
MAX_PASSWORD = 1024
_ADDRESS_TRIES = 4  # times the free tries of one account: many accounts may sit behind one address


_OF_ACCOUNT, _OF_ADDRESS = "wrong-account", "wrong-address"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")  # it only names the account, so admin@handraise.local is fine


class AgentError(Exception):
    """The account cannot be made or changed; the message says why and what to do."""


class Agents:
    """Accounts and sessions in the database, wrong tries in memory, and told to the other hubs."""

    def __init__(
        self, database: Database, session_days: int, counts: SharedCounts, free_tries: int = 5, lock_seconds: float = 30.0
    ) -> None:
        self._database = database
        self._lifetime = timedelta(days=session_days)
        self._passwords = Passwords()
        self._accounts = Lockout(free_tries, lock_seconds)
        self._addresses = Lockout(free_tries * _ADDRESS_TRIES, lock_seconds)
        self._counts = counts
        counts.kind(_OF_ACCOUNT, MAX_LOCK_SECONDS, lambda key, count, _seconds: self._accounts.learn(key, count))
        counts.kind(_OF_ADDRESS, MAX_LOCK_SECONDS, lambda key, count, _seconds: self._addresses.learn(key, count))

    async def sign_in(self, email: str, password: str, address: str) -> tuple[str, Agent]:
        """Begin a session; gives its token and the agent.

        Raises:
            Locked: too many wrong tries of this account or from this address.
            WrongCredentials: one of both is wrong.
        """
        account = (email.strip().lower(), address)
        async with self._database.read() as session:
            agent = await session.scalar(select(Agent).where(Agent.email == account[0], Agent.active.is_(True)))
        wait = max(self._accounts.wait(account), self._addresses.wait(address))
        if wait:
            raise Locked(f"Too many wrong passwords. Wait {round(wait) or 1} s, then try again.", retry_after=wait)
        self._counts.add(_OF_ACCOUNT, account)
        self._accounts.failed(account)  # counted before the slow part, or many tries at once would all be free
        if not is_local(address):  # this machine may be a proxy that speaks for everybody
            self._addresses.failed(address)
            self._counts.add(_OF_ADDRESS, address)
        if not await self._passwords.matches(agent.password_hash if agent else None, password) or agent is None:
            raise WrongCredentials("E-mail or password is wrong.")
        for lockout, kind, key in ((self._accounts, _OF_ACCOUNT, account), (self._addresses, _OF_ADDRESS, address)):
            lockout.succeeded(key)
            self._counts.end(kind, key)
        return await self._begin(agent), agent

    async def agent_of(self, token_hash: str) -> Agent | None:
        """The agent of a session that has not ended, read anew each time."""
        async with self._database.read() as session:
            return await session.scalar(
                select(Agent)
                .join(AgentSession, AgentSession.agent_id == Agent.id)
                .where(AgentSession.token_hash == token_hash, AgentSession.expires_at > clock.now(), Agent.active.is_(True))
            )

    async def living(self, token_hashes: Collection[str]) -> set[str]:
        """Those of these sessions which have not ended."""
        async with self._database.read() as session:
            found = await session.scalars(
                select(AgentSession.token_hash)
                .join(Agent, AgentSession.agent_id == Agent.id)
                .where(AgentSession.token_hash.in_(token_hashes), AgentSession.expires_at > clock.now(), Agent.active.is_(True))
            )
            return set(found)

    async def sign_out(self, token: str) -> None:
        """End a session."""
        async with self._database.write() as session:
            await session.execute(delete(AgentSession).where(AgentSession.token_hash == hashed(token)))

    async def set_available(self, agent_id: str, on: bool) -> Agent | None:
        """Whether the agent wants to be rung."""
        async with self._database.write() as session:
            await session.execute(update(Agent).where(Agent.id == agent_id).values(available=on))
            return await session.get(Agent, agent_id)

    async def _begin(self, agent: Agent) -> str:
        token, now = new_session_token(), clock.now()
        async with self._database.write() as session:
            await session.execute(delete(AgentSession).where(AgentSession.expires_at < now))
            session.add(AgentSession(token_hash=hashed(token), agent_id=agent.id, created_at=now, expires_at=now + self._lifetime))
        return token


async def create_agent(database: Database, email: str, name: str, password: str, role: str = "agent") -> Agent:
    """Make an account.

    Raises:
        AgentError: something is missing or the address is taken.
    """
    agent = _check_new(email, name, password, role)
    agent.password_hash = await Passwords().hash(password)
    try:
        async with database.write() as session:
            session.add(agent)
    except IntegrityError as error:
        raise AgentError(f"There is an agent with the address {agent.email} already.") from error
    return agent


async def set_password(database: Database, email: str, password: str) -> None:
    """Give an agent a new password and end all sessions of the old one.

    Raises:
        AgentError: no such agent, or the password is too short.
    """
    _check_password(password)
    password_hash = await Passwords().hash(password)
    async with database.write() as session:
        agent = await session.scalar(select(Agent).where(Agent.email == email.strip().lower()))
        if agent is None:
            raise AgentError(f"There is no agent with the address {email}.")
        agent.password_hash = password_hash
        await session.execute(delete(AgentSession).where(AgentSession.agent_id == agent.id))


def _check_new(email: str, name: str, password: str, role: str) -> Agent:
    address = email.strip().lower()
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise AgentError(f"{email!r} is not an e-mail address.")
    if not name.strip() or len(name) > 120:
        raise AgentError("The name must have 1 to 120 characters; visitors see it.")
    _check_password(password)
    if role not in ROLES:
        raise AgentError(f"The role is one of {', '.join(ROLES)}.")
    return Agent(email=address, name=name.strip(), role=role, active=True, available=True, created_at=clock.now())


def _check_password(password: str) -> None:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise AgentError(f"The password must have {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
