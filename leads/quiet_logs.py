"""Logs without what people said: of an exception its type and its place, never its words, which may hold a value of a row or a body.

bot/quiet_logs.py does the same to Rasa, which has an environment of its own.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from types import TracebackType
from typing import Any

try:
    import resource
except ImportError:  # no such limits on this system
    resource = None  # type: ignore[assignment]

type ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_log = logging.getLogger("crash")


class QuietFormatter(logging.Formatter):
    """For every logger of the process, those of libraries too: they hand over the exception and leave the writing to the formatter."""

    def formatException(self, ei: ExcInfo) -> str:
        """The chain of exceptions, the first cause first: for each its frames and its type."""
        return told(ei[1])


def quiet_logging() -> None:
    """What `logging.basicConfig` does, to the standard error, with our formatter; what nobody caught goes the same way."""
    handler = logging.StreamHandler()
    handler.setFormatter(QuietFormatter(_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    quiet_crashes()


def quiet_crashes() -> None:
    """What nobody caught, and warnings, Python writes by itself, with its words; now our logs have it. No image of the memory is left."""

    def uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        _crashed("this process ends", error)

    sys.excepthook = uncaught
    threading.excepthook = lambda thread: _crashed("a thread ended", thread.exc_value)
    sys.unraisablehook = lambda found: _crashed("nobody could be told", found.exc_value)
    warnings.showwarning = _warned
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def told(error: BaseException | None) -> str:
    """The chain of exceptions as it may be written down."""
    return "\n".join(_one(one) for one in _chain(error))


def _crashed(what: str, error: BaseException | None) -> None:
    if not isinstance(error, KeyboardInterrupt):
        _log.critical("%s: an exception that nobody caught\n%s", what, told(error))


def _warned(message: Warning | str, category: type[Warning], filename: str, lineno: int, file: Any = None, line: str | None = None) -> None:
    _log.warning("%s in %s, line %d", category.__name__, filename, lineno)


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.insert(0, error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def _one(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__module__}.{type(error).__qualname__}"
