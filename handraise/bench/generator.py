"""`python -m handraise.bench.generator PLAN`: one process of visitors and agents, which prints what it found as JSON."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from secrets import token_hex

from handraise.bench.dialects import DIALECTS, FIRST, Step, origin, template
from handraise.bench.lines import Line, Refused, dial
from handraise.bench.machine import Meter, more_files, pin
from handraise.bench.pace import fine_loop, run_on, steadily
from handraise.bench.plan import Outcome, Plan
from handraise.bench.tally import Tally, quantile

AT_ONCE = 32  # connections that are being opened at the same time
STALLED_SECONDS = 5.0


class Generator:
    """Carries out one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.dialect = DIALECTS[plan.dialect]
        self.run_id = token_hex(3).encode()
        self.tally = Tally(plan.visitors)
        self.outcome = Outcome()
        self.visitors: list[Line] = []
        self.agents: list[Line] = []
        self.clock = time.monotonic  # uvloop's own counts milliseconds
        self.on_ack: Callable[[int], bytes | None] = lambda visitor: None  # what a visitor says next

    async def run(self) -> Outcome:
        """Connect, do what the plan says, count."""
        meter = Meter(self.plan.pids)
        try:
            if self.plan.what == "idle":
                await self._idle(meter)
                return self.outcome
            self.agents = await self._many(self.plan.agents, self._agent)
            self.visitors = await self._many(self.plan.visitors, self._visitor)
            await (self._saturate if self.plan.what == "saturate" else self._steady)(meter)
            await self._drain()
            self._count()
        except Refused as error:
            self.outcome.failure = f"a connection was refused: {error}"
        finally:
            for line in (*self.visitors, *self.agents):
                line.close()
        return self.outcome

    # connections

    async def _many(self, count: int, one: Callable[[int], Awaitable[Line]], first: int = 0) -> list[Line]:
        lines: dict[int, Line] = {}
        numbers = iter(range(first, first + count))

        async def opener() -> None:
            for number in numbers:
                lines[number] = await one(number)
                lines[number].on_lost = self._lost

        openers = [asyncio.create_task(opener()) for _ in range(min(AT_ONCE, count))]
        try:
            await asyncio.gather(*openers)
        finally:
            for task in openers:
                task.cancel()
        return [lines[number] for number in sorted(lines)]

    async def _visitor(self, index: int) -> Line:
        line = await dial(self.plan.port, self.dialect, self.dialect.visitor(index), agent=None, offer=self.plan.offer)
        line.hear = self._visitor_ear(index)
        return line

    async def _agent(self, index: int) -> Line:
        mine = list(range(index, self.plan.visitors, self.plan.agents))
        steps: list[Step] = self.dialect.agent(index, mine)
        line = await dial(self.plan.agent_port or self.plan.port, self.dialect, steps, agent=index, offer=self.plan.offer)
        line.hear = self._agent_ear()
        return line

    def _lost(self) -> None:
        self.outcome.closed += 1

    # what is heard

    def _visitor_ear(self, index: int) -> Callable[[bytes], bytes | None]:
        ack, good, tally, clock = self.dialect.ack, self.dialect.good, self.tally, self.clock
        start, end = len(ack), len(ack) + 7

        def hear(text: bytes) -> bytes | None:
            if not text.startswith(ack):
                return None  # the entry as the visitor's own tab gets it
            if not text.startswith(good, end):
                tally.refused += 1
            if tally.acked(index, int(text[start:end]) - FIRST, clock()):
                return self.on_ack(index)
            return None

        return hear

    def _agent_ear(self) -> Callable[[bytes], bytes | None]:
        relay, tally, clock, run = self.dialect.relay, self.tally, self.clock, self.run_id

        def hear(text: bytes) -> bytes | None:
            if text.startswith(relay):
                of, visitor, number = origin(text)
                if of == run:
                    tally.relay(visitor, number, clock())
            return None

        return hear

    # what is done

    async def _saturate(self, meter: Meter) -> None:
        say = self._speaker()
        going = True

        self.on_ack = lambda visitor: say(visitor, self.clock()) if going else None
        for index in range(self.plan.visitors):
            self._line(index).write(b"".join(say(index, self.clock()) for _ in range(self.plan.in_flight)))
        await asyncio.sleep(self.plan.warm_seconds)
        self._begin(meter)
        await asyncio.sleep(self.plan.seconds)
        self._end(meter)
        going = False

    async def _steady(self, meter: Meter) -> None:
        say = self._speaker()
        loop = asyncio.get_running_loop()
        loop.call_later(self.plan.warm_seconds, self._begin, meter)

        def send(number: int, due: float) -> None:
            visitor = number % self.plan.visitors
            self._line(visitor).write(say(visitor, due))

        await steadily(self.plan.rate, loop.time() + self.plan.warm_seconds + self.plan.seconds, send)
        self._end(meter)

    async def _idle(self, meter: Meter) -> None:
        before, count = self.plan.before, self.plan.visitors - self.plan.before
        self.visitors = await self._many(before, self._visitor)
        await asyncio.sleep(self.plan.warm_seconds)
        memory = sum(meter.memory())
        begun = self.clock()
        self.visitors += await self._many(count, self._visitor, first=before)
        self.outcome.connects_per_second = count / (self.clock() - begun)
        await asyncio.sleep(self.plan.seconds)
        self.outcome.kb_each = (sum(meter.memory()) - memory) / 1024 / count
        self.outcome.compressed = any(line.compressed for line in self.visitors)

    def _line(self, visitor: int) -> Line:
        return self.visitors[visitor]

    def _speaker(self) -> Callable[[int, float], bytes]:
        sent = self.tally.sent
        parts = [template(self.dialect, self.run_id, index) for index in range(self.plan.visitors)]

        def say(visitor: int, due: float) -> bytes:
            number = sent[visitor].add(due) + FIRST
            first, second, third = parts[visitor]
            return b"%b%d%b%d%b" % (first, number, second, number, third)

        return say

    def _begin(self, meter: Meter) -> None:
        self.tally.begin(self.clock())
        meter.start()

    def _end(self, meter: Meter) -> None:
        self.outcome.seconds = self.tally.end(self.clock())
        self.outcome.cpu, self.outcome.own_cpu = meter.stop()

    async def _drain(self) -> None:
        """Wait for what is on its way, until nothing has come for long; a server that is far behind is not waited for."""
        begun = last = self.clock()
        got = -1
        while not self.tally.settled and self.clock() - begun < self.plan.drain_seconds:
            await asyncio.sleep(0.01)
            if (now := self.tally.all_acks + self.tally.all_relays) != got:
                got, last = now, self.clock()
            elif self.clock() - last > STALLED_SECONDS:
                break
        self.outcome.drained_after = self.clock() - begun
        self.outcome.overloaded = not self.tally.settled and self.clock() - last <= STALLED_SECONDS

    def _count(self) -> None:
        tally, outcome = self.tally, self.outcome
        outcome.acks, outcome.relays, outcome.messages = tally.acks, tally.relays, tally.messages
        if not outcome.overloaded:
            outcome.lost_acks = tally.messages - tally.all_acks
            outcome.lost_relays = tally.messages - tally.all_relays
        outcome.doubled, outcome.disordered = tally.doubled, tally.disordered
        outcome.refused, outcome.strangers = tally.refused, tally.strangers
        for name, values in (("ack", tally.ack_seconds), ("relay", tally.relay_seconds)):
            for part, share in (("p50", 0.5), ("p99", 0.99)):
                found = quantile(values, share)
                setattr(outcome, f"{name}_{part}", None if found is None else found * 1000)


def main() -> int:
    """Carry out the plan in the first argument."""
    values = json.loads(sys.argv[1])
    plan = Plan(**{**values, "pids": tuple(values["pids"])})
    more_files()
    pin(plan.core)
    generator = Generator(plan)
    if plan.what == "steady":
        outcome = run_on(fine_loop(), generator.run)
    else:
        import uvloop

        outcome = run_on(uvloop.new_event_loop(), generator.run)
    sys.stdout.write(json.dumps({**asdict(outcome), "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
