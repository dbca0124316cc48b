"""When a message could not be understood: say so and help, the second time offer ways out."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import LISTEN, QUALIFY, Message, has_response, open_slot
from leads.questions import Questions
from leads.reading import asks_something, suggestions


class Unclear(Action):
    """First time: what it may have meant, or honest words with an example and the question again. From the second time on: a choice."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_unclear"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Pick the words by what was asked and by how often it went wrong in a row."""
        asked = open_slot(tracker)
        off_topic = asked is None or Message.of(tracker).intent == "out_of_scope"
        if int(tracker.slots.get("misses") or 0) > 1:
            dispatcher.utter_message(response="utter_out_of_scope_again" if off_topic else "utter_unclear_again")
            return [FollowupAction(LISTEN)]
        message = Message.of(tracker)
        if message.intent == "affirm" and tracker.active_loop_name == QUALIFY:
            return []  # "ok" to what was said before: the question is put again without a word of blame
        if asked is None and not any(sign.isalnum() for sign in message.text):
            dispatcher.utter_message(response="utter_help")
            return [FollowupAction(LISTEN)]
        if (
            asked is not None
            and asked in self._questions
            and (likely := suggestions(message.text, self._questions[asked], locale=message.lang))
        ):
            buttons = [{"title": title, "payload": text} for title, text in likely]
            dispatcher.utter_message(response="utter_closest", buttons=buttons)
            return [FollowupAction(LISTEN)]
        own = f"utter_unclear_{asked}"
        if not off_topic and asks_something(message.text):
            response = "utter_other"  # a question that only a colleague can answer is no bad answer to ours
        else:
            response = "utter_out_of_scope" if off_topic else own if has_response(domain, own) else "utter_unclear"
        dispatcher.utter_message(response=response)
        return [] if asked else [FollowupAction(LISTEN)]
