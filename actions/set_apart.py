"""Those who did not come to buy: they get their answer, and are asked nothing until they show to be a customer."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Message, has_response, no_more_questions
from leads.store import LeadStore


class SetApart(Action):
    """Answers an intent of theirs (``actions.turn.SET_APART``) and ends the questions: who has a locked account is asked for no budget."""

    def __init__(self, store: LeadStore, intent: str) -> None:
        self._store = store
        self._intent = intent

    def name(self) -> str:
        """As in the domain."""
        return f"action_{self._intent}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Say it, in other words when it was said before and there are such words."""
        wish = tracker.slots.get("stopped")
        conversation_id = Message.of(tracker).conversation_id
        if conversation_id is not None:
            await self._store.set_wish(conversation_id, self._intent)
        response, again = f"utter_{self._intent}", f"utter_{self._intent}_again"
        dispatcher.utter_message(response=again if wish == self._intent and has_response(domain, again) else response)
        return no_more_questions(wish or self._intent)
