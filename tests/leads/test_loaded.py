"""Garbage collections pass over what was loaded, and still find what comes later."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from leads.loaded import leave_out_loaded


class Node:
    """Something that can point to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def all_as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_loaded_is_passed_over_and_what_comes_later_is_not() -> None:
    before, waste = Node(), weakref.ref(Node())
    leave_out_loaded()
    assert waste() is None, "what was waste already is not kept"
    looked_at = gc.get_objects()
    assert not any(one is before for one in looked_at)
    later = weakref.ref(Node())
    gc.collect()
    assert later() is None
