"""The three processes of Handraise as the supervisor runs them: hub, actions, bot."""

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
from handraise.supervisor import Part
from leads.settings import ENV_PREFIX, Settings

BOT_READY_SECONDS = 120.0
HUB_READY_SECONDS = 15.0
CHANNEL = "bot.channel.HubInput"


def hub(settings: Settings) -> Part:
    """The hub: the only part the internet can reach."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    address = f"[{host}]" if ":" in host else host
    return Part(
        name="hub",
        argv=[sys.executable, "-m", "webhook"],
        cwd=Path.cwd(),
        environment=_environment(settings),
        ready=lambda: answers(f"http://{address}:{settings.port}/health"),
        ready_seconds=HUB_READY_SECONDS,
    )


def actions(settings: Settings) -> Part:
    """The action server, on loopback."""
    return Part(
        name="actions",
        argv=[sys.executable, "-m", "actions"],
        cwd=Path.cwd(),
        environment=_environment(settings),
        ready=lambda: answers(f"http://127.0.0.1:{settings.actions_port}/health"),
    )


def bot(settings: Settings, path: Path) -> Part:
    """Rasa with the model at ``path``, on loopback, with an environment that holds no secret."""
    folder, files = settings.data / "run", settings.bot_files / "bot"
    endpoints = _copy(
        files / "endpoints.yml", folder / "endpoints.yml", {"action_endpoint": {"url": f"http://127.0.0.1:{settings.actions_port}/webhook"}}
    )
    credentials = _copy(files / "credentials.yml", folder / "credentials.yml", {CHANNEL: {"token": settings.bot_token}})
    port = settings.bot_url.rsplit(":", 1)[1]
    words = [
        "run",
        "--model",
        path.resolve(),
        "--endpoints",
        endpoints,
        "--credentials",
        credentials,
        "--port",
        port,
        "--interface",
        "127.0.0.1",
    ]
    return Part(
        name="bot",
        argv=[*model.rasa(), *map(str, words)],
        cwd=settings.bot_files,
        environment=model.bot_environment(settings.data, settings.bot_files),
        ready=lambda: answers(bot_health(settings)),
        ready_seconds=BOT_READY_SECONDS,
    )


def bot_health(settings: Settings) -> str:
    """Where the bot says whether it has a model: 200, or 503 when it runs without one."""
    return f"{settings.bot_url}/webhooks/handraise/"


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


def _environment(settings: Settings) -> dict[str, str]:
    chosen = {"actions_port": settings.actions_port, "bot_url": settings.bot_url, "bot_token": settings.bot_token}
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
