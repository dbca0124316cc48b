"""The trained model: which files it is made of, training it, finding the newest that fits them."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from handraise import signing
from handraise.prepare import BOT_PYTHON, fingerprint
from handraise.steps import Failure

KEPT = 5


@dataclass(frozen=True)
class Model:
    """A model file and whether it was trained from the bot's files as they are now."""

    path: Path
    fits: bool


def sources(bot_files: Path) -> list[Path]:
    """The files a model is trained from: pipeline, domain, training data and our components."""
    data = sorted((bot_files / "bot" / "data").rglob("*.yml"))
    return [bot_files / "config.yml", bot_files / "domain.yml", *data, *_components(bot_files)]


def code_of(bot_files: Path) -> str:
    """Differs when the code of our components does."""
    return fingerprint(_components(bot_files))


def _components(bot_files: Path) -> list[Path]:
    return sorted((bot_files / "bot" / "components").glob("*.py"))


def find(bot_files: Path, data: Path) -> Model | None:
    """The model that fits the files, else the newest older one, else None. What this installation has not signed is none."""
    models = data / "models"
    fitting = models / f"{name_for(bot_files)}{signing.ENDING}"
    older = sorted(_all(models), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [fitting, *older]:
        if path.exists() and signing.is_trusted(path, data):
            return Model(path, fits=path == fitting)
    return None


def strangers(data: Path) -> list[Path]:
    """Model files that this installation has not signed, or that were altered since."""
    return [path for path in sorted(_all(data / "models")) if not signing.is_trusted(path, data)]


def _all(models: Path) -> list[Path]:
    return list(models.glob(f"*{signing.ENDING}"))


def name_for(bot_files: Path) -> str:
    """The name of the model that fits the files as they are now."""
    return fingerprint(sources(bot_files))[:16]


async def train(bot_files: Path, data: Path) -> Path:
    """Train a model from the files as they are now, sign it and return its path. Takes about half a minute.

    Raises:
        Failure: Rasa refused the files; its own words are in the message.
    """
    log, name = data / "logs" / "train.log", name_for(bot_files)
    log.parent.mkdir(parents=True, exist_ok=True)
    words = ["train", "--config", "config.yml", "--domain", "domain.yml", "--data", "bot/data", "--fixed-model-name", name, "--out"]
    with workshop(data) as folder, log.open("wb") as out:
        argv = [*rasa(), *words, str(folder)]
        environment = bot_environment(data, bot_files)
        process = await asyncio.create_subprocess_exec(*argv, cwd=bot_files, env=environment, stdout=out, stderr=asyncio.subprocess.STDOUT)
        try:
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
        made = folder / f"{name}{signing.ENDING}"
        if code or not made.exists():
            raise Failure(f"The bot could not be trained: {_why(log)}", f"Run handraise check for file and line. Details: {log}")
        path = keep(made, data)
    forget_old(data / "models")
    return path


@contextmanager
def workshop(data: Path) -> Iterator[Path]:
    """A folder for a model in the making, which nobody else may write into; gone afterwards."""
    (data / "run").mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="training-", dir=data / "run")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep(made: Path, data: Path) -> Path:
    """Sign a model and put it, with its signature first, among the others; gives its new path."""
    models = data / "models"
    models.mkdir(parents=True, exist_ok=True)
    signing.sign(made, data)
    for file in (made.with_name(made.name + signing.SIGNATURE), made):
        shutil.move(file, models / file.name)
    return models / made.name


def rasa() -> list[str]:
    """The words that start Rasa in the bot's environment."""
    return [str(BOT_PYTHON), "-m", "rasa"]


def serve() -> list[str]:
    """The words that start Rasa as a server, without TensorFlow where it has no use for it."""
    return [str(BOT_PYTHON), "-m", "bot.serve"]


def bot_environment(data: Path, bot_files: Path) -> dict[str, str]:
    """All that Rasa gets to see: its YAML loader would print any variable that a flow names, so there is nothing worth printing."""
    home = (data / "run" / "rasa").resolve()
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(bot_files.resolve()),
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(home / "cache"),
        "MPLCONFIGDIR": str(home),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        **signing.environment(data),
    }


def forget_old(models: Path) -> None:
    """Keep the newest models only."""
    for path in sorted(_all(models), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        path.with_name(path.name + signing.SIGNATURE).unlink(missing_ok=True)
        path.unlink()


def _why(log: Path) -> str:
    """The most telling line of Rasa's log."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"(Exception|Error|Invalid\w*): |^Error", line)]
    line = (telling or lines or ["no output"])[-1]
    return re.sub(r"^(\w+\.)*(\w+(Exception|Error)): ", "", line)
