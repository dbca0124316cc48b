"""Patience with wrong passwords, codes, links and tokens, here and at the other hubs."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from webhook.errors import Locked
from webhook.gate import is_local
from webhook.security import MAX_LOCK_SECONDS, Lockout
from webhook.shared_counts import SharedCounts

_ADDRESS_TRIES = 4  # times the free tries of one account: many accounts may sit behind one address
_ACCOUNT, _ADDRESS, _CODE = "wrong-account", "wrong-address", "wrong-code"

type _Counted = tuple[str, Hashable]


class Tries:
    """Counts of what was wrong. A password counts for its account at one address, a code for its account wherever it comes from
    (who may try codes knows the password), and everything for its address, unless that is this machine, where a proxy may speak for all.
    """

    def __init__(self, counts: SharedCounts, free_tries: int, lock_seconds: float) -> None:
        self._counts = counts
        self._locks = {
            _ACCOUNT: Lockout(free_tries, lock_seconds),
            _ADDRESS: Lockout(free_tries * _ADDRESS_TRIES, lock_seconds),
            _CODE: Lockout(free_tries, lock_seconds),
        }
        for kind, lock in self._locks.items():
            counts.kind(kind, MAX_LOCK_SECONDS, _teach(lock))

    def password(self, email: str, address: str) -> None:
        """A password is about to be looked at. It counts as wrong until :meth:`password_right`, or many tries at once would all be free.

        Raises:
            Locked: too many were wrong.
        """
        self._begin((_ACCOUNT, (email, address)), (_ADDRESS, address))

    def password_right(self, email: str, address: str) -> None:
        """It was right."""
        self._right((_ACCOUNT, (email, address)), (_ADDRESS, address))

    def code(self, agent_id: str, address: str) -> None:
        """The same for a code of a second factor.

        Raises:
            Locked: too many were wrong.
        """
        self._begin((_CODE, agent_id), (_ADDRESS, address))

    def code_right(self, agent_id: str, address: str) -> None:
        """It was right."""
        self._right((_CODE, agent_id), (_ADDRESS, address))

    def check(self, address: str) -> None:
        """A link or token is about to be looked up.

        Raises:
            Locked: too many from this address were wrong.
        """
        self._wait((_ADDRESS, address))

    def wrong(self, address: str) -> None:
        """It was none of ours."""
        self._count((_ADDRESS, address))

    def _begin(self, *counted: _Counted) -> None:
        self._wait(*counted)
        for one in counted:
            self._count(one)

    def _wait(self, *counted: _Counted) -> None:
        wait = max(self._locks[kind].wait(key) for kind, key in counted)
        if wait:
            raise Locked(f"Too many wrong tries. Wait {round(wait) or 1} s, then try again.", retry_after=wait)

    def _count(self, counted: _Counted) -> None:
        kind, key = counted
        if kind == _ADDRESS and is_local(str(key)):
            return
        self._locks[kind].failed(key)
        self._counts.add(kind, key)

    def _right(self, *counted: _Counted) -> None:
        for kind, key in counted:
            self._locks[kind].succeeded(key)
            self._counts.end(kind, key)


def _teach(lock: Lockout) -> Callable[[Hashable, int, float], None]:
    return lambda key, count, _seconds: lock.learn(key, count)
