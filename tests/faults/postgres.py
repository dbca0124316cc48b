"""A PostgreSQL server of our own that may be stopped and started."""

from __future__ import annotations

import signal
import warnings
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from typing import Any

import psutil

from handraise.ports import free_port
from tests.databases import own_folder

_START_SECONDS = 60


class Postgres:
    """A server in a folder; `stop` is what a crash of the machine leaves: no goodbye to anybody.

    With an ``address`` such as ``10.213.2.1`` other hosts of its network of 256 may come to it, by TCP instead of its local socket.
    """

    def __init__(self, address: str = "") -> None:
        folder = self._folder = own_folder()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel's own imports are not ours to judge
            self._pg_ctl: Any = import_module("pgserver._commands").pg_ctl
            self._server: Any = import_module("pgserver.postgres_server").get_server(folder / "data", cleanup_mode="delete")
        if address:
            self._listen(address, free_port())
        self.url: str = self._server.get_uri()
        if address:
            self.url = f"postgresql://postgres@{address}:{self._server.get_postmaster_info().port}/postgres?ssl=disable"

    def _listen(self, address: str, port: int) -> None:
        self.stop()
        with (Path(self._server.pgdata) / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {address}/24 trust\n")
        self._start(f"-h {address} -p {port} -k {self._server.pgdata}")

    def _start(self, options: str) -> None:
        """Recovering what a crash has left takes its time on a busy machine, and the wheel's own start waits 10 s only."""
        words = ["-w", "-o", options, "-l", str(self._server.log), "start"]
        self._pg_ctl(words, pgdata=self._server.pgdata, user=self._server.system_user, timeout=_START_SECONDS)
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        self._pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self._server.pgdata, user=self._server.system_user, timeout=20)

    def start(self) -> None:
        self._start(f'-h "" -k {self._server.pgdata}')
        assert self._server.get_uri() == self.url

    def freeze(self) -> None:
        """Every process stands still: connections stay open and new ones are taken, nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        master = psutil.Process(int((Path(self._server.pgdata) / "postmaster.pid").read_text().split()[0]))
        for process in (master, *master.children(recursive=True)):
            process.send_signal(number)

    def end(self) -> None:
        self._server.cleanup()
        rmtree(self._folder, ignore_errors=True)
