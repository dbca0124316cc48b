"""What the hub sends: entries, states and acknowledgements as docs/protocol.md writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from leads.clock import iso
from leads.display_names import is_own_name
from leads.models import Agent, Choice, Conversation, Entry

Json = dict[str, Any]


class Place(Protocol):
    """Where something is in the log."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def at(self) -> datetime:
        """When it was stored."""


class Written(Place, Protocol):
    """An entry of the log."""

    @property
    def kind(self) -> str:
        """See docs/protocol.md, section 1, as for everything here."""

    @property
    def author(self) -> str:
        """visitor, bot, agent or system."""

    @property
    def name(self) -> str | None:
        """To show for an agent's line."""

    @property
    def text(self) -> str:
        """What was said."""

    @property
    def client_msg_id(self) -> str | None:
        """As its client named it."""

    @property
    def data(self) -> Json:
        """What else belongs to its kind."""


def entry_json(entry: Written, choices: Iterable[Choice] = ()) -> Json:
    """One entry; ``choices`` are those that can still be used, in their order."""
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "author": entry.author,
        "name": entry.name,
        "text": entry.text,
        "client_msg_id": entry.client_msg_id,
        "choices": [{"id": choice.id, "title": choice.title} for choice in choices],
        "data": entry.data,
        "at": iso(entry.at),
    }


def entries_json(entries: Sequence[Entry], choices: Mapping[int, Sequence[Choice]]) -> list[Json]:
    """Entries with the open choices of each, by ``seq``."""
    return [entry_json(entry, choices.get(entry.seq, ())) for entry in entries]


def state_json(conversation: Conversation, agent: Agent | None, *, bot_online: bool) -> Json:
    """Who holds the conversation; people are being called exactly while it is in the queue."""
    return {
        "conversation_id": conversation.id,
        "holder": conversation.holder,
        "epoch": conversation.epoch,
        "agent": person_json(agent),
        "waiting": conversation.holder == "queue",
        "last_seq": conversation.last_seq,
        "closed": conversation.holder == "closed",
        "bot_online": bot_online,
    }


def person_json(agent: Agent | None) -> Json | None:
    """An agent as everybody may see one."""
    return {"id": agent.id, "name": agent.shown_name} if agent else None


def me_json(agent: Agent, permissions: Sequence[str], *, second_factor: bool, must_set_up: bool) -> Json:
    """An agent as the agent sees it; the permissions are those of ``permissions.py``."""
    return {
        "id": agent.id,
        "name": agent.name,
        "email": agent.email,
        "role": agent.role,
        "available": agent.available,
        "permissions": list(permissions),
        "second_factor": second_factor,
        "must_set_up": must_set_up,
        "must_name": not is_own_name(agent.name),
    }


def stored_json(entry: Place) -> Json:
    """The acknowledgement of something that is now in the log."""
    return {"ok": True, "seq": entry.seq, "at": iso(entry.at)}
