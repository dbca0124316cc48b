"""A world for a scenario: database, a bot, hubs, visitors and agents, and what the database says in the end."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from sqlalchemy import select

from leads.clock import now
from leads.database import Database
from leads.models import Agent, AgentSession, Conversation, Entry, Turn
from tests.databases import ensure_tables
from tests.faults.agents import FakeAgent
from tests.faults.checker import Row, Verdict, check
from tests.faults.hubs import HubProcess
from tests.faults.visitors import LONGEST_WAIT, FakeVisitor
from tests.webhook.bot_server import BotServer
from webhook.security import hashed, new_session_token


class World:
    """Everything a scenario works with. ``database`` is our own connection, from outside the hubs."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.database_url = database_url
        self.database = Database(database_url)
        self.bot = BotServer()
        self.hubs: list[HubProcess] = []
        self.standing: HubProcess | None = None  # outlives this world
        self.visitors: list[FakeVisitor] = []
        self.agents: list[FakeAgent] = []
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
        self.longest_wait = LONGEST_WAIT  # of clients between two tries to connect
        self.said = 0
        self.luck = random.Random(7)

    @property
    def hub(self) -> HubProcess:
        return self.hubs[0]

    async def begin(self) -> World:
        ensure_tables(self.database_url)
        await self.bot.start()
        return self

    async def end(self) -> None:
        await asyncio.gather(*(tab.stop() for tab in self.visitors), *(agent.stop() for agent in self.agents), return_exceptions=True)
        await asyncio.gather(*(hub.stop() for hub in self.hubs if hub is not self.standing), return_exceptions=True)
        await self.bot.stop()
        await self.http.close()
        await self.database.close()

    def new_hub(self, **settings: Any) -> HubProcess:
        """A hub that is not started yet."""
        bot_url = settings.pop("bot_url", self.bot.url)
        hub = HubProcess(self.folder, self.database_url, bot_url, **settings)
        self.hubs.append(hub)
        return hub

    async def start_hub(self, **settings: Any) -> HubProcess:
        return await self.new_hub(**settings).start()

    async def hub_for_all(self, standing: HubProcess) -> HubProcess:
        """A hub that several worlds use one after the other; its bot is at a port of its own."""
        if standing not in self.hubs:
            self.hubs.insert(0, standing)
            self.standing = standing
        if standing.process is None:
            await standing.start()
        return standing

    def visitor(self, url: str = "", *, http: aiohttp.ClientSession | None = None, token: str | None = None, **options: Any) -> FakeVisitor:
        """A new tab, at the first hub unless told otherwise; with a token it is another tab of the same visitor."""
        place = url or self.hub.url
        tab = FakeVisitor(http or self.http, f"visitor {len(self.visitors)}", lambda: place, **options)
        tab.token = token
        tab.longest_wait = self.longest_wait
        self.visitors.append(tab)
        return tab.start()

    async def crowd(self, count: int, urls: list[str] | None = None, seconds: float = 60.0) -> list[FakeVisitor]:
        """Visitors who have joined, spread over the hubs."""
        places = cycle(urls or [hub.url for hub in self.hubs])
        tabs = [self.visitor(next(places)) for _ in range(count)]
        await asyncio.gather(*(tab.joined(seconds) for tab in tabs))
        return tabs

    async def agent(self, number: int = 0, url: str = "", *, origin: str = "") -> FakeAgent:
        """An agent who has joined; sessions are made in the database, signing in is tested elsewhere."""
        place = url or self.hub.url
        agent = FakeAgent(self.http, f"agent {number}", lambda: place, await self.cookie(number), origin=origin or self.hub.url).start()
        self.agents.append(agent)
        return await agent.joined()

    async def cookie(self, number: int) -> str:
        token = new_session_token()
        async with self.database.write() as session:
            email = f"ann{number}@example.com"
            agent = await session.scalar(select(Agent).where(Agent.email == email))
            if agent is None:
                agent = Agent(email=email, name=f"Ann {number}", password_hash="-", created_at=now())
                session.add(agent)
                await session.flush()
            session.add(AgentSession(token_hash=hashed(token), agent_id=agent.id, created_at=now(), expires_at=now() + timedelta(days=1)))
        return token

    async def staff(self, count: int, each: int) -> None:
        """Agents, each of whom has taken ``each`` of the visitors' chats."""
        free = iter([tab for tab in self.visitors])
        for number in range(count):
            agent = await self.agent(number, self.hubs[number % len(self.hubs)].url)
            for _ in range(each):
                tab = next(free)
                await self.first_word(tab)
                await agent.take(tab.log.conversation_id)

    async def talk(self, seconds: float, rate: float) -> None:
        """Visitors write, ``rate`` lines a second in all, as long as told."""
        begun = time.monotonic()
        count = 0
        while (passed := time.monotonic() - begun) < seconds:
            due = int(passed * rate) - count
            for _ in range(due):
                self.speak(self.luck.choice(self.visitors))
            count += due
            await asyncio.sleep(0.02)

    async def first_word(self, tab: FakeVisitor) -> None:
        """One line, stored: before it nobody sees the chat."""
        said = self.speak(tab)
        await tab.until(lambda one: said in one.log.acked)

    async def old_enough(self, seconds: float) -> None:
        """Wait until the first hub has run for so long: after a start it gives agents time to come back."""
        running = psutil.Process(self.hub.pid)
        await asyncio.sleep(max(0.0, seconds - (time.time() - running.create_time())))

    async def bot_is(self, there: bool, seconds: float = 30.0) -> None:
        """Wait until the first hub says that the bot is there, or away."""
        async with asyncio.timeout(seconds):
            while (await self.hub.health_body()).get("bot") is not there:
                await asyncio.sleep(0.05)

    def speak(self, tab: FakeVisitor) -> str:
        """One line of one visitor, which nobody else says."""
        self.said += 1
        return tab.say(f"line {self.said}")

    async def settle(self, seconds: float = 300.0) -> float:
        """Wait until everything is sent, answered and shown; gives the seconds it took."""
        begun = time.monotonic()
        while not await self._is_settled():
            if time.monotonic() - begun > seconds:
                raise AssertionError(f"not settled after {seconds} s: {await self._unsettled()}")
            await asyncio.sleep(0.1)
        return time.monotonic() - begun

    async def verdict(self, *, complete: bool = True) -> Verdict:
        """The checker's judgement of everybody."""
        logs = [tab.log for tab in self.visitors] + [desk.log for agent in self.agents for desk in agent.desks.values()]
        verdict = check(logs, await self.rows(), complete=complete)
        for tab in self.visitors:
            if len(tab.conversations) > 1:
                verdict.note("acked but missing", f"{tab.who} was given another conversation")
        return verdict

    async def resumed(self, since: float) -> list[float]:
        """Wait until every visitor has joined again after ``since``; gives how long after now that was, for each."""
        begun = time.monotonic()
        await asyncio.gather(*(tab.until(lambda one: one.joins[-1] > since and one.line is not None, 60) for tab in self.visitors))
        return [max(0.0, tab.joins[-1] - begun) for tab in self.visitors]

    async def rows(self) -> list[Row]:
        """Every entry of this world's visitors as it is stored."""
        columns = (Entry.conversation_id, Entry.seq, Entry.client_msg_id, Entry.author, Entry.text)
        async with self.database.read() as session:
            found = await session.execute(select(*columns))
            return [Row(*row) for row in found if row[0] in self.conversations]

    async def times(self) -> list[datetime]:
        """When entries were stored, by the hubs' clocks."""
        async with self.database.read() as session:
            return list(await session.scalars(select(Entry.at)))

    @property
    def conversations(self) -> set[str]:
        """The conversations of this world's visitors."""
        return set().union(*(tab.conversations for tab in self.visitors))

    async def _is_settled(self) -> bool:
        return not any((await self._unsettled()).values())

    async def _unsettled(self) -> dict[str, int]:
        """What is still to be done, by kind."""
        desks = [desk for agent in self.agents for desk in agent.desks.values()]
        left = {
            "unsent lines": sum(len(tab.unsent) for tab in self.visitors),
            "visitors without a line": sum(tab.line is None for tab in self.visitors),
            "unsent replies": sum(len(desk.drafts) for desk in desks),
        }
        if any(left.values()):
            return left
        async with self.database.read() as session:
            waiting = set(await session.scalars(select(Turn.conversation_id).where(Turn.state == "pending")))
            last = {row[0]: row[1] for row in await session.execute(select(Conversation.id, Conversation.last_seq))}
        screens = [tab.screen for tab in self.visitors] + [desk.screen for desk in desks]
        behind = sum(screen.last_seq != last.get(screen.log.conversation_id, 0) for screen in screens)
        return left | {"turns": len(waiting & self.conversations), "screens behind": behind}
