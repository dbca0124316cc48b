"""Answers of a bot that are none: each is tried again with the same id, counted against the bot, and said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping

import pytest
from aiohttp import web

from tests.webhook.bot_server import BotServer, Json, answer
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub, quick
from tests.webhook.outages import given_up

Bad = Callable[[web.Request, Json], Awaitable[web.StreamResponse]]
LINE = [{"text": "must not be shown", "buttons": []}]


def body(content: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Bad:
    """Always the same bytes."""

    async def bad(request: web.Request, turn: Json) -> web.StreamResponse:
        return web.Response(body=content, status=status, headers=headers)

    return bad


async def other_turn(request: web.Request, turn: Json) -> web.StreamResponse:
    return web.json_response(answer(turn | {"turn_id": "another"}, LINE))


async def too_much(request: web.Request, turn: Json) -> web.StreamResponse:
    """A good answer, were it not for its length."""
    return web.Response(body=json.dumps(answer(turn, LINE)).encode() + b" " * 1_000_000)


async def cut_short(request: web.Request, turn: Json) -> web.StreamResponse:
    """The first half of a good answer, then the end of the connection."""
    whole = json.dumps(answer(turn, LINE)).encode()
    response = web.StreamResponse(headers={"Content-Length": str(len(whole))})
    await response.prepare(request)
    await response.write(whole[: len(whole) // 2])
    assert request.transport is not None
    request.transport.close()
    return response


async def trickle(request: web.Request, turn: Json) -> web.StreamResponse:
    """Something always comes, the end never does."""
    response = web.StreamResponse()
    await response.prepare(request)
    while request.transport is not None and not request.transport.is_closing():
        await response.write(b" ")
        await asyncio.sleep(0.02)
    return response


BAD: dict[str, Bad] = {
    "an empty body": body(b""),
    "no JSON": body(b"<html>It works!</html>"),
    "no text": body(b"\xff\xfe\x00"),
    "JSON of another shape": body(b'{"replies": 5}'),
    "JSON without end": body(b'{"a":' * 5000),
    "too much": too_much,
    "compressed garbage": body(b"garbage", headers={"Content-Encoding": "gzip"}),
    "a status of 500": body(b"Internal Server Error", 500),
    "a page of a proxy": body(b"<html>Bad gateway</html>", 502),
    "another address": body(b"", 302, {"Location": "/webhooks/handraise/"}),
    "the answer to another turn": other_turn,
    "half of an answer": cut_short,
}


@pytest.fixture(params=list(BAD.values()), ids=list(BAD))
def bad(request: pytest.FixtureRequest) -> Bad:
    chosen: Bad = request.param
    return chosen


async def test_a_bad_answer_is_tried_again_and_said(hub: RunningHub, bot: BotServer, bad: Bad) -> None:
    visitor = await hub.visitor()
    bot.instead = bad
    await visitor.say("Hello?")
    await visitor.notice("bot_failed")
    assert [turn["turn_id"] for turn in bot.turns] == [bot.turns[0]["turn_id"]] * 3
    bot.instead = None
    await visitor.say("Again")
    await visitor.hears("You said: Again")
    assert [entry["text"] for entry in visitor.entries() if entry["author"] == "bot"] == ["You said: Again"]


async def test_bad_answers_count_against_the_bot(new_hub: StartHub, bot: BotServer, bad: Bad) -> None:
    hub = await new_hub(tuning=quick(breaker_failures=3, breaker_rest=3600, away_seconds=0.4))
    visitor, other = await hub.visitor(), await hub.visitor()
    bot.instead = bad
    await visitor.say("Hello?")
    await given_up(hub)
    await other.say("Is it me?")
    await other.notice("bot_away")
    assert len(bot.turns) == 3, "nothing is sent to a bot that fails every time"


async def test_an_answer_that_only_trickles_is_a_timeout(new_hub: StartHub, bot: BotServer) -> None:
    hub = await new_hub(turn_timeout=0.3, tuning=quick(away_seconds=0.4))
    visitor = await hub.visitor()
    bot.instead = trickle
    await visitor.say("Hello?")
    await visitor.notice("bot_away")
    bot.instead = None
    await visitor.hears("You said: Hello?")
    assert len({turn["turn_id"] for turn in bot.turns}) == 1
    assert [entry["text"] for entry in visitor.entries() if entry["author"] == "bot"] == ["You said: Hello?"]


async def test_a_bot_that_is_broken_is_used_again_when_it_works(new_hub: StartHub, bot: BotServer, bad: Bad) -> None:
    hub = await new_hub(tuning=quick(breaker_failures=3))
    visitor, other = await hub.visitor(), await hub.visitor()
    bot.instead = bad
    await visitor.say("Hello?")
    await visitor.notice("bot_failed")
    bot.instead = None
    await other.say("And now?")
    await other.hears("You said: And now?")
