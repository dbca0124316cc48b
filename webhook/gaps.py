"""What somebody has not been shown yet: read for many conversations with a few statements, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import Integer, String, Subquery, column, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from leads.database import Database
from leads.models import Agent, Choice, Conversation, Entry
from webhook.wire import Json, entry_json, state_json

AT_ONCE = 2000  # entries; what is left comes with the next reading

_SQLITE = (
    "SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS seq, json_extract(value, '$[2]') AS epoch"
    " FROM json_each(:known)"
)
_POSTGRESQL = (
    "SELECT value ->> 0 AS id, CAST(value ->> 1 AS integer) AS seq, CAST(value ->> 2 AS integer) AS epoch"
    " FROM json_array_elements(CAST(:known AS json))"
)

type Known = tuple[str, int, int]  # conversation, the last entry and the epoch that were shown


@dataclass
class Piece:
    """What came after the known place of a conversation."""

    protocol: str
    state: Json
    entries: list[Json] = field(default_factory=list)
    started: bool = True  # the visitor has said something
    last_at: datetime | None = None  # when the last thing was said; None where nobody asked


class Gaps:
    """Reads what was committed anywhere."""

    def __init__(self, database: Database, bot_online: Callable[[], bool]) -> None:
        self._database = database
        self._bot_online = bot_online
        names = (column("id", String), column("seq", Integer), column("epoch", Integer))
        one_parameter = _SQLITE if database.engine.dialect.name == "sqlite" else _POSTGRESQL
        self._known: Subquery = text(one_parameter).columns(*names).subquery("known")

    async def behind(self, known: Iterable[Known]) -> list[str]:
        """Those of the conversations in which something has happened since; nothing comes back for the others."""
        mine = self._known.c
        moved = or_(Conversation.last_seq > mine.seq, Conversation.epoch != mine.epoch)
        statement = select(Conversation.id).join(self._known, (Conversation.id == mine.id) & moved)
        async with self._database.read() as session:
            return list(await session.scalars(statement, _parameter(known)))

    async def read(self, known: Iterable[Known], each: int | None = None) -> dict[str, Piece]:
        """The entries after the known places, and the states, by conversation; at most ``each`` of a conversation, or AT_ONCE of all."""
        parameter = _parameter(known)
        mine = self._known.c
        rows = select(Conversation, Agent).join(self._known, Conversation.id == mine.id).outerjoin(Agent, Conversation.agent_id == Agent.id)
        newer = select(Entry).join(self._known, (Entry.conversation_id == mine.id) & (Entry.seq > mine.seq))
        newer = newer.limit(AT_ONCE) if each is None else newer.where(Entry.seq <= mine.seq + each)  # numbers have no gaps
        async with self._database.read_few() as session:
            pieces = {
                one.id: Piece(
                    one.protocol,
                    state_json(one, agent, bot_online=self._bot_online()),
                    started=one.started_at is not None,
                    last_at=one.last_at,
                )
                for one, agent in await session.execute(rows, parameter)
            }
            found = await session.scalars(newer.order_by(Entry.conversation_id, Entry.seq), parameter)
            entries = [entry for entry in found if entry.conversation_id in pieces]
            choices = await _open_choices(session, entries)
        for entry in entries:
            of_entry = choices.get((entry.conversation_id, entry.seq), ())
            pieces[entry.conversation_id].entries.append(entry_json(entry, of_entry))
        return pieces


def _parameter(known: Iterable[Known]) -> Mapping[str, str]:
    return {"known": orjson.dumps(list(known)).decode()}


async def _open_choices(session: AsyncSession, entries: Iterable[Entry]) -> dict[tuple[str, int], list[Choice]]:
    """Buttons that can still be used, by entry; only the bot gives any."""
    ids = {entry.conversation_id for entry in entries if entry.author == "bot"}
    found: dict[tuple[str, int], list[Choice]] = {}
    if ids:
        unused = select(Choice).where(Choice.conversation_id.in_(ids), Choice.spent.is_(False)).order_by(Choice.seq, Choice.place)
        for choice in await session.scalars(unused):
            found.setdefault((choice.conversation_id, choice.seq), []).append(choice)
    return found
