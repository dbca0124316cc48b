"""`python -m actions`: the action server on 127.0.0.1, put together in one place."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import uvloop
from aiohttp import web
from rasa_sdk import Action

from actions.go_on import GoOn
from actions.handoff import Contact, DeleteData, EraseData, Handoff
from actions.questions import Decline, Explain, Stop, Why
from actions.read import ReadMessage
from actions.server import build_app
from actions.submit import Submit
from actions.unclear import Unclear
from actions.welcome import WelcomeBack
from leads.database import Database
from leads.errors import FileProblem
from leads.questions import Questions
from leads.reading import warm
from leads.rules import Rules
from leads.settings import SettingsError, load_settings
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
        DeleteData(store, questions),
        EraseData(store),
        Contact(questions),
        Stop(store, questions),
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


def main() -> int:
    """Run until told to stop; 2 when a setting or a file is wrong."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for noisy in ("rasa_sdk", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        settings = load_settings()
        settings.check_secret(settings.actions_host)
        questions, rules = load(settings.bot_files / "bot")
    except (SettingsError, FileProblem) as problem:
        print(problem, file=sys.stderr)
        return 2
    warm(questions)
    database = Database(settings.database, in_loop=True)  # a turn is a few small statements, and the turns wait for each other anyway
    app = build_app(all_actions(LeadStore(database, questions, rules), questions), settings.bot_token)

    async def close(_app: web.Application) -> None:
        await database.close()

    app.on_cleanup.append(close)
    web.run_app(app, host=settings.actions_host, port=settings.actions_port, print=None, access_log=None, loop=uvloop.new_event_loop())
    return 0


if __name__ == "__main__":
    sys.exit(main())
