"""The rounds of `handraise bench turn`: each bot in turn, started anew, asked by one visitor, by many, and for long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import aiohttp

from handraise.bench.rounds import Values
from handraise.bench.tally import quantile
from handraise.bench.turn_bots import RunningBot, TurnBot
from handraise.bench.turn_talk import long_visit, visits
from handraise.steps import Failure

EARLY = 5  # the turn of a long conversation that a late one is compared with
AROUND = 4  # turns before and after it, for the median


@dataclass(frozen=True)
class TurnMeasuring:
    """How much is measured."""

    rounds: int = 3
    warm: int = 5  # visits before anything is measured
    alone: int = 15  # visits one after the other
    crowd: int = 64  # visits, so many at once:
    at_once: int = 16
    turns: int = 205  # of the long conversation
    late: int = 200  # the turn that is compared
    quick: bool = False

    @property
    def conversations(self) -> int:
        """How many conversations there are in all."""
        return 1 + self.warm + self.alone + self.crowd + 1


QUICK_TURNS = TurnMeasuring(1, 1, 2, 4, 2, 45, 40, quick=True)


class TurnRounds:
    """Measures bots one after the other; ``done`` is told of every step."""

    steps = 3  # of each bot in each round

    def __init__(self, measuring: TurnMeasuring, core: int | None, folder: Path, done: Callable[[str], None]) -> None:
        self._measuring, self._core, self._folder, self._done = measuring, core, folder, done

    def one(self, bot: TurnBot, values: Values) -> None:
        """One round of one bot."""
        try:
            with bot.start(self._folder, self._core, self._measuring.conversations) as running:
                values.add("start_seconds", running.start_seconds)
                asyncio.run(self._talk(bot, running, values))
        except (Failure, OSError, aiohttp.ClientError) as failure:
            values.errors.append(str(failure))

    async def _talk(self, bot: TurnBot, running: RunningBot, values: Values) -> None:
        measuring, number = self._measuring, iter(range(1, self._measuring.conversations))
        timeout = aiohttp.ClientTimeout(total=120)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=timeout) as http:
            await visits([running.line(http, next(number)) for _ in range(measuring.warm)], 1)

            alone = await visits([running.line(http, next(number)) for _ in range(measuring.alone)], 1)
            values.add("p50", _ms(quantile(alone.seconds, 0.5)))
            values.add("p95", _ms(quantile(alone.seconds, 0.95)))
            self._done(f"{bot.title}: one visitor at a time")

            before = running.cpu()
            crowd = await visits([running.line(http, next(number)) for _ in range(measuring.crowd)], measuring.at_once)
            used = [now - then for now, then in zip(running.cpu(), before, strict=True)]
            turns = len(crowd.seconds)
            values.add("turns_per_second", turns / crowd.took)
            values.add("turns_per_bot_cpu", turns / used[0] if used[0] else None)
            values.add("bot_cpu_ms", 1000 * used[0] / turns)
            values.add("actions_cpu_ms", 1000 * used[1] / turns)
            values.add("crowd_p50", _ms(quantile(crowd.seconds, 0.5)))
            self._done(f"{bot.title}: {measuring.at_once} visitors at once")

            seconds = await long_visit(running.line(http, next(number)), measuring.turns)
            early, late = _around(seconds, EARLY), _around(seconds, measuring.late)
            values.add("early", 1000 * early)
            values.add("late", 1000 * late)
            values.add("growth", late / early)
            self._done(f"{bot.title}: one long conversation")
        bot_mb, actions_mb = running.memory()
        values.add("memory", bot_mb)
        values.add("actions_memory", actions_mb)
        unfinished = alone.unfinished + crowd.unfinished
        if unfinished:
            say = values.note if measuring.quick else values.errors.append
            say(f"{unfinished} of {measuring.alone + measuring.crowd} visits did not come to their end")


def _around(seconds: list[float], turn: int) -> float:
    return median(seconds[max(0, turn - 1 - AROUND) : turn + AROUND])


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else 1000 * seconds
