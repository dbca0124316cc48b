"""A file that people edit while the hub runs: read again when it changed, the last good content when it is broken."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from leads.errors import FileProblem

log = logging.getLogger(__name__)


class LiveFile[T]:
    """The content of a file, read again when its time or size changes; within ``look_seconds`` it is not looked at twice."""

    def __init__(
        self, path: Path, read: Callable[[Path], T], fallback: T, look_seconds: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.path = path
        self._read = read
        self._content = fallback
        self._look_seconds = look_seconds
        self._look_at = 0.0
        self._clock = clock
        self._seen: tuple[int, int] | None = None

    def get(self) -> T:
        """The newest content that could be read; the fallback when none ever could."""
        now = self._clock()
        if now < self._look_at:
            return self._content
        self._look_at = now + self._look_seconds
        mark = self._mark()
        if mark != self._seen:
            self._seen = mark
            if mark is not None:
                self._reload()
        return self._content

    def _mark(self) -> tuple[int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size

    def _reload(self) -> None:
        try:
            self._content = self._read(self.path)
        except FileProblem as problem:
            log.warning("%s What was read before stays in use.", problem)
        except Exception as error:  # whatever the file holds, chats go on
            log.warning("%s cannot be read: %s. What was read before stays in use.", self.path, error)
