"""A19: whoever can write to Redis can neither show anybody a line nor run anything."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

from tests.faults.results import NewScenario
from tests.redis_server import RedisServer
from tests.webhook.conftest import StartHub

MARK = "canary-7f3a"


class Bomb:
    """Runs a command when it is unpickled."""

    def __init__(self, canary: Path) -> None:
        self._canary = canary

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch {self._canary}",)


def forged(conversation_id: str, canary: Path, real: bytes) -> list[bytes]:
    """What somebody may publish who knows the libraries, the channel and a real message, but not the key."""
    entry = {"seq": 99, "author": "agent", "kind": "message", "text": MARK}
    emit = {"method": "emit", "event": "entry", "data": {"entry": entry}, "namespace": "/visitor", "room": conversation_id, "host_id": "x"}
    hints = json.dumps(
        ["x", 1, [["row", conversation_id], ["typing", conversation_id, "agent", MARK], ["entry", conversation_id, entry]], {}]
    )
    flipped = bytes([*real[:40], real[40] ^ 1, *real[41:]]) if len(real) > 40 else b""
    return [
        *[json.dumps(emit).encode(), pickle.dumps(emit), pickle.dumps(Bomb(canary)), json.dumps({**emit, "method": "disconnect"}).encode()],
        *[hints.encode(), b"\0" * 32 + hints.encode(), real[:32] + hints.encode(), flipped, real + b" ", real[:-1], b"", b"x" * 2_000_000],
        *[real[:32] + pickle.dumps(Bomb(canary)), b"[" * 100_000, b"\xff" * 64],
    ]


async def test_a19_forged_messages_in_redis(new_hub: StartHub, redis_server: RedisServer, tmp_path: Path, scenario: NewScenario) -> None:
    with scenario(
        "A19",
        "Whoever can write to Redis can show nobody a line and run nothing",
        "a real hub with a real Redis; forged events of the Socket.IO library as JSON and pickle, forged, altered, cut and replayed hints "
        "on its own channel and on others",
        "0 lines shown, 0 commands run, nobody disconnected; real hints still arrive",
    ) as it:
        canary = tmp_path / "canary"
        hub = await new_hub(redis_url=redis_server.url)
        tab = await hub.visitor()
        await tab.say("hello")
        await tab.hears("You said: hello")
        channel = (await redis_server.command("PUBSUB", "CHANNELS"))[0]
        async with redis_server.hearing(channel) as heard:
            while not heard:
                await tab.say("again")
            real = heard[0]
        messages = [*forged(tab.conversation_id, canary, real), real]
        for message in messages:
            for name in (channel, b"socketio", b"handraise:*"):
                await redis_server.command("PUBLISH", name, message)
        async with redis_server.hearing(channel) as heard:
            await tab.say("the end")
            await tab.hears("You said: the end")
            while not heard:
                await tab.say("still there")
        it.tell("messages", len(messages) * 3)
        it.must("lines shown", sum(MARK in json.dumps(one, default=str) for one in tab.events))
        it.must("commands run", canary.exists())
        it.must("disconnected", len(tab.got("disconnect")))
        it.must("not subscribed any more", await redis_server.subscribers() < 1)
