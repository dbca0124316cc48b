"""Bot turns in the database: which comes next, which are no longer useful, and what an answer makes of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from leads import clock
from leads.models import Conversation, Entry, Handoff, HubProcess, Turn
from webhook.bot_client import TurnAnswer
from webhook.hubs import Hubs
from webhook.log import Button, Change, Log
from webhook.ownership import BOT_MAY_SPEAK
from webhook.texts import Lines

_SAME_OUTAGE = timedelta(hours=1)


@dataclass(frozen=True)
class Job:
    """A turn to serve and what the bot must know for it."""

    turn_id: str
    conversation_id: str
    sender_id: str
    seq: int
    payload: dict[str, Any]
    asked: str | None
    lang: str | None
    created_at: datetime
    since: float  # of this hub's monotonic time: clocks may jump while it waits
    after: int | None  # the entry whose turn was finished last: a bot that has served none as late as that has an old tracker

    @property
    def is_event(self) -> bool:
        """Whether the hub began it, not the visitor."""
        return "event" in self.payload

    def request(self, page: dict[str, str] | None) -> dict[str, Any]:
        """The body of the call."""
        return {
            "turn_id": self.turn_id,
            "sender_id": self.sender_id,
            "conversation_id": self.conversation_id,
            "seq": self.seq,
            **self.payload,
            "asked": self.asked,
            "after": self.after,
            "page": page,
            "lang": self.lang,
        }


@dataclass(frozen=True)
class Found:
    """The next turn, and those which were dropped because nobody needs their answer any more."""

    job: Job | None
    superseded: tuple[Job, ...] = ()


def add_turn(change: Change, payload: dict[str, Any], seq: int) -> None:
    """Ask for a turn, in the transaction that stores its cause."""
    change.session.add(
        Turn(
            id=str(uuid4()),
            conversation_id=change.conversation.id,
            seq=seq,
            payload=payload,
            epoch=change.conversation.epoch,
            state="pending",
            attempts=0,
            created_at=change.now,
        )
    )


async def told_away(session: AsyncSession, conversation_id: str, seq: int) -> bool:
    """Whether the visitor was told that the bot is away, and still has to take it so of what was said at ``seq``.

    Not when it was said to be back, or when a person has spoken for it or ended the chat since; nor when it was said long before
    ``seq``, perhaps of another outage.
    """
    told = select(Entry).where(Entry.conversation_id == conversation_id, Entry.kind.in_(("notice", "holder")))
    for entry in await session.scalars(told.order_by(Entry.seq.desc()).limit(20)):
        if entry.kind == "holder" and entry.data["holder"] not in BOT_MAY_SPEAK:
            return False
        if entry.data.get("code") in ("bot_away", "bot_back"):
            return bool(entry.data["code"] == "bot_away" and (entry.seq > seq or clock.now() - entry.at < _SAME_OUTAGE))
    return False


class TurnRows:
    """Reads and ends turns. Those of one conversation are run by one hub, which claims it by a conditional write and lets it go."""

    def __init__(self, log: Log, lines: Callable[[], Lines], hubs: Hubs) -> None:
        self._log = log
        self._lines = lines
        self._hubs = hubs
        self._since: dict[str, dict[str, float]] = {}  # conversation → its waiting turns and since when

    async def waiting(self) -> list[str]:
        """Conversations with a turn that has not ended and that no other living hub runs."""
        pending = select(Turn.conversation_id).join(Conversation, Conversation.id == Turn.conversation_id).where(Turn.state == "pending")
        async with self._log.database.read() as session:
            return list(await session.scalars(pending.where(self._may_claim()).distinct()))

    async def next(self, conversation_id: str, stale: float, abandoned: float) -> Found:
        """The turn to serve now, if this hub may; the ones it makes useless are dropped."""
        async with self._log.database.read_few() as session:
            conversation = await session.get(Conversation, conversation_id)
            pending = (
                select(Turn).where(Turn.conversation_id == conversation_id, Turn.state == "pending").order_by(Turn.seq, Turn.created_at)
            )
            turns = list(await session.scalars(pending))
            mine = conversation is not None and conversation.served_by == self._hubs.name
            if conversation is None or not turns:
                return await self._nothing_waits(conversation_id, (stale, abandoned) if mine else None)
            away = len(turns) > 1 and await told_away(session, conversation_id, turns[-1].seq)  # one alone is useful in any case
            after = await session.scalar(select(func.max(Turn.seq)).where(Turn.conversation_id == conversation_id, Turn.state == "done"))
        if not mine and not await self._claim(conversation_id):
            return Found(None)
        since = self._waiting_since(conversation_id, turns)
        ages = {turn_id: time.monotonic() - begun for turn_id, begun in since.items()}
        useless = _useless(conversation, turns, away, ages, stale, abandoned)
        left = [turn for turn in turns if turn not in useless]
        jobs = {turn.id: job_of(conversation, turn, since[turn.id], after) for turn in turns}
        if useless and not left:  # nobody will answer, and the visitor may not have been told yet
            await self.fail(jobs[_newest(turns).id])
        if useless:
            await self._drop(conversation_id, [turn.id for turn in useless])
        return Found(jobs[left[0].id] if left else None, tuple(jobs[turn.id] for turn in useless))

    async def finish(self, job: Job, answer: TurnAnswer) -> bool:
        """Keep the replies, unless the conversation changed hands meanwhile; False when there was no reply but should be one."""
        replies = [reply for reply in answer.replies if reply.text.strip() or reply.buttons]
        async with self._log.change(job.conversation_id) as change:
            if not replies and not job.is_event and not await _person_called(change, job):
                return False
            speak = await _may_speak(change, job)
            if not await self._end(change, job, "done" if speak else "dropped") or not speak:
                return True
            if await told_away(change.session, job.conversation_id, job.seq):
                await change.notice("bot_back", self._lines().bot_back)
                change.moved = True
            for reply in replies:
                buttons = [Button(button.title, button.payload) for button in reply.buttons]
                await change.append("message", "bot", reply.text.strip(), buttons=buttons)
            change.conversation.asked = answer.snapshot.asked
        return True

    async def fail(self, job: Job) -> None:
        """Give the turn up and say so; not when nobody asked for it, and not after "your message is kept", which still holds."""
        async with self._log.change(job.conversation_id) as change:
            ended = await self._end(change, job, "failed")
            if not ended or job.is_event or not await _may_speak(change, job):
                return
            if await told_away(change.session, job.conversation_id, job.seq):
                return
            await change.notice("bot_failed", self._lines().bot_failed)

    async def tried(self, job: Job) -> int:
        """Count a run of the turn; gives their number."""
        async with self._log.database.write_few() as session:
            counted = await session.scalar(
                update(Turn).where(Turn.id == job.turn_id).values(attempts=Turn.attempts + 1).returning(Turn.attempts)
            )
        return counted or 0

    def _waiting_since(self, conversation_id: str, turns: Sequence[Turn]) -> Mapping[str, float]:
        """Told by the clock when a turn is seen for the first time, by monotonic time from then on."""
        known, mono, now = self._since.get(conversation_id, {}), time.monotonic(), clock.now()
        since = {turn.id: known.get(turn.id, mono - max(0.0, (now - turn.created_at).total_seconds())) for turn in turns}
        self._since[conversation_id] = since
        return since

    async def _nothing_waits(self, conversation_id: str, claimed: tuple[float, float] | None) -> Found:
        """A claim that came when another hub had just ended the turn is given back, unless something waits meanwhile."""
        self._since.pop(conversation_id, None)
        if claimed is not None:
            async with self._log.change(conversation_id) as change:
                given_back = await self._let_go(change)
            if not given_back:
                return await self.next(conversation_id, *claimed)
        return Found(None)

    async def _drop(self, conversation_id: str, ids: Sequence[str]) -> None:
        async with self._log.change(conversation_id) as change:
            await change.session.execute(update(Turn).where(Turn.id.in_(ids), Turn.state == "pending").values(state="dropped"))
            await self._let_go(change)

    async def _end(self, change: Change, job: Job, state: str) -> bool:
        """False when it had ended before, by whichever hub."""
        turn = update(Turn).where(Turn.id == job.turn_id, Turn.state == "pending")
        values = {"state": state, "read_at": change.now} if state == "done" else {"state": state}
        ended = await change.session.scalar(turn.values(values).returning(Turn.id))
        await self._let_go(change)
        return ended is not None

    def _may_claim(self) -> ColumnElement[bool]:
        """Free, ours, or of a hub that is dead or gone; one that has just come and was not heard of yet is neither."""
        gone = ~exists().where(HubProcess.name == Conversation.served_by)
        return or_(
            Conversation.served_by.is_(None), Conversation.served_by == self._hubs.name, Conversation.served_by.in_(self._hubs.dead()), gone
        )

    async def _claim(self, conversation_id: str) -> bool:
        claim = update(Conversation).where(Conversation.id == conversation_id, self._may_claim()).values(served_by=self._hubs.name)
        async with self._log.database.write_few() as session:
            return await session.scalar(claim.returning(Conversation.id).execution_options(synchronize_session=False)) is not None

    async def _let_go(self, change: Change) -> bool:
        """Once nothing waits any more, the next message may be served by the hub to which it comes. Its row is locked meanwhile."""
        waits = exists().where(Turn.conversation_id == change.conversation.id, Turn.state == "pending")
        mine = update(Conversation).where(Conversation.id == change.conversation.id, Conversation.served_by == self._hubs.name)
        let_go = mine.where(~waits).values(served_by=None).returning(Conversation.id).execution_options(synchronize_session=False)
        return await change.session.scalar(let_go) is not None


def _useless(
    conversation: Conversation, turns: Sequence[Turn], away: bool, ages: Mapping[str, float], stale: float, abandoned: float
) -> Collection[Turn]:
    if conversation.holder not in BOT_MAY_SPEAK:
        return turns
    newest = _newest(turns)
    useless = [turn for turn in turns if turn is not newest and (away or ages[turn.id] > stale)]
    if ages[newest.id] > abandoned:
        useless.append(newest)
    return useless


def _newest(turns: Sequence[Turn]) -> Turn:
    """The one to be answered in any case: what the visitor said counts more than what the hub began."""
    spoken = [turn for turn in turns if "event" not in turn.payload]
    return (spoken or turns)[-1]


def job_of(conversation: Conversation, turn: Turn, since: float = 0.0, after: int | None = None) -> Job:
    """The turn as it is served."""
    return Job(
        turn_id=turn.id,
        conversation_id=conversation.id,
        sender_id=conversation.sender_id,
        seq=turn.seq,
        payload=turn.payload,
        asked=conversation.asked,
        lang=conversation.lang,
        created_at=turn.created_at,
        since=since,
        after=after,
    )


async def _may_speak(change: Change, job: Job) -> bool:
    """No late reply of an old epoch: nobody but bot and queue held the conversation since the turn was asked for."""
    if change.conversation.holder not in BOT_MAY_SPEAK:
        return False
    moves = await change.session.scalars(
        select(Entry.data).where(Entry.conversation_id == job.conversation_id, Entry.kind == "holder", Entry.seq > job.seq)
    )
    return all(data.get("holder") in BOT_MAY_SPEAK for data in moves)


async def _person_called(change: Change, job: Job) -> bool:
    called = exists().where(Handoff.conversation_id == job.conversation_id, Handoff.requested_at >= job.created_at)
    return bool(await change.session.scalar(select(called)))
