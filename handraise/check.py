"""`handraise check`: are the bot's files right? Ours first, in seconds; then Rasa's own validation."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from handraise import model
from handraise.bot_files import problems
from leads.errors import FileProblem

TELLING = re.compile(r"Warning: |Error: |Exception: |conflict|not listed|not used|invalid", re.IGNORECASE)


@dataclass(frozen=True)
class Report:
    """What the checks found; ``rasa`` holds the lines of Rasa's validation that are warnings or errors."""

    problems: list[FileProblem]
    rasa: list[str]

    @property
    def ok(self) -> bool:
        """True when nothing was found."""
        return not self.problems and not self.rasa


def check(bot_files: Path, data: Path, *, fast: bool) -> Report:
    """Check the files; with ``fast`` without Rasa's validation, which takes about fifteen seconds."""
    found = problems(bot_files)
    if found or fast:
        return Report(found, [])
    return Report([], _validate(bot_files, data))


def _validate(bot_files: Path, data: Path) -> list[str]:
    words = ["data", "validate", "--fail-on-warnings", "--config", "config.yml", "--domain", "domain.yml", "--data", "bot/data"]
    done = subprocess.run(  # noqa: S603
        [*model.rasa(), *words], cwd=bot_files, env=model.bot_environment(data, bot_files), capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return []
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines()]
    telling = [
        line for line in lines if re.search(r"Warning: |Error: |Exception: |conflict|not listed|not used|invalid", line, re.IGNORECASE)
    ]
    return telling or lines[-5:]
