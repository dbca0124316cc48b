"""The supervisor with real processes: what dies comes back and is said, what hangs is ended, nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from handraise.supervisor import Part, Supervisor
from tests.waiting import PATIENCE


def part(code: str, folder: Path, ready: Path | None = None) -> Part:
    async def is_ready() -> bool:
        return ready is None or ready.exists()

    return Part("piece", [sys.executable, "-u", "-c", code], folder, dict(os.environ), is_ready)


async def until(condition: object) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def test_a_part_that_dies_is_started_again_and_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    count = tmp_path / "count"
    supervisor = Supervisor(tmp_path / "logs")
    code = f"open({str(count)!r}, 'a').write('x'); print('hello'); raise SystemExit(3)"
    supervisor.start(part(code, tmp_path))
    await until(lambda: count.exists() and len(count.read_text()) >= 2)
    await supervisor.stop()
    printed = capsys.readouterr().out
    assert "piece ended (exit code 3); starting it again" in printed
    assert str(tmp_path / "logs" / "piece.log") in printed.replace("\n", "")
    assert "hello" in (tmp_path / "logs" / "piece.log").read_text()


async def test_ready_is_said_once_the_part_does_its_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flag = tmp_path / "flag"
    supervisor = Supervisor(tmp_path / "logs")
    printed = ""
    supervisor.start(part(f"open({str(flag)!r}, 'w'); import signal; signal.pause()", tmp_path, flag))
    async with asyncio.timeout(PATIENCE):
        while "piece ready" not in printed:
            printed += capsys.readouterr().out
            await asyncio.sleep(0)
    await supervisor.stop()


async def test_stopping_ends_a_part_that_ignores_sigterm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handraise.supervisor.STOP_SECONDS", 0.2)
    mark = tmp_path / "pid"
    deaf = "import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)"
    code = f"{deaf}; open({str(mark)!r}, 'w').write(str(os.getpid())); signal.pause()"
    supervisor = Supervisor(tmp_path / "logs")
    supervisor.start(part(code, tmp_path))
    await until(lambda: mark.exists() and mark.read_text())
    await supervisor.stop()
    assert not alive(int(mark.read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
async def test_parts_end_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    child = f"import os, signal; open({str(mark)!r}, 'w').write(str(os.getpid())); signal.pause()"
    script = f"""
import asyncio, os, sys
from pathlib import Path
from handraise.supervisor import Part, Supervisor
async def ready(): return True
async def main():
    Supervisor(Path({str(tmp_path)!r})).start(Part("piece", [sys.executable, "-c", {child!r}], Path("."), dict(os.environ), ready))
    await asyncio.Event().wait()
asyncio.run(main())
"""
    process = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL)
    try:
        await until(lambda: mark.exists() and mark.read_text())
        pid = int(mark.read_text())
        assert alive(pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    await until(lambda: not alive(pid))
