"""Starts the real parts for tests: trains a model once per state of the bot's files, runs actions and bot on free ports."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".rasa" / "tests"
TOKEN = "made-up-bot-token"
TRAIN_SECONDS = 300
START_SECONDS = 120
KEPT_MODELS = 5
TRAINED_FROM = ("config.yml", "domain.yml", "bot/data", "bot/components")


@dataclass
class Part:
    """A running process with its address and its log."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    log: Path

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


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bot_python() -> Path:
    """The interpreter of the bot's own environment."""
    return ROOT / "bot" / ".venv" / "bin" / "python"


def bot_environment() -> dict[str, str]:
    """What rasa gets to see: nothing worth printing, and no telemetry."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    quiet = {"PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
    return {**kept, **quiet, "RASA_TELEMETRY_ENABLED": "false", "RASA_CACHE_DIRECTORY": str(ROOT / ".rasa" / "cache")}


def fingerprint() -> str:
    """A hash of everything that a model is trained from."""
    digest = hashlib.sha256()
    for name in TRAINED_FROM:
        path = ROOT / name
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.suffix in (".yml", ".py"))
        for file in files:
            digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def train() -> Path:
    """The model file of the present bot; trained when there is none yet (about 15 s)."""
    model = CACHE / f"{fingerprint()}.tar.gz"
    if model.exists():
        return model
    CACHE.mkdir(parents=True, exist_ok=True)
    name = f"{model.name.removesuffix('.tar.gz')}-{os.getpid()}"
    command: list[str | Path] = [bot_python(), "-m", "rasa", "train", "--data", "bot/data", "--out", CACHE, "--fixed-model-name", name]
    log = CACHE / "train.log"
    with log.open("wb") as out:
        done = subprocess.run(command, cwd=ROOT, env=bot_environment(), stdout=out, stderr=out, timeout=TRAIN_SECONDS, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"rasa train failed:\n{log.read_text(errors='replace')[-4000:]}")
    os.replace(CACHE / f"{name}.tar.gz", model)
    for old in sorted(CACHE.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)[:-KEPT_MODELS]:
        old.unlink(missing_ok=True)
    return model


def start_actions(folder: Path, database_url: str, port: int | None = None, bot_files: Path = ROOT) -> Part:
    """`python -m actions` on a free port; ``folder`` takes its log."""
    port = port or free_port()
    log = folder / "actions.log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HANDRAISE_")},
        "HANDRAISE_DATA": str(folder),
        "HANDRAISE_DATABASE_URL": database_url,
        "HANDRAISE_ACTIONS_PORT": str(port),
        "HANDRAISE_BOT_FILES": str(bot_files),
    }
    command: list[str | Path] = [ROOT / ".venv" / "bin" / "python", "-m", "actions"]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    part = Part("actions", f"http://127.0.0.1:{port}", process, log)
    part.wait_until_healthy("/health")
    return part


def launch_bot(folder: Path, model: Path, actions_url: str, token: str = TOKEN) -> Part:
    """`rasa run` on a free port with our channel only, not waiting until it is ready."""
    port = free_port()
    log = folder / "bot.log"
    credentials, endpoints = folder / "credentials.yml", folder / "endpoints.yml"
    credentials.write_text(f"bot.channel.HubInput:\n  token: {json.dumps(token)}\n")
    endpoints.write_text(
        f"action_endpoint:\n  url: {actions_url}/webhook\n"
        "tracker_store:\n  type: bot.tracker_store.RecentTrackerStore\n  max_conversations: 2000\n"
    )
    command: list[str | Path] = [bot_python(), "-m", "rasa", "run", "-m", model, "-i", "127.0.0.1", "-p", str(port)]
    command += ["--credentials", credentials, "--endpoints", endpoints]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=bot_environment(), stdout=out, stderr=out)
    return Part("bot", f"http://127.0.0.1:{port}", process, log)


def start_bot(folder: Path, model: Path, actions_url: str, token: str = TOKEN) -> Part:
    """:func:`launch_bot`, ready to take turns (about 15 s)."""
    part = launch_bot(folder, model, actions_url, token)
    try:
        part.wait_until_healthy("/webhooks/handraise/")
    except BaseException:
        part.stop()
        raise
    return part
