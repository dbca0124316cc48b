"""Being on time: an event loop that wakes up within microseconds instead of milliseconds."""

from __future__ import annotations

import asyncio
import select
import selectors
from collections.abc import Awaitable, Callable


def fine_loop() -> asyncio.AbstractEventLoop:
    """A loop whose timers are exact. epoll waits for whole milliseconds; select() on epoll's own descriptor does not."""
    epoll = getattr(selectors, "EpollSelector", None)
    if epoll is None:
        return asyncio.SelectorEventLoop()  # kqueue is exact by itself

    class Fine(epoll):  # type: ignore[misc,valid-type]
        def select(self, timeout: float | None = None) -> object:
            if timeout is not None and 0 < timeout < 0.05:
                select.select([self.fileno()], [], [], timeout)
                timeout = 0
            return super().select(timeout)

    return asyncio.SelectorEventLoop(Fine())


async def steadily(rate: float, until: float, send: Callable[[int, float], None]) -> None:
    """Call ``send(number, due)`` ``rate`` times a second until ``until``, however long answers take (an open loop)."""
    loop = asyncio.get_running_loop()
    start = loop.time() + 0.01
    number = 0
    while True:
        due = start + number / rate
        if due >= until:
            return
        now = loop.time()
        if due > now:
            await asyncio.sleep(due - now)
        send(number, due)
        number += 1
        if number % 64 == 0:
            await asyncio.sleep(0)  # when late, answers must be read all the same


def run_on[T](loop: asyncio.AbstractEventLoop, work: Callable[[], Awaitable[T]]) -> T:
    """Run one coroutine on a loop and close it."""

    async def whole() -> T:
        return await work()

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(whole())
