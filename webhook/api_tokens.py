"""Tokens with which programs are let in: made by administrators, shown once, stored as a hash, good for their scopes only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update

from leads import clock
from leads.audit import About, Who, note
from leads.database import Database
from leads.models import ApiToken, new_id
from webhook.errors import Invalid, NotFound
from webhook.permissions import SCOPES, Permission
from webhook.security import hashed, new_session_token
from webhook.wire import Json

PREFIX = "hr_"  # so that a token is recognised where it should not be
_NOTE_AFTER = timedelta(minutes=1)  # how exactly the last use is known


class ApiTokens:
    """The tokens in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, name: str, scopes: Collection[str], days: int | None, made_by: str, who: Who) -> tuple[str, Json]:
        """A new token, which nobody can be shown again, and its row.

        Raises:
            Invalid: no name, or scopes that there are not.
        """
        chosen = [str(scope) for scope in SCOPES if scope in scopes]
        if not name.strip() or len(name) > 120:
            raise Invalid("The name must have 1 to 120 characters.")
        if not chosen or len(chosen) != len(set(scopes)):
            raise Invalid(f"The scopes are some of {', '.join(SCOPES)}.")
        token, now = PREFIX + new_session_token(), clock.now()
        row = ApiToken(id=new_id(), token_hash=hashed(token), hint=token[-4:], name=name.strip(), scopes=chosen, made_by=made_by[:254])
        row.created_at, row.expires_at = now, now + timedelta(days=days) if days else None
        async with self._database.write() as session:
            session.add(row)
            await session.flush()
            await note(session, who, "token_made", About("token", row.id), scopes=chosen)
        return token, _shown(row)

    async def listed(self) -> list[Json]:
        """Every token, the newest first, without what lets in."""
        async with self._database.read() as session:
            return [_shown(row) for row in await session.scalars(select(ApiToken).order_by(ApiToken.created_at.desc()))]

    async def remove(self, token_id: str, who: Who) -> None:
        """End a token; from the next request on it is nobody's.

        Raises:
            NotFound: there is none with this id.
        """
        async with self._database.write() as session:
            if await session.scalar(delete(ApiToken).where(ApiToken.id == token_id).returning(ApiToken.id)) is None:
                raise NotFound("There is no such token.")
            await note(session, who, "token_removed", About("token", token_id))

    async def of(self, token: str) -> tuple[ApiToken, frozenset[Permission]] | None:
        """The row of this token and what it allows, unless it has run out; notes that it was used."""
        if not token.startswith(PREFIX):
            return None
        now = clock.now()
        living = or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now)
        async with self._database.read() as session:
            row = await session.scalar(select(ApiToken).where(ApiToken.token_hash == hashed(token), living))
        if row is None:
            return None
        if row.last_used_at is None or row.last_used_at < now - _NOTE_AFTER:
            async with self._database.write() as session:
                await session.execute(update(ApiToken).where(ApiToken.id == row.id).values(last_used_at=now))
        return row, frozenset(scope for scope in SCOPES if scope in row.scopes)


def _shown(row: ApiToken) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "hint": row.hint,
        "scopes": row.scopes,
        "made_by": row.made_by,
        "created_at": clock.iso(row.created_at),
        "expires_at": clock.iso(row.expires_at) if row.expires_at else None,
        "last_used_at": clock.iso(row.last_used_at) if row.last_used_at else None,
    }
