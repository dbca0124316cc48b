"""A repair to what Rasa 3.6.21 logs: of an exception its type and its place, never its words; of an event what it is, not what was said.

Rasa writes exceptions with their words, and those of a wrong answer of the action server hold its slots. What goes by structlog is worse:
its tracebacks have the local variables of each frame. The same rule as in leads/quiet_logs.py, written again for this environment.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from typing import Any, Dict, List, MutableMapping, Optional, Text

import structlog

try:
    import resource
except ImportError:  # no such limits on this system
    resource = None  # type: ignore[assignment]

# What an event of structlog may keep: names from the bot's own files. All else may be somebody's words.
_KEPT = frozenset({"event", "event_key", "event_info", "level", "action_name", "policy_name", "intent", "intent_name", "placeholder_key"})
_log = logging.getLogger("crash")


def repair() -> None:
    """Put the repair in place, for handlers that come later too; a second call changes nothing."""
    logging.Formatter.formatException = _format_exception  # type: ignore[method-assign, assignment]
    processors = structlog.get_config()["processors"]  # loggers that were used before have this very list
    if quiet_event not in processors:
        processors.insert(0, quiet_event)
    sys.excepthook = lambda _kind, error, _trace: _crashed("this process ends", error)
    threading.excepthook = lambda thread: _crashed("a thread ended", thread.exc_value)
    sys.unraisablehook = lambda found: _crashed("nobody could be told", found.exc_value)
    warnings.showwarning = _warned  # type: ignore[assignment]
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def quiet_event(_logger: Any, _method: Text, event: MutableMapping[Text, Any]) -> Dict[Text, Any]:
    """First in structlog's chain: the names stay, of everything else it is told how long it was."""
    told_of = {name: value if name in _KEPT else f"({len(str(value))} characters)" for name, value in event.items() if name != "exc_info"}
    error = _error(event.get("exc_info"))
    if error is not None:
        told_of["exception"] = told(error)
    return {**told_of, "exc_info": False}  # False, not absent: else structlog looks for the exception itself


def told(error: Optional[BaseException]) -> Text:
    """The chain of exceptions, the first cause first: for each its frames and its type."""
    found: List[BaseException] = []
    while error is not None and error not in found:
        found.insert(0, error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join("".join(traceback.format_tb(one.__traceback__)) + f"{type(one).__module__}.{type(one).__qualname__}" for one in found)


def _format_exception(_self: logging.Formatter, ei: Any) -> Text:
    return told(ei[1])


def _error(exc_info: Any) -> Optional[BaseException]:
    """The exception that an event of structlog is about: itself, a tuple of three, or True for the one that is being handled."""
    if isinstance(exc_info, BaseException):
        return exc_info
    return (exc_info if isinstance(exc_info, tuple) else sys.exc_info())[1] if exc_info else None


def _crashed(what: Text, error: Optional[BaseException]) -> None:
    if not isinstance(error, KeyboardInterrupt):
        _log.critical("%s: an exception that nobody caught\n%s", what, told(error))


def _warned(_message: Any, category: Any, filename: Text, lineno: int, *_more: Any) -> None:
    _log.warning("%s in %s, line %d", category.__name__, filename, lineno)
