"""A visitor who comes back is greeted with what is known, and asked nothing of it again."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import LISTEN, next_form, text_of
from leads.questions import Questions


class WelcomeBack(Action):
    """The hub has seen the visitor after some hours."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_welcome_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Say what is known and offer to go on; who wanted no more questions, or the data deleted, is only greeted."""
        known = [text_of(tracker, q.slot) for q in self._questions.values() if not q.personal and q.kind != "consent"]
        summary = ", ".join(text for text in known if text)
        name = next((text_of(tracker, q.slot) for q in self._questions.values() if q.kind == "name"), "")
        goes_on = next_form(tracker, domain) is not None
        if tracker.slots.get("stopped") or not (summary or goes_on):
            response = "utter_welcome_back_quiet"
        elif summary:
            response = "utter_welcome_back_known" if goes_on else "utter_welcome_back_done"
        else:
            response = "utter_welcome_back"
        dispatcher.utter_message(response=response, summary=summary, name_part=f", {name}" if name else "")
        return [FollowupAction(LISTEN)]
