"""The peer of `handraise bench turn`: a stock Rasa project with the same dialogue, trained once into a folder for temporary files."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from pathlib import Path

from handraise.model import bot_environment, rasa
from handraise.prepare import fingerprint
from handraise.steps import Failure

PROJECT = Path(__file__).parent / "peers" / "stock_rasa"
TRAINING_SECONDS = 3600.0


def stock_model(bot_files: Path, quick: bool) -> Path:
    """The trained model of the peer; ``quick``: with a single epoch, which is as slow in a turn but understands little.

    Raises:
        Failure: Rasa did not train it.
    """
    nlu = bot_files / "bot" / "data" / "nlu"
    sources = [*sorted(PROJECT.rglob("*.yml")), *sorted(nlu.glob("*.yml"))]
    folder = Path(tempfile.gettempdir()) / f"handraise-bench-stock-{'quick-' if quick else ''}{fingerprint(sources)[:16]}"
    model = folder / "stock.tar.gz"
    if model.exists():
        return model
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yml"
    text = (PROJECT / "config.yml").read_text()
    config.write_text(re.sub(r"epochs: \d+", "epochs: 1", text) if quick else text)
    words = ["train", "--config", str(config), "--domain", "domain.yml", "--data", "data", str(nlu.resolve())]
    command = [*rasa(), *words, "--out", str(folder), "--fixed-model-name", model.stem]
    log = folder / "train.log"
    with log.open("wb") as out:
        environment = {**bot_environment(folder, PROJECT), "RASA_CACHE_DIRECTORY": str(folder / "cache")}
        subprocess.run(  # noqa: S603
            command, cwd=PROJECT, env=environment, stdout=out, stderr=subprocess.STDOUT, timeout=TRAINING_SECONDS, check=False
        )
    if not model.exists():
        raise Failure("The stock Rasa project could not be trained.", f"Details: {log}")
    return model


def stock_words(model: Path, folder: Path, port: int, actions_port: int) -> list[str]:
    """The words that start it, with its REST channel only."""
    endpoints = folder / "stock-endpoints.yml"
    endpoints.write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions_port}/webhook\n")
    words = ["run", "--model", str(model), "--endpoints", str(endpoints), "--credentials", str(PROJECT / "credentials.yml")]
    return [*rasa(), *words, "--port", str(port), "--interface", "127.0.0.1"]


def stock_actions_words(python: str, port: int) -> list[str]:
    """The words that start rasa_sdk's own server with the peer's actions."""
    return [python, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]


def stock_environment(folder: Path) -> dict[str, str]:
    """As a bot's, with the peer's folder to import from."""
    return {**bot_environment(folder, PROJECT), "PATH": os.defpath}
