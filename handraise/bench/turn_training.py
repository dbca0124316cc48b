"""How long a training takes in a warm trainer after one new example."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from handraise.trainer import Trainer

HEAD = re.compile(r"(- intent: ask_price\n\s+examples: \|\n)(\s+- )")  # of a list of examples


def edits(bot_files: Path, folder: Path, times: int) -> Iterator[float]:
    """The seconds of each training after an edit of a copy of the bot's files, which was trained once before.

    Raises:
        Failure: a training went wrong.
    """
    files = folder / "files"
    shutil.copytree(bot_files / "bot", files / "bot", ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    for name in ("config.yml", "domain.yml"):
        shutil.copy(bot_files / name, files / name)
    with Trainer(files, folder) as trainer:
        trainer.train(folder / "models", "first")
        for number in range(times):
            path = example_file(files)
            path.write_text(HEAD.sub(rf"\1\2could you tell me your rates please, number {number}\n\2", path.read_text(), count=1))
            yield trainer.train(folder / "models", f"edit{number}")[1]


def example_file(bot_files: Path) -> Path:
    """The first file with examples of the intent that gets one more."""
    return next(path for path in sorted((bot_files / "bot" / "data" / "nlu").glob("*.yml")) if HEAD.search(path.read_text()))
