"""All repairs to Rasa 3.6.21, put in place when the channel is made. Each has a module of its own with its reason, and a test that it is
still needed and still right with the Rasa of bot/uv.lock (tests/bot/test_repairs.py and the tests named after the modules)."""

from __future__ import annotations

from bot import (
    domain_digest,
    empty_domain,
    event_classes,
    light_copies,
    next_question,
    one_session,
    planned_graph,
    quiet_logs,
    read_once,
    remote,
)

_PARTS = (
    quiet_logs,
    remote,
    domain_digest,
    empty_domain,
    one_session,
    event_classes,
    planned_graph,
    light_copies,
    next_question,
    read_once,
)


def repair() -> None:
    """Put them in place; a second call changes nothing."""
    for part in _PARTS:
        part.repair()
