"""Questions that wait are answered with one reading."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from tests.webhook.conftest import StartHub
from webhook.together import Together


class Books:
    """Readings that last until they are let go."""

    def __init__(self) -> None:
        self.readings: list[list[int]] = []
        self.gate = asyncio.Semaphore(0)
        self.error: Exception | None = None

    async def read(self, keys: Sequence[int]) -> Mapping[int, str]:
        self.readings.append(list(keys))
        await self.gate.acquire()
        if self.error is not None:
            raise self.error
        return {key: f"page {key}" for key in keys if key >= 0}


async def started(count: int, together: Together[int, str], keys: Sequence[int], books: Books) -> list[asyncio.Task[str | None]]:
    tasks = [asyncio.create_task(together.ask(key)) for key in keys]
    while len(books.readings) < count:
        await asyncio.sleep(0)
    return tasks


async def test_who_asks_during_a_reading_is_answered_by_the_next_with_all_the_others() -> None:
    books = Books()
    together = Together(books.read)
    first = await started(1, together, [1], books)
    others = [asyncio.create_task(together.ask(key)) for key in (2, 3, 1, -1)]
    books.gate.release()
    assert await asyncio.gather(*first) == ["page 1"]
    books.gate.release()
    assert await asyncio.gather(*others) == ["page 2", "page 3", "page 1", None]
    assert books.readings == [[1], [2, 3, 1, -1]]


async def test_no_reading_is_larger_than_it_may_be() -> None:
    books = Books()
    together = Together(books.read, most=2)
    tasks = await started(1, together, [1, 2, 3, 4, 5], books)
    for _ in range(3):
        books.gate.release()
    assert await asyncio.gather(*tasks) == [f"page {key}" for key in (1, 2, 3, 4, 5)]
    assert [len(keys) for keys in books.readings] == [2, 2, 1]


async def test_a_failure_is_told_to_those_who_asked_and_to_nobody_else() -> None:
    books = Books()
    together = Together(books.read)
    books.error = OSError("the disk is gone")
    tasks = await started(1, together, [1, 2], books)
    books.gate.release()
    assert [str(error) for error in await asyncio.gather(*tasks, return_exceptions=True)] == ["the disk is gone"] * 2
    books.error = None
    books.gate.release()
    assert await together.ask(1) == "page 1"


async def test_who_leaves_takes_nothing_from_the_others() -> None:
    books = Books()
    together = Together(books.read)
    leaver, stayer = await started(1, together, [1, 1], books)
    leaver.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaver
    books.gate.release()
    assert await stayer == "page 1"


async def test_tabs_of_one_visitor_that_come_back_together_each_get_what_they_miss(new_hub: StartHub) -> None:
    hub = await new_hub()
    visitor = await hub.visitor()
    for text in ("one", "two", "three"):
        await visitor.say(text)
    last = max(entry["seq"] for entry in visitor.entries())
    places = [0, last - 1, last, 0, last - 2]
    tabs = [await hub.visitor(join=False) for _ in places]
    joins = [
        tab.ok("join", {"token": visitor.token, "last_seq": seq, "page": None, "lang": "en"}) for tab, seq in zip(tabs, places, strict=True)
    ]
    for joined, seq in zip(await asyncio.gather(*joins), places, strict=True):
        seqs = [entry["seq"] for entry in joined["entries"]]
        assert seqs == list(range(seq + 1, joined["state"]["last_seq"] + 1))
