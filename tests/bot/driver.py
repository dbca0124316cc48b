"""A visitor for tests: sends turns to the bot as the hub does and looks at what was stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
from sqlalchemy import select

from leads.clock import now
from leads.database import Database
from leads.models import Conversation, Handoff, new_id
from leads.state import LeadState
from leads.store import LeadStore
from tests.bot.processes import TOKEN


@dataclass
class Visitor:
    """One conversation. ``last`` is the newest answer of the bot."""

    http: aiohttp.ClientSession
    bot_url: str
    database: Database
    store: LeadStore
    conversation_id: str = field(default_factory=new_id)
    sender_id: str = field(default_factory=new_id)
    seq: int = 1
    asked: str | None = None
    after: int | None = None
    seqs: dict[str, int] = field(default_factory=dict)  # of turns that were sent
    last: dict[str, Any] = field(default_factory=dict)

    async def begin(self) -> Visitor:
        """Make the conversation's row, as the hub does on join."""
        at = now()
        async with self.database.write() as session:
            row = Conversation(id=self.conversation_id, site="demo", sender_id=self.sender_id, created_at=at, last_at=at)
            session.add(row)
        return self

    async def turn(self, *, turn_id: str | None = None, token: str = TOKEN, **what: Any) -> tuple[int, dict[str, Any]]:
        """One turn: ``text=``, ``choice=`` or ``event=``; gives status and body."""
        turn_id = turn_id or str(uuid4())
        self.seq += turn_id not in self.seqs
        seq = self.seqs.setdefault(turn_id, self.seq)
        known = {"sender_id": self.sender_id, "conversation_id": self.conversation_id, "asked": self.asked, "seq": seq, "after": self.after}
        body = {"turn_id": turn_id, **known, "page": None, "lang": None, **what}
        headers = {"X-Handraise-Token": token}
        async with self.http.post(f"{self.bot_url}/webhooks/handraise/turn", json=body, headers=headers) as answer:
            status, found = answer.status, await answer.json()
        if status == 200:
            self.last = found
            self.asked = found["snapshot"]["asked"]
            self.after = max(seq, self.after or 0)
        return status, found

    async def say(self, text: str) -> str:
        """Type something; gives all lines of the reply as one text."""
        status, body = await self.turn(text=text)
        assert status == 200, body
        return self.reply

    async def press(self, title: str) -> str:
        """Press a button of the newest reply by its title."""
        button = next((b for b in self.buttons if b["title"] == title), None)
        assert button, f"no button {title!r} among {[b['title'] for b in self.buttons]}"
        status, body = await self.turn(choice=button)
        assert status == 200, body
        return self.reply

    async def event(self, name: str) -> str:
        """The hub's own turn."""
        status, body = await self.turn(event=name)
        assert status == 200, body
        return self.reply

    @property
    def reply(self) -> str:
        """The newest reply, its lines joined."""
        return "\n".join(line["text"] for line in self.last["replies"])

    @property
    def buttons(self) -> list[Mapping[str, str]]:
        """The buttons under the newest line."""
        return list(self.last["replies"][-1]["buttons"]) if self.last["replies"] else []

    @property
    def slots(self) -> dict[str, Any]:
        """The slots as the snapshot has them."""
        found: dict[str, Any] = self.last["snapshot"]["slots"]
        return found

    async def state(self) -> LeadState | None:
        """What is stored."""
        return await self.store.state(self.conversation_id)

    async def handoffs(self) -> list[str]:
        """Reasons of the calls for a person, oldest first."""
        async with self.database.read() as session:
            query = select(Handoff.reason).where(Handoff.conversation_id == self.conversation_id).order_by(Handoff.requested_at)
            return list(await session.scalars(query))
