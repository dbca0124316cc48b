"""Each part alone in the foreground, for services and containers: this process becomes the part, so that signals reach it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence

from handraise import model, parts
from handraise.node import ROOT
from handraise.prepare import prepare_bot
from handraise.up import ready_model
from leads.settings import Settings


def run_hub(_settings: Settings) -> None:
    """Become a hub."""
    _become(parts.hub_words(), _environment())


def run_actions(_settings: Settings) -> None:
    """Become the action server."""
    _become(parts.actions_words(), parts.only_needed(_environment()))


def run_bot(settings: Settings) -> None:
    """Become a bot, with the model that fits the bot's files.

    Raises:
        Failure: there is none and none can be trained.
        SettingsError: it would listen for everybody without a secret.
    """
    settings.check_secret(settings.bot_host)
    prepare_bot(settings.data / "logs")
    path = asyncio.run(ready_model(settings))
    words = parts.bot_words(settings, path, f"bot-{settings.bot_port}")
    os.chdir(settings.bot_files)
    _become(words, model.bot_environment(settings.data, settings.bot_files))


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}


def _become(words: Sequence[str], environment: Mapping[str, str]) -> None:
    os.execve(words[0], list(words), dict(environment))  # noqa: S606  # our own words, no shell
