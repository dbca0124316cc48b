"""`handraise up` when something is in the way: one clear line that says what to do, never a trace."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from handraise.ports import free_port
from leads.schema import expected

ROOT = Path(__file__).parents[2]


def up(data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `handraise up`, which must end by itself."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("HANDRAISE_")}
    environment = {**clean, "HANDRAISE_DATA": str(data), "HANDRAISE_PORT": str(free_port()), "COLUMNS": "200", **settings}
    return subprocess.run(
        [sys.executable, "-m", "handraise", "up"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def failed_with(done: subprocess.CompletedProcess[str], *words: str) -> None:
    """It ended with exit code 1 and one marked line that holds all the words."""
    printed = done.stdout + done.stderr
    assert done.returncode == 1, printed
    assert "Traceback" not in printed
    (line,) = [line for line in done.stderr.splitlines() if "✗" in line]
    for word in words:
        assert word in line, f"{word!r} is not in {line!r}"
    assert len(done.stderr.strip().splitlines()) >= 2, "nothing says what to do"


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = up(tmp_path, HANDRAISE_PORT=port)
    failed_with(done, f"Port {port} is taken")
    assert "HANDRAISE_PORT=" in done.stderr


def test_a_wrong_setting(tmp_path: Path) -> None:
    failed_with(up(tmp_path, HANDRAISE_PORT="lots"), "HANDRAISE_PORT is 'lots'")


def test_a_database_out_of_reach(tmp_path: Path) -> None:
    failed_with(up(tmp_path, HANDRAISE_DATABASE_URL=f"postgresql://u:secret@127.0.0.1:{free_port()}/x"), "The database is out of reach")


def test_a_database_newer_than_the_code(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "handraise.db") as database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        database.execute("INSERT INTO alembic_version VALUES ('from_the_future')")
    database.close()
    failed_with(up(tmp_path), "from_the_future")
    assert expected() != "from_the_future"


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    failed_with(up(file / "data"), str(file / "data"))


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the bot's files that a test may break."""
    folder = tmp_path / "files"
    folder.mkdir()
    for name in ("config.yml", "domain.yml"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "bot", folder / "bot", ignore=shutil.ignore_patterns(".venv"))
    return folder


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("bot/questions.yml", lambda text: "questions: [\n" + text),
        ("bot/scoring.yml", lambda text: "\n\npoints: {\n" + text),
        ("domain.yml", lambda text: "x: y\n  z: a\n" + text),
        ("bot/data/rules/person.yml", lambda text: "rules: {\n" + text),
    ],
)
def test_broken_yaml(tmp_path: Path, files: Path, name: str, damage: Callable[[str], str]) -> None:
    path = files / name
    path.write_text(damage(path.read_text()))
    done = up(tmp_path / "data", HANDRAISE_BOT_FILES=str(files))
    failed_with(done, str(path), "line ")
