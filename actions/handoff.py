"""Calling a person, and asking how to reach the visitor in case nobody is free."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import CONTACT, DELETION, LISTEN, Message, first_open, open_slot, required, status_of
from leads.questions import Questions
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
        asked_already = not called and open_slot(tracker) is not None and tracker.active_loop_name == CONTACT
        if asked_already or first_open(tracker, domain, CONTACT) is None:
            return [FollowupAction(LISTEN)]
        if tracker.active_loop_name != CONTACT:
            dispatcher.utter_message(response="utter_handoff_contact")
        again = SlotSet("again", tracker.active_loop_name == CONTACT)
        return [again, SlotSet("called", True), FollowupAction(CONTACT)]


class DeleteData(Action):
    """The visitor wants what is known to be deleted: people do that, so one is called; no question is asked any more."""

    def __init__(self, store: LeadStore) -> None:
        self._store = store

    def name(self) -> str:
        """As in the domain."""
        return "action_delete_data"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Call, and say what is kept until then; what was only held in memory is forgotten at once."""
        conversation_id = Message.of(tracker).conversation_id
        if conversation_id is not None:
            await self._store.set_wish(conversation_id, DELETION)
            await self._store.request_handoff(conversation_id, "human")
        dispatcher.utter_message(response="utter_delete_data")
        quiet = {"requested_slot": None, "held": None, "stopped": DELETION}
        return [ActiveLoop(None), *(SlotSet(slot, value) for slot, value in quiet.items()), FollowupAction(LISTEN)]


class Contact(Action):
    """Contact details are wanted: the visitor offers them, or nobody came."""

    def __init__(self, questions: Questions) -> None:
        self._addresses = [question.slot for question in questions.values() if question.kind == "email"]

    def name(self) -> str:
        """As in the domain."""
        return "action_contact"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Ask for what is missing unless there is an address; a visitor who offers one may take back an earlier no."""
        reachable = any(status_of(tracker, slot) == "known" for slot in self._addresses)
        if Message.of(tracker).intent == "handoff_missed":
            wanted = not reachable and tracker.slots.get("stopped") != DELETION and first_open(tracker, domain, CONTACT) is not None
            return [FollowupAction(CONTACT if wanted else LISTEN)]
        if reachable:
            dispatcher.utter_message(response="utter_no_contact")
            return [FollowupAction(LISTEN)]
        dispatcher.utter_message(response="utter_leave_email")
        slots = required(domain, CONTACT)
        refused = first_open(tracker, domain, CONTACT) is None
        return [*(SlotSet(slot, None) for slot in slots if refused), SlotSet("stopped", None), FollowupAction(CONTACT)]
