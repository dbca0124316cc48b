"""A29: the database is really away. Every route and event answers in time with an error that has an id and nothing of the inside."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from pydantic import BaseModel

from tests.abuse import outages
from tests.abuse.outages import Away
from tests.abuse.payloads import fit
from tests.abuse.test_events import examples
from tests.faults.results import NewScenario, Scale
from tests.small_disk import NoDisk
from tests.waiting import until
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import AgentClient, Client, Visitor, new_id
from tests.webhook.hub import RunningHub, quick, start_hub
from webhook.app import HUB, TABLE
from webhook.console_routes import BASE

Json = dict[str, Any]

MARK = "Marked-Jane"
TEXT = f"I am {MARK}, jane@marked.example"
INNER = ("Traceback", "sqlalchemy", "asyncpg", "sqlite", "postgres", "SELECT ", "INSERT ", ".py", MARK, "marked.example")
REFERENCE = re.compile(r"[0-9a-f]{8}")
PATIENCE = 60.0  # who waits longer has not been answered
AT_ONCE = 40
WAYS: dict[str, tuple[Away, str, bool]] = {
    "killed": (outages.killed_postgres, "PostgreSQL is killed", True),
    "locked": (outages.locked_sqlite, "another program holds SQLite's write lock", True),
    "frozen": (outages.frozen_postgres, "PostgreSQL stands still (SIGSTOP)", False),
    "full": (outages.full_disk, "the disk of the SQLite file is full", True),
    "unreadable": (outages.unreadable_sqlite, "the SQLite file is overwritten", False),
}
RECOVERS = {"killed", "locked", "frozen", "full"}


@dataclass
class Told:
    """What was answered while the database was away."""

    answers: int = 0
    silent: list[str] = field(default_factory=list)  # no answer in time
    nameless: list[str] = field(default_factory=list)  # errors without an id
    inner: list[str] = field(default_factory=list)  # with words of the inside
    away: int = 0  # said that nothing was stored
    slowest: float = 0.0

    def note(self, what: str, text: str, error: Any, secrets: Iterable[str]) -> None:
        """An answer; ``error`` is None when it was none."""
        self.answers += 1
        self.inner += [f"{what}: {word!r} in {text[:200]}" for word in (*INNER, *secrets) if word and word.lower() in text.lower()]
        if error is not None:
            whole = isinstance(error, dict) and error.get("code") and error.get("message") and REFERENCE.fullmatch(str(error.get("id")))
            self.nameless += [] if whole else [f"{what}: {text[:200]}"]
            self.away += isinstance(error, dict) and error.get("code") in ("unavailable", "internal")


@dataclass
class Scene:
    """A hub with a visitor and an agent who talk to each other."""

    hub: RunningHub
    visitor: Visitor
    agent: AgentClient
    state: Json
    cookie: str
    csrf: str

    @property
    def app(self) -> web.Application:
        assert self.hub.runner.app is not None
        return self.hub.runner.app

    @property
    def secrets(self) -> list[str]:
        """What an answer may not have in it."""
        return [self.visitor.token or "", self.cookie, self.csrf, self.hub.settings.database_url, str(self.hub.folder)]


async def set_up(folder: Path, url: str, bot: BotServer) -> Scene:
    """Everybody is there, and something has been said."""
    tuning = quick(signals_per_minute=10**6, signal_burst=10**6, messages_per_minute=10**6, message_burst=10**6, login_free_tries=10**6)
    hub = await start_hub(folder, bot_url=bot.url, database_url=url, tuning=tuning)
    visitor = await hub.visitor()
    await visitor.say("hello")
    cookie = await hub.session("mara@example.com", "admin")
    agent = await browser_of(hub, cookie)
    state = await agent.accept(visitor.conversation_id)
    me = await (await hub.get("/console/api/me", cookie=cookie)).json()
    return Scene(hub, visitor, agent, state, cookie, me["csrf"])


async def browser_of(hub: RunningHub, cookie: str) -> AgentClient:
    """One more of the agent's browsers."""
    agent = AgentClient(hub.url)
    hub.clients.append(agent)
    await agent.connect(headers={"Cookie": f"handraise_session={cookie}", "Origin": hub.url})
    await agent.ok("join")
    return agent


@pytest.mark.timeout(900)
async def test_a29_the_database_is_away(bot: BotServer, tmp_path: Path, scenario: NewScenario, scale: Scale) -> None:
    tried = [name for name, (_away, _words, quickly) in WAYS.items() if quickly or scale.full]
    with scenario(
        "A29",
        "With the database away every answer is an error with an id and without a word of the inside, and nothing typed is lost",
        f"under a running hub {'; '.join(WAYS[name][1] for name in tried)}; then every HTTP route as nobody and as an administrator, and "
        "every socket event of visitor and agent; the same message, form and reply once more when it is back",
        "0 without an answer in a minute, 0 errors without an id, 0 words of the inside; what was typed is there once",
    ) as it:
        told, lost, without = Told(), list[str](), list[str]()
        for name in tried:
            folder = tmp_path / name
            folder.mkdir()
            try:
                async with WAYS[name][0](folder) as (url, outage):
                    lost += await through(folder, url, outage, bot, told, name)
            except NoDisk as reason:
                without.append(f"{name}: {reason}")
        it.tell("answers", told.answers)
        it.tell("that say it could not be done", told.away)
        it.must("without an answer", len(told.silent), why="; ".join(told.silent[:3]))
        it.must("errors without an id", len(told.nameless), why="; ".join(told.nameless[:3]))
        it.must("words of the inside", len(told.inner), why="; ".join(told.inner[:3]))
        it.must("typed and not there once afterwards", len(lost), why="; ".join(lost[:3]))
        it.time("slowest answer", told.slowest)
        it.note("; ".join(without))
        assert told.away > 10 * len(tried), "the database was not away"  # a locked or full one still answers who reads


async def through(folder: Path, url: str, outage: outages.Outage, bot: BotServer, told: Told, name: str) -> list[str]:
    """One outage; gives what was typed in it and is not there once afterwards."""
    scene = await set_up(folder, url, bot)
    typed, asked = Typed(scene), (await asyncio.to_thread(routes, scene), await events(scene))
    try:
        async with outage():
            await typed.refused(told, name)
            await everything(scene, told, name, *asked)
        return await typed.again() if name in RECOVERS else []
    finally:
        await scene.hub.close()


type Routes = list[tuple[str, str, Any, bool]]
type Events = list[tuple[Client, str, Any]]


async def everything(scene: Scene, told: Told, name: str, routes: Routes, events: Events) -> None:
    """Every route and every event."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        work = [request(scene, http, told, gate, name, *one) for one in routes]
        await asyncio.gather(*work, *(event(scene, told, gate, name, *one) for one in events))


def routes(scene: Scene) -> Routes:
    """Method, path, body and whether it is asked by somebody who is signed in."""
    schemas = {(one.method, BASE + one.path): one.takes for one in scene.app[TABLE].routes}
    found = []
    for route in scene.app.router.routes():
        if route.resource is None or route.method not in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            continue
        path = route.resource.canonical
        if path.startswith("/socket.io"):
            continue
        schema = schemas.get((route.method, path))
        body = payload(schema, scene) if schema and route.method != "GET" else {"email": "jane@marked.example", "password": MARK}
        filled = re.sub(r"\{[^}]*\}", scene.visitor.conversation_id, path)
        found += [(route.method, filled, body, signed_in) for signed_in in (False, True)]
    return found


def payload(schema: type[BaseModel], scene: Scene) -> Any:
    """One that fits, with ids that there are."""
    known = [scene.visitor.conversation_id, scene.visitor.token or ""]
    return examples(fit(schema.model_json_schema(), known), 1)[0]


async def request(
    scene: Scene,
    http: aiohttp.ClientSession,
    told: Told,
    gate: asyncio.Semaphore,
    name: str,
    method: str,
    path: str,
    body: Any,
    signed_in: bool,
) -> None:
    """One request."""
    who = {"Cookie": f"handraise_session={scene.cookie}", "X-CSRF-Token": scene.csrf} if signed_in else {}
    what, begun = f"{name}: {method} {path} {'signed in' if signed_in else 'as nobody'}", time.monotonic()
    sent = {} if method == "GET" else {"json": body}
    try:
        async with gate, asyncio.timeout(PATIENCE):
            begun = time.monotonic()
            headers = {"Origin": scene.hub.url, **who}
            async with http.request(method, scene.hub.url + path, headers=headers, allow_redirects=False, **sent) as answer:
                text = await answer.text(errors="replace")
    except (TimeoutError, aiohttp.ClientError) as error:
        told.silent.append(f"{what}: {type(error).__name__}")
        return
    told.slowest = max(told.slowest, time.monotonic() - begun)
    if answer.status >= 400 and path != "/health" and answer.content_type == "application/json":  # /health tells in its own way
        told.note(what, text, json.loads(text).get("error", {}), scene.secrets)
    elif answer.content_type in ("application/json", "text/plain"):  # pages and scripts may have any word
        told.note(what, text, {} if answer.status >= 500 and path != "/health" else None, ())  # what is no error may have its own


async def events(scene: Scene) -> Events:
    """Every event of both namespaces, each on a connection of its own, as a connection's events are dealt with one after the other."""
    found: Events = []
    for space, handler in scene.app[HUB].server.namespace_handlers.items():
        for name, (schema, _work) in getattr(handler, "events", {}).items():
            data = await asyncio.to_thread(payload, schema, scene)
            is_agents = space == "/agent"
            found.append(
                (await (browser_of(scene.hub, scene.cookie) if is_agents else scene.hub.visitor(token=scene.visitor.token)), name, data)
            )
    correction = {"conversation_id": scene.visitor.conversation_id, "slot": "budget", "text": TEXT}
    return [*found, (await browser_of(scene.hub, scene.cookie), "correct", correction)]


async def event(scene: Scene, told: Told, gate: asyncio.Semaphore, name: str, client: Client, event: str, data: Any) -> None:
    """One event."""
    what = f"{name}: {client.namespace} {event}"
    try:
        async with gate:
            begun = time.monotonic()
            answer = await client.sio.call(event, data, namespace=client.namespace, timeout=PATIENCE)
    except Exception as problem:  # the library has several for an answer that does not come
        told.silent.append(f"{what}: {type(problem).__name__}")
        return
    told.slowest = max(told.slowest, time.monotonic() - begun)
    text = json.dumps(answer)
    error = None if isinstance(answer, dict) and answer.get("ok") else (answer or {}).get("error", {})
    told.note(what, text if error is not None else "", error, scene.secrets)


class Typed:
    """A message, a form and an agent's reply, typed while the database is away, and sent once more when it is back."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._ids = [new_id() for _ in range(3)]
        self._form = {
            "client_msg_id": self._ids[1],
            "name": MARK,
            "email": "jane@marked.example",
            "message": TEXT,
            "consent": scene.visitor.consent,
        }

    async def _send(self) -> list[Json]:
        visitor, agent = self._scene.visitor, self._scene.agent
        reply = {
            "conversation_id": visitor.conversation_id,
            "client_msg_id": self._ids[2],
            "text": TEXT,
            "epoch": self._scene.state["epoch"],
        }
        calls: list[tuple[Client, str, Json]] = [
            (visitor, "message", {"client_msg_id": self._ids[0], "text": TEXT}),
            (visitor, "contact", self._form),
            (agent, "reply", {**reply, "seen_seq": 1000}),
        ]
        return list(
            await asyncio.gather(
                *(client.sio.call(name, data, namespace=client.namespace, timeout=PATIENCE) for client, name, data in calls)
            )
        )

    async def refused(self, told: Told, name: str) -> None:
        """None of it may be said to be stored."""
        for answer in await self._send():
            error = None if answer["ok"] else answer["error"]
            told.note(f"{name}: typed", json.dumps(answer), error, self._scene.secrets)
            assert error is not None, "said to be stored while there was no database"

    async def again(self) -> list[str]:
        """Until all is stored; what is then not there exactly once."""
        scene = self._scene

        async def stored() -> bool:
            try:
                return all(answer["ok"] for answer in await self._send())
            except Exception:  # not back yet
                return False

        await until(stored, PATIENCE)
        visitor = await scene.hub.visitor(token=scene.visitor.token)
        entries = (await visitor.ok("sync", {"last_seq": 0}))["entries"]
        found = sorted(f"{entry['kind']} of {entry['author']}" for entry in entries if entry["client_msg_id"] in self._ids)
        return [] if found == ["contact of visitor", "message of agent", "message of visitor"] else [f"only {found}"]
