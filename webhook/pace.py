"""How much of one kind is written into the log."""

from __future__ import annotations

import logging

from webhook.limits import Buckets


class Pace(logging.Filter):
    """Lets so many records a minute through; the next one that comes through says how many did not."""

    def __init__(self, per_minute: float) -> None:
        super().__init__()
        self._buckets = Buckets(per_minute, max(1, round(per_minute)))
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether it is written."""
        if self._buckets.take(record.name):
            self._left_out += 1
            return False
        if self._left_out:
            record.msg, record.args = f"{record.getMessage()} ({self._left_out} more before it)", None
            self._left_out = 0
        return True
