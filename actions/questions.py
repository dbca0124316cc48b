"""Talking about the questions themselves: why we ask, and what if somebody will not answer."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import is_answer_alone
from actions.turn import LISTEN, STOPPED, Message, form_of, has_response, no_more_questions, set_now, status_of, text_of
from leads.questions import Questions
from leads.state import NewAnswer
from leads.store import LeadStore


class Why(Action):
    """Gives the reason that questions.yml states for the question that is open."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_why"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Say it; the rule asks again."""
        asked = Message.of(tracker).asked
        why = self._questions[asked].why if asked and asked in self._questions else ""
        if why:
            dispatcher.utter_message(text=why)
        else:
            dispatcher.utter_message(response="utter_why")
        return []


class Explain(Action):
    """Says what sort of answer is meant, for "what do you mean?"."""

    def name(self) -> str:
        """As in the domain."""
        return "action_explain"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """The words of the open question; without one, what can be asked here."""
        asked = Message.of(tracker).asked
        if asked is None and tracker.active_loop_name:
            return []  # the message answered the question as well
        own = f"utter_explain_{asked}"
        dispatcher.utter_message(response=own if has_response(domain, own) else "utter_explain" if asked else "utter_help")
        return []


class Decline(Action):
    """A refusal that the reader did not take as an answer: the question may not be refused, or none is open."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_decline"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Explain once and offer to go on without; a second refusal then counts as declined."""
        asked = Message.of(tracker).asked
        if not asked or asked not in self._questions or tracker.slots.get(asked) is not None:
            return []
        dispatcher.utter_message(response="utter_needed", why=self._questions[asked].why)
        return [SlotSet("explained", asked), FollowupAction(LISTEN)]


class TakeBack(Action):
    """What was noted last is not what the visitor said: it counts no longer and is asked again."""

    def __init__(self, store: LeadStore, questions: Questions) -> None:
        self._store = store
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_take_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Cross out what was noted last, or ask which of several; a message that says how it is right has corrected it already."""
        message = Message.of(tracker)
        if set_now(tracker) & set(self._questions):
            return []
        recent = [slot for slot in tracker.slots.get("recent") or () if self._may_be_crossed_out(tracker, slot)]
        if not recent:
            dispatcher.utter_message(response="utter_nothing_to_take_back")
            return [FollowupAction(LISTEN)]
        if len(recent) > 1:
            dispatcher.utter_message(response="utter_which_is_wrong", noted=", ".join(text_of(tracker, slot) for slot in recent))
            return [FollowupAction(LISTEN)]
        if message.conversation_id is not None:
            await self._store.record(
                message.conversation_id,
                source=f"{message.turn_id} back"[:64],
                seq=message.seq,
                read_by="reader",
                answers=[NewAnswer(recent[0], "unknown", message.text)],
            )
        dispatcher.utter_message(response="utter_taken_back", noted=text_of(tracker, recent[0]))
        form = form_of(domain, recent[0])
        asks = [ActiveLoop(form), SlotSet("requested_slot", recent[0])] if form else []
        return [SlotSet(recent[0], None), *asks, SlotSet("recent", None), FollowupAction(LISTEN)]

    def _may_be_crossed_out(self, tracker: Tracker, slot: str) -> bool:
        consent = slot in self._questions and self._questions[slot].kind == "consent"  # that is taken back by action_delete_data
        return status_of(tracker, slot) == "known" and not consent


class Recall(Action):
    """What is noted so far, for "what have I told you?"."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_recall"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Everything that is known, contact details as well: it is the visitor who asks."""
        known = [text_of(tracker, slot) for slot, question in self._questions.items() if question.kind != "consent"]
        summary = ", ".join(text for text in known if text)
        dispatcher.utter_message(response="utter_recall" if summary else "utter_recall_nothing", summary=summary)
        return []


class Stop(Action):
    """No more questions until the visitor says so, also after a restart of the bot; everything else still works."""

    def __init__(self, store: LeadStore, questions: Questions) -> None:
        self._store = store
        self._questions = questions

    def name(self) -> str:
        """As in the domain."""
        return "action_stop"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """End the form, unless the message is an answer that only looks like a wish to stop."""
        message = Message.of(tracker)
        if is_answer_alone(message, self._questions):
            return [FollowupAction("action_go_on")]
        conversation_id = message.conversation_id
        if conversation_id is not None:
            await self._store.set_wish(conversation_id, STOPPED)
        dispatcher.utter_message(response="utter_stop")
        return no_more_questions(STOPPED)
