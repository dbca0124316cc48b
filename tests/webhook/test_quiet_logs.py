"""A27: marked data through every door of the hub, also while bot and database are away; the logs have ids and lengths, not a word of it."""

from __future__ import annotations

import logging

import pytest

from leads.database import Database, DatabaseUnavailable
from leads.quiet_logs import quiet_logging
from tests.webhook.bot_server import BotServer
from tests.webhook.clients import new_id
from tests.webhook.conftest import StartHub
from tests.webhook.hub import quick
from tests.webhook.outages import given_up
from webhook.pace import Pace

WORDS = ("Marked-Jane", "marked.example", "marked-page", "MARKED-SECRET", "+442079460958")
TEXT = "I am Marked-Jane, jane@marked.example, +442079460958, MARKED-SECRET"
PAGE = {"url": "https://www.example.com/marked-page?q=MARKED-SECRET", "title": "Marked-Jane", "referrer": "https://marked.example/"}


async def test_nothing_that_visitors_or_agents_say_is_in_the_logs(
    new_hub: StartHub, bot: BotServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    hub = await new_hub(tuning=quick(away_seconds=0.3, known_away_seconds=0.05, turn_runs=1))
    visitor = await hub.visitor(join=False)
    await visitor.join(page=PAGE)
    form = {"client_msg_id": new_id(), "name": "Marked-Jane", "email": "jane@marked.example", "message": TEXT, "consent": visitor.consent}
    line = {"client_msg_id": new_id(), "text": TEXT}

    await visitor.say(TEXT)  # the plain way
    await visitor.ok("contact", form)
    await visitor.refused("contact", {**form, "email": "MARKED-SECRET"})
    await visitor.refused("message", {**line, "Marked-Jane": TEXT})
    await visitor.ok("message", line)
    await visitor.refused("message", {**line, "text": TEXT + "!"})
    await visitor.refused("choose", {"client_msg_id": new_id(), "choice_id": "MARKED-SECRET"})
    await visitor.ok("page", {"url": PAGE["url"], "title": "Marked-Jane"})
    await hub.post("login", {"email": "jane@marked.example", "password": "MARKED-SECRET"})
    agent = await hub.agent("jane@marked.example")
    state = await agent.accept(visitor.conversation_id)
    await agent.reply(state, TEXT, 100)
    await agent.call("correct", {"conversation_id": visitor.conversation_id, "slot": "budget", "text": TEXT})
    await hub.get("/console/api/leads?q=MARKED-SECRET", cookie=await hub.session("jane@marked.example"))

    bot.failures = [(500, {"error": {"code": "x", "message": TEXT}})] * 9  # a bot that answers with what it was given
    broken = await hub.visitor()
    await broken.say(TEXT)
    await broken.entry(lambda entry: entry["kind"] == "notice")  # failed, or away if that took longer
    await given_up(hub)
    await bot.stop()
    away = await hub.visitor()
    await away.say(TEXT)
    await away.notice("bot_away")

    def gone(*_args: object, **_kwargs: object) -> None:
        raise DatabaseUnavailable(TEXT.replace(TEXT, "locked"))

    with monkeypatch.context() as without:
        without.setattr(Database, "write", gone)
        await visitor.refused("contact", {**form, "client_msg_id": new_id()})

    def faulty(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as wrong:
        wrong.setattr(Database, "write", faulty)
        assert (await visitor.refused("contact", {**form, "client_msg_id": new_id()}))["code"] == "internal"
    await visitor.ok("withdraw", {"purpose": "contact"})
    await visitor.ok("forget")

    assert caplog.records, "the logs were looked at"
    assert [line for line in caplog.text.splitlines() if any(word in line for word in WORDS)] == []


def test_of_an_exception_the_place_is_written_and_not_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    """As every process of ours begins: whatever a library logs by itself, and whatever stands in its exceptions."""
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    root.handlers = []
    try:
        quiet_logging()
        try:
            try:
                raise ValueError(PAGE["url"])
            except ValueError as error:
                raise RuntimeError(TEXT) from error
        except RuntimeError as error:
            logging.getLogger("asyncio").error("Task exception was never retrieved", exc_info=error)
    finally:
        root.handlers = before
    said = capsys.readouterr().err
    assert [word for word in WORDS if word in said] == []
    assert said.index("builtins.ValueError") < said.index("builtins.RuntimeError")
    assert "test_of_an_exception_the_place_is_written_and_not_its_words" in said


def test_refusals_are_written_at_a_pace(caplog: pytest.LogCaptureFixture) -> None:
    pace, logger = Pace(60), logging.getLogger("webhook.refused")
    records = [logger.makeRecord(logger.name, logging.INFO, "", 0, "refused %d", (number,), None) for number in range(100)]
    assert [pace.filter(record) for record in records] == [True] * 60 + [False] * 40
