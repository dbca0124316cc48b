"""How many examples are tried: a quarter and always the same in `make test`, all of them and new ones in `make test-all`.

Load does not matter: no example has a deadline.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import HealthCheck, settings

_WHOLE = 100  # examples of a test that does not name a number

settings.register_profile("thorough", max_examples=_WHOLE, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=_WHOLE // 4, derandomize=True)
settings.load_profile("quick")  # `--hypothesis-profile thorough` takes the other one


def examples(count: int) -> settings:
    """So many examples in the thorough form; in the quick one its share of them, and at least five."""
    return settings(max_examples=max(min(count, 5), count * settings().max_examples // _WHOLE))


def some[T](rows: Sequence[T]) -> Sequence[T]:
    """All of a long list in the thorough form; in the quick one its share, from all over the list."""
    return rows[:: _WHOLE // settings().max_examples]
