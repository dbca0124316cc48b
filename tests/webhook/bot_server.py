"""A bot process outside the hub that speaks the turn protocol and can be slow, hang, fail and be absent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.waiting import PATIENCE

Json = dict[str, Any]


def replying(text: str, *buttons: tuple[str, str], asked: str | None = None) -> Callable[[Json], Json]:
    """A script that always answers the same."""
    return lambda turn: answer(turn, [{"text": text, "buttons": [{"title": t, "payload": p} for t, p in buttons]}], asked=asked)


def failing(code: str, status: int = 503) -> tuple[int, Json]:
    """One for ``failures``: an error that the bot tells of itself."""
    return status, {"error": {"code": code, "message": ""}}


def answer(turn: Json, replies: list[Json], *, asked: str | None = None) -> Json:
    """A good answer to a turn."""
    return {
        "turn_id": turn["turn_id"],
        "replies": replies,
        "snapshot": {"slots": {}, "intent": "inform", "asked": asked, "active_form": None},
    }


def echo(turn: Json) -> Json:
    """Says what it was given; an event, which may come again and again, is nothing that a visitor said."""
    if event := turn.get("event"):
        return answer(turn, [{"text": f"Now: {event}", "buttons": []}])
    said = turn.get("text") or turn["choice"]["payload"]
    return answer(turn, [{"text": f"You said: {said}", "buttons": []}])


class BotServer:
    """Serves `/webhooks/handraise/`; ``turns`` holds what it was sent, in order."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.turns: list[Json] = []
        self.served: list[str] = []
        self.forgotten: list[str] = []
        self.script: Callable[[Json], Json] = echo
        self.before: Callable[[Json], Awaitable[None]] | None = None  # runs before the answer, e.g. writes a lead
        self.dies_of: set[str] = set()  # texts at which the connection breaks, as when the process is killed
        self.failures: list[tuple[int, Json]] = []  # answered instead, one per turn
        self.instead: Callable[[web.Request, Json], Awaitable[web.StreamResponse]] | None = None  # answers anything, however broken
        self.ready = True
        self.token = ""
        self.go = asyncio.Event()  # cleared: turns hang
        self.go.set()
        self.arrived = asyncio.Condition()
        self.running: dict[str, int] = {}
        self.most_at_once: dict[str, int] = {}
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    async def start(self) -> BotServer:
        app = web.Application()
        app.router.add_get("/webhooks/handraise/", self._health)
        app.router.add_post("/webhooks/handraise/turn", self._turn)
        app.router.add_post("/webhooks/handraise/forget", self._forget)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        self.go.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def wait_turns(self, count: int, seconds: float = PATIENCE) -> list[Json]:
        async with asyncio.timeout(seconds), self.arrived:
            await self.arrived.wait_for(lambda: len(self.turns) >= count)
        return self.turns

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response({"ok": self.ready, "model": "test"}, status=200 if self.ready else 503)

    async def _forget(self, request: web.Request) -> web.Response:
        async with self.arrived:
            self.forgotten += (await request.json())["sender_ids"]
            self.arrived.notify_all()
        return web.json_response({"ok": True})

    async def _turn(self, request: web.Request) -> web.StreamResponse:
        turn = await request.json()
        if self.token and request.headers.get("X-Handraise-Token") != self.token:
            return web.json_response({"error": {"code": "unauthorized", "message": ""}}, status=401)
        sender = turn["sender_id"]
        self.running[sender] = self.running.get(sender, 0) + 1
        self.most_at_once[sender] = max(self.most_at_once.get(sender, 0), self.running[sender])
        try:
            async with self.arrived:
                self.turns.append(turn)
                self.arrived.notify_all()
            await self.go.wait()
            if turn.get("text") in self.dies_of and request.transport is not None:
                request.transport.abort()
            if self.failures:
                status, body = self.failures.pop(0)
                return web.json_response(body, status=status)
            if self.instead is not None:
                return await self.instead(request, turn)
            if self.before is not None:
                await self.before(turn)
            self.served.append(turn["turn_id"])
            return web.json_response(self.script(turn))
        finally:
            self.running[sender] -= 1
