"""Visits as `handraise bench turn` plays them: the same words to every bot, each question answered when it is put."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import aiohttp

from handraise.bench import names

FIRST = ("hello", "what does it cost?")
ANSWERS = (  # by words of the question; the questions are those of domain.yml, and the peer has the same
    ("oughly what budget", "about 20k euros a year"),
    ("ow many people work", "we are 120 people"),
    ("hich industry are you in", "retail"),
    ("hen would you like to start", "as soon as possible"),
    ("hen would you like to begin", "as soon as possible"),
    ("ay we keep your name", "yes"),
    ("hat is your name", "Jane Doe"),
    ("hich e-mail address", "jane.doe@example.com"),
)
ANSWERED = 7  # questions in a visit
LONGEST = 14  # turns; a bot that goes on asking is not understanding
SMALL_TALK = ("what does it cost?", "is it secure?", "thank you", "what is it?")


class Line(Protocol):
    """One conversation with a bot."""

    async def say(self, text: str) -> str:
        """Send a message; gives all lines of the reply as one text."""


class OurLine:
    """A conversation with our bot, as the hub leads it; ``number`` is a conversation that is in the database."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str, number: int) -> None:
        self._http, self._url, self._headers = http, f"{url}/webhooks/handraise/turn", {"X-Handraise-Token": token}
        self._known: dict[str, Any] = {"sender_id": uuid4().hex, "conversation_id": names.conversation(number), "lang": None}
        self._asked: str | None = None
        self._seq = 1

    async def say(self, text: str) -> str:
        """See :class:`Line`."""
        turn = {"turn_id": uuid4().hex, "asked": self._asked, "seq": self._seq, "after": self._seq - 1, "text": text}
        if self._seq == 1:
            turn["after"] = None
        async with self._http.post(self._url, json={**self._known, **turn}, headers=self._headers) as response:
            body = await response.json()
            if response.status != 200:
                raise OSError(body["error"]["message"])
        self._seq += 1
        self._asked = body["snapshot"]["asked"]
        return "\n".join(line["text"] for line in body["replies"])


class StockLine:
    """A conversation over Rasa's REST channel."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http, self._url, self._sender = http, f"{url}/webhooks/rest/webhook", uuid4().hex

    async def say(self, text: str) -> str:
        """See :class:`Line`."""
        async with self._http.post(self._url, json={"sender": self._sender, "message": text}) as response:
            response.raise_for_status()
            return "\n".join(line.get("text", "") for line in await response.json())


@dataclass
class Heard:
    """What became of some visits."""

    seconds: list[float] = field(default_factory=list)  # of each turn
    took: float = 0.0  # all of them together
    unfinished: int = 0  # visits in which not every question was put and answered


def answer_to(reply: str) -> str | None:
    """What the visitor says to the question that stands last in a reply; ``None`` when there is none."""
    asked = [(reply.rfind(words), answer) for words, answer in ANSWERS if words in reply]
    return max(asked)[1] if asked else None


async def visit(line: Line, heard: Heard) -> None:
    """One visit from hello to the closing words."""
    answered: set[str] = set()
    text: str | None = FIRST[0]
    for number in range(LONGEST):
        began = time.perf_counter()
        reply = await line.say(text or FIRST[1])
        heard.seconds.append(time.perf_counter() - began)
        text = FIRST[number + 1] if number + 1 < len(FIRST) else answer_to(reply)
        if text is None:
            break
        if number + 1 >= len(FIRST):
            answered.add(text)
    heard.unfinished += len(answered) < ANSWERED


async def visits(lines: list[Line], at_once: int) -> Heard:
    """All of them, so many at a time."""
    heard, waiting = Heard(), iter(lines)

    async def play() -> None:
        for line in waiting:
            await visit(line, heard)

    began = time.perf_counter()
    await asyncio.gather(*(play() for _ in range(at_once)))
    heard.took = time.perf_counter() - began
    return heard


async def long_visit(line: Line, turns: int) -> list[float]:
    """The seconds of each turn of one long conversation that asks and thanks, and answers nothing."""
    seconds = []
    for number in range(turns):
        began = time.perf_counter()
        await line.say(SMALL_TALK[number % len(SMALL_TALK)])
        seconds.append(time.perf_counter() - began)
    return seconds
