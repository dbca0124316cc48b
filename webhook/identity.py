"""Visitors who are logged in on the page: the site's server signs who they are, the hub checks it and keeps it as verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.database import Database
from leads.identities import Identity
from leads.models import Conversation
from webhook.errors import Forbidden, explain
from webhook.schemas import Email, Short, clean
from webhook.sites import Site
from webhook.visitor_tokens import VisitorTokens

LEEWAY = 60  # seconds that the clocks of two servers may differ
NOT_RIGHT = (
    "The identity token is not right. It must be signed with HS256 and this site's identity_secret; aud is the site key, "
    "sub the user, exp at most ten minutes ahead."
)
LONGEST = 600  # seconds that a signature may be good for: it travels through the page

UserId = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(clean)]


class Claims(BaseModel):
    """What is taken from a signed token; the rest of it is ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    sub: UserId
    exp: int
    email: Email | None = None
    name: Short | None = None
    company: Short | None = None


def verify(token: str, site: Site) -> Claims:
    """The claims of a token that the site's server signed for this site a moment ago.

    Raises:
        Forbidden: it did not; the words are for whoever built the page.
    """
    if not site.secret:
        raise Forbidden("This site has no identity_secret in the settings of Handraise, so nobody can be identified.")
    try:
        signed = jwt.decode(token, OctKey.import_key(site.secret), algorithms=["HS256"])
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY, aud={"essential": True, "value": site.key}, exp={"essential": True}, sub={"essential": True}
        )
        rules.validate(signed.claims)
        claims = Claims.model_validate(signed.claims)
    except ExpiredTokenError:
        raise Forbidden("The identity token has expired. Let the server sign a new one for each page.") from None
    except ValidationError as error:
        raise Forbidden(f"The identity token is signed, but a claim is wrong: {explain(error)}") from None
    except (JoseError, ValueError, RecursionError):
        raise Forbidden(NOT_RIGHT) from None
    if claims.exp - clock.now().timestamp() > LONGEST + LEEWAY:
        raise Forbidden("The identity token is good for too long: exp may be at most ten minutes ahead.")
    return claims


@dataclass(frozen=True)
class Belongs:
    """Where the visitor is at home: ``token`` opens the conversation for this browser when it is another one; empty id: begin one."""

    conversation_id: str
    token: str | None = None


class Identities:
    """Keeps verified claims with conversations, and finds a user's conversation again in another browser."""

    def __init__(self, database: Database, tokens: VisitorTokens, idle: timedelta) -> None:
        self._database = database
        self._tokens = tokens
        self._idle = idle

    async def attach(self, conversation_id: str, site: str, claims: Claims) -> Belongs:
        """Say who has this conversation.

        Somebody else's conversation is left to them. A browser in which nothing was said yet goes on with the user's newest one.
        """
        async with self._database.write() as session:
            conversation = await session.get_one(Conversation, conversation_id)
            known = await session.get(Identity, conversation_id)
            is_theirs = known is not None and known.user_id != claims.sub
            if is_theirs or (known is None and conversation.started_at is None):
                earlier = await self._newest(session, site, claims.sub)
                if earlier is not None:
                    await _keep(session, earlier, site, claims)
                    return Belongs(earlier, await self._tokens.issue(session, earlier))
            if is_theirs:
                return Belongs("")
            await _keep(session, conversation_id, site, claims)
        return Belongs(conversation_id)

    async def keep(self, conversation_id: str, site: str, claims: Claims) -> None:
        """The same for a conversation that has just begun."""
        async with self._database.write() as session:
            await _keep(session, conversation_id, site, claims)

    async def carry(self, before: str, conversation_id: str) -> None:
        """Who starts over stays who they are."""
        async with self._database.write() as session:
            known = await session.get(Identity, before)
            if known is not None:
                again = {name: getattr(known, name) for name in ("site", "user_id", "email", "name", "company", "at")}
                session.add(Identity(conversation_id=conversation_id, **again))

    async def _newest(self, session: AsyncSession, site: str, user_id: str) -> str | None:
        theirs = (Identity.site == site, Identity.user_id == user_id, Conversation.last_at >= clock.now() - self._idle)
        wanted = select(Identity.conversation_id).join(Conversation, Conversation.id == Identity.conversation_id)
        return await session.scalar(
            wanted.where(*theirs, Conversation.started_at.is_not(None)).order_by(Conversation.last_at.desc()).limit(1)
        )


async def _keep(session: AsyncSession, conversation_id: str, site: str, claims: Claims) -> None:
    said = {"email": claims.email, "name": claims.name or None, "company": claims.company or None}
    await session.merge(Identity(conversation_id=conversation_id, site=site, user_id=claims.sub, at=clock.now(), **said))
