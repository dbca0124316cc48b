"""A visitor's whole return over the real hub, the trained bot and its action server: greeted with what is known, asked nothing twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from leads.clock import now
from leads.models import Conversation
from tests.bot.processes import ROOT, TOKEN
from tests.bot.running import Running
from tests.webhook.clients import Json, Visitor, new_id
from tests.webhook.hub import RunningHub, start_hub

pytestmark = pytest.mark.timeout(400)  # the first test of the session trains and starts
PRICING: Json = {"url": "https://www.tidelane.example/pricing?plan=team", "title": "Pricing", "referrer": ""}


@pytest.fixture
async def hub(running: Running, tmp_path: Path) -> AsyncIterator[RunningHub]:
    started = await start_hub(tmp_path, bot_url=running.bot.url, bot_token=TOKEN, database_url=running.database_url, bot_files=ROOT)
    yield started
    await started.close()


async def says(visitor: Visitor, text: str) -> str:
    """What the bot answers, up to its question."""
    seq = (await visitor.say(text))["seq"]
    answer = await visitor.entry(lambda entry: entry["author"] == "bot" and entry["seq"] > seq and "?" in entry["text"])
    return "\n".join(entry["text"] for entry in visitor.entries() if seq < entry["seq"] <= answer["seq"])


async def test_the_next_day_what_was_told_is_known(hub: RunningHub) -> None:
    visitor = await hub.visitor()
    assert "budget" in await says(visitor, "we are 50 people in retail")
    last_seq = visitor.entries()[-1]["seq"]
    await visitor.close()
    async with hub.database.write() as session:
        yesterday = now() - timedelta(days=1)
        await session.execute(update(Conversation).where(Conversation.id == visitor.conversation_id).values(last_at=yesterday))

    again = await hub.visitor(token=visitor.token, last_seq=last_seq)
    greeting = await again.entry(lambda entry: entry["author"] == "bot" and "Welcome back" in entry["text"])
    assert greeting["text"] == "Welcome back. Last time you told us: 50 people, retail. Shall we go on where we were?"
    assert [choice["title"] for choice in greeting["choices"]] == ["Carry on", "Talk to a person"]
    answer = await says(again, "our budget is 10k euros a year")
    assert "Noted: 10k EUR a year." in answer
    assert "how many people" not in answer and "industry" not in answer


async def test_the_pricing_page_opens_with_a_line_of_its_own_and_its_button_works(hub: RunningHub) -> None:
    visitor = await hub.visitor(join=False)
    opening = (await visitor.join(page=PRICING))["entries"][0]
    assert "find the right plan" in opening["text"]
    first = opening["choices"][0]
    assert first["title"] == "Which plan fits us?"
    await visitor.ok("choose", {"client_msg_id": new_id(), "choice_id": first["id"]})
    await visitor.entry(lambda entry: entry["author"] == "bot" and "budget" in entry["text"])
