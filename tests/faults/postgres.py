"""A PostgreSQL server of our own that may be stopped and started."""

from __future__ import annotations

import os
import warnings
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from handraise.up import free_port


class Postgres:
    """A server in a folder; `stop` is what a crash of the machine leaves: no goodbye to anybody.

    With an ``address`` such as ``10.213.2.1`` other hosts of its network of 256 may come to it, by TCP instead of its local socket.
    """

    def __init__(self, address: str = "") -> None:
        folder = self._folder = Path(mkdtemp(prefix="handraise-postgres-"))  # pytest's own folders are closed to its account
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        (folder / "data").mkdir()
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
        words = ["-w", "-o", f"-h {address} -p {port} -k {self._server.pgdata}", "-l", str(self._server.log), "start"]
        self._pg_ctl(words, pgdata=self._server.pgdata, user=self._server.system_user, timeout=20)
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        self._pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self._server.pgdata, user=self._server.system_user, timeout=20)

    def start(self) -> None:
        self._server.ensure_postgres_running()
        assert self._server.get_uri() == self.url

    def end(self) -> None:
        self._server.cleanup()
        rmtree(self._folder, ignore_errors=True)
