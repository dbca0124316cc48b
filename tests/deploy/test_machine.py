"""The parts one by one as compose.yaml starts them: two hubs, two bots, actions, PostgreSQL, Redis with a password, nginx."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from leads.settings import load_settings
from tests.databases import empty_database
from tests.deploy.machine import PARTS, Machine
from tests.webhook.clients import AgentClient, Visitor

EMAIL, PASSWORD = "mara@example.com", "correct horse battery"
needs_nginx = pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")

pytestmark = [pytest.mark.timeout(900), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def machine(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Machine]:
    url = (await empty_database(postgres)).replace("postgresql+asyncpg://", "postgresql://")
    made = Machine(tmp_path_factory.mktemp("machine"), url, (load_settings().data / "models").resolve())
    made.prepare()
    try:
        made.start_redis()
        made.run("migrate")
        made.run("migrate", "agent", "add", "--email", EMAIL, "--name", "Mara", HANDRAISE_AGENT_PASSWORD=PASSWORD)
        for kind in ("hub", "actions", "bot"):  # not all at once: a small machine would be busy with Rasa's imports
            names = [name for name in PARTS if name.startswith(kind)]
            for name in names:
                made.start(name)
            for name in names:
                await made.healthy(name)
        yield made
    finally:
        codes = made.stop()
    assert {name: code for name, code in codes.items() if name.startswith(("hub", "actions"))} == {"hub-1": 0, "hub-2": 0, "actions": 0}


async def agent_at(machine: Machine, hub: str) -> AgentClient:
    """A browser whose page is the public address, served by this hub."""
    origin = machine.url("proxy")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        body = {"email": EMAIL, "password": PASSWORD}
        async with session.post(f"{machine.url(hub)}/console/api/login", json=body, headers={"Origin": origin}) as response:
            assert response.status == 200, await response.text()
            cookie = response.cookies["handraise_session"].value
    agent = AgentClient(machine.url(hub))
    await agent.connect(headers={"Cookie": f"handraise_session={cookie}", "Origin": origin})
    agent.joined = await agent.ok("join")
    return agent


async def visitor_at(machine: Machine, part: str) -> Visitor:
    visitor = Visitor(machine.url(part))
    await visitor.connect(auth={"v": 1, "site": "demo"}, headers={"Origin": machine.url("proxy")})
    await visitor.join()
    return visitor


@pytest.mark.long
async def test_a_visitor_at_one_hub_and_an_agent_at_the_other(machine: Machine) -> None:
    agent = await agent_at(machine, "hub-2")
    visitor = await visitor_at(machine, "hub-1")
    try:
        await visitor.say("we are 45 people in logistics")
        await visitor.entry(lambda entry: entry["author"] == "bot" and "45 people" in (entry["text"] or ""), seconds=60)
        await visitor.say("please let me talk to a human")
        await agent.wait("ring", lambda data: data["summary"]["conversation_id"] == visitor.conversation_id, seconds=60)
        state = await agent.accept(visitor.conversation_id)
        answer = await agent.reply(state, "Here I am.", seen_seq=99_999)
        assert answer["ok"], answer
        await visitor.entry(lambda entry: entry["author"] == "agent" and entry["text"] == "Here I am.", seconds=30)
    finally:
        await visitor.close()
        await agent.close()


@pytest.mark.long
async def test_the_hubs_know_each_other_and_both_bots(machine: Machine) -> None:
    both = {"there": 2, "all": 2}
    for name in ("hub-1", "hub-2"):
        # a bot that was too slow once is away until it is looked for again
        health = await machine.health(name, lambda said: said["bots"] == both)
        assert (health["hub"], health["hubs"], health["hints"], health["bots"]) == (name, 2, True, both)


@pytest.mark.long
@pytest.mark.parametrize("name", ["bot-1", "actions"])
async def test_bots_and_actions_want_the_token(machine: Machine, name: str) -> None:
    path = "/webhooks/handraise/turn" if name == "bot-1" else "/webhook"
    async with aiohttp.ClientSession() as session, session.post(machine.url(name) + path, json={}) as response:
        assert response.status == 401


@pytest.mark.long
async def test_rasa_sees_no_setting_and_no_secret(machine: Machine) -> None:
    environment = Path(f"/proc/{machine.processes['bot-1'].pid}/environ").read_bytes()
    assert b"bot.serve" in Path(f"/proc/{machine.processes['bot-1'].pid}/cmdline").read_bytes()
    ours = [pair.partition(b"=")[0] for pair in environment.split(b"\0") if pair.startswith(b"HANDRAISE_")]
    assert ours == [b"HANDRAISE_MODEL_KEY"] and b"postgresql" not in environment  # the public half of the key, no secret


@pytest.mark.long
@needs_nginx
async def test_through_nginx_when_a_hub_is_gone(machine: Machine) -> None:
    machine.start_nginx()
    await machine.nginx_ready()
    visitor = await visitor_at(machine, "proxy")
    await visitor.say("we are 45 people in logistics")
    await visitor.entry(lambda entry: entry["author"] == "bot" and "45 people" in (entry["text"] or ""), seconds=60)
    assert visitor.token
    await visitor.close()
    machine.processes["hub-1"].kill()
    machine.processes["hub-1"].wait()
    again = Visitor(machine.url("proxy"))
    await again.connect(auth={"v": 1, "site": "demo"})
    try:
        await again.join(visitor.token)
        await again.say("about 30k euros a year")
        await again.entry(lambda entry: entry["author"] == "bot" and "about 30k EUR a year" in (entry["text"] or ""), seconds=60)
    finally:
        await again.close()
        machine.start("hub-1")
        await machine.healthy("hub-1")
