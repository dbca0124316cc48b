"""Who holds a conversation: the allowed moves, each one conditional UPDATE that raises the epoch."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from leads.models import Agent, Conversation
from webhook.log import Change
from webhook.wire import person_json


@dataclass(frozen=True)
class Move:
    """From which holders to which one."""

    sources: frozenset[str]
    target: str


def _move(target: str, *sources: str) -> Move:
    return Move(frozenset(sources), target)


CALL = _move("queue", "bot")  # a person is called, the bot still answers
MISS = _move("bot", "queue")  # nobody came in time
ACCEPT = _move("agent", "bot", "queue")
LOSE = _move("queue", "agent")  # the agent's connection is gone
HAND_BACK = _move("bot", "agent")
CLOSE = _move("closed", "agent")
LEAVE = _move("closed", "bot", "queue", "agent")  # the visitor starts over
REOPEN = _move("bot", "closed")

BOT_MAY_SPEAK = frozenset({"bot", "queue"})


async def move(
    change: Change,
    step: Move,
    *,
    reason: str,
    text: str = "",
    agent: Agent | None = None,
    held_by: str | None = None,
    epoch: int | None = None,
) -> bool:
    """Do ``step`` and write the ``holder`` entry; False when somebody else was faster.

    ``held_by`` and ``epoch`` make it conditional on the agent and the epoch the caller knows. ``agent`` is who holds it now,
    or whose leaving the entry tells of.
    """
    conversation = change.conversation
    holder = agent.id if agent and step.target == "agent" else None
    statement = update(Conversation).where(Conversation.id == conversation.id, Conversation.holder.in_(step.sources))
    if held_by is not None:
        statement = statement.where(Conversation.agent_id == held_by)
    if epoch is not None:
        statement = statement.where(Conversation.epoch == epoch)
    raised = await change.session.scalar(
        statement.values(holder=step.target, agent_id=holder, epoch=Conversation.epoch + 1)
        .returning(Conversation.epoch)
        .execution_options(synchronize_session=False)
    )
    if raised is None:
        return False
    for name, value in (("holder", step.target), ("agent_id", holder), ("epoch", raised)):
        set_committed_value(conversation, name, value)
    change.moved = True
    await change.append(
        "holder", "system", text, data={"holder": step.target, "epoch": raised, "reason": reason, "agent": person_json(agent)}
    )
    return True
