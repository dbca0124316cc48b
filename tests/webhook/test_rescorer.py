"""Leads whose score is an old one are scored anew in the background, and agents see it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from leads.rules import Rules
from tests.webhook.bot_server import BotServer
from tests.webhook.conftest import StartHub
from tests.webhook.hub import RunningHub
from tests.webhook.test_reconciler import LINE, SOON


def points(files: Path, number: int) -> None:
    """Edit the rules as a marketer does."""
    path = files / "bot" / "scoring.yml"
    path.write_text(path.read_text().replace("points: 80", f"points: {number}"))


async def lead_of_a_visitor(new_hub: StartHub, bot: BotServer) -> tuple[RunningHub, str]:
    await bot.stop()
    hub = await new_hub(tuning=SOON)
    agent, visitor = await hub.agent(), await hub.visitor()
    await visitor.say(LINE)
    await agent.wait("ring")
    return hub, visitor.conversation_id


async def test_edited_rules_reach_the_leads_that_are_there(new_hub: StartHub, bot: BotServer) -> None:
    hub, conversation_id = await lead_of_a_visitor(new_hub, bot)
    await hub.stop_serving()
    points(hub.settings.bot_files, 40)
    await hub.start_serving()
    agent = await hub.agent("otto@example.com", join=False)
    joined = await agent.ok("join")
    at_the_join = [row["lead"]["score"] for row in joined["inbox"] if row["conversation_id"] == conversation_id]
    if at_the_join != [40]:
        await agent.wait("summary", lambda row: row["conversation_id"] == conversation_id and row["lead"]["score"] == 40)
    opened = await agent.open(conversation_id)
    assert (opened["lead"]["tier"], opened["lead"]["receipt"]["rules_hash"]) == (
        "warm",
        Rules.load(hub.settings.bot_files / "bot" / "scoring.yml").hash,
    )


async def test_a_lead_that_cannot_be_scored_does_not_keep_others_waiting(
    new_hub: StartHub, bot: BotServer, caplog: pytest.LogCaptureFixture
) -> None:
    hub, bad = await lead_of_a_visitor(new_hub, bot)
    visitor = await hub.visitor()
    await visitor.say(LINE)
    agent = await hub.agent("otto@example.com")
    await agent.wait("ring", lambda ring: ring["summary"]["conversation_id"] == visitor.conversation_id)
    before = (await agent.open(visitor.conversation_id))["lead"]["receipt"]["scored_at"]
    async with hub.database.write() as session:
        await session.execute(
            text("UPDATE answers SET value = '[1]' WHERE lead_id = (SELECT id FROM leads WHERE conversation_id = :id)"), {"id": bad}
        )
        await session.execute(text("UPDATE leads SET score = 1, rescore_at = created_at"))
    await agent.wait("lead", lambda told: told["lead"]["score"] == 80 and told["lead"]["receipt"]["scored_at"] > before)
    assert f"the lead of {bad} cannot be scored" in caplog.text
