"""A port that was chosen is still free when its part starts, a moment or half a minute later."""

from __future__ import annotations

import socket
from contextlib import suppress

import pytest

from handraise.ports import free_port, free_ports, lasting


@pytest.mark.parametrize(
    ("outgoing", "kept"),
    [
        ("32768\t60999\n", [*range(10_000, 32_768), *range(61_000, 65_536)]),
        ("1024 60999", [*range(61_000, 65_536)]),
        ("1024 65000", [*range(10_000, 65_536)]),  # hardly any is left: better one of those
    ],
)
def test_what_outgoing_connections_get_is_left_out(outgoing: str, kept: list[int]) -> None:
    assert lasting(outgoing) == kept


def test_no_port_is_given_twice_and_none_that_is_in_use() -> None:
    with socket.socket() as taken:
        following = free_port() + 1
        with suppress(OSError):  # then somebody else has it
            taken.bind(("127.0.0.1", following))
        ports = free_ports(50)
    assert following not in ports
    assert len({*ports, *free_ports(50)}) == 100


def test_the_system_does_not_take_it_for_a_connection() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = [socket.create_connection(server.getsockname()) for _ in range(100)]
        assert port not in {one.getsockname()[1] for one in made}
        for one in made:
            one.close()
    with socket.create_server(("127.0.0.1", port)):
        pass
