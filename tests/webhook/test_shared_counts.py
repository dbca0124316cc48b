"""Limits that hold for all hubs together, as long as there is a Redis; without it each hub keeps its own."""

from __future__ import annotations

import asyncio

import pytest

from tests.redis_server import RedisServer
from tests.waiting import PATIENCE
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from tests.webhook.test_several_hubs import inside, know_each_other

WRONG = {"email": "mara@example.com", "password": "wrong wrong wrong"}
NEW = {"token": None, "last_seq": 0, "page": None, "lang": "en"}


@pytest.fixture
async def two(new_hub: StartHub, redis_server: RedisServer) -> list[RunningHub]:
    tuning = quick(login_free_tries=3, login_lock_seconds=60)
    hubs = [await new_hub(redis_url=redis_server.url, tuning=tuning) for _ in range(2)]
    await know_each_other(hubs, hints=True)
    return hubs


async def test_wrong_passwords_are_counted_together(two: list[RunningHub], redis_server: RedisServer) -> None:
    a, b = two
    await a.account()
    assert [(await hub.post("login", WRONG))[0] for hub in (a, b, a)] == [401, 401, 401]
    await heard(b)  # a right password before that would end the count everywhere
    assert (await b.post("login", {**WRONG, "password": "correct horse battery"}))[0] == 429
    names = await redis_server.command("KEYS", "*")
    assert names and b"mara" not in b"".join(names) and b"127.0.0.1" not in b"".join(names)


async def test_a_right_password_ends_the_count_everywhere(two: list[RunningHub], redis_server: RedisServer) -> None:
    a, _b = two
    await a.account()
    assert [(await a.post("login", WRONG))[0] for _ in range(2)] == [401, 401]
    await counted(redis_server)
    await a.sign_in(WRONG["email"])
    async with asyncio.timeout(PATIENCE):
        while any(b"wrong" in name for name in await redis_server.command("KEYS", "*")):
            await asyncio.sleep(0.02)


async def test_new_chats_are_counted_together(new_hub: StartHub, redis_server: RedisServer) -> None:
    tuning = quick(local_new_chats_per_minute=6)
    a, b, c = hubs = [await new_hub(redis_url=redis_server.url, tuning=tuning) for _ in range(3)]
    await know_each_other(hubs, hints=True)
    for hub in (a, b):
        for _ in range(6):
            await hub.visitor()
    let_in = 0
    while (await (tab := await c.visitor(join=False)).call("join", NEW))["ok"]:
        let_in += 1
        await chats_counted(redis_server, 12 + let_in)
    assert let_in < 6  # which it gives alone
    await redis_server.stop()
    error = await tab.refused("join", NEW)
    assert error["code"] == "too_fast" and error["retry_after"] > 10


async def test_without_redis_each_hub_counts_for_itself(new_hub: StartHub, redis_server: RedisServer) -> None:
    await redis_server.stop()
    hubs = [await new_hub(redis_url=redis_server.url, tuning=quick(local_new_chats_per_minute=2)) for _ in range(3)]
    for hub in hubs:
        for _ in range(2):
            await hub.visitor()
        assert (await (await hub.visitor(join=False)).refused("join", NEW))["code"] == "too_fast"


async def chats_counted(redis_server: RedisServer, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            names = [name for name in await redis_server.command("KEYS", "*") if b"chats" in name]
            if names and int(await redis_server.command("GET", names[0])) >= count:
                return
            await asyncio.sleep(0.02)


async def heard(hub: RunningHub) -> None:
    """Wait until a hub knows of enough wrong passwords to refuse the next one."""
    lock = inside(hub).door.tries._locks["wrong-account"]
    async with asyncio.timeout(PATIENCE):
        while not lock.wait((WRONG["email"], "127.0.0.1")):
            await asyncio.sleep(0.02)


async def counted(redis_server: RedisServer) -> None:
    """Wait until something has been counted in Redis."""
    async with asyncio.timeout(PATIENCE):
        while not await redis_server.command("KEYS", "*"):
            await asyncio.sleep(0.02)
