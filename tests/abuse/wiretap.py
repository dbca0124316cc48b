"""Stands between the hub and the real bot and writes down each turn and its answer."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
from aiohttp import web

from tests.waiting import PATIENCE

Json = dict[str, Any]


class Wiretap:
    """``heard`` has pairs of what the hub asked and what the bot answered."""

    def __init__(self, bot_url: str) -> None:
        self._bot_url = bot_url
        self._runner: web.AppRunner | None = None
        self.heard: list[tuple[Json, Json]] = []
        self.url = ""
        self._more = asyncio.Condition()

    async def turn(self, conversation_id: str, seq: int, seconds: float = PATIENCE) -> tuple[Json, Json]:
        """The turn of an entry and its answer, when it has been served."""

        def found() -> tuple[Json, Json] | None:
            mine = (pair for pair in self.heard if (pair[0]["conversation_id"], pair[0]["seq"]) == (conversation_id, seq))
            return next((pair for pair in mine if "snapshot" in pair[1]), None)

        async with asyncio.timeout(seconds), self._more:
            await self._more.wait_for(lambda: found() is not None)
        return found() or ({}, {})

    async def start(self) -> Wiretap:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()
        await self._session.close()

    async def _pass_on(self, request: web.Request) -> web.Response:
        headers = {"X-Handraise-Token": request.headers.get("X-Handraise-Token", ""), "Content-Type": "application/json"}
        body = await request.read()
        async with self._session.request(request.method, self._bot_url + request.path, data=body or None, headers=headers) as answer:
            found = await answer.json()
            if request.method == "POST":
                async with self._more:
                    self.heard.append((await request.json(), found))
                    self._more.notify_all()
            return web.json_response(found, status=answer.status)
