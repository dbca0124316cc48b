"""A repair to how Rasa 3.6.21 tells the action server the domain: once, then only its digest.

Rasa sends the whole domain with every call of an action. Its own remedy, `enable_selective_domain`, sends none, and rasa-sdk 3.21 then
answers 449 ("send the domain"), which Rasa 3.6.21 takes for a failure: the action is lost. Here the domain goes along until the action
server has said that it keeps it (`domain_digest` in its answer; actions/server.py), and again when it answers 449, after a restart for
example. A server that knows nothing of digests never says so and gets the domain every time. Applied once by bot/repairs.py.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Dict, Text

import rasa
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

DIGEST = "domain_digest"
DOMAIN_WANTED = 449  # rasa-sdk's status for "I do not have that domain"
_KEPT = "_kept_domain_of_handraise"  # on the endpoint: the digest that its server has confirmed
_OWN = "_digest_of_handraise"  # on the domain


def repair() -> None:
    """Put the repair in place; a second call changes nothing."""
    RemoteAction._action_call_format = call_format


def call_format(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> Dict[Text, Any]:
    """As Rasa's, with the digest, and without the domain when the action server has it."""
    body = {
        "next_action": self._name,
        "sender_id": tracker.sender_id,
        "tracker": tracker.current_state(EventVerbosity.ALL),
        "version": rasa.__version__,
        DIGEST: digest(domain),
    }
    if self.action_endpoint is None or self.action_endpoint.__dict__.get(_KEPT) != body[DIGEST]:
        body["domain"] = domain.as_dict()
    return body


def confirmed(action: RemoteAction, answer: Any) -> None:
    """Note which domain the action server says it keeps."""
    if isinstance(answer, dict) and isinstance(answer.get(DIGEST), str) and action.action_endpoint is not None:
        action.action_endpoint.__dict__[_KEPT] = answer[DIGEST]


def is_wanted(action: RemoteAction, error: BaseException) -> bool:
    """Whether a call failed because the action server no longer has the domain; the next call then takes it along."""
    wanted = getattr(error.__cause__, "status", None) == DOMAIN_WANTED
    if wanted and action.action_endpoint is not None:
        action.action_endpoint.__dict__.pop(_KEPT, None)
    return wanted


def digest(domain: Domain) -> Text:
    """The same for the same domain, in every process."""
    known = domain.__dict__.get(_OWN)
    if known is None:
        text = json.dumps(domain.as_dict(), sort_keys=True, default=str)
        known = domain.__dict__[_OWN] = hashlib.sha256(text.encode()).hexdigest()
    return known
