"""A warm trainer (bot/trainer.py) as a process of ours: it reads Rasa once and then trains in seconds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from handraise.model import bot_environment
from handraise.prepare import BOT_PYTHON
from handraise.steps import Failure

END_SECONDS = 20.0


class Trainer:
    """Trains the bot's files as they are; ended with the block. ``data`` takes its cache and its log.

    Raises:
        Failure: it did not start.
    """

    def __init__(self, bot_files: Path, data: Path) -> None:
        self._log = data / "logs" / "trainer.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [str(BOT_PYTHON), "-m", "bot.trainer"],
                cwd=bot_files,
                env=bot_environment(data, bot_files),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self._answer()

    def train(self, models: Path, name: str) -> tuple[Path, float]:
        """Train; gives the model's file and the seconds it took.

        Raises:
            Failure: Rasa refused the files.
        """
        models.mkdir(parents=True, exist_ok=True)
        order = {"domain": "domain.yml", "config": "config.yml", "data": "bot/data", "out": str(models.resolve()), "name": name}
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101
        try:
            stdin.write(json.dumps(order) + "\n")
            stdin.flush()
        except BrokenPipeError:
            raise self._ended() from None
        answer = self._answer()
        return Path(answer["path"]), float(answer["seconds"])

    @property
    def alive(self) -> bool:
        """Whether it can train."""
        return self._process.poll() is None

    def _answer(self) -> dict[str, Any]:
        out = self._process.stdout
        assert out is not None  # noqa: S101
        line = out.readline()
        if not line:
            raise self._ended()
        answer: dict[str, Any] = json.loads(line)
        if not answer["ok"]:
            raise Failure(
                f"The bot could not be trained: {answer['error']}", f"Run handraise check for file and line. Details: {self._log}"
            )
        return answer

    def _ended(self) -> Failure:
        return Failure("The trainer has ended.", f"Start it again. Details: {self._log}")

    def __enter__(self) -> Trainer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
