"""What an action knows: the present message, the answers so far, the open questions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

LAST_READ = "last_read"
ASKING = "asking"  # the slot that says which questions are still worth asking, and in which order
QUALIFY, CONTACT = "qualify_form", "contact_form"
ADDRESSES = ("email", "phone")  # kinds of answer by which somebody can be reached
LISTEN = "action_listen"
STOPPED, DELETION = "stopped", "deletion"  # what a visitor asks for: no more questions, nor to be kept
NO_BUYER, CUSTOMER = "not_buying", "support"  # who wants to sell or to be hired, and who has a problem, is asked nothing either
SET_APART = (NO_BUYER, CUSTOMER)
RESTARTS = ("carry_on", "ask_demo", "leave_email")  # after "stop", these bring the questions back
OF_BUYERS = ("carry_on", "ask_demo", "ask_price", "ask_integrations")  # these show that somebody set apart may become a customer
DECLINED: Mapping[str, Any] = {"status": "declined"}


@dataclass(frozen=True)
class Message:
    """The visitor's message (or the hub's event) that is being answered.

    ``kind`` is text, choice or event. ``conversation_id`` is ``None`` in ``rasa shell``: then nothing can be stored.
    ``asked`` is the slot that the visitor was asked for. ``beside`` names other intents found in parts of the message,
    ``likely`` those that a message which was not understood comes closest to.
    """

    turn_id: str
    conversation_id: str | None
    seq: int | None
    asked: str | None
    kind: str
    lang: str | None
    text: str
    intent: str
    beside: tuple[str, ...]
    likely: tuple[str, ...] = ()

    @classmethod
    def of(cls, tracker: Tracker) -> Message:
        """Read it from the tracker; what the channel knows is in the message's metadata."""
        latest: Mapping[str, Any] = tracker.latest_message or {}
        known: Mapping[str, Any] = latest.get("metadata") or {}
        asked = open_slot(tracker) or (known.get("asked") if not tracker.active_loop_name else None)
        return cls(
            turn_id=str(known.get("turn_id") or latest.get("message_id") or ""),
            conversation_id=known.get("conversation_id"),
            seq=known.get("seq"),
            asked=asked,
            kind=str(known.get("kind") or "text"),
            lang=known.get("lang"),
            text=str(latest.get("text") or ""),
            intent=str((latest.get("intent") or {}).get("name") or ""),
            beside=tuple(known.get("beside") or ()),
            likely=tuple(known.get("likely") or ()),
        )


def open_slot(tracker: Tracker) -> str | None:
    """The slot that the active form asked for and that is still empty."""
    slot = tracker.slots.get("requested_slot") if tracker.active_loop_name else None
    return str(slot) if slot and tracker.slots.get(str(slot)) is None else None


def required(domain: Mapping[str, Any], form: str) -> list[str]:
    """The slots that a form asks for, in order."""
    return list((domain.get("forms") or {}).get(form, {}).get("required_slots") or ())


def first_open(tracker: Tracker, domain: Mapping[str, Any], form: str) -> str | None:
    """The next question of a form, ``None`` when it has no more that is worth asking (``bot/next_question.py`` chooses the same)."""
    asking: Mapping[str, Any] = tracker.slots.get(ASKING) or {}
    order, skip = list(asking.get("order") or ()), set(asking.get("skip") or ())
    still_open = [slot for slot in required(domain, form) if tracker.slots.get(slot) is None and slot not in skip]
    return min(still_open, key=lambda slot: order.index(slot) if slot in order else len(order), default=None)


def next_form(tracker: Tracker, domain: Mapping[str, Any]) -> str | None:
    """The form that has something to ask: the active one, otherwise the first of the domain."""
    forms = list(domain.get("forms") or {})
    active = tracker.active_loop_name
    return next((form for form in [*([active] if active in forms else []), *forms] if first_open(tracker, domain, form)), None)


def has_response(domain: Mapping[str, Any], name: str) -> bool:
    """Whether the domain has words for this."""
    return name in (domain.get("responses") or {})


def spoke(tracker: Tracker) -> bool:
    """Whether the bot has said anything since the visitor's message."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot":
            return True
    return False


def restarts(intent: str, wish: object) -> bool:
    """Whether a message brings the questions back to somebody who was to be asked no more, for the reason ``wish``."""
    return intent in (OF_BUYERS if wish in SET_APART else RESTARTS)


def no_more_questions(wish: str) -> list[dict[str, Any]]:
    """The events that end a form and keep the reason why nothing more is asked."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("stopped", wish), FollowupAction(LISTEN)]


def set_now(tracker: Tracker) -> set[str]:
    """The slots that were given a value since the visitor's message."""
    found: set[str] = set()
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "slot" and event.get("value") is not None:
            found.add(str(event.get("name")))
    return found


def form_of(domain: Mapping[str, Any], slot: str) -> str | None:
    """The form that asks for a slot."""
    return next((form for form in domain.get("forms") or {} if slot in required(domain, form)), None)


def form_ended(tracker: Tracker) -> bool:
    """Whether a form was completed in this turn."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "active_loop":
            return event.get("name") is None
    return False


def status_of(tracker: Tracker, slot: str) -> str | None:
    """``known``, ``declined``, ``unknown``, or ``None`` when the question is open."""
    value = tracker.slots.get(slot)
    return str(value.get("status")) if isinstance(value, dict) else None


def text_of(tracker: Tracker, slot: str) -> str:
    """A known answer in plain words, otherwise an empty text."""
    value = tracker.slots.get(slot)
    return str(value.get("text") or "") if isinstance(value, dict) else ""
