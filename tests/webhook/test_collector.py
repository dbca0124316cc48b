"""Full garbage collections stay short, and nothing that became garbage is kept for ever."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Iterator

import pytest

from webhook.collector import Collector, short_collections

FEW = 1000  # objects that Python itself never looks at


class Cyclic:
    """Only the collector can free it."""

    def __init__(self) -> None:
        self.me = self


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    gc.unfreeze()
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
    gc.enable()


def test_what_survived_a_long_collection_is_not_looked_at_again() -> None:
    Collector(lambda: (0, 0), long_seconds=math.inf).look()
    assert gc.get_freeze_count() < FEW
    Collector(lambda: (0, 0), long_seconds=0.0).look()
    assert gc.get_freeze_count() > FEW


def test_garbage_is_freed() -> None:
    gone = weakref.ref(Cyclic())
    assert gone() is not None
    Collector(lambda: (0, 0)).look()
    assert gone() is None


@pytest.mark.parametrize(("there", "ended"), [(0, 1000), (3000, 3000)])
def test_what_was_frozen_is_looked_at_again_when_as_many_have_ended_as_there_are(there: int, ended: int) -> None:
    counts = (there, ended - 1)
    collector = Collector(lambda: counts, long_seconds=0.0)
    thing = Cyclic()
    collector.look()
    gone = weakref.ref(thing)
    del thing
    collector.look()
    assert gone() is not None
    counts = (there, ended)
    collector.look()
    assert gone() is None
    assert gc.get_freeze_count() > FEW


async def test_the_process_is_left_as_it_was() -> None:
    gc.unfreeze()
    before = gc.get_threshold()
    async with short_collections(lambda: (0, 0)):
        assert gc.get_threshold() != before
        assert gc.get_freeze_count() > FEW
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() < FEW
