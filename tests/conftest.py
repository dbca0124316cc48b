"""What several folders of tests need: a real PostgreSQL, a real Redis, a running bot, the number of examples."""

from __future__ import annotations

import pytest

from tests import workers
from tests.bot.running import model as model
from tests.bot.running import running as running
from tests.databases import postgres as postgres
from tests.examples import examples as examples  # before any test asks for its number
from tests.redis_server import redis_server as redis_server
from tests.workers import pytest_xdist_make_scheduler as pytest_xdist_make_scheduler

LONG_SECONDS = 400  # until a test that takes long is taken for one that hangs


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make faults` runs the scenarios of tests/faults in full."""
    parser.addoption("--full-faults", action="store_true", help="run the fault scenarios in full (about half an hour)")
    parser.addoption("--full-abuse", action="store_true", help="run the attacks of tests/abuse in full")
    parser.addoption("--soak", default="0", metavar="MINUTES", help="with --full-faults: also run the hub at base load for so long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest first and has more time; scenarios that only make sense in full are left out otherwise."""
    workers.sort(items)
    for item in items:
        target = "abuse" if item.path.parent.name == "abuse" else "faults"
        if item.get_closest_marker("full") and not config.getoption(f"--full-{target}"):
            item.add_marker(pytest.mark.skip(reason=f"part of make {target}"))
        if item.get_closest_marker("long") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONG_SECONDS))
