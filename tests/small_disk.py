"""A disk of 8 MB, and how it gets full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoDisk(Exception):
    """This account may not mount a file system; the message says why."""


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A small file system at this place, which is made.

    Raises:
        NoDisk: making one needs the right to mount.
    """
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place], capture_output=True, text=True, check=False)
    if made.returncode:
        raise NoDisk(f"this account may not mount a small file system: {made.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def fill(file: Path, spare: int = 0) -> None:
    """Take all room but so many bytes."""
    with file.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            os.truncate(file, max(0, file.stat().st_size - spare))
