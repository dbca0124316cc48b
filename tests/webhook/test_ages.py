"""How long something has been so, while clocks jump; both kinds of time are told by the test."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leads.clock import now
from webhook.ages import Ages

HOUR = timedelta(hours=1)


class Clocks:
    def __init__(self) -> None:
        self.mono = 1000.0
        self.wall = now()

    def go(self, seconds: float) -> None:
        self.mono += seconds
        self.wall += timedelta(seconds=seconds)

    def ages(self, longest: float = float("inf")) -> Ages[str]:
        return Ages(longest, lambda: self.mono, lambda: self.wall)


def test_it_is_counted_from_the_stamp_also_over_a_restart() -> None:
    clocks = Clocks()
    begun, ages = clocks.wall, clocks.ages()
    assert ages.look({"a": begun}) == {"a": 0}
    clocks.go(20)
    assert ages.look({"a": begun}) == {"a": 20}
    assert clocks.ages().look({"a": begun}) == {"a": 20}


def test_after_a_start_only_so_much_is_believed() -> None:
    clocks = Clocks()
    ages = clocks.ages(longest=50)
    assert ages.look({"a": clocks.wall - 24 * HOUR, "b": None}) == {"a": 50, "b": 0}
    clocks.go(11)
    assert ages.look({"a": clocks.wall})["a"] <= 11  # a sign of life


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_jump_of_the_clock_changes_nothing(jump: timedelta) -> None:
    clocks = Clocks()
    begun, ages = clocks.wall, clocks.ages()
    ages.look({"a": begun})
    clocks.go(5)
    clocks.wall += jump
    assert ages.look({"a": begun}) == {"a": 5}
    clocks.go(1)
    # stamped by a hub whose clock has not jumped yet, or by one whose has: it came since the last look
    found = ages.look({"a": begun, "b": clocks.wall - jump, "c": clocks.wall + jump})
    assert found["a"] == 6 and 0 <= found["b"] <= 1 and 0 <= found["c"] <= 1


def test_what_is_gone_is_forgotten_and_a_new_stamp_begins_anew() -> None:
    clocks = Clocks()
    begun, ages = clocks.wall, clocks.ages()
    ages.look({"a": begun})
    clocks.go(10)
    assert ages.look({}) == {}
    clocks.go(1)
    assert ages.look({"a": begun}) == {"a": 1}
    clocks.go(3)
    assert ages.look({"a": clocks.wall}) == {"a": 0}
