"""On the PYTHONPATH of a process: its clock is wrong by what CLOCK_OFFSET_FILE says, in seconds."""

import datetime
import mmap
import os
import struct
import time
from datetime import datetime as _real
from typing import Any

with open(os.environ["CLOCK_OFFSET_FILE"], "rb") as _file:
    _offset = mmap.mmap(_file.fileno(), 8, access=mmap.ACCESS_READ)

_real_time, _real_time_ns = time.time, time.time_ns


def _seconds() -> float:
    return float(struct.unpack("d", _offset[:8])[0])


class _Meta(type):
    """Ordinary moments are instances too."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _real)


class _Shifted(_real, metaclass=_Meta):
    """`datetime` whose present is wrong."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return _real.now(tz) + datetime.timedelta(seconds=_seconds())

    @classmethod
    def utcnow(cls) -> Any:
        return _real.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(seconds=_seconds())


time.time = lambda: _real_time() + _seconds()
time.time_ns = lambda: _real_time_ns() + int(_seconds() * 1e9)
datetime.datetime = _Shifted  # type: ignore[misc]
