"""Somebody whom the sign-in provider vouches for and who still has to show a second factor of ours: known by a cookie for ten minutes."""

from __future__ import annotations

import time

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from sqlalchemy import select

from leads.database import Database
from leads.models import Agent
from webhook.errors import ProviderAgain
from webhook.seal import shared_key

MINUTES = 10
_ALGORITHM = "HS256"


class HalfWay:
    """Signed with a key of the installation, so every hub knows it and none keeps anything."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, agent: Agent) -> str:
        """What the browser keeps until the code is typed.

        Raises:
            DatabaseUnavailable: the key could not be read.
        """
        claims = {"sub": agent.id, "as": agent.oidc_subject, "exp": int(time.time()) + MINUTES * 60}
        return jwt.encode({"alg": _ALGORITHM}, claims, await self._key(), algorithms=[_ALGORITHM])

    async def agent(self, kept: str) -> Agent:
        """Whose it is.

        Raises:
            ProviderAgain: it is not ours or has run out, or the account was switched off or bound to somebody else meanwhile.
        """
        try:
            claims = jwt.decode(kept, await self._key(), algorithms=[_ALGORITHM]).claims
            jwt.JWTClaimsRegistry(sub={"essential": True}, exp={"essential": True}).validate(claims)
        except (JoseError, ValueError) as error:
            raise ProviderAgain("This took too long. Sign in with your provider again.") from error
        same = select(Agent).where(Agent.id == claims["sub"], Agent.oidc_subject == claims.get("as"), Agent.active.is_(True))
        async with self._database.read() as session:
            agent = await session.scalar(same)
        if agent is None:
            raise ProviderAgain("Sign in with your provider again.")
        return agent

    async def _key(self) -> OctKey:
        return OctKey.import_key(await shared_key(self._database, "oidc"))
