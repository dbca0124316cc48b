"""Who is calling and what they may do: the same answer for HTTP, sockets and programs."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from aiohttp import web

from leads.database import Database
from leads.models import Agent
from webhook.api_tokens import ApiTokens
from webhook.errors import Forbidden, SecondFactorNeeded, StalePage, Unauthorized
from webhook.permissions import Permission, allowed
from webhook.seal import shared_key
from webhook.security import hashed
from webhook.sessions import OIDC_SECOND, Sessions, Signed
from webhook.tries import Tries
from webhook.wire import Json, me_json

CSRF_HEADER = "X-CSRF-Token"
_COOKIE = "handraise_session"
_LONGEST = 128


@dataclass(frozen=True)
class Caller:
    """An agent with a session, or a program with a token; nobody has neither and may do nothing."""

    permissions: frozenset[Permission] = frozenset()
    signed: Signed | None = None
    must_set_up: bool = False  # the role needs a second factor, and there is none yet
    token_id: str | None = None  # of a program

    @property
    def agent(self) -> Agent:
        """The agent.

        Raises:
            Unauthorized: it is a program or nobody.
        """
        return self._signed.agent

    @property
    def session_hash(self) -> str:
        """The hash of the session's token.

        Raises:
            Unauthorized: it is a program or nobody.
        """
        return self._signed.session.token_hash

    @property
    def second_factor(self) -> bool:
        """Whether the agent has a second factor."""
        return self._signed.second_factor

    @property
    def method(self) -> str:
        """How the agent signed in, see ``webhook/sessions.py``."""
        return self._signed.session.method

    @property
    def who(self) -> tuple[str, str]:
        """For the audit log: ``agent`` or ``token``, and its id."""
        return ("token", self.token_id) if self.token_id is not None else ("agent", self.agent.id)

    def me(self) -> Json:
        """The agent as the agent sees it."""
        return me_json(self.agent, sorted(self.permissions), second_factor=self.second_factor, must_set_up=self.must_set_up)

    def check(self, permission: Permission) -> None:
        """Go on only if this is allowed.

        Raises:
            SecondFactorNeeded: it would be, once there is a second factor.
            Forbidden: the role or the token's scopes do not have it.
        """
        if permission in self.permissions:
            return
        if self.must_set_up:
            raise SecondFactorNeeded("Your role needs a second factor. Set one up first.")
        if self.signed is None:
            raise Forbidden(f"This token may not do that: it needs the scope {permission}.")
        raise Forbidden(f"The role {self.agent.role} may not do this. An administrator can give you another one.")

    @property
    def _signed(self) -> Signed:
        if self.signed is None:
            raise Unauthorized("Sign in first.")
        return self.signed


NOBODY = Caller()


class Auth:
    """Finds the caller. ``needs_factor``: roles that need a second factor, ours or one that the provider says it asked for."""

    def __init__(
        self, database: Database, sessions: Sessions, tokens: ApiTokens, tries: Tries, *, secure: bool, needs_factor: Collection[str] = ()
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._tokens = tokens
        self._tries = tries
        self._needs_factor = frozenset(needs_factor)
        self._key = b""
        self.secure = secure
        self.cookie = f"__Host-{_COOKIE}" if secure else _COOKIE  # the prefix keeps other hosts of the domain from setting it

    async def of_session(self, token_hash: str) -> Caller | None:
        """The agent of a session, as the database knows them at this moment."""
        signed = await self._sessions.of(token_hash)
        if signed is None:
            return None
        missing = signed.agent.role in self._needs_factor and not signed.second_factor and signed.session.method != OIDC_SECOND
        return Caller(allowed(signed.agent.role, settled=not missing), signed, missing)

    def needs_factor(self, role: str) -> bool:
        """Whether this role may do nothing without a second factor."""
        return role in self._needs_factor

    async def of_token(self, request: web.Request) -> Caller:
        """The program whose token stands in the Authorization header; cookies do not count then.

        Raises:
            Unauthorized: the token is not ours, was removed, or has run out.
            Locked: too many wrong ones came from this address.
        """
        address = request.remote or ""
        self._tries.check(address)
        found = await self._tokens.of(request.headers.get("Authorization", "").partition(" ")[2].strip())
        if found is None:
            self._tries.wrong(address)
            raise Unauthorized("This token is wrong, was removed, or has run out.")
        row, scopes = found
        return Caller(scopes, token_id=row.id)

    async def of_cookie(self, request: web.Request) -> Caller:
        """The agent whose cookie came with the request.

        Raises:
            Unauthorized: none, or the session has ended.
        """
        token = self.token_in(request.headers.get("Cookie", ""))
        caller = await self.of_session(hashed(token)) if token else None
        if caller is None:
            raise Unauthorized("Sign in first.")
        await self._sessions.used([caller.session_hash])
        return caller

    def token_in(self, header: str) -> str | None:
        """The session token in a Cookie header."""
        try:
            morsel = SimpleCookie(header).get(self.cookie)
        except CookieError:
            return None
        return morsel.value if morsel and 0 < len(morsel.value) <= _LONGEST else None

    async def csrf(self, session_hash: str) -> str:
        """What a page of the console must show with everything that changes something: no other page can know it.

        Raises:
            DatabaseUnavailable: the key could not be read.
        """
        if not self._key:
            self._key = (await shared_key(self._database, "csrf")).encode()
        return hmac.digest(self._key, session_hash.encode(), "sha256").hex()

    async def check_csrf(self, request: web.Request, caller: Caller) -> None:
        """Refuse what was not sent by a page that has read its token.

        Raises:
            StalePage: the header is missing or belongs to another session.
        """
        shown = request.headers.get(CSRF_HEADER, "")
        if not hmac.compare_digest(shown.encode(errors="replace"), (await self.csrf(caller.session_hash)).encode()):
            raise StalePage("This page is out of date. Load it again, then try again.")
