"""`python -m handraise.bench.crowd PLAN`: many who only look, some who come and go, and a few who talk with agents."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from secrets import token_hex
from typing import Any

import orjson

from handraise.bench.dialects import DIALECTS, LINE, Step
from handraise.bench.frames import frame
from handraise.bench.generator import AT_ONCE
from handraise.bench.lines import Line, Refused, dial
from handraise.bench.machine import more_files, pin
from handraise.bench.tally import quantile

LATE_SECONDS = 1.0
_TRIES = 5
_HUB = DIALECTS["handraise"]
_NEWCOMER: list[Step] = [
    (b"0", b'40/visitor,{"v":1,"site":"demo"}'),
    (b"40/visitor,", b'42/visitor,0["join",{"token":null,"last_seq":0,"page":null,"lang":"en"}]'),
    (b'43/visitor,0[{"ok":true', None),
]


@dataclass(frozen=True)
class CrowdPlan:
    """Who comes, and how they behave. ``talking`` conversations are in the database and held by ``agents``."""

    port: int
    idle: int
    talking: int
    agents: int
    seconds: float
    tell_seconds: float
    every_seconds: float = 4.0  # between two messages of one who talks
    churn: float = 2.0  # of the idle ones, per second
    core: int | None = None


@dataclass
class Told:
    """Counts since the start; latencies since they were last asked for."""

    messages: int = 0
    acks: int = 0
    relays: int = 0  # messages that an agent saw
    replies: int = 0
    shown: int = 0  # replies that the visitor saw
    late: int = 0
    doubled: int = 0
    refused: int = 0
    closed: int = 0
    came: int = 0
    latencies: list[float] = field(default_factory=list)

    def took(self, seconds: float) -> None:
        """Something arrived."""
        self.late += seconds > LATE_SECONDS
        self.latencies.append(seconds)

    def line(self) -> dict[str, Any]:
        """What there is to say now."""
        said = {name: value for name, value in asdict(self).items() if name != "latencies"}
        said["p50_ms"], said["p99_ms"] = (round((quantile(self.latencies, share) or 0.0) * 1000, 2) for share in (0.5, 0.99))
        said["worst_ms"] = round(max(self.latencies, default=0.0) * 1000, 1)
        self.latencies = []
        return said


class Crowd:
    """Everybody."""

    def __init__(self, plan: CrowdPlan) -> None:
        self.plan = plan
        self.told = Told()
        self.run_id = token_hex(3)
        self.idle: list[Line] = []
        self.talkers: list[Line] = []
        self.agents: list[Line] = []
        self.due: dict[str, float] = {}  # messages no agent has seen, replies no visitor has seen
        self.asked: set[str] = set()  # what awaits an acknowledgement
        self.seen: dict[str, int] = {}  # the newest line of each conversation, as its agent knows it
        self.numbers = iter(range(1, sys.maxsize))

    async def run(self) -> None:
        """Come, behave for the planned time, wait for what is on its way, tell."""
        self.agents = [await self._agent(index) for index in range(self.plan.agents)]
        self.talkers = [await self._talker(index) for index in range(self.plan.talking)]
        await self._fill()
        self._say({"arrived": len(self.idle)})
        end = time.monotonic() + self.plan.seconds
        work = [asyncio.create_task(self._talk(index, end)) for index in range(self.plan.talking)]
        work.append(asyncio.create_task(self._churn(end)))
        while time.monotonic() < end:
            await asyncio.sleep(min(self.plan.tell_seconds, max(0.0, end - time.monotonic())))
            self._say(self.told.line())
        await asyncio.gather(*work)
        await self._drain()
        self._say({"end": True, "lost": len(self.due) + len(self.asked), **self.told.line()})

    async def _fill(self) -> None:
        missing = iter(range(self.plan.idle))

        async def opener() -> None:
            for _ in missing:
                self.idle.append(await self._newcomer())

        await asyncio.gather(*(opener() for _ in range(AT_ONCE)))

    async def _churn(self, end: float) -> None:
        """One of the idle leaves, another one comes."""
        while self.plan.churn and self.idle and time.monotonic() < end:
            await asyncio.sleep(random.expovariate(self.plan.churn))
            place = random.randrange(len(self.idle))  # noqa: S311
            self.idle[place].close()
            self.idle[place] = await self._newcomer()
            self.told.came += 1

    async def _newcomer(self) -> Line:
        """Somebody new; who is not let in tries again after a moment, as the widget does."""
        for _ in range(_TRIES - 1):
            try:
                return self._watched(await dial(self.plan.port, _HUB, _NEWCOMER, agent=None, offer=True))
            except Refused:
                self.told.refused += 1
                await asyncio.sleep(1)
        return self._watched(await dial(self.plan.port, _HUB, _NEWCOMER, agent=None, offer=True))

    async def _talker(self, index: int) -> Line:
        line = self._watched(await dial(self.plan.port, _HUB, _HUB.visitor(index), agent=None, offer=True))
        line.hear = self._on_visitor
        return line

    async def _agent(self, index: int) -> Line:
        mine = list(range(index, self.plan.talking, self.plan.agents))
        line = self._watched(await dial(self.plan.port, _HUB, _HUB.agent(index, mine), agent=index, offer=True))
        line.hear = self._agent_ear(line)
        return line

    def _watched(self, line: Line) -> Line:
        def lost() -> None:
            self.told.closed += 1

        line.on_lost = lost
        return line

    async def _talk(self, index: int, end: float) -> None:
        every = self.plan.every_seconds
        await asyncio.sleep(random.uniform(0, every))  # noqa: S311
        while time.monotonic() < end:
            number = next(self.numbers)
            client_msg_id = f"{self.run_id}-m-{number}"
            self.due[client_msg_id] = time.monotonic()
            self.told.messages += 1
            self._send(self.talkers[index], "visitor", number, "message", {"client_msg_id": client_msg_id, "text": LINE})
            await asyncio.sleep(random.uniform(every / 2, every * 1.5))  # noqa: S311

    def _send(self, line: Line, namespace: str, number: int, event: str, payload: dict[str, Any]) -> None:
        self.asked.add(f"/{namespace},{number}")
        line.write(frame(f"42/{namespace},{number}".encode() + orjson.dumps([event, payload])))

    def _on_visitor(self, text: bytes) -> None:
        if text.startswith(b"43"):
            self._acked(text)
        elif text.startswith(b'42/visitor,["entry"'):
            entry = orjson.loads(text[text.index(b"[") :])[1]["entry"]
            if entry["author"] == "agent" and self._arrived(entry["client_msg_id"]):
                self.told.shown += 1

    def _agent_ear(self, line: Line) -> Callable[[bytes], None]:
        loop = asyncio.get_running_loop()

        def hear(text: bytes) -> None:
            if text.startswith(b"43"):
                self._acked(text)
            elif text.startswith(b'42/agent,["entry"'):
                news = orjson.loads(text[text.index(b"[") :])[1]
                conversation_id, entry = news["conversation_id"], news["entry"]
                self.seen[conversation_id] = entry["seq"]
                if entry["author"] == "visitor" and self._arrived(entry["client_msg_id"]):
                    self.told.relays += 1
                    loop.call_later(random.uniform(0.3, 1.0), self._reply, line, conversation_id)  # noqa: S311

        return hear

    def _reply(self, line: Line, conversation_id: str) -> None:
        number = next(self.numbers)
        client_msg_id = f"{self.run_id}-r-{number}"
        self.due[client_msg_id] = time.monotonic()
        self.told.replies += 1
        payload = {"conversation_id": conversation_id, "client_msg_id": client_msg_id, "text": "Of course.", "epoch": 1}
        self._send(line, "agent", number, "reply", {**payload, "seen_seq": self.seen[conversation_id]})

    def _acked(self, text: bytes) -> None:
        head, _, answer = text.partition(b"[")
        name = head[2:].decode()
        if name not in self.asked:
            self.told.doubled += 1
            return
        self.asked.discard(name)
        if answer.startswith(b'{"ok":true'):
            self.told.acks += 1
        elif b'"newer_lines"' in answer:  # the visitor was faster; a person would read and answer again
            self.due.pop(f"{self.run_id}-r-{name.partition(',')[2]}", None)
        else:
            self.told.refused += 1

    def _arrived(self, client_msg_id: str) -> bool:
        due = self.due.pop(client_msg_id, None)
        if due is None:
            self.told.doubled += 1
            return False
        self.told.took(time.monotonic() - due)
        return True

    async def _drain(self) -> None:
        last = time.monotonic() + 10
        while (self.due or self.asked) and time.monotonic() < last:
            await asyncio.sleep(0.05)

    def _say(self, line: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def main() -> int:
    """Carry out the plan in the first argument."""
    import uvloop

    plan = CrowdPlan(**json.loads(sys.argv[1]))
    more_files()
    pin(plan.core)
    try:
        uvloop.run(Crowd(plan).run())
    except Refused as error:
        sys.stderr.write(f"a connection was refused: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
