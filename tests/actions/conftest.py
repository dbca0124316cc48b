"""A real store in a SQLite file, and a way to run an action as Rasa does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from ruamel.yaml import YAML

from actions.__main__ import all_actions, load
from leads.clock import now
from leads.database import Database
from leads.models import Conversation, new_id
from leads.questions import Questions
from leads.store import LeadStore
from tests.databases import new_file

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Chat:
    """A conversation as the action server sees it; keeps slots from one call to the next."""

    store: LeadStore
    actions: dict[str, Action]
    domain: dict[str, Any]
    conversation_id: str | None
    slots: dict[str, Any] = field(default_factory=dict)
    loop: str | None = None
    said: list[dict[str, Any]] = field(default_factory=list)
    followup: str | None = None
    message: dict[str, Any] = field(default_factory=dict)

    async def hear(self, text: str, intent: str = "inform", *, kind: str = "text", turn_id: str | None = None, **known: Any) -> list[str]:
        """A new message is read; gives the names of the slots that were set."""
        about = {"turn_id": turn_id or uuid4().hex, "conversation_id": self.conversation_id, "seq": 1, "asked": None, "kind": kind}
        self.message = {"text": text, "intent": {"name": intent}, "metadata": {**about, "beside": [], **known}}
        return await self.run("action_validate_slot_mappings")

    async def run(self, name: str) -> list[str]:
        """An action runs; gives the names of the slots that it set."""
        events = [{"event": "user", "text": self.message.get("text")}]
        loop = {"name": self.loop} if self.loop else {}
        tracker = Tracker("sender", dict(self.slots), self.message, events, False, None, loop, "action_listen")
        dispatcher = CollectingDispatcher()
        happened = await self.actions[name].run(dispatcher, tracker, self.domain)
        self.said = dispatcher.messages
        set_now = {event["name"]: event["value"] for event in happened if event["event"] == "slot"}
        self.slots.update(set_now)
        self.followup = next((event["name"] for event in happened if event["event"] == "followup"), None)
        self.loop = next((event["name"] for event in happened if event["event"] == "active_loop"), self.loop)
        return list(set_now)

    def ask(self, slot: str, form: str = "qualify_form") -> None:
        """The form has asked for a slot."""
        self.loop, self.slots["requested_slot"] = form, slot

    @property
    def responses(self) -> list[str]:
        """What was said last, by the names of the domain."""
        return [line["response"] or line["text"] for line in self.said]

    def text_of(self, slot: str) -> str | None:
        """A slot in plain words."""
        value = self.slots.get(slot) or {}
        return value.get("text") or value.get("status")


@pytest.fixture(scope="session")
def domain() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(ROOT / "domain.yml")
    return found


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(new_file(tmp_path / "handraise.db"))
    yield opened
    await opened.close()


Begin = Callable[..., Awaitable[Chat]]


@pytest.fixture
def begin(database: Database, domain: dict[str, Any]) -> Begin:
    """Makes chats, with the bot's own questions unless others are given."""
    own, rules = load(ROOT / "bot")

    async def make(questions: Questions | None = None) -> Chat:
        asked = questions or own
        store = LeadStore(database, asked, rules)
        conversation_id, at = new_id(), now()
        async with database.write() as session:
            session.add(Conversation(id=conversation_id, site="demo", created_at=at, last_at=at))
        return Chat(store, {action.name(): action for action in all_actions(store, asked)}, domain, conversation_id)

    return make
