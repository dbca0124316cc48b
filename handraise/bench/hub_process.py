"""`python -m handraise.bench.hub_process PLAN`: the real hub with rows in its database and without the limits of one visitor."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from handraise.bench.inside import tell
from handraise.bench.machine import more_files
from handraise.bench.no_store import NoStore
from handraise.bench.seed import make_tables, seed
from leads.database import Database
from leads.settings import Settings
from webhook.app import HUB, make_app
from webhook.append_stores import store_for
from webhook.collector import short_collections
from webhook.tuning import Tuning

# One address and few visitors stand for a whole site: what protects a real hub from one of them would be measured instead of the hub.
TUNING = Tuning(
    messages_per_minute=1e9,
    message_burst=1_000_000_000,
    signals_per_minute=1e9,
    signal_burst=1_000_000_000,
    handshakes_per_minute=1e9,
    local_handshakes_per_minute=1e9,
    new_chats_per_minute=1e9,
    local_new_chats_per_minute=1e9,
    site_new_chats_per_minute=1e9,
)


@dataclass(frozen=True)
class HubPlan:
    """One hub; ``visitors`` and ``agents`` are written into the database before it serves."""

    port: int
    folder: str
    bot_files: str
    database_url: str = ""
    redis_url: str = ""
    visitors: int = 0
    agents: int = 0
    keeps: bool = True  # False: with a store that keeps nothing
    tell_seconds: float = 0.0  # how often it says how it is; 0: never

    def json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


def settings_of(plan: HubPlan) -> Settings:
    """The settings of a hub whose bot is away and is not needed, because agents hold the conversations."""
    values: dict[str, Any] = {
        "data": Path(plan.folder),
        "host": "127.0.0.1",
        "port": plan.port,
        "database_url": plan.database_url,
        "redis_url": plan.redis_url,
        "bot_files": Path(plan.bot_files),
        "bot_url": "http://127.0.0.1:9",
        "demo": False,
    }
    return Settings(**values)


async def serve(plan: HubPlan) -> None:
    """Serve until the process is ended."""
    settings = settings_of(plan)
    database = Database(settings.database)
    await make_tables(database)
    await seed(database, plan.visitors, plan.agents)
    app = await make_app(settings, database, tuning=TUNING, store=store_for if plan.keeps else NoStore)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.port, backlog=1024).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    async with short_collections(app[HUB].server.connections):
        if plan.tell_seconds:
            await tell(plan.tell_seconds)
        await asyncio.Event().wait()


def main() -> None:
    """Run the hub of the first argument."""
    import uvloop

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    more_files()
    uvloop.run(serve(HubPlan(**json.loads(sys.argv[1]))))


if __name__ == "__main__":
    main()
