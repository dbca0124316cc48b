"""A visitor's tab as the widget behaves: resumes by ``last_seq``, sends one line after the other, again until acknowledged."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import aiohttp

from tests.faults.hubs import PAGE
from tests.faults.line import ANSWER_SECONDS, Json, Line, Lost
from tests.faults.screen import ClientLog, Screen, Shown

GAP_PATIENCE = 0.25


SHORTEST_WAIT, LONGEST_WAIT, SOON = 0.5, 10.0, 5  # as widget/protocol/src/backoff.ts; test_checker.py compares


def backoff(tries: int, luck: random.Random, longest: float = LONGEST_WAIT) -> float:
    """Seconds before the next try to connect: at random over a span of two seconds at first, which doubles with each try later."""
    span = min(longest, 2.0 ** (min(tries, 1) if tries < SOON else tries - SOON + 2))
    return SHORTEST_WAIT + luck.random() * (span - SHORTEST_WAIT)


class FakeVisitor:
    """One tab. ``url`` says where to connect each time, so that a visitor may come back to another hub."""

    def __init__(self, http: aiohttp.ClientSession, who: str, url: Callable[[], str], *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.who = who
        self.luck = random.Random(who)
        self.token: str | None = None
        self.log = ClientLog(who, "")
        self.screen = Screen(self.log)
        self.conversations: set[str] = set()
        self.state: Json = {}
        self.unsent: list[tuple[str, str]] = []
        self.refusals: Counter[str] = Counter()
        self.joins: list[float] = []
        self.losses: list[float] = []
        self.ack_seconds: list[float] = []
        self.sends = 0
        self.longest_wait = LONGEST_WAIT
        self.believes_entries = True  # an entry of one's own counts as acknowledged, as in the widget
        self.on_line: Callable[[Shown], None] = lambda shown: None
        self.line: Line | None = None
        self._http = http
        self.url = url
        self._answer_seconds = answer_seconds
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._gap_since: float | None = None
        self._changed = asyncio.Condition()
        self.written: dict[str, float] = {}
        self.ended: Counter[str] = Counter()  # how connections ended

    def start(self) -> FakeVisitor:
        self._task = asyncio.create_task(self._run(), name=self.who)
        return self

    async def stop(self) -> None:
        self._stopping.set()
        self._news.set()
        if self._task is not None:
            await self._task

    def say(self, text: str) -> str:
        """Write a line; it is sent when it can be. Gives its id."""
        client_msg_id = str(uuid4())
        self.log.sent.append(client_msg_id)
        self.unsent.append((client_msg_id, text))
        self.written[client_msg_id] = time.monotonic()
        self._news.set()
        return client_msg_id

    async def until(self, holds: Callable[[FakeVisitor], bool], seconds: float = 30.0) -> None:
        """Wait until something is so; looked at whenever something arrives."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: holds(self))
        except TimeoutError:
            raise AssertionError(f"{self.who} waited {seconds} s; {len(self.unsent)} unsent, shows {self.log.shown[-5:]}") from None

    async def joined(self, seconds: float = 30.0) -> FakeVisitor:
        await self.until(lambda tab: bool(tab.joins) and tab.line is not None, seconds)
        return self

    @property
    def is_in(self) -> bool:
        """Whether the visitor has joined on the present line."""
        alive = self.line is not None and not self.line.lost.is_set()
        return alive and bool(self.joins) and (not self.losses or self.joins[-1] > self.losses[-1])

    def shown(self, code: str) -> list[Shown]:
        """Notices or changes of hands of one kind."""
        return [one for one in self.log.shown if one.code == code]

    def reply_seconds(self, since: float = 0.0) -> list[float]:
        """How long the bot's answers to lines written after ``since`` took."""
        wrote = {one.text: self.written[one.client_msg_id] for one in self.log.shown if one.client_msg_id in self.written}
        answers = [(one.at, wrote.get(one.text.removeprefix("You said: "))) for one in self.log.shown if one.author == "bot"]
        return [at - written for at, written in answers if written is not None and written > since]

    async def sees(self, text: str, author: str, seconds: float = 30.0) -> None:
        await self.until(lambda tab: any(one.text == text and one.author == author for one in tab.log.shown), seconds)

    async def _run(self) -> None:
        tries = 0
        while not self._stopping.is_set():
            joins = len(self.joins)
            with suppress(Lost, TimeoutError):
                await self._live()
            if self.line is not None:
                await self.line.close()
                self.line = None
            if len(self.joins) > joins:
                self.losses.append(time.monotonic())
                tries = 0
            if not self._stopping.is_set():
                await self._pause(backoff(tries, self.luck, self.longest_wait))
                tries += 1

    async def _live(self) -> None:
        line = await Line(self._http, "/visitor", self._hear).open(self.url(), {"v": 1, "site": "demo"}, {"Origin": PAGE})
        watch = asyncio.create_task(self._wake_when_lost(line))
        try:
            self.line = line
            await self._join(line)
            while not self._stopping.is_set() and not line.lost.is_set():
                if self._gap_since is not None:
                    await self._close_gap(line)
                elif self.unsent:
                    await self._send(line, *self.unsent[0])
                else:
                    self._news.clear()
                    await self._news.wait()
        finally:
            watch.cancel()
            await line.close()
            self.line = None

    async def _wake_when_lost(self, line: Line) -> None:
        await line.lost.wait()
        self._news.set()

    async def _join(self, line: Line) -> None:
        known = {"token": self.token, "last_seq": self.screen.last_seq if self.token else 0}
        answer = await line.call("join", {**known, "page": {"url": "https://example.com/", "title": "", "referrer": ""}, "lang": "en"})
        if not answer["ok"]:
            self.refusals[answer["error"]["code"]] += 1
            await self._pause(answer["error"].get("retry_after", 3))
            raise Lost("join refused")
        self.token, self.state = answer["token"], answer["state"]
        self.log.conversation_id = answer["state"]["conversation_id"]
        self.conversations.add(self.log.conversation_id)
        page = answer["entries"]
        await self._show(page)
        while page and self.screen.last_seq < answer["state"]["last_seq"]:
            page = await self._sync(line)
        self.joins.append(time.monotonic())
        await self._tell()

    async def _sync(self, line: Line) -> list[Json]:
        answer = await line.call("sync", {"last_seq": self.screen.last_seq}, self._answer_seconds)
        if not answer["ok"]:
            await self._pause(answer["error"].get("retry_after", 1))
            return []
        await self._show(answer["entries"])
        found: list[Json] = answer["entries"]
        return found

    async def _close_gap(self, line: Line) -> None:
        """What is missing may be on its way; after a short patience it is asked for."""
        await asyncio.sleep(max(0.0, GAP_PATIENCE - (time.monotonic() - (self._gap_since or 0))))
        if self.screen.has_gap:
            await self._sync(line)
        if not self.screen.has_gap:
            self._gap_since = None

    async def _send(self, line: Line, client_msg_id: str, text: str) -> None:
        self.sends += 1
        try:
            answer = await line.call("message", {"client_msg_id": client_msg_id, "text": text}, self._answer_seconds)
        except TimeoutError:
            return  # again, unless the entry itself has come
        if answer["ok"]:
            self.log.acked[client_msg_id] = answer["seq"]
            self.ack_seconds.append(time.monotonic() - self.written[client_msg_id])
            self._settled(client_msg_id)
        else:
            error = answer["error"]
            self.refusals[error["code"]] += 1
            if error["code"] in ("invalid", "conflict"):
                self.log.refused.add(client_msg_id)
                self._settled(client_msg_id)
            else:
                await self._pause(error.get("retry_after", 1.0))
        await self._tell()

    def _settled(self, client_msg_id: str) -> None:
        self.unsent = [one for one in self.unsent if one[0] != client_msg_id]

    def _hear(self, event: str, data: Any) -> None:
        if event == "entry":
            asyncio.get_running_loop().create_task(self._show([data["entry"]]))
        elif event == "state":
            self.state = data

    async def _show(self, entries: list[Json]) -> None:
        for entry in entries:
            for shown in self.screen.hear(entry):
                if self.believes_entries and shown.client_msg_id:
                    self._settled(shown.client_msg_id)
                self.on_line(shown)
        if self.screen.has_gap and self._gap_since is None:
            self._gap_since = time.monotonic()
            self._news.set()
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until we are to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
