"""A proxy in front: the caller is who the proxy says, and nobody else is believed."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from webhook.proxies import HEADER, caller

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("remote", "forwarded", "expected"),
    [
        ("10.0.0.2", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.2", ["1.2.3.4, 203.0.113.9"], "203.0.113.9"),
        ("10.0.0.2", ["1.2.3.4", "203.0.113.9, 10.0.0.7"], "203.0.113.9"),
        ("10.0.0.2", ["10.9.9.9"], "10.9.9.9"),
        ("10.0.0.2", [], "10.0.0.2"),
        ("10.0.0.2", ["203.0.113.9, nonsense"], "10.0.0.2"),
        ("::ffff:10.0.0.2", ["2001:db8::1"], "2001:db8::1"),
        ("fd00::2", ["::ffff:203.0.113.9"], "203.0.113.9"),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("", ["198.51.100.1"], ""),
    ],
    ids=["one", "made up on the left", "two proxies", "only proxies", "none", "nonsense", "IPv4 in IPv6", "IPv6", "no proxy", "no address"],
)
def test_who_calls(remote: str, forwarded: list[str], expected: str) -> None:
    assert caller(remote, forwarded, PROXIES) == expected


async def handshakes(hub: RunningHub, address: str, count: int) -> list[int]:
    return [(await hub.get("/socket.io/?EIO=4&transport=polling", **{HEADER: address})).status for _ in range(count)]


async def test_callers_behind_a_known_proxy_are_counted_each_alone(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(handshakes_per_minute=9), proxies="127.0.0.1")
    assert await handshakes(hub, "203.0.113.9", 4) == [200, 200, 200, 429]
    assert await handshakes(hub, "203.0.113.10", 1) == [200]


async def test_an_unknown_proxy_is_not_believed(new_hub: StartHub) -> None:
    hub = await new_hub(tuning=quick(local_handshakes_per_minute=9))
    assert [await handshakes(hub, f"203.0.113.{number}", 1) for number in range(4)] == [[200], [200], [200], [429]]
