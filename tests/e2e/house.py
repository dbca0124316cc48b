"""The whole product as a newcomer starts it: `handraise up` on a fresh data folder and a free port, with every process real."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handraise import signing
from handraise.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
HANDRAISE = [sys.executable, "-m", "handraise"]
BOT_SECONDS = 120.0
STOP_SECONDS = 90.0


@dataclass
class House:
    """A running Handraise. ``console`` holds what `handraise up` printed so far."""

    url: str
    data: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    console: Path

    @property
    def password(self) -> str:
        """The password of the first agent, as a newcomer finds it."""
        return (self.data / "first-password.txt").read_text().strip()

    def health(self) -> dict[str, Any]:
        """What the hub says of itself; an empty dict while nothing answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as response:  # noqa: S310
                body: dict[str, Any] = json.load(response)
                return body
        except (urllib.error.URLError, OSError):
            return {}

    def command(self, *words: str) -> str:
        """Run `handraise …` against this house and return what it prints."""
        done = subprocess.run([*HANDRAISE, *words], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, f"handraise {' '.join(words)} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def leads(self) -> list[dict[str, Any]]:
        """Every lead, as exported."""
        return [json.loads(line) for line in self.command("leads", "export").splitlines()]

    def wait_for_bot(self) -> None:
        """Return when the hub reaches the bot."""
        self.wait(lambda: bool(self.health().get("bot")), "the bot", BOT_SECONDS)

    def wait_for_hub(self) -> None:
        """Return when the hub answers."""
        self.wait(lambda: bool(self.health().get("ok")), "the hub", 60)

    def wait(self, ready: Any, what: str, seconds: float) -> None:
        """Poll until ``ready`` holds; fail with what the house printed when it does not in time."""
        end = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"{what} did not come up:\n{self.console.read_text()}\n{self.tail('hub')}\n{self.tail('bot')}")
            time.sleep(0.1)

    def tail(self, part: str) -> str:
        """The last lines of a part's log."""
        path = self.data / "logs" / f"{part}.log"
        return f"--- {part}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-20:]) if path.exists() else ""

    def pid_of(self, part: str) -> int:
        """The process id of a part, found among the children of this house's supervisor."""
        return self.pids_of(part)[0]

    def pids_of(self, part: str) -> list[int]:
        """The same when several of it run."""
        word = {"hub": b"webhook", "actions": b"actions", "bot": b"bot.serve"}[part]
        pids = map(int, Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split())
        found = [pid for pid in pids if word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
        assert found, f"{part} is not running"
        return found

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_SECONDS)


def start_house(data: Path, models: Path | None, *words: str, damage_models: bool = False, **settings: str) -> House:
    """Start `handraise up` on the folder ``data``; ``models`` holds models trained before, so that a test need not train again."""
    port = free_port()
    if models is not None:
        shutil.copytree(models, data / "models")
        shutil.copytree(models.parent / "keys", data / "keys")
    if damage_models:
        for path in (data / "models").glob("*.tar.gz"):
            path.write_bytes(b"not a model")
            signing.sign(path, data)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HANDRAISE_")}
    environment = {**clean, "HANDRAISE_DATA": str(data), "HANDRAISE_PORT": str(port), **settings}
    data.mkdir(parents=True, exist_ok=True)
    console = data / "console.txt"
    with console.open("wb") as out:
        process = subprocess.Popen([*HANDRAISE, "up", *words], env=environment, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
    return House(f"http://localhost:{port}", data, environment, process, console)


def plain(text: str) -> str:
    """Text without terminal colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
