"""The domain goes to the action server once, again when it is wanted, and always to a server that does not know digests."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bot.inside import inside

pytestmark = pytest.mark.timeout(120)

SCRIPT = '''
import asyncio
from aiohttp import web
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from bot import domain_digest, remote
def domain(words):
    return Domain.from_yaml(f"""
version: "3.1"
actions: [action_x]
responses:
  utter_x: [{{text: "{words}"}}]
""")
seen, kept = [], {}
async def answer(request):
    call = await request.json()
    seen.append([sorted(set(call) & {"domain", "domain_digest"}), (call.get("domain") or {}).get("responses")])
    if given["mode"] == "old":
        return web.json_response({"events": [], "responses": []})
    if given["mode"] == "always wants" or ("domain" not in call and kept.get("digest") != call["domain_digest"]):
        return web.json_response({"error": "domain"}, status=449)
    kept["digest"] = call["domain_digest"]
    return web.json_response({"events": [], "responses": [], "domain_digest": kept["digest"]})
async def call(endpoint, domain):
    tracker = DialogueStateTracker.from_events("x", [], slots=domain.slots)
    action = RemoteAction("action_x", endpoint)
    first = len(seen)
    try:
        await action.run(CollectingOutputChannel(), TemplatedNaturalLanguageGenerator(domain.responses), tracker, domain)
    except Exception as error:
        return [type(error).__name__] + [keys for keys, _ in seen[first:]]
    return ["done"] + [keys for keys, _ in seen[first:]]
async def main():
    runner = web.AppRunner(app := web.Application())
    app.add_routes([web.post("/webhook", answer)])
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    endpoint = EndpointConfig("http://127.0.0.1:%d/webhook" % runner.addresses[0][1])
    one, other = domain("one"), domain("other")
    plain = [await call(endpoint, one)] if given["mode"] == "old" else []
    domain_digest.repair(); domain_digest.repair(); remote.repair()
    told = plain + [await call(endpoint, one), await call(endpoint, one), await call(endpoint, domain("one")), await call(endpoint, other)]
    kept.clear()  # it was restarted
    told += [await call(endpoint, other), await call(endpoint, other)]
    kept.clear()
    told.append(sorted(map(str, await asyncio.gather(*(call(endpoint, other) for _ in range(3))))))
    await runner.cleanup()
    return told
found(asyncio.run(main()))
'''
WITH, WITHOUT = ["domain", "domain_digest"], ["domain_digest"]


def told(mode: str) -> list[Any]:
    found: list[Any] = inside(SCRIPT, {"mode": mode})
    return found


@pytest.mark.long
def test_a_server_that_keeps_the_domain_gets_it_once() -> None:
    first, second, same, changed, restarted, after, together = told("keeps")
    assert first == ["done", WITH]
    assert second == same == ["done", WITHOUT]
    assert changed == ["done", WITH]
    assert restarted == ["done", WITHOUT, WITH], "asked for the domain, and the call made again"
    assert after == ["done", WITHOUT]
    assert all("done" in one for one in together), "calls at the same time after a restart"


@pytest.mark.long
def test_a_server_that_knows_no_digests_gets_the_domain_every_time_as_from_rasa_itself() -> None:
    rasas_own, *others = told("old")
    assert rasas_own == ["done", ["domain"]], "Rasa's own sends the domain with each call; otherwise bot/domain_digest.py can go"
    assert [one for one in others[:-1] if one != ["done", WITH]] == []


@pytest.mark.long
def test_a_server_that_is_never_satisfied_is_asked_twice_only() -> None:
    assert told("always wants")[0] == ["RasaException", WITH, WITH]
