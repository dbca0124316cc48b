"""Which network addresses are out on the internet, and which are ours, our neighbours' or our provider's inside. Pure."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

type Address = IPv4Address | IPv6Address

_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))  # the last 32 bits are an IPv4 address
_COMPATIBLE = ip_network("::/96")
_PROVIDERS = (ip_address("168.63.129.16"),)  # global by its number, and yet a provider's service inside
_RELAYS = ip_network("192.88.99.0/24")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)


def read_address(text: str) -> Address | None:
    """An address as it is written in its plain form, also in brackets or with a zone; ``None`` for anything else."""
    try:
        return ip_address(text.strip("[]"))
    except ValueError:
        return None


def is_odd_number(host: str) -> bool:
    """Whether a resolver may take it for an IPv4 address although nobody reads it as one: ``2130706433``, ``0x7f.1``, ``0177.0.0.1``."""
    parts = host.rstrip(".").split(".")
    return _NUMBER.fullmatch(parts[-1]) is not None and read_address(host) is None  # no name ends in a number


def is_public(address: Address) -> bool:
    """Whether everybody on the internet means the same place by it, and it is nobody's inside."""
    if isinstance(address, IPv6Address):
        inner = _inside(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    elif address in _PROVIDERS or address in _RELAYS:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def is_forbidden(address: Address) -> bool:
    """Whether no setting may allow it: where machines ask their provider for secrets, and what is no place at all."""
    if isinstance(address, IPv6Address):
        inner = _inside(address)
        if inner is not None and inner != IPv4Address("0.0.0.1"):  # ::1 is this machine
            return is_forbidden(inner)
    return address.is_link_local or address.is_multicast or address.is_unspecified or address in (*_PROVIDERS, ip_address("fd00:ec2::254"))


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if any(isinstance(network, IPv6Network) and address in network for network in (*_NAT64, _COMPATIBLE)):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
