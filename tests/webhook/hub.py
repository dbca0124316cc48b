"""The real hub on a free port with a real database: `start_hub` for any test that needs one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher
from sqlalchemy import select

from handraise.ports import free_port
from leads.clock import now
from leads.database import Database
from leads.models import Agent, AgentSession
from leads.questions import Questions
from leads.rules import Rules
from leads.settings import Settings
from leads.store import LeadStore
from tests.databases import ensure_tables
from tests.webhook.clients import AgentClient, Client, Visitor
from webhook.accounts import new_agent
from webhook.app import make_app
from webhook.security import hashed, new_session_token
from webhook.tuning import Tuning

FILES = Path(__file__).parent / "files"
PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

QUICK = Tuning(
    sweep_seconds=0.05,
    look_seconds=0.0,
    turns_seconds=0.1,
    dead_token_seconds=60.0,  # so that other tests can look at what such a connection is told
    reconcile_seconds=0.1,
    rescore_seconds=0.1,
    probe_seconds=0.05,
    away_seconds=30,
    known_away_seconds=0.1,
    retry_seconds=(0.02, 0.02),
    breaker_rest=0.2,
    nobody_seconds=0.3,
    reconnect_seconds=0.3,
    messages_per_minute=6000,
    message_burst=1000,
    login_lock_seconds=30,
    beat_seconds=0.1,
    lone_beat_seconds=0.1,
    dead_seconds=3.0,
    presence_seconds=0.1,
    quick_poll_seconds=0.1,
    ping_seconds=0.1,
)


@dataclass
class RunningHub:
    """A hub that serves; `restart` ends it and starts another one on the same database and port."""

    settings: Settings
    tuning: Tuning
    folder: Path
    widget: Path
    database: Database
    runner: web.AppRunner
    leads: LeadStore
    questions: Questions
    clients: list[Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    async def visitor(self, *, join: bool = True, token: str | None = None, last_seq: int = 0, **options: Any) -> Visitor:
        client = Visitor(self.url)
        await client.connect(auth={"v": 1, "site": "demo"}, **options)
        self.clients.append(client)
        if join:
            await client.join(token, last_seq)
        return client

    async def agent(
        self, email: str = "mara@example.com", *, join: bool = True, origin: str | None = None, role: str = "agent"
    ) -> AgentClient:
        """A browser of an agent with a session; the account is made when it is missing. Signing in is tested elsewhere."""
        cookie = await self.session(email, role)
        client = AgentClient(self.url)
        await client.connect(headers={"Cookie": f"handraise_session={cookie}", "Origin": origin or self.url})
        self.clients.append(client)
        if join:
            client.joined = await client.ok("join")
        return client

    async def session(self, email: str, role: str = "agent") -> str:
        """A new session of an agent, as signing in makes it but without the cost of a password."""
        token = new_session_token()
        async with self.database.write() as session:
            agent = await session.scalar(select(Agent).where(Agent.email == email))
            if agent is None:
                agent = Agent(email=email, name=email.split("@")[0].title(), password_hash="-", role=role, created_at=now())
                session.add(agent)
                await session.flush()
            expires = now() + timedelta(days=1)
            session.add(AgentSession(token_hash=hashed(token), agent_id=agent.id, created_at=now(), expires_at=expires))
        return token

    async def account(self, email: str = "mara@example.com") -> Agent:
        """An account with a password that costs little to check; what a real one costs is tested in test_console_api.py."""
        agent = new_agent(email, email.split("@")[0].title(), "agent")
        agent.password_hash = CHEAP.hash(PASSWORD)
        async with self.database.write() as session:
            session.add(agent)
        return agent

    async def sign_in(self, email: str, password: str = PASSWORD) -> str:
        status, _body, cookie = await self.post("login", {"email": email, "password": password})
        assert status == 200, _body
        return cookie

    async def post(
        self, path: str, body: Any, *, origin: str | None = "own", cookie: str = "", csrf: str | None = None, **options: Any
    ) -> tuple[int, Any, str]:
        headers = {"Origin": self.url if origin == "own" else origin} if origin else {}
        if cookie:
            headers["Cookie"] = f"handraise_session={cookie}"
            me = await (await self.get("/console/api/me", cookie=cookie)).json()
            headers["X-CSRF-Token"] = csrf if csrf is not None else me.get("csrf", "")
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.post(f"{self.url}/console/api/{path}", headers=headers, **({"json": body} | options)) as response,
        ):
            found = response.cookies.get("handraise_session")
            return response.status, await response.json(), found.value if found else ""

    async def get(self, path: str, *, cookie: str = "", **headers: str) -> aiohttp.ClientResponse:
        if cookie:
            headers["Cookie"] = f"handraise_session={cookie}"
        async with aiohttp.ClientSession() as session, session.get(self.url + path, headers=headers, allow_redirects=False) as response:
            await response.read()
            return response

    async def restart(self) -> None:
        await self.stop_serving()
        await self.start_serving()

    async def stop_serving(self) -> None:
        await self.runner.cleanup()

    async def start_serving(self) -> None:
        self.runner = await _serve(self.settings, self.database, self.tuning, self.widget)

    async def close(self) -> None:
        for client in self.clients:
            await client.close()
        await self.runner.cleanup()
        await self.database.close()


async def start_hub(
    folder: Path,
    *,
    bot_url: str = "http://127.0.0.1:9",
    database_url: str = "",
    tuning: Tuning = QUICK,
    widget: Path | None = None,
    **settings: Any,
) -> RunningHub:
    """Start a hub whose files live in ``folder``, and its database, unless one with tables is given."""
    files = folder / "files"
    if not files.exists():
        shutil.copytree(FILES, files)
    url = database_url or f"sqlite:///{folder / 'hub.db'}"
    chosen: dict[str, Any] = {"data": folder, "port": free_port(), "bot_files": files, "bot_url": bot_url, "database_url": url, **settings}
    known = Settings(**chosen)
    ensure_tables(known.database)
    database = Database(known.database, cipher=known.cipher)
    questions = Questions.load(files / "bot" / "questions.yml")
    leads = LeadStore(database, questions, Rules.load(files / "bot" / "scoring.yml", questions))
    widget = widget or folder / "widget"
    runner = await _serve(known, database, tuning, widget)
    return RunningHub(known, tuning, folder, widget, database, runner, leads, questions)


def quick(**changes: Any) -> Tuning:
    """The tests' times with some changed."""
    return replace(QUICK, **changes)


async def _serve(settings: Settings, database: Database, tuning: Tuning, widget: Path) -> web.AppRunner:
    app = await make_app(settings, database, tuning=tuning, widget=widget)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=60, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings.port, reuse_address=True).start()
    return runner
