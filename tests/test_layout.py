"""The house as ARCHITECTURE.md describes it: who may import whom, nothing at import, a line at the head of each module."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

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


def allowed(path: Path) -> set[str]:
    package = path.relative_to(ROOT).parts[0]
    return ALLOWED[package] | {package}


def test_modules_import_only_what_their_folder_may() -> None:
    beyond = {str(path): ours for path in MODULES if (ours := imports(path) & set(ALLOWED) - allowed(path))}
    assert beyond == {}


def test_modules_are_short_and_say_what_they_are() -> None:
    texts = {str(path): path.read_text() for path in MODULES}
    assert [path for path, text in texts.items() if len(text.splitlines()) > LONGEST] == []
    assert [path for path, text in texts.items() if not ast.get_docstring(ast.parse(text))] == []


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
