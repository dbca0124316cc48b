"""`python -m webhook` as a process: it serves at once, ends in order, and says in one line why it cannot start."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

from handraise.ports import free_port
from leads.settings import Settings
from tests.databases import ensure_tables
from tests.faults.hubs import START_SECONDS
from tests.webhook.hub import FILES

ROOT = Path(__file__).parents[2]


async def start(folder: Path, **settings: str) -> asyncio.subprocess.Process:
    known = {"DATA": str(folder), "BOT_FILES": str(FILES), "BOT_URL": "http://127.0.0.1:9", **settings}
    environment = {**os.environ, **{f"HANDRAISE_{name}": value for name, value in known.items()}, "PYTHONPATH": str(ROOT)}
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "webhook", cwd=folder, env=environment, stderr=pipe, stdout=pipe)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A folder with a database of the newest revision."""
    ensure_tables(Settings(data=tmp_path).database)
    return tmp_path


async def test_it_serves_and_ends_in_order(database: Path) -> None:
    port = free_port()
    process = await start(database, PORT=str(port))
    async with aiohttp.ClientSession() as session, asyncio.timeout(START_SECONDS):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/health") as response:
                    assert (await response.json())["database"] is True
                    break
            except aiohttp.ClientConnectionError:
                assert process.returncode is None
                await asyncio.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    _out, err = await asyncio.wait_for(process.communicate(), START_SECONDS)
    assert process.returncode == 0, err
    assert b"Traceback" not in err


async def test_a_taken_port_is_one_clear_line(database: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        process = await start(database, PORT=str(port))
        _out, err = await asyncio.wait_for(process.communicate(), START_SECONDS)
    lines = [line for line in err.decode().splitlines() if " INFO " not in line]
    assert process.returncode == 1
    assert lines == [f"Port {port} is taken. Stop what uses it, or set HANDRAISE_PORT to another."]


async def test_a_wrong_setting_and_a_broken_file_are_one_clear_line(database: Path, tmp_path: Path) -> None:
    process = await start(database, PORT="many")
    _out, err = await asyncio.wait_for(process.communicate(), START_SECONDS)
    assert process.returncode == 1 and b"HANDRAISE_PORT" in err and b"Traceback" not in err
    files = tmp_path / "files" / "bot"
    files.mkdir(parents=True)
    (files / "questions.yml").write_text("questions:\n  budget: {kind: gold}\n")
    process = await start(database, BOT_FILES=str(files.parent), PORT=str(free_port()))
    _out, err = await asyncio.wait_for(process.communicate(), START_SECONDS)
    assert process.returncode == 1 and b"questions.yml:2" in err and b"Traceback" not in err
