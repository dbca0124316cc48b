"""A18, A20, A21: guessing, staying on after one was sent away, and what other pages can make a browser send."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import func, select, update

from handraise.ports import free_port
from leads.clock import now
from leads.models import Agent, AgentSession
from tests.e2e.browser import async_chromium
from tests.faults.results import NewScenario, Scale
from tests.webhook.clients import AgentClient, without_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import PASSWORD, RunningHub, quick
from webhook.accounts import create_agent, set_active, set_password, set_role
from webhook.security import hashed

WRONG = "wrong wrong wrong"


async def call(hub: RunningHub, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Status and body without the id of the error, which is another each time."""
    sent = {"Origin": hub.url, **headers}
    url = f"{hub.url}/console/api/{path}"
    async with aiohttp.ClientSession() as session, session.request(method, url, json=body, headers=sent) as response:
        found = await response.json()
        return response.status, without_id(found) if "error" in found else found


async def test_a18_guessing(new_hub: StartHub, scenario: NewScenario, scale: Scale) -> None:
    guesses = scale.of(500, 20)
    hub = await new_hub(proxies="127.0.0.1", tuning=quick(login_lock_seconds=60))
    await create_agent(hub.database, "mara@example.com", "Mara", PASSWORD)  # what checking its password costs is compared below
    visitor = await hub.visitor()
    await visitor.say("Hello")
    real = visitor.conversation_id
    with scenario(
        "A18",
        "Guessing tells nothing, and twenty wrong guesses in a minute shut the door for their address and for nobody else",
        f"{guesses} made-up ids of chats and leads, one sign away from a real one and random, with and without a session; "
        "wrong passwords, one-time links and API tokens in turn from one address, then the right ones from there and from another",
        "the same answer for every id; at most 20 guesses looked at; others come in",
    ) as it:
        near = [real[:-1] + digit for digit in "0123456789abcdef" if not real.endswith(digit)]
        ids = near + [uuid4().hex for _ in range(guesses - len(near))]
        cookie = f"handraise_session={await hub.session('jo@example.com')}"
        outside, inside = set(), set()
        for one in ids:
            for path in (f"leads/{one}", f"conversations/{one}"):
                outside.add(str(await call(hub, "GET", path)))
                inside.add(str([path.split("/")[0], await call(hub, "GET", path, Cookie=cookie)]))
        outside |= {str(await call(hub, "GET", f"{kind}/{real}")) for kind in ("leads", "conversations")}
        it.must("answers that tell ids apart without a session", len(outside) - 1)
        it.must("answers that tell made-up ids apart", len(inside) - 2)
        it.must("real chats that an agent does not see", (await call(hub, "GET", f"conversations/{real}", Cookie=cookie))[0] != 200)

        async def tried(number: int, address: str) -> int:
            if number % 3 == 0:
                body = {"email": f"guess{number}@example.com", "password": WRONG}
                return (await call(hub, "POST", "login", body, **{"X-Forwarded-For": address}))[0]
            if number % 3 == 1:
                return (await call(hub, "POST", "links/open", {"token": f"guess{number}"}, **{"X-Forwarded-For": address}))[0]
            return (await call(hub, "GET", "leads", Authorization=f"Bearer hr_{number}", **{"X-Forwarded-For": address}))[0]

        begun = time.monotonic()
        statuses = [await tried(number, "198.51.100.7") for number in range(60)]
        took = time.monotonic() - begun
        it.must("guesses looked at", sum(status != 429 for status in statuses), 20)
        it.must("guesses let in", sum(status == 200 for status in statuses))
        it.time("the sixty guesses took", took)
        right = {"email": "mara@example.com", "password": PASSWORD}
        locked, free = [
            (await call(hub, "POST", "login", right, **{"X-Forwarded-For": address}))[0] for address in ("198.51.100.7", "198.51.100.8")
        ]
        it.must("right password taken from the locked address", locked == 200)
        it.must("others locked out", free != 200)
        known: list[float] = []
        unknown: list[float] = []
        for number in range(scale.of(20, 3)):
            for email, times in (("mara@example.com", known), ("nobody@example.com", unknown)):
                begun = time.perf_counter()
                body, caller = {"email": email, "password": WRONG}, {"X-Forwarded-For": f"203.0.113.{number}"}
                status = (await call(hub, "POST", "login", body, **caller))[0]
                times.append(1000 * (time.perf_counter() - begun))
                assert status == 401
        it.time("median, account that there is", statistics.median(known), unit="ms")
        it.time("median, account that there is not", statistics.median(unknown), unit="ms")
        it.tell("tried", len(ids) * 4 + 60)


# A20


async def values(hub: RunningHub, email: str, table: type[Agent] | type[AgentSession], **changes: Any) -> None:
    """A change past the program, as by hand in the database."""
    async with hub.database.write() as session:
        agent_id = await session.scalar(select(Agent.id).where(Agent.email == email))
        column = Agent.id if table is Agent else AgentSession.agent_id
        await session.execute(update(table).where(column == agent_id).values(**changes))


async def signed_out(hub: RunningHub, email: str) -> None:
    async with hub.database.write() as session:
        agent_id = await session.scalar(select(Agent.id).where(Agent.email == email))
        for row in await session.scalars(select(AgentSession).where(AgentSession.agent_id == agent_id)):
            await session.delete(row)


END: dict[str, Callable[[RunningHub, str], Awaitable[Any]]] = {
    "demoted": lambda hub, email: set_role(hub.database, email, "marketer"),
    "role changed by hand": lambda hub, email: values(hub, email, Agent, role="marketer"),
    "switched off": lambda hub, email: set_active(hub.database, email, False),
    "switched off by hand": lambda hub, email: values(hub, email, Agent, active=False),
    "new password": lambda hub, email: set_password(hub.database, email, "another long password"),
    "signed out": signed_out,
    "run out": lambda hub, email: values(hub, email, AgentSession, expires_at=now() - timedelta(seconds=1)),
    "idle": lambda hub, email: values(hub, email, AgentSession, seen_at=now() - timedelta(days=2)),
}


@pytest.mark.long
async def test_a20_sent_away(new_hub: StartHub, scenario: NewScenario, scale: Scale) -> None:
    each = scale.of(4, 1)
    settings: dict[str, Any] = {"tuning": quick(sweep_seconds=1.0)}
    here, there = await new_hub(hub_name="here", **settings), await new_hub(hub_name="there", **settings)
    with scenario(
        "A20",
        "Whoever is demoted, switched off or signed out is cut at every hub, and nothing is taken from them before that",
        f"{len(END)} ways to be sent away, each for {each} agents with a browser at either of two hubs, told by the other one; each sends "
        "an event the moment it happens; visitors go on writing",
        "sockets dead within 5 s; 0 events taken; 0 lines shown after the cut",
    ) as it:
        visitor = await here.visitor()
        waits: list[float] = []
        taken = kept = 0
        for name, end in END.items():
            emails = [f"{name.replace(' ', '-')}-{number}@example.com" for number in range(each)]
            for email in emails:
                await here.session(email)
            browsers = [(email, await (here if number % 2 else there).agent(email)) for number, email in enumerate(emails)]
            for email, browser in browsers:
                await browser.open(await started(visitor))
                begun = time.monotonic()
                await end(here, email)
                taken += await event_taken(browser, visitor.conversation_id)
                await browser.wait("disconnect", seconds=30)
                waits.append(time.monotonic() - begun)
            before = [len(browser.events) for _email, browser in browsers]
            await visitor.say("Are you there?")
            await visitor.hears("You said: Are you there?")
            kept += sum(len(browser.events) - count for (_email, browser), count in zip(browsers, before, strict=True))
        it.must("events taken afterwards", taken)
        it.must("lines shown after the cut", kept)
        it.time("slowest cut", max(waits), 5)
        it.time("median cut", statistics.median(waits))
        it.tell("browsers", len(waits))


async def started(visitor: Any) -> str:
    await visitor.say("Hello")
    conversation_id: str = visitor.conversation_id
    return conversation_id


async def event_taken(browser: AgentClient, conversation_id: str) -> bool:
    """Whether the hub still does something for this browser; being cut before the answer counts as refused."""
    try:
        return bool((await browser.call("accept", {"conversation_id": conversation_id}))["ok"])
    except Exception:
        return False


# A21

PERSON = {"email": "evil@example.com", "name": "Evil", "role": "admin"}


@dataclass
class Evil:
    """A page that attacks the console whose address stands behind its `#`."""

    port: int

    PAGE = """<!doctype html><title>Win a prize</title><iframe name=sink></iframe><script>
    const hub = location.hash.slice(1);
    const form = (path, name, value, type) => {
      const made = Object.assign(document.createElement('form'), { action: hub + path, method: 'POST', enctype: type, target: 'sink' });
      made.append(Object.assign(document.createElement('input'), { name, value }));
      document.body.append(made);
      made.submit();
    };
    const person = JSON.stringify(PERSON);
    const send = (path, init) => fetch(hub + path, { credentials: 'include', method: 'POST', ...init }).then(() => 'sent', () => 'blocked');
    const json = { 'Content-Type': 'application/json' };
    const read = (path) => fetch(hub + path, { credentials: 'include' }).then((answer) => answer.text(), () => '');
    const socket = () => new Promise((done) => {
      const line = new WebSocket(hub.replace('http', 'ws') + '/socket.io/?EIO=4&transport=websocket');
      line.onmessage = ({ data }) => {
        if (data.startsWith('0')) line.send('40/agent,');
        if (data.startsWith('40/agent')) done('let in');
        if (data.startsWith('44/agent')) done('refused');
      };
      line.onclose = () => done('refused');
    });
    const frame = () => new Promise((done) => {
      const made = Object.assign(document.createElement('iframe'), { src: hub + '/console', name: 'framed' });
      made.onload = () => done(made.name);
      document.body.append(made);
    });
    window.attack = async () => {
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
        form('/console/api/people', person.slice(0, -1) + ',"x":"', '"}', type);
        form('/console/api/logout', '{"x":"', '"}', type);
      }
      await send('/console/api/people', { mode: 'no-cors', body: person });
      await send('/console/api/people', { mode: 'no-cors', headers: { 'Content-Type': 'text/plain' }, body: person });
      await send('/console/api/people', { headers: json, body: person });
      await send('/console/api/people', { headers: { ...json, 'X-CSRF-Token': 'x' }, body: person });
      await send('/console/api/logout', { mode: 'no-cors', body: '{}' });
      navigator.sendBeacon(hub + '/console/api/people', new Blob([person], { type: 'text/plain' }));
      await frame();
      const texts = await Promise.all(['me', 'people', 'leads', 'account'].map((path) => read('/console/api/' + path)));
      return { read: texts.join(''), socket: await socket() };
    };
    </script>""".replace("PERSON", json.dumps(PERSON))

    async def page(self, _request: web.Request) -> web.Response:
        return web.Response(text=self.PAGE, content_type="text/html")


@pytest.fixture
async def evil() -> AsyncIterator[Evil]:
    made, app = Evil(free_port()), web.Application()
    app.router.add_get("/", made.page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", made.port).start()
    yield made
    await runner.cleanup()


async def test_a21_other_pages(new_hub: StartHub, scenario: NewScenario, evil: Evil) -> None:
    hub = await new_hub()
    dist = hub.widget / "console" / "dist"
    dist.mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>Console</title><button>Delete everything</button>")
    await create_agent(hub.database, "ada@example.com", "Ada Nordin", PASSWORD, "admin")
    console = f"http://localhost:{hub.settings.port}"
    with scenario(
        "A21",
        "No other page does anything with an agent's session, reads anything with it, or shows the console in a frame",
        "an administrator is signed in in Chromium and opens a page of another site, and one of another port of the same "
        "host, to which SameSite cookies go: forms, fetch, beacon, frame and socket; then every combination of origin, token and content "
        "type from a client that has the cookie",
        "0 changes, 0 answers read, 0 frames, 0 sockets; of the combinations only the right one is taken",
    ) as it:
        async with async_chromium() as browser:
            context = await browser.new_context()
            status, _body, cookie = await hub.post("login", {"email": "ada@example.com", "password": PASSWORD})
            assert status == 200
            await context.add_cookies(
                [{"name": "handraise_session", "value": cookie, "url": console, "httpOnly": True, "sameSite": "Strict"}]
            )
            read, sockets, frames = 0, 0, 0
            for host in ("127.0.0.1", "localhost"):
                page = await context.new_page()
                await page.goto(f"http://{host}:{evil.port}/#{console}")
                found = await page.evaluate("attack()")
                read += len(found["read"])
                sockets += found["socket"] != "refused"
                for frame in page.frames[1:]:
                    frames += await frame.get_by_text("Delete everything").count()
            own = await context.new_page()
            await own.goto(f"{console}/console")
            still = await own.evaluate("fetch('/console/api/me').then((answer) => answer.status)")
        it.must("signs of answers read", read)
        it.must("sockets let in", sockets)
        it.must("frames shown", frames)
        it.must("sessions ended", still != 200)
        it.must("accounts made", await people(hub) - 1)
        combinations, let_in = await combined(hub, cookie)
        it.must("wrong combinations taken", len(let_in), why=str(let_in))
        it.must("right combination refused", await people(hub) != 2)
        it.tell("combinations", combinations)


async def combined(hub: RunningHub, cookie: str) -> tuple[int, list[Any]]:
    """Every combination of what may be wrong; the right one comes last. Gives how many there were, and the wrong ones that were taken."""
    token = (await (await hub.get("/console/api/me", cookie=cookie)).json())["csrf"]
    foreign = (await (await hub.get("/console/api/me", cookie=await hub.session("jo@example.com", "admin"))).json())["csrf"]
    await remove(hub, "jo@example.com")
    origins = [None, "null", "https://evil.test", f"http://localhost:{hub.settings.port}.evil.test", hub.url]
    tokens = [None, "", "x", foreign, hashed(cookie), token]
    kinds = ["text/plain", "application/x-www-form-urlencoded", "", "application/json"]
    all_of_them = [(origin, one, kind) for origin in origins for one in tokens for kind in kinds]
    let_in = []
    async with aiohttp.ClientSession() as session:
        for origin, one, kind in all_of_them:
            chosen = {"Origin": origin, "X-CSRF-Token": one, "Content-Type": kind, "Cookie": f"handraise_session={cookie}"}
            headers = {name: value for name, value in chosen.items() if value is not None}
            body = json.dumps(PERSON)
            async with session.post(f"{hub.url}/console/api/people", data=body, headers=headers) as response:
                if response.status < 400 and (origin, one, kind) != all_of_them[-1]:
                    let_in.append((origin, one, kind))
    return len(all_of_them), let_in


async def remove(hub: RunningHub, email: str) -> None:
    async with hub.database.write() as session:
        agent = (await session.scalars(select(Agent).where(Agent.email == email))).one()
        for row in await session.scalars(select(AgentSession).where(AgentSession.agent_id == agent.id)):
            await session.delete(row)
        await session.flush()
        await session.delete(agent)


async def people(hub: RunningHub) -> int:
    async with hub.database.read() as session:
        return await session.scalar(select(func.count()).select_from(Agent)) or 0
