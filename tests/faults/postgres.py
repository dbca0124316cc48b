"""A PostgreSQL server of our own that may be stopped and started."""

from __future__ import annotations

import os
import warnings
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any


class Postgres:
    """A server in a folder; `stop` is what a crash of the machine leaves: no goodbye to anybody."""

    def __init__(self) -> None:
        folder = self._folder = Path(mkdtemp(prefix="handraise-postgres-"))  # pytest's own folders are closed to its account
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
        (folder / "data").mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel's own imports are not ours to judge
            self._pg_ctl: Any = import_module("pgserver._commands").pg_ctl
            self._server: Any = import_module("pgserver.postgres_server").get_server(folder / "data", cleanup_mode="delete")
        self.url: str = self._server.get_uri()

    def stop(self) -> None:
        self._pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self._server.pgdata, user=self._server.system_user, timeout=20)

    def start(self) -> None:
        self._server.ensure_postgres_running()
        assert self._server.get_uri() == self.url

    def end(self) -> None:
        self._server.cleanup()
        rmtree(self._folder, ignore_errors=True)
