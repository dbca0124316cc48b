"""Servers and generators as processes of their own, each on its core."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from handraise.bench.plan import Outcome, Plan
from handraise.steps import Failure
from leads.settings import ENV_PREFIX

START_SECONDS = 60.0


class Process:
    """A server: started, waited for until it says that it is ready, ended with the block."""

    def __init__(self, command: Sequence[str], folder: Path, name: str, core: int | None) -> None:
        self._log = folder / f"{name}.log"
        self._rest = b""
        with self._log.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603
                [*pinned(core), *command], stdout=subprocess.PIPE, stderr=errors, cwd=folder, env=plain_environment(), bufsize=0
            )
        self.pid = self._process.pid

    def wait_ready(self, word: str = "ready", seconds: float = START_SECONDS) -> Process:
        """Wait for its word.

        Raises:
            Failure: it ended, or said nothing.
        """
        out = self._process.stdout
        assert out is not None  # noqa: S101
        last = time.monotonic() + seconds
        while time.monotonic() < last:
            if not select.select([out], [], [], 0.2)[0]:
                continue
            line = out.readline().decode(errors="replace")
            if word in line:
                return self
            if not line:
                break
        self.__exit__(None, None, None)
        raise Failure(f"A process did not start: {self.last_words()}", "")

    def last_words(self) -> str:
        """The end of its log."""
        return " / ".join(self._log.read_text(errors="replace").strip().splitlines()[-3:]) or "it said nothing"

    def lines(self) -> list[str]:
        """What it has said since, as far as whole lines are there."""
        out = self._process.stdout
        assert out is not None  # noqa: S101
        while select.select([out], [], [], 0)[0]:
            piece = os.read(out.fileno(), 65_536)
            if not piece:
                break
            self._rest += piece
        *whole, self._rest = self._rest.split(b"\n")
        return [line.decode(errors="replace") for line in whole]

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def __enter__(self) -> Process:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


def generate(plan: Plan, folder: Path) -> Outcome:
    """Run a generator to its end; a generator that fails is a failed run, not the end of everything."""
    command = [sys.executable, "-m", "handraise.bench.generator", json.dumps(plan.json())]
    limit = 120 + plan.seconds + plan.warm_seconds + plan.drain_seconds + plan.visitors / 20
    try:
        done = subprocess.run(command, capture_output=True, cwd=folder, env=plain_environment(), timeout=limit, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Outcome(failure="the generator did not end")
    with suppress(ValueError, IndexError):
        values: dict[str, Any] = json.loads(done.stdout.decode().strip().splitlines()[-1])
        values.pop("rss", None)
        return Outcome(**values)
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return Outcome(failure=f"the generator failed: {lines[-1] if lines else done.returncode}")


def pinned(core: int | None) -> list[str]:
    """The words that start a program on one core, by way of Python: not every machine has taskset."""
    if core is None or not hasattr(os, "sched_setaffinity"):
        return []
    script = "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])}); os.execvp(sys.argv[2], sys.argv[2:])"
    return [sys.executable, "-c", script, str(core)]


def plain_environment() -> dict[str, str]:
    """Without settings of an installation, and without the warnings of a developer's shell."""
    return {name: value for name, value in os.environ.items() if not name.startswith(ENV_PREFIX) and not name.startswith("PYTHON")}
