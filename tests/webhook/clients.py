"""Real Socket.IO clients that remember what they were sent, so that a test can wait for it instead of sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import aiohttp
import socketio

from tests.waiting import PATIENCE

Json = dict[str, Any]


def new_id() -> str:
    return str(uuid4())


class Client:
    """One connection to one namespace."""

    def __init__(self, url: str, namespace: str) -> None:
        self.url = url
        self.namespace = namespace
        self.events: list[tuple[str, Any]] = []
        self._changed = asyncio.Condition()
        self._session: aiohttp.ClientSession | None = None
        self.sio = socketio.AsyncClient(reconnection=False, handle_sigint=False)

    async def connect(
        self, *, auth: Any = None, headers: dict[str, str] | None = None, transports: tuple[str, ...] = ("websocket",)
    ) -> Client:
        """``headers`` go with the Origin of the hub's own pages, as the widget's frame has it, unless they name another; "" for none."""
        named = {name: value for name, value in ({"Origin": self.url} | (headers or {})).items() if value}
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.sio = socketio.AsyncClient(reconnection=False, handle_sigint=False, http_session=self._session)
        self.sio.on("*", self._on_event, namespace=self.namespace)
        self.sio.on("disconnect", self._on_disconnect, namespace=self.namespace)
        try:
            await self.sio.connect(
                self.url, namespaces=[self.namespace], auth=auth, headers=named, transports=list(transports), wait_timeout=PATIENCE
            )
        except BaseException:
            await self.close()
            raise
        return self

    async def close(self) -> None:
        if self.sio.connected:
            await self.sio.disconnect()
        if self._session is not None:
            await self._session.close()

    async def call(self, event: str, data: Any = None) -> Json:
        answer = await self.sio.call(event, {} if data is None else data, namespace=self.namespace, timeout=PATIENCE)
        assert isinstance(answer, dict), answer
        return answer

    async def ok(self, event: str, data: Any = None) -> Json:
        answer = await self.call(event, data)
        assert answer["ok"] is True, answer
        return answer

    async def refused(self, event: str, data: Any = None) -> Json:
        answer = await self.call(event, data)
        assert answer["ok"] is False, answer
        error: Json = answer["error"]
        return error

    async def wait(self, event: str, fits: Callable[[Any], bool] = lambda data: True, seconds: float = PATIENCE) -> Any:
        """The first event of this name that fits, past or to come."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: any(name == event and fits(data) for name, data in self.events))
        except TimeoutError:
            raise AssertionError(f"no such {event!r} among {self.events}") from None
        return next(data for name, data in self.events if name == event and fits(data))

    def got(self, event: str) -> list[Any]:
        return [data for name, data in self.events if name == event]

    async def _on_event(self, event: str, *data: Any) -> None:
        await self._note(event, data[0] if data else None)

    async def _on_disconnect(self, *reason: Any) -> None:
        await self._note("disconnect", None)

    async def _note(self, event: str, data: Any) -> None:
        async with self._changed:
            self.events.append((event, data))
            self._changed.notify_all()


class Visitor(Client):
    """A tab of a visitor."""

    token: str | None = None
    conversation_id: str = ""
    consent: str = ""  # what the contact form asks to agree to

    def __init__(self, url: str) -> None:
        super().__init__(url, "/visitor")

    async def join(self, token: str | None = None, last_seq: int = 0, page: Json | None = None) -> Json:
        answer = await self.ok("join", {"token": token, "last_seq": last_seq, "page": page, "lang": "en"})
        self.token, self.conversation_id = answer["token"], answer["state"]["conversation_id"]
        self.consent = answer["site"]["consent_text"]
        return answer

    async def say(self, text: str, client_msg_id: str | None = None) -> Json:
        return await self.ok("message", {"client_msg_id": client_msg_id or new_id(), "text": text})

    async def entry(self, fits: Callable[[Json], bool], seconds: float = PATIENCE) -> Json:
        found: Json = (await self.wait("entry", lambda data: fits(data["entry"]), seconds))["entry"]
        return found

    async def hears(self, text: str, author: str = "bot") -> Json:
        return await self.entry(lambda entry: entry["author"] == author and entry["text"] == text)

    async def holder(self, reason: str, seconds: float = PATIENCE) -> Json:
        return await self.entry(lambda entry: entry["kind"] == "holder" and entry["data"]["reason"] == reason, seconds)

    async def notice(self, code: str, seconds: float = PATIENCE) -> Json:
        return await self.entry(lambda entry: entry["kind"] == "notice" and entry["data"]["code"] == code, seconds)

    def entries(self) -> list[Json]:
        return [data["entry"] for data in self.got("entry")]


class AgentClient(Client):
    """A browser of an agent."""

    def __init__(self, url: str) -> None:
        super().__init__(url, "/agent")
        self.joined: Json = {}

    async def accept(self, conversation_id: str) -> Json:
        answer = await self.ok("accept", {"conversation_id": conversation_id})
        state: Json = answer["state"]
        return state

    async def open(self, conversation_id: str, last_seq: int = 0) -> Json:
        return await self.ok("open", {"conversation_id": conversation_id, "last_seq": last_seq})

    async def reply(self, state: Json, text: str, seen_seq: int, client_msg_id: str | None = None) -> Json:
        return await self.call(
            "reply",
            {
                "conversation_id": state["conversation_id"],
                "client_msg_id": client_msg_id or new_id(),
                "text": text,
                "epoch": state["epoch"],
                "seen_seq": seen_seq,
            },
        )


def without_id(answer: Json) -> Json:
    """A refusal without the id that finds it in the log and that no other one has: what is left may be compared."""
    return {**answer, "error": {name: value for name, value in answer["error"].items() if name != "id"}}
