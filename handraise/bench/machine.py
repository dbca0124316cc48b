"""The machine: its cores, what processes use of it, and what is installed on it."""

from __future__ import annotations

import os
import platform
import resource
import time
from importlib import metadata
from typing import Any

import psutil

PACKAGES = ("aiohttp", "python-socketio", "python-engineio", "uvloop", "orjson", "sqlalchemy", "aiosqlite", "asyncpg", "redis")


def cores() -> list[int]:
    """The cores this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def pin(core: int | None) -> None:
    """Stay on one core, where the system can."""
    pin_to([] if core is None else [core])


def pin_to(known: list[int]) -> None:
    """Stay on these cores, where the system can; none: stay where it is."""
    if known and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(known))


def more_files() -> int:
    """Raise the limit of open files as far as it goes without being root; gives it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError):
            return soft
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Meter:
    """Memory and CPU of processes, their children included in neither; CPU between :meth:`start` and :meth:`stop`."""

    def __init__(self, pids: tuple[int, ...]) -> None:
        self._processes = [psutil.Process(pid) for pid in pids]
        self._at: list[float] = []
        self._own = 0.0
        self._since = 0.0

    def memory(self) -> list[int]:
        """Resident memory of each in bytes."""
        return [int(process.memory_info().rss) for process in self._processes]

    def start(self) -> None:
        """Begin to count."""
        self._at, self._own, self._since = self._seconds(), time.process_time(), time.monotonic()

    def stop(self) -> tuple[list[float], float]:
        """Cores used by each process, and by this one."""
        passed = time.monotonic() - self._since
        used = [(now - then) / passed for now, then in zip(self._seconds(), self._at, strict=True)]
        return used, (time.process_time() - self._own) / passed

    def _seconds(self) -> list[float]:
        times = [process.cpu_times() for process in self._processes]
        return [one.user + one.system for one in times]


def description(node: str | None) -> dict[str, Any]:
    """What figures were measured on."""
    return {
        "cores": len(cores()) or os.cpu_count(),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "load_before": [round(value, 2) for value in os.getloadavg()],
        "python": platform.python_version(),
        "node": node or "",
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
