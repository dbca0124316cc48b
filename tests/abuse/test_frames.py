"""A15, A16: frames that are too large, too deep, compressed, broken or binary."""

from __future__ import annotations

import struct
from contextlib import suppress

import aiohttp
import pytest

from tests.abuse.site import Site, at, closed, memory, others
from tests.faults.results import NewScenario, Scale

pytestmark = pytest.mark.timeout(400)


def framed(payload: bytes, opcode: int = 1, *, length: int | None = None, reserved: int = 0) -> bytes:
    """A WebSocket frame of a client, masked with zeros; ``length`` may lie."""
    size = len(payload) if length is None else length
    head = bytes([0x80 | reserved | opcode])
    if size < 126:
        return head + bytes([0x80 | size]) + bytes(4) + payload
    if size < 65_536:
        return head + bytes([0x80 | 126]) + struct.pack("!H", size) + bytes(4) + payload
    return head + bytes([0x80 | 127]) + struct.pack("!Q", size) + bytes(4) + payload


def large_things() -> dict[str, bytes]:
    """What is too large, too deep or no text, as it goes over the wire."""
    bomb = b"\xaa" * 12_000
    return {
        "oversize": framed(b"4" + b"x" * 3_000_000),
        "length near 2^63": framed(b"4x", length=2**63 - 1),
        "length of 2^40": framed(b"4x" * 500, length=2**40),
        "compressed though nobody agreed": framed(bomb, reserved=0x40),
        "bad UTF-8": framed(b'42/visitor,1["message",{"text":"\xff\xfe\xed\xa0\x80"}]'),
        "depth": framed(b'42/visitor,1["message",' + b"[" * 5000 + b"]" * 5000 + b"]"),
        "depth of objects": framed(b'42/visitor,1["message",' + b'{"a":' * 3000 + b"1" + b"}" * 3000 + b"]"),
        "a number of 10,000 digits": framed(b'42/visitor,1["sync",{"last_seq":' + b"9" * 10_000 + b"}]"),
        "fragments without end": b"".join(
            framed(b"x" * 1000, 0 if n else 1)[:0] + bytes([0 if n else 1]) + framed(b"x" * 1000, 0)[1:] for n in range(200)
        ),
        "one byte at a time": framed(b'42/visitor,1["message",' + b"x" * 300),
        "unknown opcode": framed(b"x", 3),
        "control frame of 10 KB": framed(b"x" * 10_000, 9),
    }


ANNOUNCED = '["message",{"_placeholder":true,"num":0}]'
BINARY: tuple[str | bytes, ...] = (
    *(b"binary", b"\x04binary", b"b" * 16_000, f"451-/visitor,{ANNOUNCED}", f"4599999999-/visitor,{ANNOUNCED}"),
    *('451000000-/visitor,["x"]', f"461-/visitor,1{ANNOUNCED}", "bAAAA", "45-1-/visitor,[]", "451-", "45", "46"),
)


async def test_a15_large_broken_and_deep(site: Site, scenario: NewScenario, scale: Scale) -> None:
    rounds = scale.of(40, 1)
    with scenario(
        "A15",
        "Oversized, compressed, endless, deep and broken frames end the connection and cost no memory",
        f"{len(large_things())} kinds of frames, {rounds} of each; {scale.of(20, 3)} others chat meanwhile",
        "all refused; memory + 20 MB at most; the others' chats all work",
    ) as it:
        before = memory(site)
        taken: list[str] = []

        async def attack() -> None:
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                for number in range(rounds):
                    for name, content in large_things().items():
                        wire = await at(site, http, f"198.51.100.{number}")
                        transport = wire._response.connection.transport if wire._response.connection else None  # below the library's checks
                        assert transport is not None
                        for piece in [content] if name != "one byte at a time" else [content[n : n + 1] for n in range(len(content))]:
                            transport.write(piece)
                        if not await closed(wire):
                            taken.append(name)
                        await wire.close()

        it.must("others whose chat did not work", await others(site, scale.of(20, 3), attack()))
        it.must("not refused", len(taken), why=", ".join(taken[:5]))
        it.must("memory", max(0, memory(site) - before), line=20, unit="MB")


async def test_a16_binary_and_attachments(site: Site, scenario: NewScenario, scale: Scale) -> None:
    rounds = scale.of(20, 1)
    with scenario(
        "A16",
        "Binary packets and announced attachments are refused and nothing is kept for them",
        f"{len(BINARY)} packets, {rounds} times each, every one followed by 100 pieces of 10 KB",
        "all connections ended; memory + 5 MB at most",
    ) as it:
        kept = 0
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
            warm = await at(site, http, "198.51.100.250")
            await warm.close()
            before = memory(site)
            for number in range(rounds):
                for packet in BINARY:
                    wire = await at(site, http, f"198.51.100.{number}")
                    with suppress(ConnectionError, aiohttp.ClientError):
                        await (wire.send_bytes(packet) if isinstance(packet, bytes) else wire.send_str(packet))
                        for _ in range(100):
                            await wire.send_bytes(b"x" * 10_000)
                    kept += not await closed(wire)
                    await wire.close()
        it.must("kept open", kept)
        it.must("memory", max(0, memory(site) - before), line=5, unit="MB")
        it.must("others whose chat did not work", await others(site, 2))
