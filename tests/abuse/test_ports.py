"""A23: from another machine nothing answers but the hub."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import aiohttp
import pytest

from handraise import parts
from handraise.ports import free_port, free_ports
from leads import schema
from leads.settings import Settings, load_settings
from tests.bot import processes
from tests.bot.processes import ROOT
from tests.faults.hosts import PUBLIC, Network, possible
from tests.faults.results import NewScenario
from tests.waiting import until

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]


async def is_open(address: str, port: int) -> bool:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), 5)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def test_a23_only_the_hub_answers_from_outside(tmp_path: Path, scenario: NewScenario) -> None:
    if not possible():
        pytest.skip("needs network namespaces: root, Linux and ip(8)")
    model = await asyncio.to_thread(processes.train)
    with (
        scenario(
            "A23",
            "From another machine nothing of an installation answers but the hub",
            "hub, action server and bot started with the words of `handraise up` on a host of its own (network namespace); every TCP port "
            "of its address is tried from outside",
            "1 port open, the hub's; the others refuse",
        ) as it,
        Network.of(1) as hosts,
    ):
        [host] = hosts
        address = host.address(PUBLIC)
        bot_port, actions_port = free_ports(2)
        settings = Settings(
            data=load_settings().data.resolve(),
            database_url=f"sqlite:///{tmp_path / 'hub.db'}",
            bot_files=ROOT,
            host=address,
            port=free_port(),
            bot_url=f"http://127.0.0.1:{bot_port}",
            actions_port=actions_port,
            bot_token="made-up",
        )
        await schema.upgrade(settings.database)
        more = {"HANDRAISE_HOST": address, "HANDRAISE_PORT": str(settings.port), "HANDRAISE_DATABASE_URL": settings.database_url}
        running: list[subprocess.Popen[bytes]] = []
        try:
            for part in (parts.hub(settings), parts.actions(settings), parts.bot(settings, model)):
                environment = dict(part.environment) | ({} if part.name == "bot" else more)
                with (tmp_path / f"{part.name}.log").open("wb") as out:
                    words = [*host.words, *part.argv]
                    running.append(subprocess.Popen(words, cwd=part.cwd, env=environment, stdout=out, stderr=out))
            await until_ready(f"http://{address}:{settings.port}/health")
            ports: list[int] = []
            for start in range(1, 65_536, 1000):
                these = range(start, min(start + 1000, 65_536))
                ports += [
                    port
                    for port, found in zip(these, await asyncio.gather(*(is_open(address, port) for port in these)), strict=True)
                    if found
                ]
            it.tell("ports tried", 65_535)
            it.must("ports open", len(ports), line=1, why=str(ports))
            assert ports == [settings.port]
            it.must("parts that ended", sum(process.poll() is not None for process in running))
        finally:
            for process in running:
                process.terminate()
            for process in running:
                await asyncio.to_thread(process.wait, 60)


async def until_ready(url: str) -> None:
    """Until the hub says that it reaches the bot."""
    async with aiohttp.ClientSession() as http:

        async def look() -> bool:
            try:
                async with http.get(url) as answer:
                    return bool((await answer.json())["bot"])
            except (aiohttp.ClientError, ValueError):
                return False

        await until(look, 200)
