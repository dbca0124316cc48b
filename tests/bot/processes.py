"""Starts the real parts for tests: trains a model once per state of the bot's files, runs actions and bot on free ports."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handraise import model
from handraise.ports import free_port
from handraise.prepare import BOT_PYTHON
from leads.settings import load_settings

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "made-up-bot-token"
START_SECONDS = 120


@dataclass
class Part:
    """A running process with its address and its log."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    log: Path
    health: str

    def ready(self) -> Part:
        """Itself once it answers; when it does not, it is ended."""
        try:
            self.wait_until_healthy(self.health)
        except BaseException:
            self.stop()
            raise
        return self

    def wait_until_healthy(self, path: str) -> Mapping[str, Any]:
        """Poll an address until it answers 200; fails at once when the process has ended."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{self.tail()}")
            try:
                with urllib.request.urlopen(self.url + path, timeout=5) as answer:  # noqa: S310  our own address
                    found: Mapping[str, Any] = json.load(answer)
                    return found
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)  # between two looks at a process that is starting
        raise RuntimeError(f"{self.name} did not become healthy within {START_SECONDS} s:\n{self.tail()}")

    def stop(self) -> None:
        """End it and wait."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


def bot_environment() -> dict[str, str]:
    """What rasa gets to see, as in production."""
    return model.bot_environment(load_settings().data, ROOT)


def train() -> Path:
    """The model file of the present bot; trained when there is none yet (about 15 s)."""
    data = load_settings().data
    found = model.find(ROOT, data)
    return found.path.resolve() if found and found.fits else asyncio.run(model.train(ROOT, data)).resolve()


def start_actions(folder: Path, database_url: str, port: int | None = None, bot_files: Path = ROOT, token: str = TOKEN) -> Part:
    """:func:`launch_actions`, ready to read (about 5 s)."""
    return launch_actions(folder, database_url, port, bot_files, token).ready()


def launch_actions(folder: Path, database_url: str, port: int | None = None, bot_files: Path = ROOT, token: str = TOKEN) -> Part:
    """`python -m actions` on a free port, not waiting until it is ready; ``folder`` takes its log."""
    port = port or free_port()
    log = folder / "actions.log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HANDRAISE_")},
        "HANDRAISE_DATA": str(folder),
        "HANDRAISE_DATABASE_URL": database_url,
        "HANDRAISE_ACTIONS_PORT": str(port),
        "HANDRAISE_BOT_FILES": str(bot_files),
        "HANDRAISE_BOT_TOKEN": token,
    }
    command: list[str | Path] = [ROOT / ".venv" / "bin" / "python", "-m", "actions"]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    return Part("actions", f"http://127.0.0.1:{port}", process, log, "/health")


def launch_bot(folder: Path, model: Path, actions_url: str, token: str = TOKEN) -> Part:
    """`python -m bot.serve run` on a free port with our channel only, not waiting until it is ready."""
    port = free_port()
    log = folder / "bot.log"
    credentials, endpoints = folder / "credentials.yml", folder / "endpoints.yml"
    credentials.write_text(f"bot.channel.HubInput:\n  token: {json.dumps(token)}\n")
    endpoints.write_text(
        f"action_endpoint:\n  url: {actions_url}/webhook\n  headers: {{X-Handraise-Token: {json.dumps(token)}}}\n"
        "tracker_store:\n  type: bot.tracker_store.RecentTrackerStore\n  max_conversations: 2000\n"
    )
    command: list[str | Path] = [BOT_PYTHON, "-m", "bot.serve", "run", "--model", model, "-i", "127.0.0.1", "-p", str(port)]
    command += ["--credentials", credentials, "--endpoints", endpoints]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=bot_environment(), stdout=out, stderr=out)
    return Part("bot", f"http://127.0.0.1:{port}", process, log, "/webhooks/handraise/")


def start_bot(folder: Path, model: Path, actions_url: str, token: str = TOKEN) -> Part:
    """:func:`launch_bot`, ready to take turns (about 15 s)."""
    return launch_bot(folder, model, actions_url, token).ready()
