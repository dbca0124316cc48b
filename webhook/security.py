"""Passwords, tokens and the patience with wrong ones."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Hashable
from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SESSION_BYTES = 32
MAX_LOCK_SECONDS = 900.0
_MANY = 10_000


class Passwords:
    """argon2id in a thread, two at a time, because each takes 64 MB and a tenth of a second of a core."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._room = asyncio.Semaphore(2)
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """What is stored."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password is right; takes as long for an account that does not exist (``None``) or has no password (empty)."""
        if not stored and self._nobody is None:
            self._nobody = await self.hash(token_urlsafe(16))
        async with self._room:
            right = await asyncio.to_thread(self._verify, stored or self._nobody or "", password)
        return right and bool(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def new_session_token() -> str:
    """A secret of 256 bits for a cookie."""
    return token_urlsafe(SESSION_BYTES)


def hashed(token: str) -> str:
    """How a token is stored: it is random enough to need no salt."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


class Lockout:
    """After some wrong tries each further one locks for twice as long; a quiet quarter of an hour forgets them. Pure but for the clock."""

    def __init__(self, free_tries: int, first_lock: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._free = free_tries
        self._first = first_lock
        self._clock = clock
        self._tries: dict[Hashable, tuple[int, float]] = {}

    def wait(self, key: Hashable) -> float:
        """Seconds until the next try is looked at; 0.0 for now."""
        return max(0.0, self._tries.get(key, (0, 0.0))[1] - self._clock())

    def failed(self, key: Hashable) -> None:
        """A try was wrong."""
        self.learn(key, self._count(key) + 1)

    def learn(self, key: Hashable, count: int) -> None:
        """So many tries were wrong, here or at other hubs; nothing is new when as many are known."""
        if count <= self._count(key):
            return
        lock = min(MAX_LOCK_SECONDS, self._first * 2 ** min(count - self._free, 10)) if count >= self._free else 0.0
        self._tries[key] = (count, self._clock() + lock)
        if len(self._tries) > _MANY:
            self._tries = dict(list(self._tries.items())[_MANY // 2 :])

    def succeeded(self, key: Hashable) -> None:
        """A try was right: the count begins anew."""
        self._tries.pop(key, None)

    def _count(self, key: Hashable) -> int:
        count, until = self._tries.get(key, (0, 0.0))
        return count if self._clock() < until + MAX_LOCK_SECONDS else 0
