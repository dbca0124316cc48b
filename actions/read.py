"""Reading a message: runs before anything else in a turn, stores every answer, and says what was understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import answers as reading
from actions.answers import Outcome
from actions.turn import ASKING, LAST_READ, QUALIFY, Message, first_open, has_response, next_form, required, restarts
from leads.questions import Questions
from leads.state import LeadState, NewAnswer, StoredAnswer
from leads.store import LeadStore

TOLD = ("bot_challenge",)  # questions of visitors beside those about the product


class ReadMessage(Action):
    """Rasa runs it on every message, and once more when a form begins; the second run does nothing.

    It sets only slots whose value changed: a form takes any set slot for an answer and would not let a rule speak.
    """

    def __init__(self, store: LeadStore, questions: Questions) -> None:
        self._store = store
        self._questions = questions

    def name(self) -> str:
        """The name that Rasa gives the action that validates slots."""
        return "action_validate_slot_mappings"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Read, store, speak; see :mod:`actions.answers` for what is read and said."""
        message = Message.of(tracker)
        if tracker.slots.get(LAST_READ) == message.turn_id:
            return []
        answers = reading.read_answers(message, tracker, self._questions)
        state = await self._keep(message, answers, tracker)
        outcome = reading.outcome(answers, state, tracker, self._questions)
        _speak(dispatcher, message, outcome, domain)
        slots = {**outcome.slots, **_notes(message, answers, tracker, outcome, domain, state), LAST_READ: message.turn_id}
        return [SlotSet(slot, value) for slot, value in slots.items()]

    async def _keep(self, message: Message, answers: Sequence[NewAnswer], tracker: Tracker) -> LeadState:
        if message.conversation_id is None:
            return _nothing_stored(answers, tracker)
        return await self._store.record(
            message.conversation_id,
            source=message.turn_id,
            seq=message.seq,
            read_by="choice" if message.kind == "choice" else "reader",
            answers=answers,
            events=reading.events_in(message, answers),
            resumes=restarts(message.intent, tracker.slots.get("stopped")),
        )


def _nothing_stored(answers: Sequence[NewAnswer], tracker: Tracker) -> LeadState:
    """For ``rasa shell``: the answers live in the slots only, as if they had been stored."""
    stored = {
        a.slot: StoredAnswer(
            a.slot,
            a.status,
            a.said,
            a.reading.text if a.reading else "",
            a.reading.value if a.reading else None,
            a.reading.confidence if a.reading else 1.0,
            None,
            "reader",
        )
        for a in answers
    }
    return LeadState("", tracker.sender_id, stored, "cold", 0, "visitor")


def _speak(dispatcher: CollectingDispatcher, message: Message, outcome: Outcome, domain: Mapping[str, Any]) -> None:
    if outcome.changed:
        dispatcher.utter_message(response="utter_changed", noted=_listed(outcome.changed))
    if outcome.noted:
        dispatcher.utter_message(response="utter_noted", noted=_listed(outcome.noted))
    for said, response in (
        (outcome.consent_declined, "utter_consent_declined"),
        (outcome.held, "utter_held"),
        (outcome.declined and not outcome.consent_declined, "utter_declined"),
        (outcome.unknown and not outcome.left, "utter_unknown"),
        (outcome.left, "utter_left_open"),
    ):
        if said:
            dispatcher.utter_message(response=response)
    for intent in message.beside:
        answer = "utter_" + intent.removeprefix("ask_")
        if has_response(domain, answer):
            dispatcher.utter_message(response=answer)


def _asking(state: LeadState, passed: Sequence[str], domain: Mapping[str, Any]) -> dict[str, list[str]] | None:
    """What is left to ask, as the tracker holds it; ``None`` when nothing differs from the form's own order.

    A question that the visitor ``passed`` over while telling something else comes after those that were not put yet.
    """
    order, skip = list(state.asking.order), list(state.asking.skip)
    if passed:
        order = sorted(order or required(domain, QUALIFY), key=lambda slot: slot in passed)
    return {"order": order, "skip": skip, **({"passed": list(passed)} if passed else {})} if order or skip else None


def _passed(message: Message, tracker: Tracker, outcome: Outcome, domain: Mapping[str, Any]) -> list[str]:
    """The questions that were put and passed over so far."""
    known = tracker.slots.get(ASKING) or {}
    passed = [slot for slot in known.get("passed") or () if slot not in outcome.slots]
    own = required(domain, QUALIFY)
    # neither a correction nor a late answer to an earlier question passes over the present one
    told = [slot for slot in outcome.slots if slot in own and tracker.slots.get(slot) is None and slot not in (known.get("passed") or ())]
    now = message.asked in own and message.asked not in outcome.slots and bool(told)
    return list(dict.fromkeys([*passed, str(message.asked)] if now else passed))


def _notes(
    message: Message, answers: Sequence[NewAnswer], tracker: Tracker, outcome: Outcome, domain: Mapping[str, Any], state: LeadState
) -> dict[str, Any]:
    """The bot's own notes, only those that change."""
    lost = reading.missed(message, answers)
    passed = _passed(message, tracker, outcome, domain)
    asking = _asking(state, passed, domain)
    after = Tracker("", {**tracker.slots, **outcome.slots, ASKING: asking}, None, [], False, None, {}, None)
    notes: dict[str, Any] = {
        "missed": True if lost else (False if tracker.slots.get("missed") else None),
        "misses": int(tracker.slots.get("misses") or 0) + 1 if lost else None,
        "put": None if outcome.slots else tracker.slots.get("put"),
        **_told(message, tracker),
        "again": first_open(after, domain, QUALIFY) in passed or (False if tracker.slots.get("again") else None),
        ASKING: asking,
        "stopped": state.wish if message.conversation_id else tracker.slots.get("stopped"),  # the tracker may be lost, the wish is not
        "recent": [a.slot for a in answers if a.slot in outcome.slots and a.status == "known"] or tracker.slots.get("recent"),
    }
    if tracker.slots.get(LAST_READ) is None:  # the tracker was lost after the closing words: do not say them twice
        notes["submitted"] = True if not answers and outcome.slots and next_form(after, domain) is None else None
    return {name: value for name, value in notes.items() if value != tracker.slots.get(name)}


def _told(message: Message, tracker: Tracker) -> dict[str, Any]:
    """Which question of the visitor is answered now, and whether it is the one that was answered last."""
    told = message.intent if message.intent.startswith("ask_") or message.intent in TOLD else None
    again = told is not None and told == tracker.slots.get("told")
    return {"told": told or tracker.slots.get("told"), "told_again": again or (False if tracker.slots.get("told_again") else None)}


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(texts)
