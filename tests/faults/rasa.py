"""The real bot with its action server, as processes that can be killed, frozen and started again on the same ports."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from handraise.ports import free_port
from tests.bot import processes


class RealBot:
    """Rasa and the action server for one database."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self._folder = folder
        self._database_url = database_url
        self._actions_port = free_port()
        self.actions: processes.Part | None = None
        self.rasa: processes.Part | None = None

    @property
    def url(self) -> str:
        assert self.rasa is not None
        return self.rasa.url

    async def start(self) -> RealBot:
        model = await asyncio.to_thread(processes.train)
        await self.start_actions()
        assert self.actions is not None
        self.rasa = await asyncio.to_thread(processes.start_bot, self._folder, model, self.actions.url)
        return self

    async def start_actions(self) -> None:
        self.actions = await asyncio.to_thread(processes.start_actions, self._folder, self._database_url, self._actions_port)

    async def start_rasa_again(self) -> None:
        """Rasa after :meth:`kill`, on the same port."""
        assert self.rasa is not None
        words = self.rasa.process.args
        with self.rasa.log.open("ab") as out:
            self.rasa.process = subprocess.Popen(words, cwd=processes.ROOT, env=processes.bot_environment(), stdout=out, stderr=out)
        await asyncio.to_thread(self.rasa.wait_until_healthy, "/webhooks/handraise/")

    def freeze(self, part: processes.Part | None) -> None:
        """SIGSTOP: the process takes connections and does nothing."""
        assert part is not None
        os.kill(part.process.pid, signal.SIGSTOP)

    def thaw(self, part: processes.Part | None) -> None:
        assert part is not None
        os.kill(part.process.pid, signal.SIGCONT)

    async def kill(self, part: processes.Part | None) -> None:
        """kill -9."""
        assert part is not None
        part.process.kill()
        await asyncio.to_thread(part.process.wait, 20)

    async def stop(self) -> None:
        for part in (self.rasa, self.actions):
            if part is not None:
                with suppress(ProcessLookupError):
                    self.thaw(part)
                await asyncio.to_thread(part.stop)
