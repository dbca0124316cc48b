"""`python -m actions`: the action server on 127.0.0.1, put together in one place."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvloop
from aiohttp import web
from rasa_sdk import Action

from actions.go_on import GoOn
from actions.handoff import Appointment, Contact, DeleteData, EraseData, Handoff
from actions.questions import Decline, Explain, Recall, Stop, TakeBack, Why
from actions.read import ReadMessage
from actions.server import build_app
from actions.set_apart import SetApart
from actions.submit import Submit
from actions.turn import SET_APART
from actions.unclear import Unclear
from actions.welcome import WelcomeBack
from leads.database import Database, DatabaseUnavailable
from leads.errors import FileProblem
from leads.key_register import keep_noted, ready_keys
from leads.loaded import leave_out_loaded
from leads.questions import Questions
from leads.quiet_logs import quiet_logging
from leads.reading import warm
from leads.rules import Rules
from leads.settings import Settings, SettingsError, load_settings
from leads.store import LeadStore


def all_actions(store: LeadStore, questions: Questions) -> list[Action]:
    """Every action of the domain."""
    return [
        ReadMessage(store, questions),
        GoOn(questions),
        Unclear(questions),
        Decline(questions),
        Why(questions),
        Explain(),
        Handoff(store),
        Appointment(store, questions),
        TakeBack(store, questions),
        Recall(questions),
        DeleteData(store, questions),
        EraseData(store),
        Contact(questions),
        Stop(store, questions),
        *(SetApart(store, intent) for intent in SET_APART),
        Submit(store, questions),
        WelcomeBack(questions),
    ]


def load(folder: Path) -> tuple[Questions, Rules]:
    """Questions and scoring rules of a bot.

    Raises:
        FileProblem: one of them cannot be used.
    """
    questions = Questions.load(folder / "questions.yml")
    return questions, Rules.load(folder / "scoring.yml", set(questions))


async def check_keys(settings: Settings) -> None:
    """Refuse keys that do not open what is stored; without keys a database that is out of reach is waited for later.

    Raises:
        SettingsError: a key is missing.
        DatabaseUnavailable: nobody knows, and there are keys.
    """
    database = Database(settings.database, cipher=settings.cipher)
    try:
        await ready_keys(database)
    except DatabaseUnavailable:
        if settings.cipher.keys:
            raise
    finally:
        await database.close()


def main() -> int:
    """Run until told to stop; 2 when a setting or a file is wrong."""
    quiet_logging()
    for noisy in ("rasa_sdk", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        settings = load_settings()
        settings.check_secret(settings.actions_host)
        questions, rules = load(settings.bot_files / "bot")
        asyncio.run(check_keys(settings))
    except (SettingsError, FileProblem, DatabaseUnavailable) as problem:
        print(problem, file=sys.stderr)
        return 2
    warm(questions)
    # in the loop: a turn is a few small statements, and the turns wait for each other anyway
    database = Database(settings.database, in_loop=True, cipher=settings.cipher)
    app = build_app(all_actions(LeadStore(database, questions, rules), questions), settings.bot_token)

    async def background(_app: web.Application) -> AsyncIterator[None]:
        noting = asyncio.create_task(keep_noted(database), name="keys")
        yield
        noting.cancel()
        await asyncio.gather(noting, return_exceptions=True)
        await database.close()

    app.cleanup_ctx.append(background)
    leave_out_loaded()
    web.run_app(app, host=settings.actions_host, port=settings.actions_port, print=None, access_log=None, loop=uvloop.new_event_loop())
    return 0


if __name__ == "__main__":
    sys.exit(main())
