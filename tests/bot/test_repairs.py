"""The repairs to Rasa that make a turn cheap: each is still needed with the Rasa of bot/uv.lock, and does what Rasa's own does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.inside import inside

pytestmark = pytest.mark.timeout(120)

CLASSES = """
from rasa.shared.core import events
from rasa.shared.utils import common
from bot import event_classes
walks = []
own = common.all_subclasses
common.all_subclasses = lambda cls: (walks.append(1) if cls is events.Event else None) or own(cls)
names = sorted({cls.type_name for cls in own(events.Event)})
def look():
    classes = [str(events.Event.resolve_by_type(name)) for name in names for _ in range(2)]
    odd = [events.Event.resolve_by_type("topic"), str(events.Event.resolve_by_type("no such", events.SlotSet))]
    try:
        events.Event.resolve_by_type("no such")
    except ValueError as error:
        odd.append(str(error))
    return classes + odd
before = look(); own_walks = len(walks)
event_classes.repair(); event_classes.repair()
after = look(); walks.clear()
look()
found([before, after, len(names), own_walks, len(walks)])
"""

SESSIONS = """
import asyncio
from aiohttp import web
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from bot import one_session
seen, connections = [], set()
async def answer(request):
    seen.append([request.headers.get("Authorization"), request.headers.get("X-Token"), await request.json()])
    connections.add(id(request.transport))
    keep.append(request.transport)
    return web.json_response({"ok": True}, status=200 if request.path == "/a" else 500)
keep = []
async def calls(url):
    endpoint = EndpointConfig(url + "/a", headers={"X-Token": "t"}, basic_auth={"username": "u", "password": "p"})
    results = [await endpoint.request(json={"n": number}) for number in range(3)]
    try:
        await EndpointConfig(url + "/b").request(json={})
    except ClientResponseError as error:
        results.append(error.status)
    told = [results, list(seen), len(connections)]
    seen.clear(); connections.clear(); keep.clear()
    return told
async def main():
    runner = web.AppRunner(app := web.Application())
    app.add_routes([web.post("/{tail}", answer)])
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = "http://127.0.0.1:%d" % runner.addresses[0][1]
    before = await calls(url)
    one_session.repair(); one_session.repair()
    after = await calls(url)
    await one_session.close()
    again = await calls(url)
    await one_session.close()
    await runner.cleanup()
    return [before, after, again]
found(asyncio.run(main()))
"""

EMPTY = """
from rasa.shared.core.domain import Domain
from bot import empty_domain
made = []
own = Domain.empty
Domain.empty = staticmethod(lambda: made.append(1) or own())
def looks():
    domains = [Domain.load("domain.yml"), own()]
    made.clear()
    told = [[domain.is_empty() for _ in range(3)] for domain in domains]
    looks = len(made)
    merged = own().merge(domains[0])
    return [*told, merged.is_empty(), merged.as_dict() == domains[0].as_dict(), looks]
before = looks()
empty_domain.repair(); empty_domain.repair()
found([before, looks()])
"""

COPIES = """
import ast, copy, inspect, logging
import rasa.core.processor
from rasa.shared.core import slots
from bot import light_copies
kinds = {"any": {"x": 1}, "text": "x", "bool": True, "float": 0.5, "list": [1]}
every = [slots.Slot.resolve_by_type(kind)(kind, []) for kind in kinds] + [slots.CategoricalSlot("c", [], values=["x", "y"])]
for slot in every:
    slot.value = kinds.get(slot.name, "x")
def state(slot):
    return [type(slot).__name__, sorted((key, str(value)) for key, value in slot.__dict__.items())]
def copies():
    made = []
    for slot in every:
        twin = copy.copy(slot)
        twin.value = None
        made.append([state(slot), state(twin), twin is not slot])
    return made
has_own = hasattr(slots.Slot, "__copy__")
before = copies()
light_copies.repair(); light_copies.repair()
tree = ast.parse(inspect.getsource(rasa.core.processor))
def deep(node):
    return [n for n in ast.walk(node) if isinstance(n, ast.Call) and ast.unparse(n.func) == "copy.deepcopy"]
logs = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "structlogger.debug"]
uses = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and ast.unparse(n).startswith("copy.")]
value = {"x": []}
found([has_own, before, copies(), len(deep(tree)), sum(len(deep(log)) for log in logs), len(uses),
       rasa.core.processor.copy.deepcopy(value) is value, copy.deepcopy(value) is value])
"""

GRAPH = """
import asyncio
import dask
from rasa.core.agent import load_agent
from rasa.engine.exceptions import GraphRunError
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from bot import planned_graph
runs = []
own = dask.get
dask.get = lambda *args, **kwargs: runs.append(1) or own(*args, **kwargs)
async def results(agent):
    told = []
    for text in given["texts"]:
        parsed = await agent.parse_message(text)
        events = [ActionExecuted("action_listen"), UserUttered(text, parsed["intent"], parse_data=parsed)]
        tracker = DialogueStateTracker.from_events("x", events, slots=agent.domain.slots)
        prediction = agent.processor._predict_next_with_tracker(tracker)
        told.append([parsed["intent"], prediction.probabilities, prediction.policy_name])
    try:
        agent.processor.graph_runner.run(inputs={}, targets=["no such node"])
    except Exception as error:
        told.append(isinstance(error, (GraphRunError, KeyError)))
    return told
async def main():
    agent = await load_agent(given["model"])
    before = await results(agent); own_runs = len(runs); runs.clear()
    planned_graph.repair(); planned_graph.repair()
    return [before, own_runs, await results(agent), len(runs)]
found(asyncio.run(main()))
"""


ONCE = """
import asyncio
from rasa.core.actions.action import ActionExtractSlots
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from bot import read_once
domain = Domain.load("domain.yml")
calls = []
async def call(self, name, *rest):
    calls.append(name)
    return []
ActionExtractSlots._run_custom_action = call
async def results():
    told = []
    for last_read in given:
        events = [ActionExecuted("action_listen"), UserUttered("x", message_id="m2"), SlotSet("last_read", last_read)]
        tracker = DialogueStateTracker.from_events("x", events, slots=domain.slots)
        extracted = [SlotSet("name", "x"), ActionExecuted("y")]
        found = await ActionExtractSlots(None)._execute_validation_action(extracted, None, None, tracker, domain)
        told.append([[event.key for event in found], len(calls)])
        calls.clear()
    return told
async def main():
    before = await results()
    read_once.repair(); read_once.repair()
    return [before, await results()]
found(asyncio.run(main()))
"""


@pytest.mark.long
def test_a_message_is_read_once() -> None:
    before, after = inside(ONCE, [None, "m1", "m2"])
    assert before == [[["name"], 1]] * 3, "Rasa no longer reads again: bot/read_once.py can go"
    assert after == [[["name"], 1], [["name"], 1], [["name"], 0]]


def test_the_class_of_an_event_is_the_same_and_is_looked_for_once() -> None:
    before, after, names, own_walks, walks = inside(CLASSES)
    assert after == before
    assert names > 15
    assert own_walks > 2 * names, "Rasa no longer walks for each event: bot/event_classes.py can go"
    assert walks <= 3, "only what Rasa does not know is looked for again"


@pytest.mark.long
def test_whether_a_domain_is_empty_is_found_out_once() -> None:
    before, after = inside(EMPTY)
    assert after[:-1] == before[:-1] == [[False] * 3, [True] * 3, False, True]
    assert before[-1] == 6, "Rasa no longer makes an empty domain for each look: bot/empty_domain.py can go"
    assert after[-1] <= 2


@pytest.mark.long
def test_calls_share_a_connection_and_say_the_same() -> None:
    before, after, again = inside(SESSIONS)
    assert after[:2] == before[:2]
    assert again[:2] == before[:2], "a closed session is made anew"
    assert before[2] == 4, "Rasa makes a connection for each call; if it no longer does, bot/one_session.py can go"
    assert after[2] == 2


@pytest.mark.long
def test_copies_are_the_same_and_nothing_but_the_log_gets_what_is_not_copied() -> None:
    has_own, before, after, deep, in_logs, uses, same, elsewhere = inside(COPIES)
    assert not has_own, "Rasa's slots copy themselves now: bot/light_copies.py can go"
    assert after == before
    assert deep == in_logs == uses > 0, "Rasa's processor copies deeply for something else than the log"
    assert same
    assert not elsewhere


@pytest.mark.long
def test_a_planned_graph_says_what_dask_says(model: Path) -> None:
    texts = ["hello", "what does it cost?", "we are 50 people", "xyzzy", ""]
    before, own_runs, after, runs = inside(GRAPH, {"model": str(model), "texts": texts})
    assert after == before
    assert own_runs >= 2 * len(texts)
    assert runs == 0
