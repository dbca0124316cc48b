"""When a message could not be understood: say so and help, the second time offer ways out."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import LISTEN, NO_BUYER, QUALIFY, Message, has_response, open_slot
from leads.questions import Questions
from leads.reading import asks_something, suggestions

DID_YOU_MEAN, FOREIGN = "utter_did_you_mean", "utter_language"


class Unclear(Action):
    """First time: what it may have meant, or honest words with an example and the question again. From the second time on: a choice."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_unclear"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Pick the words by what was asked and by how often it went wrong in a row."""
        message = Message.of(tracker)
        asked = open_slot(tracker)
        if asked is None and tracker.slots.get("stopped") == NO_BUYER:
            dispatcher.utter_message(response="utter_not_buying_again")
            return [FollowupAction(LISTEN)]
        off_topic = asked is None or message.intent == "out_of_scope"
        misses = int(tracker.slots.get("misses") or 0)
        asks = asks_something(message.text)
        if misses > 1 and (off_topic or not asks):
            dispatcher.utter_message(response="utter_out_of_scope_again" if off_topic else "utter_unclear_again")
            return [FollowupAction(LISTEN)]
        if message.intent == "affirm" and tracker.active_loop_name == QUALIFY:
            return []  # "ok" to what was said before: the question is put again without a word of blame
        if is_foreign(message.text) and has_response(domain, FOREIGN):
            dispatcher.utter_message(response=FOREIGN)
            return [] if asked else [FollowupAction(LISTEN)]
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
        if (asked is None or asks) and misses < 2 and (offer := _offer(domain, message.likely)):
            dispatcher.utter_message(**offer)
            return [FollowupAction(LISTEN)]
        own = f"utter_unclear_{asked}"
        if not off_topic and asks:
            response = "utter_other"  # a question that only a colleague can answer is no bad answer to ours
        else:
            response = "utter_out_of_scope" if off_topic else own if has_response(domain, own) else "utter_unclear"
        dispatcher.utter_message(response=response)
        return [] if asked else [FollowupAction(LISTEN)]


def _offer(domain: Mapping[str, Any], likely: Sequence[str]) -> dict[str, Any] | None:
    """The words of utter_did_you_mean with those of its buttons that lead to what the message may have meant, the likeliest first."""
    words = ((domain.get("responses") or {}).get(DID_YOU_MEAN) or [{}])[0]
    known = {str(button.get("payload")).removeprefix("/"): dict(button) for button in words.get("buttons") or ()}
    buttons = [known[intent] for intent in likely if intent in known]
    return {"text": str(words.get("text") or ""), "buttons": buttons} if buttons else None


def is_foreign(text: str) -> bool:
    """Whether most letters of a text are of another script than the bot's: its languages are all written in Latin letters."""
    letters = [sign for sign in text if sign.isalpha()]
    latin = sum(unicodedata.name(sign, "").startswith(("LATIN", "FEMININE", "MASCULINE")) for sign in letters)
    return len(letters) > 2 and latin * 2 < len(letters)
