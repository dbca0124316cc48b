"""An agent's console: joins, takes chats, answers what visitors write, and sends each reply again until it is acknowledged."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import aiohttp

from tests.faults.line import ANSWER_SECONDS, Json, Line, Lost
from tests.faults.screen import ClientLog, Screen
from tests.faults.visitors import backoff


class Desk:
    """One conversation on an agent's screen."""

    def __init__(self, who: str, conversation_id: str) -> None:
        self.log = ClientLog(who, conversation_id)
        self.screen = Screen(self.log)
        self.state: Json = {}
        self.seen = 0  # newest line of the visitor on the screen
        self.drafts: list[tuple[str, str]] = []  # replies that are not acknowledged


class FakeAgent:
    """One browser of an agent. ``replies`` False: only looks."""

    def __init__(self, http: aiohttp.ClientSession, who: str, url: Callable[[], str], cookie: str, *, origin: str = "") -> None:
        self.who = who
        self.luck = random.Random(who)
        self.desks: dict[str, Desk] = {}
        self.events: list[tuple[float, str, Any]] = []
        self.joined_answer: Json = {}
        self.refused: list[Json] = []
        self.joins: list[float] = []
        self.line: Line | None = None
        self.stays_away = False
        self.answers_visitors = True
        self._http = http
        self._url = url
        self._cookie = cookie
        self._origin = origin
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Condition()

    def start(self) -> FakeAgent:
        self._task = asyncio.create_task(self._run(), name=self.who)
        return self

    async def stop(self) -> None:
        self._stopping.set()
        self._news.set()
        if self._task is not None:
            await self._task

    async def call(self, event: str, data: Json | None = None, seconds: float = ANSWER_SECONDS) -> Json:
        """Ask the hub directly; Lost without a line."""
        if self.line is None:
            raise Lost("offline")
        return await self.line.call(event, data or {}, seconds)

    async def take(self, conversation_id: str) -> Desk:
        """Accept and open a conversation."""
        answer = await self.call("accept", {"conversation_id": conversation_id})
        assert answer["ok"], answer
        desk = self.desks[conversation_id] = Desk(self.who, conversation_id)
        await self._open(desk)
        return desk

    def wake(self) -> None:
        """There are new drafts."""
        self._news.set()

    def drop(self, *, for_good: bool = False) -> None:
        """Lose the connection without a goodbye."""
        self.stays_away = for_good
        if self.line is not None:
            self.line.abort()

    async def until(self, holds: Callable[[FakeAgent], bool], seconds: float = 30.0) -> None:
        """Wait until something is so; looked at whenever something arrives."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: holds(self))
        except TimeoutError:
            raise AssertionError(f"{self.who} waited {seconds} s; events {[name for _, name, _ in self.events[-10:]]}") from None

    async def joined(self, seconds: float = 30.0) -> FakeAgent:
        await self.until(lambda agent: bool(agent.joins) and agent.line is not None, seconds)
        return self

    async def _run(self) -> None:
        tries = 0
        while not self._stopping.is_set():
            joins = len(self.joins)
            if not self.stays_away:
                with suppress(Lost, TimeoutError):
                    await self._live()
            tries = 0 if len(self.joins) > joins else tries + 1
            if not self._stopping.is_set():
                try:
                    async with asyncio.timeout(backoff(tries, self.luck)):
                        await self._stopping.wait()
                except TimeoutError:
                    continue

    async def _live(self) -> None:
        url = self._url()
        headers = {"Cookie": f"handraise_session={self._cookie}", "Origin": self._origin or url}
        line = await Line(self._http, "/agent", self._hear).open(url, None, headers)
        watch = asyncio.create_task(self._wake_when_lost(line))
        try:
            self.joined_answer = await line.call("join", {})
            if not self.joined_answer["ok"]:
                raise Lost("join refused")
            self.line = line
            for desk in self.desks.values():
                await self._open(desk)
            self.joins.append(time.monotonic())
            await self._tell()
            while not self._stopping.is_set() and not line.lost.is_set():
                for desk in list(self.desks.values()):
                    await self._work(line, desk)
                self._news.clear()
                await self._news.wait()
        finally:
            self.line = None
            watch.cancel()
            await line.close()

    async def _wake_when_lost(self, line: Line) -> None:
        await line.lost.wait()
        self._news.set()

    async def _open(self, desk: Desk) -> None:
        answer = await self.call("open", {"conversation_id": desk.log.conversation_id, "last_seq": desk.screen.last_seq})
        if not answer["ok"]:
            raise Lost(f"open refused: {answer}")
        desk.state = answer["state"]
        self._show(desk, answer["entries"])
        if desk.screen.last_seq < answer["state"]["last_seq"] and answer["entries"]:
            await self._open(desk)

    async def _work(self, line: Line, desk: Desk) -> None:
        if desk.screen.has_gap:
            await asyncio.sleep(0.25)
            if desk.screen.has_gap:
                await self._open(desk)
        while desk.drafts:
            client_msg_id, text = desk.drafts[0]
            held = {"conversation_id": desk.log.conversation_id, "epoch": desk.state["epoch"], "seen_seq": desk.screen.last_seq}
            try:
                answer = await line.call("reply", {**held, "client_msg_id": client_msg_id, "text": text})
            except TimeoutError:
                continue
            if answer["ok"]:
                desk.log.acked[client_msg_id] = answer["seq"]
                desk.drafts.pop(0)
            elif answer["error"]["code"] == "newer_lines":
                self._show(desk, answer["error"]["data"]["entries"])
                if desk.screen.has_gap or not desk.screen.last_seq:
                    await self._open(desk)
            elif answer["error"]["code"] == "not_holder":
                self.refused.append(answer["error"])
                desk.drafts.clear()
            elif answer["error"]["code"] == "invalid":
                raise AssertionError(answer)
            else:
                await asyncio.sleep(min(answer["error"].get("retry_after", 1.0), 5.0))
            await self._tell()

    def _hear(self, event: str, data: Any) -> None:
        self.events.append((time.monotonic(), event, data))
        desk = self.desks.get(data.get("conversation_id", "")) if isinstance(data, dict) else None
        if desk is not None and event == "entry":
            self._show(desk, [data["entry"]])
        elif desk is not None and event == "state":
            desk.state = data
        self._news.set()
        asyncio.get_running_loop().create_task(self._tell())

    def _show(self, desk: Desk, entries: list[Json]) -> None:
        for entry in entries:
            for shown in desk.screen.hear(entry):
                if shown.author == "visitor" and self.answers_visitors:
                    reply = (str(uuid4()), f"Re: {shown.text}")
                    desk.log.sent.append(reply[0])
                    desk.drafts.append(reply)
        self._news.set()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
