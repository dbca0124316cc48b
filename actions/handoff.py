"""Calling a person, and asking how to reach the visitor in case nobody is free."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import ADDRESSES, CONTACT, DECLINED, DELETION, LISTEN, Message, first_open, open_slot, required, restarts, status_of
from leads.questions import Questions
from leads.state import NewAnswer, NewConsent
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
        asked_already = not called and _is_asking(tracker)
        if asked_already or first_open(tracker, domain, CONTACT) is None:
            return [FollowupAction(LISTEN)]
        if tracker.active_loop_name != CONTACT:
            dispatcher.utter_message(response="utter_handoff_contact")
        again = SlotSet("again", tracker.active_loop_name == CONTACT)
        return [again, SlotSet("called", True), FollowupAction(CONTACT)]


class Appointment(Action):
    """A call or a meeting at a time of the visitor's choice: colleagues find the wish, nobody is rung for now."""

    def __init__(self, store: LeadStore, questions: Questions) -> None:
        self._store = store
        self._addresses = [question.slot for question in questions.values() if question.kind in ADDRESSES]

    def name(self) -> str:
        """As in the domain."""
        return "action_appointment"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Leave the wish with the agents and ask how to reach the visitor, unless that is known or was refused."""
        conversation_id = Message.of(tracker).conversation_id
        if conversation_id is not None:
            await self._store.request_handoff(conversation_id, "contact")
        dispatcher.utter_message(response="utter_appointment")
        reachable = any(status_of(tracker, slot) == "known" for slot in self._addresses)
        if reachable or first_open(tracker, domain, CONTACT) is None:
            return []
        if tracker.active_loop_name != CONTACT:
            dispatcher.utter_message(response="utter_appointment_contact")
        return [SlotSet("again", tracker.active_loop_name == CONTACT), FollowupAction(CONTACT)]


class DeleteData(Action):
    """The visitor wants to be deleted or not to be written to: contact details go at once, everything at the press of a button."""

    def __init__(self, store: LeadStore, questions: Questions) -> None:
        self._store = store
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_delete_data"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Take back the consent to be contacted, offer the rest; no question is asked any more."""
        message = Message.of(tracker)
        if message.conversation_id is not None:
            await self._store.set_wish(message.conversation_id, DELETION)
            await self._store.record(
                message.conversation_id,
                source=f"{message.turn_id} delete"[:64],
                seq=message.seq,
                read_by="reader",
                answers=[NewAnswer(slot, "declined", message.text) for slot in self._agreed(tracker)],
                consents=[NewConsent("contact", False, "Taken back by the visitor, in their own words.")],
            )
        dispatcher.utter_message(response="utter_delete_data")
        quiet: dict[str, Any] = {slot: dict(DECLINED) for slot, question in self._questions.items() if question.personal}
        quiet |= {slot: dict(DECLINED) for slot in self._agreed(tracker)}
        quiet |= {"requested_slot": None, "held": None, "stopped": DELETION}
        return [ActiveLoop(None), *(SlotSet(slot, value) for slot, value in quiet.items()), FollowupAction(LISTEN)]

    def _agreed(self, tracker: Tracker) -> list[str]:
        """The questions of consent that have an answer: it holds no longer."""
        return [slot for slot, question in self._questions.items() if question.kind == "consent" and status_of(tracker, slot) == "known"]


class EraseData(Action):
    """The visitor has pressed the button that deletes everything: the hub does it, in a moment."""

    def __init__(self, store: LeadStore) -> None:
        self._store = store

    def name(self) -> str:
        """As in the domain."""
        return "action_erase_data"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Keep the wish with the conversation."""
        conversation_id = Message.of(tracker).conversation_id
        dispatcher.utter_message(response="utter_erase_data")
        if conversation_id is not None:
            await self._store.set_wish(conversation_id, "erase")
        return [FollowupAction(LISTEN)]


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
            return [FollowupAction(CONTACT if wanted and not _is_asking(tracker) else LISTEN)]
        if reachable:
            dispatcher.utter_message(response="utter_no_contact")
            return [FollowupAction(LISTEN)]
        dispatcher.utter_message(response="utter_leave_email")
        slots = required(domain, CONTACT)
        refused = first_open(tracker, domain, CONTACT) is None
        back = [SlotSet("stopped", None)] if restarts(Message.of(tracker).intent, tracker.slots.get("stopped")) else []
        return [*(SlotSet(slot, None) for slot in slots if refused), *back, FollowupAction(CONTACT)]


def _is_asking(tracker: Tracker) -> bool:
    """Whether a question about contact details stands there already, with its buttons."""
    return tracker.active_loop_name == CONTACT and open_slot(tracker) is not None
