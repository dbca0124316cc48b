"""Hosts of their own on one machine: network namespaces, each with a cable to the visitors and one to database, Redis and bots."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PUBLIC, PRIVATE = "10.213.1", "10.213.2"  # networks of 256 addresses; `.1` of both is this machine
_PREFIX = {PUBLIC: "hrpub", PRIVATE: "hrprv"}


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def _gone(*words: str) -> None:
    """Delete it, if it is there."""
    subprocess.run(["ip", *words], check=False, capture_output=True)


def possible() -> bool:
    """Whether this machine lets us make network namespaces."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    name = f"hrtry{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False).returncode == 0
    if made:
        _ip("netns", "del", name)
    return made


@dataclass
class Host:
    """One namespace; its cables may be pulled out, which nobody at either end is told."""

    number: int

    @property
    def name(self) -> str:
        return f"hrhost{self.number}"

    @property
    def words(self) -> list[str]:
        """What goes in front of a command that is to run there."""
        return ["ip", "netns", "exec", self.name]

    def address(self, network: str) -> str:
        """The host's address in one of the networks."""
        return f"{network}.{10 + self.number}"

    def make(self) -> None:
        _ip("netns", "add", self.name)
        _ip("-n", self.name, "link", "set", "lo", "up")
        for network in (PUBLIC, PRIVATE):
            inside = "pub" if network == PUBLIC else "prv"
            _ip("link", "add", self._plug(network), "type", "veth", "peer", "name", inside, "netns", self.name)
            _ip("-n", self.name, "addr", "add", f"{self.address(network)}/24", "dev", inside)
            _ip("-n", self.name, "link", "set", inside, "up")
            _ip("link", "set", self._plug(network), "up")
            self.plug(network)

    def clear(self) -> None:
        """Take it away. A cable goes by itself only when nothing runs in the namespace any more."""
        _gone("netns", "del", self.name)
        for network in (PUBLIC, PRIVATE):
            _gone("link", "del", self._plug(network))

    def unplug(self, network: str) -> None:
        """From now on nothing passes, in silence."""
        _ip("link", "set", self._plug(network), "nomaster")

    def plug(self, network: str) -> None:
        """Put the cable into the switch."""
        _ip("link", "set", self._plug(network), "master", _PREFIX[network])

    def _plug(self, network: str) -> str:
        return f"{_PREFIX[network]}{self.number}"


@dataclass
class Network:
    """Two switches and some hosts. Use as ``with Network.of(3) as hosts``."""

    hosts: list[Host]
    _turn: IO[str] = field(init=False)

    @classmethod
    def of(cls, count: int) -> Network:
        """With so many hosts."""
        return cls([Host(number) for number in range(count)])

    def __enter__(self) -> list[Host]:
        self._turn = (Path(tempfile.gettempdir()) / "handraise-hosts.lock").open("w")
        fcntl.flock(self._turn, fcntl.LOCK_EX)  # the names are the machine's: one network at a time
        self._clear()  # what a run that was killed has left behind
        for place, (network, bridge) in enumerate(_PREFIX.items(), 1):
            # An address of its own: with that of a port, which is the default, this machine would go on hearing a pulled cable.
            _ip("link", "add", bridge, "address", f"02:00:00:00:00:{place:02}", "type", "bridge")
            _ip("addr", "add", f"{network}.1/24", "dev", bridge)
            _ip("link", "set", bridge, "up")
        for host in self.hosts:
            host.make()
        return self.hosts

    def __exit__(self, *_error: object) -> None:
        self._clear()
        self._turn.close()

    def _clear(self) -> None:
        for host in self.hosts:
            host.clear()
        for bridge in _PREFIX.values():
            _gone("link", "del", bridge)
