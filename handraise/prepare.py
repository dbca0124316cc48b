"""What must stand before anything starts: the bot's environment and the built widget; skipped when nothing changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from handraise.node import ROOT, WIDGET, run_npm
from handraise.steps import Failure, step

BOT = ROOT / "bot"
BOT_PYTHON = BOT / ".venv" / "bin" / "python"
APPS = ("visitor", "console")
NO_SOURCES = frozenset({"node_modules", "dist", "dev"})


def prepare_bot(logs: Path) -> None:
    """Bring the bot's environment (Python 3.10, Rasa) in line with ``bot/uv.lock``.

    Raises:
        Failure: no Python 3.10, or the registry is out of reach.
    """
    stamp = BOT / ".venv" / "handraise.stamp"
    want = fingerprint([BOT / "uv.lock", BOT / "pyproject.toml"])
    if BOT_PYTHON.exists() and _read(stamp) == want:
        return
    with step("Preparing the bot's environment (Python 3.10, Rasa 3.6)"):
        logs.mkdir(parents=True, exist_ok=True)
        log = logs / "prepare-bot.log"
        environment = {key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "UV_PYTHON")}
        with log.open("wb") as out:
            words = [uv(), "sync", "--frozen", "--project", str(BOT)]
            code = subprocess.call(words, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT)  # noqa: S603
        if code:
            raise _bot_failure(log)
    stamp.write_text(want)


def prepare_widget(logs: Path) -> None:
    """Install the locked npm packages and build visitor and console, when a source changed.

    Raises:
        Failure: the registry is out of reach or the build failed.
    """
    stamp = WIDGET / "node_modules" / ".handraise.stamp"
    locked = fingerprint([WIDGET / "package-lock.json", *WIDGET.glob("*/package.json"), WIDGET / "package.json"])
    if _read(stamp) != locked:
        with step("Installing the widget's packages"):
            run_npm("ci", "--no-audit", "--no-fund", log=logs / "prepare-npm.log")
        stamp.write_text(locked)
    built = WIDGET / "node_modules" / ".handraise.built"
    sources = fingerprint(widget_sources())
    if _read(built) == sources and all((WIDGET / app / "dist").is_dir() for app in APPS):
        return
    with step("Building widget and console"):
        run_npm("run", "build", log=logs / "build-widget.log")
    built.write_text(sources)


def widget_sources() -> list[Path]:
    """Every file a build reads."""
    found: list[Path] = []
    for folder, inner, files in os.walk(WIDGET):
        inner[:] = [name for name in inner if name not in NO_SOURCES]  # node_modules alone holds ten thousand files
        found += [Path(folder, name) for name in files]
    return sorted(found)


def fingerprint(paths: Iterable[Path]) -> str:
    """SHA-256 over names and contents; a missing file counts as empty."""
    digest = hashlib.sha256()
    for path in map(Path.resolve, paths):
        digest.update(str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name).encode() + b"\0")
        digest.update(path.read_bytes() if path.exists() else b"")
        digest.update(b"\0")
    return digest.hexdigest()


def uv() -> str:
    """The uv that prepared the root environment.

    Raises:
        Failure: there is none.
    """
    own = ROOT / ".tools" / "uv" / "bin" / "uv"
    found = str(own) if own.exists() else shutil.which("uv")
    if not found:
        raise Failure("uv was not found.", "Run sh scripts/bootstrap; it installs uv into .tools/.")
    return found


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _bot_failure(log: Path) -> Failure:
    text = log.read_text(errors="replace")
    details = f"Details: {log}"
    if re.search(r"(?i)no interpreter|no download|not find.*python|python-build-standalone", text):
        return Failure(
            "No usable Python 3.10 was found for the bot, and uv could not fetch one.",
            f"Install Python 3.10 (for example with pyenv: pyenv install 3.10), then run make up again. {details}",
        )
    if re.search(r"(?i)fetch|connect|dns|timed out|network", text):
        return Failure("The Python package registry is out of reach.", f"Check the network, then run make up again. {details}")
    return Failure("The bot's environment could not be prepared.", details)
