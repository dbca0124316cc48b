"""The house as ARCHITECTURE.md describes it: who may import whom, nothing at import, a line at the head of each module."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.file_map import DOCUMENT, file_map, parts

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "leads": set[str](),
    "actions": {"leads"},
    "webhook": {"leads"},
    "handraise": {"actions", "leads", "webhook"},
}
MODULES = sorted(path for package in ALLOWED for path in (ROOT / package).rglob("*.py"))
LONGEST = 350


def imports(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} imports relatively"
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_its_folder_may(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    ours = imports(path) & set(ALLOWED) - {package}
    assert ours <= ALLOWED[package]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text))


def test_importing_does_no_work(tmp_path: Path) -> None:
    """Every module is imported in an empty folder with an empty environment and without sockets or new files."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in MODULES if path.name != "__main__.py"
    ]
    script = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('a socket at import')\n"
        "socket.socket.connect = refuse; socket.socket.bind = refuse\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        f"import importlib\nfor name in {names!r}: importlib.import_module(name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_map_in_architecture_md_is_true() -> None:
    assert parts(DOCUMENT.read_text())[1] == file_map(), "run: python -m tests.file_map"
