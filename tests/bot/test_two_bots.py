"""A conversation that goes on with another bot and comes back: nothing is asked twice, nothing old counts again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot import processes
from tests.bot.conftest import Meet
from tests.bot.running import Running

pytestmark = pytest.mark.timeout(400)  # the first test of the session trains and starts


@pytest.fixture(scope="module")
def second_bot(running: Running, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    bot = processes.start_bot(tmp_path_factory.mktemp("second"), model, running.actions.url)
    yield bot.url
    bot.stop()


async def test_what_another_bot_has_asked_is_not_asked_again(meet: Meet, second_bot: str) -> None:
    visitor = await meet()
    first_bot = visitor.bot_url
    await visitor.say("we're 50 people with 20k euros a year")
    assert visitor.asked == "industry"
    visitor.bot_url = second_bot
    assert "Noted: retail." in await visitor.say("retail")
    await visitor.say("sorry, we are 80 people")
    assert visitor.asked == "timeline"
    visitor.bot_url = first_bot
    await visitor.say("next month")
    assert visitor.asked not in ("company_size", "budget", "industry", "timeline")
    assert visitor.slots["company_size"]["text"] == "80 people"
    assert visitor.slots["industry"]["text"] == "retail"


async def test_an_answer_counts_for_what_another_bot_has_asked(meet: Meet, second_bot: str) -> None:
    visitor = await meet()
    first_bot = visitor.bot_url
    await visitor.say("we're 50 people with 20k euros a year")
    assert visitor.asked == "industry"
    visitor.bot_url = second_bot
    await visitor.say("retail")
    assert visitor.asked == "timeline"
    visitor.bot_url = first_bot
    await visitor.say("I'd rather not say")
    state = await visitor.state()
    assert state and (state.answers["industry"].status, state.answers["timeline"].status) == ("known", "declined")


async def test_the_same_bot_keeps_what_only_it_knows(meet: Meet) -> None:
    visitor = await meet()
    assert "That is beyond me" in await visitor.say("tell me a joke")
    assert "cannot help with that either" in await visitor.say("sing a song")


async def test_a_turn_that_ended_without_an_answer_does_not_make_the_tracker_old(meet: Meet) -> None:
    visitor = await meet()
    before = visitor.after
    assert "That is beyond me" in await visitor.say("tell me a joke")
    visitor.after = before  # the hub dropped that answer: the visitor was with a person
    assert "cannot help with that either" in await visitor.say("sing a song")
