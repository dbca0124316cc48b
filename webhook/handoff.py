"""Calling a person: ring, accept, miss, lose, give back, close. Each is one transaction that does nothing when it comes too late."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from sqlalchemy import Select, select, update

from leads.models import Agent, Handoff
from leads.rows import OPEN, request_handoff
from leads.store import LeadStore
from webhook.away import offer_contact_form
from webhook.emitter import Emitter
from webhook.errors import Closed, HubError, NotHolder, Taken
from webhook.log import Change, Log
from webhook.ownership import ACCEPT, CALL, CLOSE, HAND_BACK, LEAVE, LOSE, MISS, move
from webhook.reader import LeadReader
from webhook.texts import Lines
from webhook.turn_rows import add_turn
from webhook.turns import Turns
from webhook.wire import Json, person_json

log = logging.getLogger(__name__)


class Handoffs:
    """Moves conversations between bot, queue and agents. ``changed`` is called after each step that browsers may have to ring for."""

    def __init__(
        self,
        log: Log,
        lines: Callable[[], Lines],
        leads: LeadStore,
        reader: LeadReader,
        emitter: Emitter,
        turns: Turns,
        changed: Callable[[], None],
    ) -> None:
        self._log = log
        self._lines = lines
        self._leads = leads
        self._reader = reader
        self._emitter = emitter
        self._turns = turns
        self._changed = changed

    async def start(self, conversation_id: str) -> None:
        """Ring for a requested hand-off, if there is one; asked after every turn, so that it is looked at before anything is locked."""
        async with self._log.database.read_few() as session:
            if await session.scalar(_open_calls(conversation_id, "requested")) is None:
                return
        async with self._log.change(conversation_id) as change:
            call = await _open_call(change, "requested")
            if call is None:
                return
            conversation = change.conversation
            if conversation.holder in ("agent", "closed"):
                call.state = "accepted" if conversation.holder == "agent" else "cancelled"
                call.agent_id, call.accepted_at = conversation.agent_id, change.now
                return
            call.state, call.rang_at = "ringing", change.now
            if call.reason != "contact":
                text = self._lines().say("calling_hot" if call.reason == "hot" else "calling_human")
                await move(change, CALL, reason=call.reason, text=text)
        self._changed()
        self._emitter.on_news(conversation_id)

    async def miss(self, conversation_id: str) -> None:
        """Nobody came: the bot has it again, the visitor is told, the hand-off stays open for agents."""
        address = await self.address(conversation_id)
        async with self._log.change(conversation_id) as change:
            call = await _open_call(change, "ringing")
            if call is None:
                return
            call.state, call.missed_at = "missed", change.now
            if call.reason != "contact" and await move(change, MISS, reason="missed"):
                lines = self._lines()
                await change.notice("queue_missed", lines.say("missed_known", email=address) if address else lines.missed)
                if not address and not self._log.bot_online():
                    await offer_contact_form(change, "queue_missed", lines)
                add_turn(change, {"event": "handoff_missed"}, change.conversation.last_seq)
        self._changed()
        self._emitter.on_news(conversation_id)
        self._turns.wake(conversation_id)

    async def lose(self, conversation_id: str, agent_ids: Collection[str]) -> None:
        """The connection of the agent, who is one of these, is gone for too long: call somebody else."""
        async with self._log.change(conversation_id) as change:
            held_by = change.conversation.agent_id
            agent = await change.session.get(Agent, held_by) if held_by in agent_ids else None
            if agent is None:
                return
            text = self._lines().say("agent_lost", agent=agent.shown_name)
            if await move(change, LOSE, reason="agent_lost", text=text, agent=agent, held_by=agent.id):
                await request_handoff(change.session, conversation_id, "agent_lost", change.now)
        await self.start(conversation_id)

    async def accept(self, agent: Agent, conversation_id: str) -> Json:
        """The agent takes the conversation, called or not; gives the new state.

        Raises:
            Taken: another agent holds it.
            Closed: it has ended.
        """
        async with self._log.change(conversation_id) as change:
            conversation = change.conversation
            mine = conversation.holder == "agent" and conversation.agent_id == agent.id
            if not mine:
                if conversation.holder == "closed":
                    raise Closed("This chat has ended. It opens again when the visitor writes.")
                if not await move(change, ACCEPT, reason="accepted", text=self._lines().say("joined", agent=agent.shown_name), agent=agent):
                    raise await _taken(change)
            await _end_calls(change, "accepted", agent)
            change.moved = True
        self._changed()
        await self._emitter.typing(conversation_id, "bot", None, False)
        if not mine:
            await self._rescore(conversation_id)
        return change.state or {}

    async def hand_back(self, agent: Agent, conversation_id: str, epoch: int) -> Json:
        """The bot goes on with the open question; gives the new state.

        Raises:
            NotHolder: the agent does not hold it under this epoch.
        """
        async with self._log.change(conversation_id) as change:
            text = self._lines().say("handed_back", agent=agent.shown_name)
            if not await move(change, HAND_BACK, reason="handed_back", text=text, agent=agent, held_by=agent.id, epoch=epoch):
                raise await _not_holder(change)
            if not self._log.bot_online():
                await change.notice("bot_away", self._lines().bot_away)
                await offer_contact_form(change, "bot_away", self._lines())
            add_turn(change, {"event": "resume"}, change.conversation.last_seq)
        self._turns.wake(conversation_id)
        return change.state or {}

    async def close(self, agent: Agent, conversation_id: str, epoch: int) -> Json:
        """End the chat; gives the new state.

        Raises:
            NotHolder: the agent does not hold it under this epoch.
        """
        async with self._log.change(conversation_id) as change:
            text = self._lines().say("closed", agent=agent.shown_name)
            if not await move(change, CLOSE, reason="closed", text=text, agent=agent, held_by=agent.id, epoch=epoch):
                raise await _not_holder(change)
            ended = await _end_calls(change, "cancelled", None)
        if ended:
            self._changed()
        return change.state or {}

    async def leave(self, conversation_id: str) -> None:
        """The visitor starts over: nobody waits any more."""
        async with self._log.change(conversation_id) as change:
            await move(change, LEAVE, reason="restarted")
            ended = await _end_calls(change, "cancelled", None)
        if ended:
            self._changed()

    async def address(self, conversation_id: str) -> str | None:
        """The visitor's e-mail address; what keeps it from being read must not keep the visitor from being told."""
        try:
            return await self._reader.email(conversation_id)
        except Exception as error:
            log.warning("the address of %s could not be read: %s", conversation_id, type(error).__name__)
            return None

    async def _rescore(self, conversation_id: str) -> None:
        """Being accepted may change the stage; a failure here must not undo the acceptance."""
        try:
            await self._leads.rescore(conversation_id)
        except Exception as error:
            log.warning("the lead of %s was not scored again: %s", conversation_id, type(error).__name__)
        self._emitter.on_news(conversation_id)


async def _open_call(change: Change, state: str) -> Handoff | None:
    found: Handoff | None = await change.session.scalar(_open_calls(change.conversation.id, state))
    return found


def _open_calls(conversation_id: str, state: str) -> Select[Handoff]:
    return select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.state == state)


async def _end_calls(change: Change, state: str, agent: Agent | None) -> bool:
    """End every open call of the conversation; whether there was one."""
    ended = await change.session.scalars(
        update(Handoff)
        .where(Handoff.conversation_id == change.conversation.id, Handoff.state.in_(OPEN))
        .values(state=state, agent_id=agent.id if agent else None, accepted_at=change.now if agent else None)
        .returning(Handoff.id)
    )
    return bool(ended.all())


async def _holder(change: Change) -> Json | None:
    held_by = change.conversation.agent_id
    return person_json(await change.session.get(Agent, held_by)) if held_by else None


async def _taken(change: Change) -> HubError:
    agent = await _holder(change)
    return Taken(f"{agent['name'] if agent else 'Somebody'} has taken this chat.", data={"agent": agent})


async def _not_holder(change: Change) -> HubError:
    return NotHolder("You do not hold this chat any more.", data={"agent": await _holder(change)})
