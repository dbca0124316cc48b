"""Processes that commit to SQLite without pause, as the hub does, and are killed in the middle of it.

`python -m tests.faults.writers FILE` reads a number per line, forks a writer for it and tells its process id; so that two hundred
writers cost one start of Python.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from leads.clock import now
from leads.database import Database
from leads.models import Conversation, Entry, Turn, new_id

ROOT = Path(__file__).resolve().parents[2]
PAIRS = "SELECT count(*) FROM conversations c WHERE last_seq != (SELECT count(*) FROM entries e WHERE e.conversation_id = c.id)"


class Writers:
    """The forking process, from the test's side."""

    def __init__(self, file: Path) -> None:
        self._count = 0
        command = [sys.executable, "-m", "tests.faults.writers", str(file)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run_and_kill(self, seconds: float) -> set[str]:
        """Let a writer commit for so long, kill it, and give the ids it had acknowledged."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._count += 1
        print(self._count, file=self._process.stdin, flush=True)
        pid = int(self._process.stdout.readline())
        told = set()
        if self._process.stdout.readline().strip() == "ready":
            time.sleep(seconds)  # the fault comes at random
        os.kill(pid, signal.SIGKILL)
        while (line := self._process.stdout.readline().strip()) != "dead":
            told.add(line)
        return told

    def end(self) -> None:
        """End the forking process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


async def write_for_ever(url: str, run: int) -> None:
    """Entries with their turns in one transaction each; told on standard output after the commit."""
    database = Database(url)
    conversation = Conversation(id=new_id(), site="demo", created_at=now(), last_at=now(), last_seq=0)
    async with database.write() as session:
        session.add(conversation)
    os.write(1, b"ready\n")
    seq = 0
    while True:
        seq += 1
        written = f"{run}-{seq}"
        async with database.write() as session:
            row = await session.get(Conversation, conversation.id)
            assert row is not None
            row.last_seq = seq
            about = {"conversation_id": conversation.id, "seq": seq}
            session.add(Entry(**about, kind="message", author="visitor", text="x" * 500, data={}, client_msg_id=written, at=now()))
            session.add(Turn(id=written, payload={}, epoch=0, state="pending", attempts=0, created_at=now(), **about))
        os.write(1, f"{written}\n".encode())


def main() -> None:
    """Fork a writer for every line of standard input."""
    url = f"sqlite+aiosqlite:///{sys.argv[1]}"
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            asyncio.run(write_for_ever(url, int(line)))
        os.write(1, f"{pid}\n".encode())
        os.waitpid(pid, 0)
        os.write(1, b"dead\n")


if __name__ == "__main__":
    main()
