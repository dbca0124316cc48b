"""What a batch of plain lines becomes: which are stored under which number, which were stored before, which are no plain lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import uuid4

from webhook.ownership import BOT_MAY_SPEAK

# What is made once per line is not frozen, which would take three times as long to make; nobody changes it all the same.


@dataclass(slots=True)
class Request:
    """A line of a visitor or an agent; an agent's comes with what the agent knows."""

    conversation_id: str
    client_msg_id: str
    text: str
    author: str = "visitor"  # visitor | agent
    name: str | None = None
    agent_id: str | None = None
    epoch: int = 0
    seen_seq: int = 0


class Row(NamedTuple):
    """A conversation as the transaction has it, locked."""

    id: str
    holder: str
    epoch: int
    agent_id: str | None
    last_seq: int
    protocol: str
    started: bool


class Earlier(NamedTuple):
    """An entry with an id that comes again."""

    conversation_id: str
    client_msg_id: str
    seq: int
    kind: str
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What the transaction has read for a batch."""

    rows: Mapping[str, Row]
    earlier: Mapping[tuple[str, str], Earlier]
    visitor_seq: Mapping[str, int]  # the visitor's newest line, for conversations in which an agent speaks


@dataclass(slots=True)
class Line:
    """A new entry, with the columns of leads.models.Entry."""

    conversation_id: str
    seq: int
    author: str
    name: str | None
    text: str
    client_msg_id: str
    at: datetime
    kind: str = "message"
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class NewTurn:
    """A new bot turn, with the columns of leads.models.Turn."""

    id: str
    conversation_id: str
    seq: int
    payload: dict[str, Any]
    epoch: int


@dataclass(slots=True)
class Stored:
    """Where a line is in the log; ``line`` is None when it was stored before."""

    seq: int
    at: datetime
    line: Line | None = None
    protocol: str = ""
    asks_bot: bool = False


@dataclass(slots=True)
class Plan:
    """What is to be written, and what each request is told; None: it is no plain line and goes the long way alone."""

    at: datetime
    outcomes: list[Stored | None] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    turns: list[NewTurn] = field(default_factory=list)
    last_seq: dict[str, int] = field(default_factory=dict)


def decide(requests: Sequence[Request], facts: Facts, now: datetime) -> Plan:
    """Give numbers in the order of the requests. What would be refused goes the long way, where the refusal is put into words."""
    plan = Plan(now)
    visitor_seq = dict(facts.visitor_seq)
    here: dict[tuple[str, str], tuple[Request, Stored]] = {}
    for request in requests:
        key = (request.conversation_id, request.client_msg_id)
        row = facts.rows.get(request.conversation_id)
        if row is None or not row.started or row.protocol != "handraise":
            plan.outcomes.append(None)
        elif key in facts.earlier:
            plan.outcomes.append(_again(request, facts.earlier[key]))
        elif key in here:
            plan.outcomes.append(_twice(request, *here[key]))
        elif not _may_speak(request, row, visitor_seq.get(row.id, 0)):
            plan.outcomes.append(None)
        else:
            stored = _store(plan, request, row)
            here[key] = (request, stored)
            if request.author == "visitor":
                visitor_seq[row.id] = stored.seq
            plan.outcomes.append(stored)
    return plan


def _may_speak(request: Request, row: Row, visitor_seq: int) -> bool:
    if request.author == "visitor":
        return row.holder != "closed"
    holds = row.holder == "agent" and row.agent_id == request.agent_id and row.epoch == request.epoch
    return holds and visitor_seq <= request.seen_seq


def _again(request: Request, found: Earlier) -> Stored | None:
    same = found.kind == "message" and found.author == request.author and found.text == request.text
    return Stored(found.seq, found.at) if same else None


def _twice(request: Request, first: Request, stored: Stored) -> Stored | None:
    same = first.author == request.author and first.text == request.text
    return Stored(stored.seq, stored.at) if same else None


def _store(plan: Plan, request: Request, row: Row) -> Stored:
    seq = plan.last_seq[row.id] = plan.last_seq.get(row.id, row.last_seq) + 1
    line = Line(row.id, seq, request.author, request.name, request.text, request.client_msg_id, plan.at)
    plan.lines.append(line)
    asks_bot = request.author == "visitor" and row.holder in BOT_MAY_SPEAK
    if asks_bot:
        plan.turns.append(NewTurn(str(uuid4()), row.id, seq, {"text": request.text}, row.epoch))
    return Stored(seq, plan.at, line, row.protocol, asks_bot)
