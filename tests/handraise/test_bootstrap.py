"""`scripts/bootstrap` on machines that lack something: one clear line, and what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "sed", "date", "cat", "mkdir", "dirname", "cksum", "tail", "grep", "rm", "printf")
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What a fresh clone needs for the bootstrap."""
    folder = tmp_path / "clone"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "bootstrap", folder / "scripts" / "bootstrap")
    for name in ("pyproject.toml", "uv.lock", "README.md", ".python-version"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A PATH with the few tools of every system, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    return folder


def bootstrap(tree: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "scripts/bootstrap"], cwd=tree, env=environment, capture_output=True, text=True, check=False, timeout=100
    )


def failed_with(done: subprocess.CompletedProcess[str], words: str, fix: str) -> None:
    assert done.returncode == 1, done.stdout + done.stderr
    assert words in done.stderr
    assert fix in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_no_usable_python(tree: Path, bare: Path) -> None:
    failed_with(bootstrap(tree, PATH=str(bare)), "No usable Python", "Install Python 3.12")


def test_uv_cannot_be_installed(tree: Path, bare: Path) -> None:
    (bare / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    done = bootstrap(
        tree, PATH=str(bare), PIP_CONFIG_FILE=os.devnull, PIP_INDEX_URL=NOWHERE, PIP_RETRIES="0", PIP_DEFAULT_TIMEOUT="2", HOME=str(tree)
    )
    failed_with(done, "registry is out of reach", "Check the network")


def test_packages_cannot_be_fetched(tree: Path) -> None:
    own = ROOT / ".tools" / "uv"
    (tree / ".tools").mkdir()
    if own.exists():
        (tree / ".tools" / "uv").symlink_to(own)
    done = bootstrap(
        tree,
        PATH=os.environ["PATH"],
        HOME=os.environ["HOME"],
        UV_CACHE_DIR=str(tree / "cache"),
        UV_HTTP_RETRIES="0",
        ALL_PROXY=NOWHERE,
        HTTPS_PROXY=NOWHERE,
        HTTP_PROXY=NOWHERE,
    )
    failed_with(done, "registry is out of reach", "Check the network")
