"""From a message to answers, and from what was stored to slots and words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rasa_sdk import Tracker

from actions.turn import ADDRESSES, DECLINED, LAST_READ, Message, status_of, text_of
from leads.questions import Questions
from leads.reading import UNSURE, Reading, read_message, takes_back, told_anew
from leads.state import LeadState, NewAnswer

READ_CHOICES = ("answer", "skip_question")  # of the buttons only these can hold an answer
REFUSALS = {"decline": "decline", "dont_know": "dont_know", "deny": "decline"}
YES_NO_KINDS = ("consent", "yes_no")
PLAIN = ("inform", "answer", "correction", "affirm", "out_of_scope", "nlu_fallback")  # no request of their own
OWN_WORDS = ("inform", "answer", "correction", "nlu_fallback")  # only with these may a message be taken as it stands
PATIENCE = 2  # messages in a row that may be unclear before a question is left open
LOST = ("out_of_scope", "nlu_fallback")
JOINING = frozenset(
    [
        "for",
        "in",
        "by",
        "from",
        "to",
        "at",
        "für",
        "in",
        "im",
        "ab",
        "zum",
        "zur",
        "bis",
        "pour",
        "en",
        "à",
        "de",
        "dès",
        "para",
        "en",
        "desde",
        "hasta",
        "a",
    ]
)
EVENTS = {"human": "wants_human"}  # what scoring.yml calls it; ask_<topic> becomes asked_<topic>


def read_answers(message: Message, tracker: Tracker, questions: Questions) -> list[NewAnswer]:
    """Every answer in the message, and those that were held back until the visitor agreed."""
    if message.kind == "event" or (message.kind == "choice" and message.intent not in READ_CHOICES):
        return []
    asked = questions.get(message.asked) if message.asked else None
    if message.intent == "skip_question":
        return [NewAnswer(asked.slot, "declined", message.text)] if asked else []
    intent = None if asked and asked.kind in YES_NO_KINDS and message.intent != "decline" else REFUSALS.get(message.intent)
    own_words = message.intent in OWN_WORDS
    known = {slot: tracker.slots[slot].get("value") for slot in questions if status_of(tracker, slot) == "known"}

    def read(slot: str | None, text: str = message.text) -> list[NewAnswer]:
        readings = read_message(text, questions, asked=slot, intent=intent, known=known, locale=message.lang)
        return [NewAnswer(one.slot, one.status, one.said, one.reading) for one in readings if own_words or not _unsure(one.reading)]

    found = read(message.asked)
    if asked and asked.kind in YES_NO_KINDS:
        found = [answer for answer in found if answer.slot != asked.slot or answer.status != "unknown"]  # it is asked once more
    if not found and (message.intent == "correction" or (message.intent in OWN_WORDS and takes_back(message.text))):
        # "sorry, I meant 13k" corrects what was said last, not what is asked now
        found = _corrects_recent(partial(read, text=told_anew(message.text)), tracker)
    elif message.intent == "deny" and all(answer.status != "known" for answer in found):
        found = _corrects_recent(read, tracker) or found  # "no, in September" is more than a no
    if not found and intent and asked and not asked.refusable and tracker.slots.get("explained") == asked.slot:
        found = [NewAnswer(asked.slot, "declined", message.text)]  # told why, the visitor still will not say
    if asked and asked.refusable and asked.kind not in YES_NO_KINDS and not found and _patience_is_over(message, tracker):
        found = [NewAnswer(asked.slot, "unknown", "")]
    if any(questions[answer.slot].kind == "consent" and _yes(answer.reading) for answer in found):
        named = {answer.slot for answer in found}
        found += [answer for answer in _held(tracker) if answer.slot not in named]
    return found


def is_answer_alone(message: Message, questions: Questions) -> bool:
    """Whether a message holds answers and nothing beside them: "para enero" ends nothing, although "para" alone does."""
    left, answers = message.text, read_message(message.text, questions, asked=message.asked, locale=message.lang)
    for answer in answers:
        left = left.replace(answer.said, " ", 1) if answer.status == "known" else left
    return left != message.text and not set(re.findall(r"\w+", left.lower())) - JOINING


def events_in(message: Message) -> list[str]:
    """What the visitor did, by the names that scoring.yml uses."""
    intents = dict.fromkeys([message.intent, *message.beside])
    return [EVENTS.get(name) or name.replace("ask_", "asked_", 1) for name in intents if name in EVENTS or name.startswith("ask_")]


@dataclass
class Outcome:
    """What a message changed: ``slots`` to set, and what there is to say about it."""

    slots: dict[str, Any] = field(default_factory=dict)
    noted: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    declined: bool = False
    unknown: bool = False
    left: bool = False
    held: bool = False
    consent_declined: bool = False


def outcome(answers: Sequence[NewAnswer], state: LeadState, tracker: Tracker, questions: Questions) -> Outcome:
    """Compare what is stored with the tracker; words only for what this message said and the store kept."""
    result = Outcome()
    fresh = tracker.slots.get(LAST_READ) is None
    said = {answer.slot: answer for answer in answers}
    for slot, stored in state.answers.items():
        if slot not in questions:
            continue
        value = slot_value(stored.status, stored.text, stored.value)
        wanted = slot in said or fresh or (stored.status == "known" and questions[slot].kind != "consent")
        if wanted and tracker.slots.get(slot) != value:
            result.slots[slot] = value
            if slot in said and said[slot].status == stored.status:
                _words(result, slot, stored.status, stored.text, tracker, questions)
                result.left |= not said[slot].said  # given up, not told
    _consent(result, said, state, tracker, questions, fresh)
    return result


def missed(message: Message, answers: Sequence[NewAnswer]) -> bool:
    """Whether the message was meant to tell us something and nothing could be read in it."""
    if answers or message.beside or message.kind == "event" or message.intent not in PLAIN:
        return False
    return bool(message.asked) or message.intent in LOST


def slot_value(status: str, text: str = "", value: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a question's slot holds in the tracker."""
    return {"status": status, "text": text, "value": dict(value or {})} if status == "known" else {"status": status}


def hold(answers: Sequence[NewAnswer], withheld: Sequence[str]) -> list[dict[str, Any]]:
    """Personal answers that may not be kept yet, as the tracker's memory holds them."""
    return [
        {"slot": a.slot, "said": a.said, "text": a.reading.text, "value": a.reading.value, "confidence": a.reading.confidence}
        for a in answers
        if a.slot in withheld and a.reading is not None
    ]


def _held(tracker: Tracker) -> list[NewAnswer]:
    return [
        NewAnswer(item["slot"], "known", item["said"], Reading(item["value"], item["text"], item["said"], item["confidence"]))
        for item in tracker.slots.get("held") or ()
    ]


def _unsure(reading: Reading | None) -> bool:
    return reading is not None and reading.confidence < UNSURE


def _corrects_recent(read: Callable[[str | None], list[NewAnswer]], tracker: Tracker) -> list[NewAnswer]:
    for slot in tracker.slots.get("recent") or ():
        for answer in read(slot):
            if answer.slot == slot and answer.reading is not None and not _unsure(answer.reading):
                return [answer]
    return []


def _patience_is_over(message: Message, tracker: Tracker) -> bool:
    return missed(message, ()) and int(tracker.slots.get("misses") or 0) >= PATIENCE


def _yes(reading: Reading | None) -> bool:
    return reading is not None and bool(reading.value.get("yes"))


def _words(result: Outcome, slot: str, status: str, text: str, tracker: Tracker, questions: Questions) -> None:
    if questions[slot].kind == "consent":
        return
    if status == "known":
        before = text_of(tracker, slot)
        (result.changed if before and before != text else result.noted).append(text)
    result.declined |= status == "declined"
    result.unknown |= status == "unknown"


def _consent(result: Outcome, said: Mapping[str, NewAnswer], state: LeadState, tracker: Tracker, questions: Questions, fresh: bool) -> None:
    """Without consent the personal questions count as declined; with it, nothing is held any more."""
    answered = next((answer for slot, answer in said.items() if questions[slot].kind == "consent"), None)
    if answered and not _yes(answered.reading):
        result.consent_declined = True
    if (answered or fresh) and state.consents.get("contact") is False:
        for slot, question in questions.items():
            if question.personal and question.ask and tracker.slots.get(slot) is None:
                result.slots[slot] = dict(DECLINED)
    if answered and tracker.slots.get("held"):
        result.slots["held"] = None
    newly_held = hold(list(said.values()), state.withheld)
    if newly_held and not result.consent_declined:
        kept = [item for item in tracker.slots.get("held") or () if item["slot"] not in state.withheld]
        result.slots["held"] = kept + newly_held
        result.held = any(questions[item["slot"]].kind in ADDRESSES for item in newly_held)
        if result.held:  # an address after a no: the visitor has changed his mind, so the consent is asked for again
            refused = [
                slot for slot, q in questions.items() if q.kind == "consent" or (q.personal and status_of(tracker, slot) == "declined")
            ]
            result.slots.update((slot, None) for slot in refused if tracker.slots.get(slot) is not None)
