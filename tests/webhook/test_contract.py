"""The samples in tests/contract/ against the hub: its schemas take the good ones, and what it sends looks like them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.webhook.bot_server import BotServer, Json
from tests.webhook.clients import new_id
from tests.webhook.hub import RunningHub
from webhook import schemas
from webhook.errors import Invalid
from webhook.gate import check

FOLDER = Path(__file__).parents[1] / "contract"

VISITOR: dict[str, type[schemas.Event]] = {
    "join": schemas.VisitorJoin,
    "renew": schemas.Renew,
    "identify": schemas.Identify,
    "reset": schemas.Reset,
    "message": schemas.Message,
    "choose": schemas.Choose,
    "contact": schemas.Contact,
    "typing": schemas.Typing,
    "page": schemas.PageView,
    "seen": schemas.Seen,
    "sync": schemas.Sync,
    "rate": schemas.Rate,
    "restart": schemas.Nothing,
    "forget": schemas.Nothing,
    "withdraw": schemas.Withdraw,
    "agree": schemas.Agree,
}
AGENT: dict[str, type[schemas.Event]] = {
    "join": schemas.Nothing,
    "open": schemas.Open,
    "leave": schemas.OneConversation,
    "accept": schemas.OneConversation,
    "reply": schemas.Reply,
    "hand_back": schemas.Held,
    "close": schemas.Held,
    "typing": schemas.AgentTyping,
    "available": schemas.Available,
    "correct": schemas.Correct,
}


def sample(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())


def client_samples(kind: str) -> Iterator[tuple[str, str, str, Any]]:
    for namespace in ("visitor", "agent"):
        for event, samples in sample(namespace)["client"].items():
            for name, payload in samples[kind].items():
                yield namespace, event, name, payload


@pytest.mark.parametrize(("namespace", "event", "name", "payload"), list(client_samples("valid")))
def test_good_samples_are_taken(namespace: str, event: str, name: str, payload: Any) -> None:
    check({"visitor": VISITOR, "agent": AGENT}[namespace][event], (payload,))


@pytest.mark.parametrize(("namespace", "event", "name", "payload"), list(client_samples("invalid")))
def test_bad_samples_are_refused(namespace: str, event: str, name: str, payload: Any) -> None:
    with pytest.raises((ValidationError, Invalid)):
        check({"visitor": VISITOR, "agent": AGENT}[namespace][event], (payload,))


def test_every_event_has_samples() -> None:
    assert set(sample("visitor")["client"]) == set(VISITOR)
    assert set(sample("agent")["client"]) == set(AGENT)


def like(found: Any, wanted: Any, where: str = "") -> None:
    """The same keys and kinds of values; null may stand for an object and the other way round."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        assert set(found) == set(wanted), where
        for key in wanted if found.get("kind") == wanted.get("kind") else set(wanted) - {"data"}:
            like(found[key], wanted[key], f"{where}.{key}")
    elif isinstance(wanted, list) and isinstance(found, list):
        if wanted and found:
            like(found[0], wanted[0], f"{where}[0]")
    elif found is not None and wanted is not None:
        assert isinstance(found, type(wanted)) or isinstance(wanted, type(found)), where


async def test_what_visitors_get_looks_like_the_samples(hub: RunningHub) -> None:
    samples = sample("visitor")
    visitor = await hub.visitor(join=False)
    like(await visitor.join(), samples["client"]["join"]["ack"])
    like(await visitor.ok("renew", {"token": visitor.token}), samples["client"]["renew"]["ack"])
    like(await visitor.say("Hello"), samples["client"]["message"]["ack"])
    like(await visitor.hears("You said: Hello"), sample("entry")["valid"]["bot"])
    like(await visitor.wait("typing"), samples["server"]["typing"]["valid"]["bot"])
    like(await visitor.ok("sync", {"last_seq": 0}), samples["client"]["sync"]["ack"])
    like(await visitor.ok("restart"), samples["client"]["restart"]["ack"])
    assert await visitor.ok("seen", {"seq": 1}) == samples["client"]["seen"]["ack"]
    assert await visitor.ok("page", {"url": "https://x.example/pricing?a=b", "title": "P"}) == samples["client"]["page"]["ack"]


async def test_what_agents_get_looks_like_the_samples(hub: RunningHub, bot: BotServer) -> None:
    samples = sample("agent")
    agent, visitor = await hub.agent(), await hub.visitor()
    like(agent.joined | {"inbox": []}, samples["client"]["join"]["ack"] | {"inbox": []})

    async def call(turn: Json) -> None:
        await hub.leads.request_handoff(turn["conversation_id"], "human")

    bot.before = call
    await visitor.say("A person")
    ring = await agent.wait("ring")
    wanted = samples["server"]["ring"]["valid"]["one"]
    like(ring, wanted)
    like(await agent.wait("summary"), wanted["summary"])
    opened = await agent.open(visitor.conversation_id)
    like(opened, samples["client"]["open"]["ack"])
    state = await agent.accept(visitor.conversation_id)
    like(state, samples["client"]["accept"]["ack"]["state"])
    like(await agent.wait("ring_stop"), samples["server"]["ring_stop"]["valid"]["accepted"])
    like(await agent.wait("entry"), samples["server"]["entry"]["valid"]["one"])
    like(await agent.reply(state, "Hi", 99), samples["client"]["reply"]["ack"])
    like(await agent.wait("agents"), samples["server"]["agents"]["valid"]["one"])
    like(await agent.wait("lead"), samples["server"]["lead"]["valid"]["one"])
    assert await agent.ok("leave", {"conversation_id": visitor.conversation_id}) == samples["client"]["leave"]["ack"]


async def test_refusals_look_like_the_samples(hub: RunningHub) -> None:
    samples = sample("error")["valid"]
    visitor = await hub.visitor()
    like(await visitor.call("message", {}), samples["invalid"])
    like(await visitor.call("choose", {"client_msg_id": new_id(), "choice_id": "x"}), samples["choice_spent"])
    agent = await hub.agent()
    await visitor.say("Hello")
    state = await agent.accept(visitor.conversation_id)
    other = await hub.agent("otto@example.com")
    like(await other.call("accept", {"conversation_id": visitor.conversation_id}), samples["taken"])
    like(await other.reply(state, "Hi", 99), samples["not_holder"])
    like(await agent.reply(state, "Hi", 1), samples["newer_lines"])
