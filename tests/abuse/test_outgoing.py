"""A12: calls to typed-in addresses never reach into our own network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.settings import Settings
from tests.abuse.canary import Server, certificate
from tests.faults.results import NewScenario
from webhook.addresses import Address, is_forbidden, is_public
from webhook.outgoing import MAX_ANSWER, AddressRefused, CallFailed, Outgoing

PUBLIC = "127.0.0.2"  # stands for an address on the internet in these tests
NAME = "hooks.example"


@dataclass
class Names:
    """A name server that may change its mind."""

    answers: list[list[str]]
    asked: int = 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@dataclass
class Net:
    """A canary on all of this machine's own addresses, and one server that may be called."""

    canaries: list[Server]
    public: Server
    port: int
    calls: Outgoing

    @property
    def sung(self) -> int:
        return sum(canary.connections for canary in self.canaries)

    def url(self, host: str = NAME, scheme: str = "https") -> str:
        return f"{scheme}://{host}:{self.port}/hook"

    async def outcome(self, url: str, **changes: Any) -> str:
        """``refused``, ``failed`` or the status."""
        try:
            answer = await replace(self.calls, **changes).post(url, b"{}", {})
        except AddressRefused:
            return "refused"
        except CallFailed:
            return "failed"
        return str(answer.status)


@pytest.fixture
async def net(tmp_path: Path) -> AsyncIterator[Net]:
    server_tls, client_tls = certificate(tmp_path, [NAME, "localhost"], [PUBLIC, "127.0.0.1"])
    public = Server(PUBLIC, tls=server_tls)
    port = await public.start()
    canaries = [Server("127.0.0.1"), Server("::1")]
    for canary in canaries:
        await canary.start(port)

    def passes(address: Address) -> bool:
        return address == ip_address(PUBLIC) or is_public(address)

    calls = Outgoing(resolve=Names([[PUBLIC]]), is_public=passes, ports=(port,), seconds=5, tls=client_tls())
    yield Net(canaries, public, port, calls)
    for server in (public, *canaries):
        await server.stop()


HOSTS = [
    *["127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.0.0.1."],
    *["①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"],
    *[
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::80ff:fffe]",
        "[fe80::1]",
        "[fe80::1%25lo]",
        "[fec0::1]",
    ],
    *["[fd00:ec2::254]", "[ff02::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "100.100.100.200"],
    *["168.63.129.16", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.88.99.1", "localhost", "localhost."],
    *["LOCALHOST", "ip6-localhost"],
]
SHAPES = [
    *["http://{h}:{p}/", "ftp://{h}:{p}/", "file:///etc/passwd", "gopher://{h}:{p}/_x", "//{h}:{p}/", "https://user:pass@{h}:{p}/"],
    *["https://{h}:{p}@127.0.0.1:{p}/", "https://127.0.0.1:{p}#@{h}:{p}/", "https://127.0.0.1:{p}\\@{h}:{p}/", "https://{h}:{p}\r\nX: y"],
    *["https://{h} .127.0.0.1:{p}/", "https://[::1:{p}/", "https://{h}:99999/", "https://{h}:22/", "https:///{h}", "", "https://", "x"],
    *["https://{h}%00.127.0.0.1:{p}/", "https://127.0.0.1%2f@{h}:{p}/", "javascript:alert(1)", "https://" + "a" * 3000],
]
ANSWERS = [
    *[["127.0.0.1"], ["::1"], [PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], [PUBLIC, "::1"], ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"]],
    *[["10.1.2.3"], ["169.254.169.254"], ["fe80::1%lo"], ["0.0.0.0"], ["::"], ["fd12::1"], ["nonsense"], []],
]


async def test_a12_calls_stay_out_of_our_own_network(net: Net, scenario: NewScenario) -> None:
    with scenario(
        "A12",
        "A typed-in address never leads into our own network",
        f"canaries on 127.0.0.1 and ::1; {len(HOSTS)} ways to write an inner host, {len(SHAPES)} shapes of addresses, {len(ANSWERS)} "
        "answers of a name server, one that changes its answer between two questions, and redirects to the canary",
        "0 connections at the canaries; what is allowed is reached",
    ) as it:
        real = Outgoing(is_public=net.calls.is_public, ports=net.calls.ports, seconds=5).resolve
        outcomes = [await net.outcome(net.url(host), resolve=real) for host in HOSTS]
        outcomes += [await net.outcome(shape.format(h=NAME, p=net.port)) for shape in SHAPES]
        it.must("inner or odd addresses not refused", sum(one not in ("refused", "failed") for one in outcomes))
        outcomes = [await net.outcome(net.url(), resolve=Names([answer])) for answer in ANSWERS]
        it.must("names with an inner address not refused", sum(one not in ("refused", "failed") for one in outcomes))
        assert net.public.connections == 0
        names = Names([[PUBLIC], ["127.0.0.1"]])
        it.must("allowed calls that failed", await net.outcome(net.url(), resolve=names) != "200")
        it.must("calls after the name had moved", await net.outcome(net.url(), resolve=names) != "refused")
        it.must("questions to the name server for two calls", names.asked, line=2)
        for status in (301, 302, 303, 307, 308):
            net.public.answer = f"HTTP/1.1 {status} x\r\nLocation: http://127.0.0.1:{net.port}/\r\nContent-Length: 0\r\n\r\n".encode()
            assert await net.outcome(net.url()) == str(status)
        it.tell("calls", len(HOSTS) + len(SHAPES) + len(ANSWERS) + 7)
        it.must("connections at the canaries", net.sung)


async def test_what_is_refused_before_a_name_is_asked_for_is_refused_in_words(net: Net) -> None:
    names = Names([[PUBLIC]])
    for shape in SHAPES:
        with pytest.raises(AddressRefused) as refused:
            await replace(net.calls, resolve=names).post(shape.format(h=NAME, p=net.port), b"", {})
        assert refused.value.message.endswith(".")
    assert names.asked == 0


async def test_a_listed_host_may_be_private_but_never_the_provider(net: Net) -> None:
    listed = {"private_hosts": Settings(private_hosts="CRM.internal., [::1]").private_hosts}
    assert await net.outcome(net.url("crm.internal", "http"), resolve=Names([["127.0.0.1"]]), **listed) == "200"
    assert await net.outcome(net.url("[::1]", "http"), **listed) == "200"
    assert await net.outcome(net.url("127.0.0.1", "http"), **listed) == "refused"
    for inner in ("169.254.169.254", "fe80::1", "0.0.0.0", "fd00:ec2::254", "::ffff:169.254.169.254"):
        assert await net.outcome(net.url("crm.internal", "http"), resolve=Names([[inner]]), **listed) == "refused", inner


async def test_an_answer_has_an_end_and_so_has_waiting(net: Net) -> None:
    net.public.answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nSet-Cookie: a=b\r\n\r\n" + b"x" * 5_000_000
    answer = await net.calls.post(net.url(), b"{}", {"X-Own": "1"})
    assert len(answer.body) == MAX_ANSWER
    net.public.hangs = True
    assert await net.outcome(net.url(), seconds=0.3) == "failed"
    assert not any(b"cookie" in request.lower() for request in net.public.requests)
    assert net.public.requests[0].startswith(b"POST /hook HTTP/1.1\r\nHost: hooks.example")


async def test_a_certificate_must_be_right(net: Net) -> None:
    with pytest.raises(CallFailed, match="certificate"):
        await replace(net.calls, tls=True).post(net.url(), b"", {})
    with pytest.raises(CallFailed, match="certificate"):
        await net.calls.post(net.url("other.example"), b"", {})


async def test_two_calls_at_once_do_not_share_addresses(net: Net) -> None:
    inner = net.outcome(net.url(), resolve=Names([["127.0.0.1"]]))
    assert list(await asyncio.gather(net.outcome(net.url()), inner, net.outcome(net.url()))) == ["200", "refused", "200"]


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_python_calls_not_global_is_never_public(address: Address) -> None:
    assert not (is_public(address) and not address.is_global)
    assert not (is_public(address) and is_forbidden(address))


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_like_itself(address: Address) -> None:
    for form in (f"::ffff:{address}", f"64:ff9b::{address}", f"::{address}"):
        assert is_public(ip_address(form)) == is_public(address), form
