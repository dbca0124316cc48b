"""Free ports of this machine for parts that are started later: none that the system gives to somebody else meanwhile."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path

_ALL = range(10_000, 65_536)  # below are the ports of well-known services
_FEW = 1000
_OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL = "32768 65535"  # where the system does not say it


def free_port() -> int:
    """A loopback port that nobody uses right now; this process gives it out again only after all others."""
    return next(port for port in _in_turn(os.getpid()) if _is_free(port))


def free_ports(count: int) -> list[int]:
    """So many different free ports."""
    ports: set[int] = set()
    while len(ports) < count:
        ports.add(free_port())
    return sorted(ports)


def lasting(outgoing: str) -> list[int]:
    """The ports that the system does not take for outgoing connections, whose first and last port are given.

    Any connection of any program could get one of those between the choice of a port and the start of who listens on it.
    """
    first, last = map(int, outgoing.split())
    kept = [port for port in _ALL if not first <= port <= last]
    return kept if len(kept) >= _FEW else list(_ALL)


@cache
def _in_turn(process: int) -> Iterator[int]:
    """Each process, also one that was forked, begins at another place, so that two that choose at the same time do not choose the same."""
    ports = lasting(_OUTGOING.read_text() if _OUTGOING.exists() else _USUAL)
    begin = secrets.randbelow(len(ports))
    return cycle(ports[begin:] + ports[:begin])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
