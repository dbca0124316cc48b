"""What several folders of tests need: a real PostgreSQL, a real Redis."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from leads.database import Database
from tests.redis_server import redis_server as redis_server


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make faults` runs the scenarios of tests/faults in full."""
    parser.addoption("--full-faults", action="store_true", help="run the fault scenarios in full (about half an hour)")
    parser.addoption("--full-abuse", action="store_true", help="run the attacks of tests/abuse in full")
    parser.addoption("--soak", default="0", metavar="MINUTES", help="with --full-faults: also run the hub at base load for so long")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real server without a database name; as root it runs under an account of its own."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own imports are not ours to judge
        from pgserver.postgres_server import get_server

        server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


async def new_database(server: str) -> str:
    """The address of a new, empty database on a PostgreSQL server."""
    address = server.replace("postgresql://", "postgresql+asyncpg://", 1)
    name = f"test_{uuid4().hex}"
    admin = Database(address)
    async with admin.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await admin.close()
    return address.replace("/postgres?", f"/{name}?", 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Scenarios that only make sense in full are left out otherwise."""
    for item in items:
        target = "abuse" if item.path.parent.name == "abuse" else "faults"
        if item.get_closest_marker("full") and not config.getoption(f"--full-{target}"):
            item.add_marker(pytest.mark.skip(reason=f"part of make {target}"))
