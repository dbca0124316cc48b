"""Follows a Containerfile without an engine: each stage is a folder, COPY copies, plain RUN commands run.

`python -m tests.deploy.stages FOLDER [STAGE …]` builds the stages (default: all); FOLDER/STAGE/app is then what the image has in /app.
What needs a real image (installing programs, accounts) is passed over and said; Python and Node.js are those of this machine.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from io import BytesIO
from pathlib import Path

from dockerfile_parse import DockerfileParser

from handraise.prepare import BOT_PYTHON, uv
from tests.deploy.files import DEPLOY, ROOT

CONTAINERFILE = DEPLOY / "Containerfile"
NEEDS_IMAGE = ("pip ", "python3.12 -m pip ", "ldconfig", "useradd ", "install -d ")


@dataclass
class Stage:
    """A stage with its instructions in order."""

    name: str
    base: str
    steps: list[tuple[str, str]] = field(default_factory=list)


def stages() -> list[Stage]:
    """The stages of the Containerfile."""
    found: list[Stage] = []
    parser = DockerfileParser(fileobj=BytesIO(CONTAINERFILE.read_bytes()))
    for item in parser.structure:
        word, value = item["instruction"], item["value"]
        if word == "FROM":
            match = re.fullmatch(r"(\S+) AS (\S+)", value)
            assert match, f"line {item['startline'] + 1}: name the stage"
            found.append(Stage(match[2], match[1]))
        elif word != "COMMENT":
            found[-1].steps.append((word, value))
    return found


def environment_of(name: str) -> dict[str, str]:
    """The variables that the image of a stage sets."""
    (stage,) = [stage for stage in stages() if stage.name == name]
    return dict(item.split("=", 1) for word, value in stage.steps if word == "ENV" for item in shlex.split(value))


def context() -> list[str]:
    """The files that git knows and .dockerignore lets into the build, as the last line that matches says."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rules = [line.strip() for line in (ROOT / ".dockerignore").read_text().splitlines() if line.strip() and not line.startswith("#")]
    return [name for name in listed.stdout.splitlines() if _is_in(name, rules)]


def _is_in(name: str, rules: list[str]) -> bool:
    inside = True
    for rule in rules:
        pattern = rule.lstrip("!")
        parts = name.split("/")
        heads = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
        names = parts if pattern.startswith("**/") else heads
        if any(fnmatch(head, pattern.removeprefix("**/")) for head in names):
            inside = rule.startswith("!")
    return inside


def copies(stage: Stage) -> list[tuple[str | None, list[str], str]]:
    """Every COPY: the stage or image it copies from (None: the context), sources, target."""
    found = []
    for word, value in stage.steps:
        if word == "COPY":
            words = shlex.split(value)
            origin = next((one.removeprefix("--from=") for one in words if one.startswith("--from=")), None)
            *sources, target = [one for one in words if not one.startswith("--")]
            found.append((origin, sources, target))
    return found


def build(folder: Path, wanted: list[str]) -> None:
    """Follow the stages into ``folder``."""
    source = folder / "context"
    for name in context():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)
    for stage in stages():
        if not wanted or stage.name in wanted:
            _Follower(folder, stage, source).follow()


class _Follower:
    def __init__(self, folder: Path, stage: Stage, source: Path) -> None:
        self._folder = folder
        self._stage = stage
        self._source = source
        self._root = folder / stage.name
        self._workdir = "/app"
        (self._root / "app").mkdir(parents=True)
        plain = {key: value for key, value in os.environ.items() if not key.startswith(("HANDRAISE_", "UV_PYTHON", "VIRTUAL_ENV"))}
        self._environment = {**plain, "PATH": f"{Path(uv()).absolute().parent}{os.pathsep}{os.environ['PATH']}"}

    def follow(self) -> None:
        for word, value in self._stage.steps:
            if word == "WORKDIR":
                self._workdir = value
                self._real(value).mkdir(parents=True, exist_ok=True)
            elif word == "COPY":
                self._copy(value)
            elif word == "RUN":
                self._run(value)
            elif word == "ENV":
                self._set(value)

    def _real(self, path: str) -> Path:
        return self._root / str(Path(self._workdir, path)).lstrip("/")

    def _set(self, value: str) -> None:
        for item in shlex.split(value):
            name, _, text = item.partition("=")
            if name != "PATH":
                self._environment[name] = _pythons(text).replace("/app/", f"{self._root}/app/")

    def _copy(self, value: str) -> None:
        ((origin, sources, target),) = copies(Stage("", "", [("COPY", value)]))
        if origin is not None and not (self._folder / origin).is_dir():
            print(f"  passed over: COPY {value}")
            return
        base = self._source if origin is None else self._folder / origin
        for source in sources:
            found = base / source.lstrip("/")
            to = self._real(target)
            if found.is_dir():
                shutil.copytree(found, to, symlinks=True, dirs_exist_ok=True)
                _move_environments(to, str(base), str(self._root))
            else:
                to = to / found.name if target.endswith("/") or to.is_dir() else to
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(found, to)

    def _run(self, value: str) -> None:
        if value.startswith(NEEDS_IMAGE):
            print(f"  passed over: RUN {value}")
            return
        command = _pythons(value)
        print(f"  {self._stage.name}: {command}", flush=True)
        subprocess.run(["sh", "-c", command], cwd=self._real("."), env=self._environment, check=True)


def _move_environments(folder: Path, before: str, after: str) -> None:
    """In images every stage has the same /app; here the paths in a copied environment have to follow."""
    for path in [*folder.glob("**/.venv/bin/*"), *folder.glob("**/.venv/lib/*/site-packages/*.pth")]:
        if path.is_file() and not path.is_symlink() and before.encode() in (content := path.read_bytes()):
            path.write_bytes(content.replace(before.encode(), after.encode()))


def _pythons(text: str) -> str:
    """The Pythons of this machine for those of the images."""
    own = {"3.12": Path(sys.executable).resolve(), "3.10": BOT_PYTHON.resolve()}
    for version, path in own.items():
        text = text.replace(f"/usr/local/bin/python{version}", str(path))
    return text


if __name__ == "__main__":
    build(Path(sys.argv[1]).absolute(), sys.argv[2:])
