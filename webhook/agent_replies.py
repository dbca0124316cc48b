"""What agents say: only the holder, only under the epoch they know, never past a line they have not seen."""

from __future__ import annotations

from leads.models import Agent, Conversation
from webhook.append_plan import Request
from webhook.appends import Appends
from webhook.conversations import read_entries
from webhook.errors import NewerLines, NotHolder
from webhook.log import Change, Log
from webhook.schemas import Reply
from webhook.wire import Place, person_json

_NEWER_SHOWN = 50


class AgentReplies:
    """Lines of agents."""

    def __init__(self, log: Log, appends: Appends) -> None:
        self._log = log
        self._appends = appends

    async def reply(self, agent: Agent, event: Reply) -> Place:
        """Store a line; the same id and text again give the first entry.

        Raises:
            NotHolder: the agent does not hold the conversation under this epoch.
            NewerLines: the visitor wrote something the agent had not seen.
            Conflict: the id was used for something else.
        """
        request = Request(
            event.conversation_id, event.client_msg_id, event.text, "agent", agent.shown_name, agent.id, event.epoch, event.seen_seq
        )
        plain = await self._appends.append(request)
        if plain is not None:
            return plain
        async with self._log.change(event.conversation_id) as change:
            found = await change.earlier(event.client_msg_id, kind="message", author="agent", text=event.text)
            if found:
                return found
            await _check_holder(change, agent, event.epoch)
            newer = await read_entries(change.session, event.conversation_id, event.seen_seq, _NEWER_SHOWN, author="visitor")
            if newer:
                raise NewerLines("The visitor has written in the meantime.", data={"entries": newer})
            return await change.append("message", "agent", event.text, name=agent.shown_name, client_msg_id=event.client_msg_id)

    async def holds(self, agent: Agent, conversation_id: str) -> bool:
        """Whether the agent holds the conversation."""
        async with self._log.database.read() as session:
            conversation = await session.get(Conversation, conversation_id)
        return conversation is not None and conversation.holder == "agent" and conversation.agent_id == agent.id


async def _check_holder(change: Change, agent: Agent, epoch: int) -> None:
    conversation = change.conversation
    if conversation.holder == "agent" and conversation.agent_id == agent.id and conversation.epoch == epoch:
        return
    holder = await change.session.get(Agent, conversation.agent_id) if conversation.agent_id else None
    raise NotHolder("You do not hold this chat any more.", data={"agent": person_json(holder)})
