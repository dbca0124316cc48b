"""Buckets, lock-outs and the circuit breaker: pure parts with a clock of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook.breaker import Breaker
from webhook.errors import TooFast, describe
from webhook.limits import Buckets
from webhook.security import Lockout


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_a_burst_and_then_its_rate() -> None:
    clock = Clock()
    buckets = Buckets(per_minute=20, burst=5, clock=clock)
    assert [buckets.take("a") for _ in range(5)] == [0.0] * 5
    assert buckets.take("a") == pytest.approx(3.0)
    assert buckets.take("b") == 0.0
    clock.now = 3.0
    assert buckets.take("a") == 0.0
    with pytest.raises(TooFast, match="3 s") as caught:
        buckets.check("a", "Wait {seconds} s.")
    assert caught.value.retry_after == pytest.approx(3.0)
    clock.now = 600.0
    assert [buckets.take("a") > 0 for _ in range(6)] == [False] * 5 + [True]


@given(rate=st.floats(1, 600), passed=st.floats(0, 60))
def test_who_waits_as_long_as_told_is_let_in(rate: float, passed: float) -> None:
    clock = Clock()
    buckets = Buckets(rate, burst=1, clock=clock)
    buckets.take("a")
    clock.now = passed
    try:
        buckets.check("a", "")
    except TooFast as error:
        clock.now += describe(error, "test")["retry_after"]
        buckets.check("a", "")


def test_full_buckets_are_forgotten() -> None:
    clock = Clock()
    buckets = Buckets(per_minute=60, burst=2, clock=clock)
    for number in range(10_000):
        buckets.take(number)
    clock.now = 60.0
    buckets.take("last")
    assert len(buckets._levels) == 1


def test_a_lockout_doubles_up_to_a_limit() -> None:
    clock = Clock()
    lockout = Lockout(free_tries=3, first_lock=30, clock=clock)
    waits = []
    for _ in range(12):
        lockout.failed("mara")
        waits.append(lockout.wait("mara"))
    assert waits[:5] == [0.0, 0.0, 30.0, 60.0, 120.0]
    assert waits[-1] == 900.0
    assert lockout.wait("otto") == 0.0
    lockout.succeeded("mara")
    assert lockout.wait("mara") == 0.0


def test_a_breaker_opens_rests_and_lets_one_call_decide() -> None:
    breaker = Breaker(failures=3, window=30, rest=5)
    for second in (0.0, 1.0):
        breaker.failed(second)
    assert breaker.allow(1.0)
    breaker.failed(2.0)
    assert not breaker.allow(6.9)
    assert breaker.allow(7.0) and not breaker.allow(7.0)
    breaker.failed(7.5)
    assert not breaker.allow(12.4)
    assert breaker.allow(12.5)
    breaker.gave_up()
    assert breaker.allow(12.6)
    breaker.succeeded()
    assert [breaker.allow(12.7) for _ in range(2)] == [True, True]


def test_old_failures_do_not_count() -> None:
    breaker = Breaker(failures=3, window=30, rest=5)
    for second in (0.0, 20.0, 40.0, 60.0):
        breaker.failed(second)
    assert breaker.allow(60.0)
    breaker.trip(61.0)
    assert not breaker.allow(61.0)
