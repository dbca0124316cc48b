"""The processes of Handraise as the supervisor runs them: hubs, actions, bots."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
from ruamel.yaml import YAML

from handraise import model
from handraise.node import ROOT
from handraise.ports import free_port
from handraise.supervisor import Part
from leads.settings import ENV_PREFIX, Settings

BOT_READY_SECONDS = 120.0
HUB_READY_SECONDS = 15.0
CHANNEL = "bot.channel.HubInput"
NEEDED = frozenset({"PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "SYSTEMROOT"})
NEEDED_BEGINNINGS = (ENV_PREFIX, "LC_", "PG", "PYTHON")


def hub(settings: Settings, number: int | None = None) -> Part:
    """A hub: the only part the internet can reach. One of several has a number, and a port of its own for its health."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    address = f"[{host}]" if ":" in host else host
    name = "hub" if number is None else f"hub-{number}"
    own = settings if number is None else settings.model_copy(update={"hub_name": name, "health_port": free_port()})
    health = f"http://127.0.0.1:{own.health_port}" if own.shares_port else f"http://{address}:{own.port}"
    return Part(
        name=name,
        argv=hub_words(),
        cwd=Path.cwd(),
        environment=_environment(own),
        ready=lambda: answers(f"{health}/health"),
        ready_seconds=HUB_READY_SECONDS,
    )


def hub_words() -> list[str]:
    """The words that start a hub."""
    return [sys.executable, "-m", "webhook"]


def actions(settings: Settings) -> Part:
    """The action server, on loopback."""
    return Part(
        name="actions",
        argv=actions_words(),
        cwd=Path.cwd(),
        environment=only_needed(_environment(settings)),
        ready=lambda: answers(f"http://127.0.0.1:{settings.actions_port}/health"),
    )


def actions_words() -> list[str]:
    """The words that start the action server."""
    return [sys.executable, "-m", "actions"]


def bot(settings: Settings, path: Path, number: int | None = None) -> Part:
    """Rasa with the model at ``path``, on loopback, with an environment that holds no secret. One of several has a number from 1."""
    name = "bot" if number is None else f"bot-{number}"
    url = settings.bot_urls[(number or 1) - 1]
    own = settings.model_copy(update={"bot_host": "127.0.0.1", "bot_port": int(url.rsplit(":", 1)[1])})
    return Part(
        name=name,
        argv=bot_words(own, path, name),
        cwd=settings.bot_files,
        environment=model.bot_environment(settings.data, settings.bot_files),
        ready=lambda: answers(bot_health(url)),
        ready_seconds=BOT_READY_SECONDS,
    )


def bot_words(settings: Settings, path: Path, name: str) -> list[str]:
    """The words that start Rasa by way of bot/serve.py; its two files with addresses and secrets are written to the data folder first."""
    folder, files = settings.data / "run" / name, settings.bot_files / "bot"
    url = settings.actions_url or f"http://127.0.0.1:{settings.actions_port}"
    endpoint = {"url": f"{url.rstrip('/')}/webhook", "headers": {"X-Handraise-Token": settings.bot_token}}
    endpoints = _copy(files / "endpoints.yml", folder / "endpoints.yml", {"action_endpoint": endpoint})
    credentials = _copy(files / "credentials.yml", folder / "credentials.yml", {CHANNEL: {"token": settings.bot_token}})
    words: list[str | Path] = [*model.serve(), "run", "--model", path.resolve(), "--endpoints", endpoints, "--credentials", credentials]
    return [*map(str, words), "--port", str(settings.bot_port), "--interface", settings.bot_host]


def bot_health(url: str) -> str:
    """Where a bot says whether it has a model: 200, or 503 when it runs without one."""
    return f"{url}/webhooks/handraise/"


async def answers(url: str) -> bool:
    """Whether a GET is answered with 200 within two seconds."""
    return await status(url) == 200


async def status(url: str) -> int | None:
    """The HTTP status of a GET; ``None`` when nothing answers within two seconds."""
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session, session.get(url) as response:
            return response.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None


def only_needed(environment: Mapping[str, str]) -> dict[str, str]:
    """What the action server has a use for: our settings, the database driver's, what any program needs, and no more."""
    return {name: value for name, value in environment.items() if name in NEEDED or name.startswith(NEEDED_BEGINNINGS)}


def _environment(settings: Settings) -> dict[str, str]:
    names = ("actions_port", "bot_url", "bot_token", "hub_name", "health_port")
    chosen = {name: getattr(settings, name) for name in names}
    own = {f"{ENV_PREFIX}{name.upper()}": str(value) for name, value in chosen.items()}
    return {**os.environ, **own, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)}


def _copy(source: Path, target: Path, changes: Mapping[str, Mapping[str, Any]]) -> Path:
    """The bot's file with this run's address or token in it; readable by the owner only."""
    yaml = YAML()
    content = yaml.load(source)
    for section, values in changes.items():
        content[section] = {**(content.get(section) or {}), **values}
    target.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        yaml.dump(content, out)
    return target.resolve()
