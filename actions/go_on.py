"""Taking up what the bot wants to know: the next open question, the closing words, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import (
    ADDRESSES,
    CONTACT,
    LISTEN,
    NO_BUYER,
    Message,
    first_open,
    form_ended,
    next_form,
    open_slot,
    restarts,
    spoke,
)
from leads.questions import Questions

QUIET = ("thanks", "deny", "ask_other")  # no reason to begin with questions
ASKS_FOR_IT = ("carry_on", "start_over", "resume")  # after these the question is wanted, however often it was put
AT_MOST = 2  # times in a row that a question is put; then with ways out, and only now and then
EVERY = 3  # own questions of the visitor after which the bot comes back to its own


class GoOn(Action):
    """The last step of every rule."""

    def __init__(self, questions: Questions) -> None:
        self._addresses = {question.slot for question in questions.values() if question.kind in ADDRESSES}

    def name(self) -> str:
        """As in the domain."""
        return "action_go_on"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Follow up with a form that has an open question, with the closing words, or wait."""
        intent = Message.of(tracker).intent
        wish = tracker.slots.get("stopped")
        stopped = bool(wish) and not restarts(intent, wish)
        events = [SlotSet("stopped", None)] if wish and not stopped else []
        due = self._consent_is_due(tracker, domain)
        form = CONTACT if due else next_form(tracker, domain)
        begun = tracker.active_loop_name or form_ended(tracker)
        silent = stopped and not due and not (form == CONTACT and tracker.active_loop_name)  # who leaves an address is asked for that
        if form and not silent and (begun or intent not in QUIET):
            again = open_slot(tracker) is not None and tracker.active_loop_name == form
            put = _times_put(tracker, first_open(tracker, domain, form), again) if intent not in ASKS_FOR_IT else None
            if put and put["times"] > AT_MOST:
                if not spoke(tracker) or (put["times"] - AT_MOST) % EVERY == 1:
                    dispatcher.utter_message(response="utter_still_open", question=_wording(domain, put["slot"]))
                return [*events, SlotSet("put", put), FollowupAction(LISTEN)]
            events.append(SlotSet("put", put))
            if tracker.slots.get("called") and form != tracker.active_loop_name:
                dispatcher.utter_message(response="utter_meanwhile")
                events.append(SlotSet("called", None))
            elif intent == "greet" and not tracker.active_loop_name:
                dispatcher.utter_message(response="utter_begin")
            return [*events, SlotSet("again", again), FollowupAction(form)]
        if (form is None or (silent and form_ended(tracker))) and not tracker.slots.get("submitted"):
            return [*events, FollowupAction("action_submit")]
        if not spoke(tracker):
            dispatcher.utter_message(response="utter_not_buying_again" if wish == NO_BUYER and silent else "utter_at_hand")
        return [*events, FollowupAction(LISTEN)]

    def _consent_is_due(self, tracker: Tracker, domain: dict[str, Any]) -> bool:
        """Whether an address waits in memory for the visitor's consent: a visitor who leaves now would not be reachable."""
        held = {item["slot"] for item in tracker.slots.get("held") or ()}
        return bool(held & self._addresses) and first_open(tracker, domain, CONTACT) is not None


def _times_put(tracker: Tracker, slot: str | None, again: bool) -> dict[str, Any]:
    """Which question is put now, and for which time in a row; a form that put it by itself is counted as once."""
    before = tracker.slots.get("put") or {}
    earlier = int(before["times"]) if before.get("slot") == slot else 1
    return {"slot": slot, "times": earlier + 1 if again else 1}


def _wording(domain: Mapping[str, Any], slot: str) -> str:
    """The words with which a question is put again: the variation for that, otherwise the first."""
    variations = (domain.get("responses") or {}).get(f"utter_ask_{slot}") or [{}]
    again = [one for one in variations if any(rule.get("name") == "again" for rule in one.get("condition") or ())]
    return str([*again, *variations][0].get("text") or "")
