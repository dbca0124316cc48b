"""Hosts of their own on one machine: network namespaces, each with a cable to the visitors and one to database, Redis and bots."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass, field

PUBLIC, PRIVATE = "10.213.1", "10.213.2"  # networks of 256 addresses; `.1` of both is this machine
_PREFIX = {PUBLIC: "hrpub", PRIVATE: "hrprv"}


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


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
    """Two switches and some hosts. Use as ``with Network(3) as hosts``."""

    count: int
    hosts: list[Host] = field(default_factory=list)

    def __enter__(self) -> list[Host]:
        for place, (network, bridge) in enumerate(_PREFIX.items(), 1):
            # An address of its own: with that of a port, which is the default, this machine would go on hearing a pulled cable.
            _ip("link", "add", bridge, "address", f"02:00:00:00:00:{place:02}", "type", "bridge")
            _ip("addr", "add", f"{network}.1/24", "dev", bridge)
            _ip("link", "set", bridge, "up")
        for number in range(self.count):
            host = Host(number)
            self.hosts.append(host)
            host.make()
        return self.hosts

    def __exit__(self, *_error: object) -> None:
        for host in self.hosts:
            _ip("netns", "del", host.name)
        for bridge in _PREFIX.values():
            _ip("link", "del", bridge)
