"""Calling a person, and asking how to reach the visitor in case nobody is free."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import CONTACT, LISTEN, Message, first_open, required, status_of, text_of
from leads.store import LeadStore


class Handoff(Action):
    """The visitor wants a person: one is called, hot lead or not."""

    def __init__(self, store: LeadStore) -> None:
        self._store = store

    def name(self) -> str:
        """As in the domain."""
        return "action_handoff"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Call, say so, and ask for contact details unless they were settled."""
        conversation_id = Message.of(tracker).conversation_id
        called = conversation_id is None or await self._store.request_handoff(conversation_id, "human")
        dispatcher.utter_message(response="utter_handoff" if called else "utter_handoff_open")
        if first_open(tracker, domain, CONTACT) is None:
            return [FollowupAction(LISTEN)]
        if tracker.active_loop_name != CONTACT:
            dispatcher.utter_message(response="utter_handoff_contact")
        again = SlotSet("again", tracker.active_loop_name == CONTACT)
        return [again, SlotSet("called", True), FollowupAction(CONTACT)]


class Contact(Action):
    """Contact details are wanted: the visitor offers them, or nobody came."""

    def name(self) -> str:
        """As in the domain."""
        return "action_contact"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask for what is missing; a visitor who offers an address may take back an earlier no."""
        slots = required(domain, CONTACT)
        if Message.of(tracker).intent == "handoff_missed":
            return [FollowupAction(CONTACT if first_open(tracker, domain, CONTACT) else LISTEN)]
        known = bool(slots) and all(status_of(tracker, slot) == "known" and text_of(tracker, slot) for slot in slots[1:])
        if known and status_of(tracker, slots[0]) == "known":
            dispatcher.utter_message(response="utter_no_contact")
            return [FollowupAction(LISTEN)]
        dispatcher.utter_message(response="utter_leave_email")
        refused = any(status_of(tracker, slot) == "declined" for slot in slots)
        return [*(SlotSet(slot, None) for slot in slots if refused), SlotSet("stopped", None), FollowupAction(CONTACT)]
