"""Whole conversations with the trained model, the real action server and a real database; the data is in dialogues/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.bot.conftest import Meet
from tests.bot.driver import Visitor

FOLDER = Path(__file__).with_name("dialogues")
KEYS = {
    *("user", "press", "choice", "event", "anew"),
    *("contains", "lacks", "silent", "asked", "buttons", "intent", "not_intent", "slots"),
    *("stored", "not_stored", "read_by", "handoffs", "tier", "stage"),
}


def dialogues() -> list[Any]:
    """Every dialogue of every file, with its name as the test's id."""
    found = [dialogue for path in sorted(FOLDER.glob("*.yml")) for dialogue in YAML(typ="safe").load(path)]
    return [pytest.param(dialogue, id=dialogue["name"].replace(" ", "_")) for dialogue in found]


@pytest.mark.timeout(400)  # the first one trains and starts
@pytest.mark.parametrize("dialogue", dialogues())
async def test_dialogue(dialogue: dict[str, Any], meet: Meet) -> None:
    visitor = await meet()
    for number, step in enumerate(dialogue["steps"], start=1):
        assert step.keys() <= KEYS, f"step {number}: unknown keys {step.keys() - KEYS}"
        await _act(visitor, step)
        where = f"step {number} ({next(iter(step.values()))!r}) was answered with:\n{visitor.reply}"
        _check_reply(visitor, step, where)
        await _check_store(visitor, step, where)


async def _act(visitor: Visitor, step: dict[str, Any]) -> None:
    if step.get("anew"):  # as for a bot that has not served what came before
        visitor.after = visitor.seq + 1
    if "user" in step:
        await visitor.say(step["user"])
    elif "press" in step:
        await visitor.press(step["press"])
    elif "choice" in step:
        status, body = await visitor.turn(choice=step["choice"])
        assert status == 200, body
    else:
        await visitor.event(step["event"])


def _check_reply(visitor: Visitor, step: dict[str, Any], where: str) -> None:
    reply, snapshot = visitor.reply, visitor.last["snapshot"]
    assert bool(reply) != step.get("silent", False), where
    for words in step.get("contains", []):
        assert words.lower() in reply.lower(), f"{words!r} is missing; {where}"
    for words in step.get("lacks", []):
        assert words.lower() not in reply.lower(), f"{words!r} should not be there; {where}"
    if "asked" in step:
        assert snapshot["asked"] == step["asked"], where
    if "buttons" in step:
        assert [button["title"] for button in visitor.buttons] == step["buttons"], where
    assert step.get("intent", snapshot["intent"]) == snapshot["intent"], where
    assert step.get("not_intent") != snapshot["intent"], where
    for slot, wanted in step.get("slots", {}).items():
        assert _shown(visitor.slots.get(slot)) == wanted, f"slot {slot}; {where}"


async def _check_store(visitor: Visitor, step: dict[str, Any], where: str) -> None:
    state = await visitor.state()
    assert state is not None, where
    for slot, wanted in step.get("stored", {}).items():
        answer = state.answers.get(slot)
        assert answer and (answer.text if answer.status == "known" else answer.status) == wanted, f"{slot} is {answer}; {where}"
        assert _shown(visitor.slots.get(slot)) == wanted, f"slot {slot} differs from the store; {where}"
    for slot in step.get("not_stored", []):
        assert slot not in state.answers, where
    for slot, reader in step.get("read_by", {}).items():
        assert state.answers[slot].read_by == reader, where
    assert step.get("tier", state.tier) == state.tier, f"{state.score} points; {where}"
    assert step.get("stage", state.stage) == state.stage, where
    if "handoffs" in step:
        assert await visitor.handoffs() == step["handoffs"], where


def _shown(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    return str(value["text"] if value["status"] == "known" else value["status"])
