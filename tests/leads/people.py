"""A person with a row in every table that knows people, all marked, and a look for the marks in every column of every table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from leads.clock import now
from leads.database import Database
from leads.models import (
    Agent,
    Answer,
    Base,
    Choice,
    Consent,
    Conversation,
    Entry,
    Handoff,
    Identity,
    Lead,
    LeadEvent,
    Presence,
    Turn,
    VisitorToken,
    new_id,
)

EMAIL, PHONE, NAME, MARK = "jane.marker@acme-marked.io", "+442079460958", "Jane Markersen", "MARKED-WORDS"
TRACES = (EMAIL, PHONE, NAME, MARK, "acme-marked", "7946 0958")


async def add_person(database: Database, *, email: str = EMAIL, phone: str = PHONE, mark: str = MARK, days_ago: int = 1) -> str:
    """The id of a conversation in which everything that can be stored about somebody is stored."""
    at, cid, lead_id = now() - timedelta(days=days_ago), new_id(), new_id()
    answers: dict[str, tuple[str, str, dict[str, Any]]] = {
        "email": (f"mail {email}", email, {"address": email, "hint": None}),
        "phone": (f"call 020 7946 0958 {mark}", "+44 20 7946 0958", {"number": phone, "country": "GB"}),
        "name": (f"{NAME} {mark}", NAME, {"name": NAME}),
    }
    async with database.write() as session:
        agent = await session.scalar(select(Agent).limit(1))
        if agent is None:
            agent = Agent(email="mara@example.com", name="Mara", password_hash="-", created_at=at)
            session.add(agent)
            await session.flush()
        session.add(Conversation(id=cid, site="demo", token_hash=new_id(), agent_id=agent.id, created_at=at, started_at=at, last_at=at))
        await session.flush()
        session.add(Entry(conversation_id=cid, seq=1, kind="message", author="visitor", text=f"{NAME} {mark} {email}", at=at))
        session.add(Entry(conversation_id=cid, seq=2, kind="message", author="agent", name="Mara", text=f"Hello {NAME}", at=at))
        session.add(Choice(id=new_id(), conversation_id=cid, seq=2, place=0, title=mark, payload=f"/x {email}"))
        session.add(Turn(id=new_id(), conversation_id=cid, seq=1, payload={"text": f"{mark} {email}"}, epoch=0, created_at=at))
        session.add(Lead(id=lead_id, conversation_id=cid, receipt={"entries": [{"said": mark}]}, created_at=at, updated_at=at))
        session.add(LeadEvent(conversation_id=cid, name="page", source="p", data={"url": f"https://x/{mark}"}, at=at))
        session.add(Handoff(conversation_id=cid, reason="human", requested_at=at))
        session.add(Presence(hub="h", kind="visitor", key=cid))
        session.add(VisitorToken(token_hash=new_id(), conversation_id=cid, family="f", number=1, made_at=at))
        consent = {"purpose": "contact", "given": True, "text": "May we?", "text_hash": "ab" * 32}
        session.add(Consent(conversation_id=cid, source="s", page=f"https://x/{mark}", at=at, **consent))
        session.add(Identity(conversation_id=cid, site="demo", user_id=f"user-{mark}", email=email, name=NAME, at=at))
        await session.flush()
        for slot, (said, text, value) in answers.items():
            known = {"slot": slot, "status": "known", "said": said, "text": text, "value": value}
            session.add(Answer(lead_id=lead_id, source="s", read_by="reader", at=at, **known))
    return cid


async def traces(database: Database, *words: str) -> list[str]:
    """Every column of every table in which one of the words (or of the usual marks) stands, as ``table.column``."""
    found = []
    async with database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in (await session.execute(select(table))).mappings():
                found += [f"{table.name}.{name}" for name, value in row.items() if any(word in str(value) for word in words or TRACES)]
    return found


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    async with database.read() as session:
        return {
            table.name: [dict(row) for row in (await session.execute(select(table))).mappings()] for table in Base.metadata.sorted_tables
        }
