"""A27: marked data through every process of a house, which also fail in the middle of it; nothing they leave behind has a word of it."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import text

from handraise.agent import FIRST_EMAIL
from handraise.ports import free_port
from leads.database import Database
from leads.settings import load_settings
from tests.bot import processes
from tests.databases import new_database
from tests.e2e.house import ROOT, House, start_house
from tests.faults.results import NewScenario, Scale
from tests.waiting import until
from tests.webhook.clients import AgentClient, Visitor, new_id

WORDS = ("Marked-Jane", "marked.example", "marked-page", "MARKED-SECRET", "2079460958", "Marked-Works")
TEXT = "I am Marked-Jane of Marked-Works, jane@marked.example, +442079460958, my budget is 40k, MARKED-SECRET"
FAULTY = """
CREATE FUNCTION refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'this row is not wanted: %', NEW USING DETAIL = NEW::text, ERRCODE = TG_ARGV[0]; END $$ LANGUAGE plpgsql
"""


class House27:
    """A house on a PostgreSQL that can be made to refuse rows, with all the words of its own for it."""

    def __init__(self, house: House, database: Database, page: str) -> None:
        self.house, self.database, self.page = house, database, page

    async def visitor(self) -> Visitor:
        """A tab on a page whose address and title are marked."""
        tab = Visitor(self.house.url)
        await tab.connect(auth={"v": 1, "site": "main"})
        await tab.join(
            page={"url": f"{self.page}/marked-page?q=MARKED-SECRET", "title": "Marked-Jane", "referrer": "https://marked.example/"}
        )
        return tab

    async def refuse(self, table: str, state: str = "P0001") -> None:
        """From now on no row comes into a table, and the database quotes each in its error."""
        await self._run(f"CREATE TRIGGER refuse_{table} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse('{state}')")

    async def take(self, table: str) -> None:
        """All is well again."""
        await self._run(f"DROP TRIGGER refuse_{table} ON {table}")

    async def begin(self) -> None:
        """What refuses."""
        await self._run(FAULTY)

    async def _run(self, statement: str) -> None:
        async with self.database.write() as session:
            await session.execute(text(statement))

    def log(self, part: str) -> str:
        """What a part has logged so far."""
        return (self.house.data / "logs" / f"{part}.log").read_text(errors="replace")

    async def logged(self, part: str, *signs: str, seconds: float = 60) -> None:
        """Return when a part has logged one of these."""

        async def look() -> bool:
            return any(sign in self.log(part) for sign in signs)

        await until(look, seconds)


@pytest.fixture
async def house(postgres: str, tmp_path: Path) -> Any:
    """`handraise up` with every process real; it may leave an image of its memory, if it likes."""
    await asyncio.to_thread(processes.train)
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    url, page = await new_database(postgres), f"http://localhost:{free_port()}"
    models = (load_settings().data / "models").resolve()
    running = await asyncio.to_thread(
        start_house, tmp_path / "data", models, HANDRAISE_DATABASE_URL=url, HANDRAISE_ALLOWED_ORIGINS=page, HANDRAISE_RING_SECONDS="1"
    )
    database = Database(url)
    try:
        await asyncio.to_thread(running.wait_for_bot)
        made = House27(running, database, page)
        await made.begin()
        yield made
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)
        await asyncio.to_thread(running.stop)
        await database.close()


@pytest.mark.timeout(600)
async def test_a27_no_log_has_a_word_of_what_was_said(house: House27, tmp_path: Path, scenario: NewScenario, scale: Scale) -> None:
    with scenario(
        "A27",
        "Nothing that a visitor or an agent says is in a log, a crash dump or a figure, also where a process fails in the middle of it",
        "`handraise up` with marked names, addresses, numbers, pages, passwords and searches by every door; then a PostgreSQL whose errors "
        "quote the row, for answers (action server), lines and contact forms (hub); hub, action server and bot killed by SIGABRT during a "
        "turn; a bot whose action server echoes, answers wrongly, breaks off; then every log, what was printed, health, description and "
        "images of memory are searched",
        "0 hits",
    ) as it:
        files_before = set(ROOT.glob("core*"))
        told = await said(house) + await refused_rows(house)
        ends = await crashed(house, scale)
        if scale.full:
            await echoing_actions(tmp_path)
        may = [part for part in ("hub", "actions", "bot") if not leaves_no_image(await there(house, part))]
        told += [await public(house, path) for path in ("/health", "/console/api/openapi.json")]
        assert await asyncio.to_thread(house.house.stop) == 0
        left = [*house.house.data.joinpath("logs").rglob("*"), house.house.console, *tmp_path.glob("actions*/*.log")]
        images = [path for folder in (ROOT, house.house.data, tmp_path) for path in folder.glob("core*") if path not in files_before]
        hits = [f"{path.name}: {line[:200]}" for path in left if path.is_file() for line in marked(path.read_text(errors="replace"))]
        it.must("hits in logs and what was printed", len(hits), why="; ".join(hits[:5]))
        answers = [line for answer in told for line in marked(answer)]
        it.must("hits in errors, health and description", len(answers), why="; ".join(answers[:3]))
        it.must("images of memory, or processes that may leave one", len(images) + len(may), why=f"{images[:3]} {may}")
        it.tell("files", sum(path.is_file() for path in left))
        it.tell("lines", sum(path.read_text(errors="replace").count("\n") for path in left if path.is_file()))
        it.tell("processes killed", ends)
    for part, sign in (("actions", "action_validate_slot_mappings failed"), ("hub", "failed, id"), ("bot", "Encountered an exception")):
        assert sign in house.log(part), f"{part} did not fail where it should have"


def marked(found: str) -> list[str]:
    """Lines with a word of it, also as they stand in addresses."""
    return [line for line in found.splitlines() if any(word.lower() in line.lower() for word in WORDS)]


async def said(house: House27) -> list[str]:
    """Everything by its proper door, rightly and wrongly; gives the errors that were answered."""
    tab = await house.visitor()
    form = {"client_msg_id": new_id(), "name": "Marked-Jane", "email": "jane@marked.example", "message": TEXT, "consent": tab.consent}
    line = {"client_msg_id": new_id(), "text": TEXT}
    await tab.ok("message", line)
    await tab.entry(lambda entry: entry["author"] == "bot" and entry["seq"] > 2, 60)
    for words in (
        "my name is Marked-Jane",
        "yes, you may keep it",
        "jane@marked.example",
        "no, I said MARKED-SECRET",
        "can somebody call me?",
    ):
        await tab.say(words)
    await tab.ok("contact", form)
    await tab.ok("page", {"url": f"{house.page}/marked-page", "title": "Marked-Jane"})
    errors: list[Any] = [
        await tab.refused("contact", {**form, "email": "MARKED-SECRET"}),
        await tab.refused("message", {**line, "Marked-Jane": TEXT}),
        await tab.refused("message", {**line, "text": TEXT + "!"}),
        await tab.refused("choose", {"client_msg_id": new_id(), "choice_id": "MARKED-SECRET"}),
    ]
    errors += await at_the_console(house, tab)
    await tab.ok("withdraw", {"purpose": "contact"})
    await tab.ok("forget")
    await tab.close()
    return [str(error) for error in errors]


async def at_the_console(house: House27, tab: Visitor) -> list[str]:
    """A wrong and a right sign-in, a search, an export, a reply, a correction."""
    base, origin = house.house.url, {"Origin": house.house.url}
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        wrong = {"email": "jane@marked.example", "password": "MARKED-SECRET"}
        async with http.post(f"{base}/console/api/login", json=wrong, headers=origin) as answer:
            errors = [await answer.text()]
        async with http.post(
            f"{base}/console/api/login", json={"email": FIRST_EMAIL, "password": house.house.password}, headers=origin
        ) as answer:
            assert answer.status == 200, await answer.text()
            cookie = answer.cookies["handraise_session"].value
        for path in (
            "leads?q=MARKED-SECRET",
            "leads/export?format=csv",
            "leads/export?format=MARKED-SECRET",
            "leads/MARKED-SECRET",
            "conversations/MARKED-SECRET",
        ):
            async with http.get(f"{base}/console/api/{path}", headers={"Cookie": f"handraise_session={cookie}"}) as answer:
                errors += [await answer.text()] if answer.status >= 400 else []
    agent = AgentClient(base)
    await agent.connect(headers={"Cookie": f"handraise_session={cookie}", "Origin": base})
    await agent.ok("join")
    state = await agent.accept(tab.conversation_id)
    await agent.reply(state, TEXT, 1000)
    correction = {"conversation_id": tab.conversation_id, "slot": "budget", "text": TEXT}
    errors.append(str({**await agent.call("correct", correction), "entry": None}.get("error")))
    await agent.close()
    return errors


async def refused_rows(house: House27) -> list[str]:
    """The database refuses rows and quotes them, in the hub and in the action server; gives what the visitor was told."""
    errors = []
    tab = await house.visitor()
    form = {"client_msg_id": new_id(), "name": "Marked-Jane", "email": "jane@marked.example", "message": TEXT, "consent": tab.consent}
    for table, state in (("entries", "P0001"), ("entries", "53100"), ("consents", "P0001")):
        await house.refuse(table, state)
        event = ("contact", form) if table == "consents" else ("message", {"client_msg_id": new_id(), "text": TEXT})
        errors.append(str(await tab.refused(*event)))
        await house.take(table)
    await house.refuse("answers")
    await tab.say(TEXT)
    await house.logged("actions", "action_validate_slot_mappings failed")
    await house.logged("bot", "Encountered an exception")
    await house.take("answers")
    await tab.close()
    return errors


async def crashed(house: House27, scale: Scale) -> int:
    """Each process dies during a turn that has marked words; gives how many did."""
    parts, ends = (("actions", "hub", "bot") if scale.full else ("actions", "hub")), 0
    for part in parts:
        tab = await house.visitor()
        actions = await there(house, "actions")
        os.kill(actions, signal.SIGSTOP)  # the turn stands still in all three
        await tab.say(TEXT)
        victim = await there(house, part)
        os.kill(victim, signal.SIGABRT)
        os.kill(actions, signal.SIGCONT)
        await gone(victim)
        await tab.close()
        ends += 1
        await asyncio.to_thread(house.house.wait_for_bot)
    return ends


async def there(house: House27, part: str) -> int:
    """The process id of a part, once the supervisor has started it again."""

    async def look() -> int:
        try:
            return house.house.pid_of(part)
        except AssertionError:
            return 0

    return await until(look, 60)


def leaves_no_image(pid: int) -> bool:
    """Whether the system writes no memory of a process to the disk when it dies."""
    [limit] = [line for line in Path(f"/proc/{pid}/limits").read_text().splitlines() if line.startswith("Max core file size")]
    return limit.split()[4] == "0"


async def gone(pid: int) -> None:
    """Until a process has ended."""

    async def look() -> bool:
        status = Path(f"/proc/{pid}/status")
        return not status.exists() or "State:\tZ" in status.read_text()

    await until(look, 30)


async def public(house: House27, path: str) -> str:
    """What anybody may read."""
    async with aiohttp.ClientSession() as http, http.get(house.house.url + path) as answer:
        return await answer.text()


type Answering = Callable[[web.Request, str], Awaitable[web.StreamResponse]]


async def echoed(_request: web.Request, said: str) -> web.StreamResponse:
    """An error with the words in it."""
    return web.json_response({"error": said}, status=500)


async def misshaped(_request: web.Request, said: str) -> web.StreamResponse:
    """Events that are none."""
    return web.json_response({"events": [{"event": "slot", "name": 5, "value": said}], "responses": []})


async def broken_off(request: web.Request, said: str) -> web.StreamResponse:
    """Half an answer."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "9999"})
    await response.prepare(request)
    await response.write(f'{{"events": ["{said}'.encode())
    assert request.transport is not None
    request.transport.abort()
    return response


def modes() -> Iterator[Answering]:
    """Each in turn."""
    while True:
        yield from (echoed, misshaped, broken_off)


async def echoing_actions(folder: Path) -> None:
    """A bot of its own with an action server that gives back what it was sent; its log is looked at with the others."""
    place, mode = folder / "actions-that-echo", modes()
    place.mkdir()

    async def webhook(request: web.Request) -> web.StreamResponse:
        return await next(mode)(request, (await request.text())[:3000])

    app = web.Application(client_max_size=2**24)
    app.add_routes([web.post("/webhook", webhook)])
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    model = await asyncio.to_thread(processes.train)
    bot = await asyncio.to_thread(processes.start_bot, place, model, f"http://127.0.0.1:{port}")
    try:
        async with aiohttp.ClientSession(headers={"X-Handraise-Token": processes.TOKEN}) as http:
            for number in range(9):
                ids = {"turn_id": str(uuid4()), "sender_id": "s", "conversation_id": "c", "seq": number + 1}
                turn = {**ids, "text": TEXT, "asked": None, "after": None, "page": None, "lang": None}
                async with http.post(f"{bot.url}/webhooks/handraise/turn", json=turn) as answer:
                    assert answer.status == 503, await answer.text()
                    assert marked(await answer.text()) == []
    finally:
        await asyncio.to_thread(bot.stop)
        await runner.cleanup()
    assert "ValidationError" in bot.log.read_text()
