"""Repairs to how Rasa 3.6.21 takes the action server's answers; applied once by bot/repairs.py.

1. Rasa checks the JSON schema of the answer's schema itself on every call, which takes 21 ms; compiled once, a check
   takes 0.6 ms, and what an answer usually looks like is known to be right without it. The same answers are refused.
2. Rasa swallows a failed call and goes on without its events, so that the visitor is met with silence. The failure is
   noted here, and the channel reports the turn as failed.
3. A call that lacked the domain is made again with it (bot/domain_digest.py).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Dict, List, Text

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.shared.exceptions import RasaException

from bot import domain_digest

failures: ContextVar[List[Text]] = ContextVar("failures")  # names of actions that failed in this turn; set by the channel

# events of which the schema asks nothing but their name, see rasa/shared/utils/schemas/events.py
_BARE = frozenset({"active_loop", "followup", "reset_slots", "pause", "resume", "restart", "action_execution_rejected", "bot"})
_run = RemoteAction.run
_checker: List[Any] = []


def repair() -> None:
    """Put the repairs in place; a second call changes nothing."""
    if not _checker:
        schema = RemoteAction.action_response_format_spec()
        _checker.append(validator_for(schema)(schema))
        RemoteAction._validate_action_result = check_result
        RemoteAction.run = run_and_note


def check_result(self: RemoteAction, result: Dict[Text, Any]) -> bool:
    """As Rasa's check.

    Raises:
        jsonschema.ValidationError: the answer is not what an action server says.
    """
    error = None if is_plain(result) else best_match(_checker[0].iter_errors(result))
    if error is not None:
        raise error
    domain_digest.confirmed(self, result)
    return True


def is_plain(result: Any) -> bool:
    """Whether an answer is one of those that are certainly right: slots, followups and the like, and responses. Pure."""
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not isinstance(responses, list):
        return False
    return all(isinstance(response, dict) for response in responses) and all(map(_is_plain_event, events))


def _is_plain_event(event: Any) -> bool:
    if not isinstance(event, dict) or not isinstance(event.get("metadata", {}), (dict, type(None))):
        return False
    at = event.get("timestamp")
    if isinstance(at, bool) or not isinstance(at, (int, float, type(None))):
        return False
    kind = event.get("event")
    if kind == "slot":
        return isinstance(event.get("name"), str) and "value" in event
    return isinstance(kind, str) and kind in _BARE


async def run_and_note(self: RemoteAction, *args: Any, **kwargs: Any) -> Any:
    """As Rasa's call, made again if the domain was wanting, with failures noted in :data:`failures`."""
    try:
        try:
            return await _run(self, *args, **kwargs)
        except RasaException as error:
            if not domain_digest.is_wanted(self, error):
                raise
        return await _run(self, *args, **kwargs)
    except ActionExecutionRejection:
        raise
    except Exception:
        noted = failures.get(None)
        if noted is not None:
            noted.append(self.name())
        raise
