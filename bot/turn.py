"""One turn as the hub sends it: checked on the way in, never a command unless a button says so. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Collection, Dict, List, Mapping, NamedTuple, Optional, Text

ANSWER = "answer"  # the intent of a button that is an answer
MAX_TEXT = 8000
MAX_ID = 128
KINDS = ("text", "choice", "event")
_COMMAND = re.compile(r"^/([a-z][a-z0-9_]*)$")
_INVISIBLE = ("Zs", "Zl", "Zp", "Cc", "Cf", "Co", "Cn")  # spaces, controls, marks such as BOM or zero-width space
_STANDS_FOR_A_SLASH = "/\u2044\u2215\u2571\u27cb\u29f8\u3033\uff0f"  # fraction slash, full-width slash and the like


class BadTurn(Exception):
    """The request is not a turn; the message says what is wrong with it."""


class Turn(NamedTuple):
    """A checked turn. ``text`` is what the reader reads; ``intent`` is set when no classifier is to be asked.

    ``after`` is the entry whose turn the hub has finished last, by whichever bot.
    """

    turn_id: Text
    sender_id: Text
    kind: Text
    text: Text
    intent: Optional[Text]
    metadata: Dict[Text, Any]
    after: Optional[int] = None


def harmless(text: Text) -> Text:
    """Typed text that no part of Rasa can take for a command.

    Rasa strips white space and takes what then starts with a slash for a forced intent. Everything invisible and every
    character that looks like a slash is taken off the front, so that no later clean-up can bring a slash there.
    """
    start = 0
    while start < len(text) and (
        text[start] in _STANDS_FOR_A_SLASH or text[start].isspace() or unicodedata.category(text[start]) in _INVISIBLE
    ):
        start += 1
    return text[start:] or "?"


def check_senders(body: Any) -> List[Text]:
    """The conversations that are to be forgotten.

    Raises:
        BadTurn: the request does not name any.
    """
    senders = body.get("sender_ids") if isinstance(body, Mapping) else None
    if not isinstance(senders, list) or not all(isinstance(one, str) and 0 < len(one) <= MAX_ID for one in senders):
        raise BadTurn("sender_ids must be a list of ids.")
    return senders


def check_turn(body: Any, intents: Collection[Text]) -> Turn:
    """Parse a request.

    Raises:
        BadTurn: a field is missing or wrong, or a button or event names an intent that the domain does not have.
    """
    if not isinstance(body, Mapping):
        raise BadTurn("The body must be a JSON object.")
    turn_id = _text(body, "turn_id", MAX_ID)
    sender_id = _text(body, "sender_id", MAX_ID)
    given = [kind for kind in KINDS if body.get(kind) is not None]
    if len(given) != 1:
        raise BadTurn("A turn has exactly one of text, choice and event.")
    kind = given[0]
    text, intent = _read(kind, body, intents)
    metadata = {
        "turn_id": turn_id,
        "conversation_id": _optional(body, "conversation_id"),
        "seq": _number(body, "seq"),
        "asked": _optional(body, "asked"),
        "kind": kind,
        "lang": _optional(body, "lang"),
    }
    return Turn(turn_id, sender_id, kind, text, intent, metadata, _number(body, "after"))


def as_pressed(turn: Turn, button: Mapping[Text, Text], intents: Collection[Text]) -> Turn:
    """The turn of somebody who typed the title of a button, or its place, instead of pressing it.

    Raises:
        BadTurn: the button names an intent that the domain does not have.
    """
    text, intent = _read("choice", {"choice": button}, intents)
    return turn._replace(text=text if intent == ANSWER else turn.text, intent=intent)


def _read(kind: Text, body: Mapping[Text, Any], intents: Collection[Text]) -> "tuple[Text, Optional[Text]]":
    if kind == "text":
        return harmless(_text(body, "text", MAX_TEXT)), None
    if kind == "event":
        name = _text(body, "event", MAX_ID)
        return "", _known(name, intents)
    choice = body["choice"]
    if not isinstance(choice, Mapping):
        raise BadTurn("choice must be an object with title and payload.")
    payload = _text(choice, "payload", MAX_TEXT)
    command = _COMMAND.match(payload)
    if command:
        return _optional(choice, "title") or "", _known(command.group(1), intents)
    return harmless(payload), ANSWER


def _known(intent: Text, intents: Collection[Text]) -> Text:
    if intent not in intents:
        raise BadTurn("The domain does not have the intent that this button or event names.")
    return intent


def _text(body: Mapping[Text, Any], field: Text, limit: int) -> Text:
    value = body.get(field)
    if not isinstance(value, str) or not value.strip() or len(value) > limit:
        raise BadTurn(f"{field} must be a text of 1 to {limit} characters.")
    return value


def _optional(body: Mapping[Text, Any], field: Text) -> Optional[Text]:
    value = body.get(field)
    return value if isinstance(value, str) and value else None


def _number(body: Mapping[Text, Any], field: Text) -> Optional[int]:
    value = body.get(field)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
