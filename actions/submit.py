"""The closing words: what was stored, and what happens next."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import LISTEN, Message
from leads.questions import Questions
from leads.state import StoredAnswer
from leads.store import LeadStore


class Submit(Action):
    """Said once, when every question has its answer or was declined."""

    def __init__(self, store: LeadStore, questions: Questions) -> None:
        self._store = store
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_submit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Confirm what the database holds, nothing else."""
        conversation_id = Message.of(tracker).conversation_id
        state = await self._store.state(conversation_id) if conversation_id else None
        stored = {slot: answer for slot, answer in (state.answers if state else {}).items() if answer.status == "known"}
        response = "utter_submitted_anonymous"
        if state and state.unqualified:
            response = "utter_submitted_unqualified"
        elif state and state.tier == "hot":
            response = "utter_submitted_hot"
        elif self._of_kind(stored, "email"):
            response = "utter_submitted"
        elif state and state.consents.get("contact") is False:
            response = "utter_submitted_declined"  # who has just refused is not asked for an address again
        name = self._of_kind(stored, "name")
        dispatcher.utter_message(response=response, summary=self._summary(stored), name_part=f", {name}" if name else "")
        return [SlotSet("submitted", True), FollowupAction(LISTEN)]

    def _summary(self, stored: dict[str, StoredAnswer]) -> str:
        shown = [q for q in self._questions.values() if q.slot in stored and not q.personal and q.kind != "consent"]
        return f" I have noted: {', '.join(stored[q.slot].text for q in shown)}." if shown else ""

    def _of_kind(self, stored: dict[str, StoredAnswer], kind: str) -> str:
        return next((stored[q.slot].text for q in self._questions.values() if q.kind == kind and q.slot in stored), "")
