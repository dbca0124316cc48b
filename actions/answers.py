"""From a message to answers, and from what was stored to slots and words. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rasa_sdk import Tracker

from actions.turn import ADDRESSES, DECLINED, LAST_READ, NO_BUYER, Message, restarts, status_of, text_of
from leads.questions import Questions
from leads.reading import UNSURE, Reading, asks_something, read_message, takes_back, told_anew
from leads.state import LeadState, NewAnswer

READ_CHOICES = ("answer", "skip_question")  # of the buttons only these can hold an answer
REFUSALS = {"decline": "decline", "dont_know": "dont_know", "deny": "decline"}
YES_NO_KINDS = ("consent", "yes_no")
PLAIN = ("inform", "answer", "correction", "affirm", "out_of_scope", "nlu_fallback")  # no request of their own
OWN_WORDS = ("inform", "answer", "correction", "nlu_fallback")  # only with these may a message be taken as it stands
PATIENCE = 2  # messages in a row that may be unclear before a question is left open
LOST = ("out_of_scope", "nlu_fallback")
NO_YES = ("stop", "delete_data", "insult", "goodbye", "decline", "wrong")  # "ok forget it" agrees to nothing
OTHER_YES = ("human", "no_person", "appointment")  # "yes call someone" agrees to the call; to more only with a word of its own
SELLS = "not_buying"  # what these say about companies and prices is not about a lead
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
EVENTS = {
    "human": "wants_human",
    "appointment": "wants_human",
    "not_buying": "not_buying",
}  # what scoring.yml calls it; ask_<topic> becomes asked_<topic>


def read_answers(message: Message, tracker: Tracker, questions: Questions) -> list[NewAnswer]:
    """Every answer in the message, and those that were held back until the visitor agreed."""
    if message.kind == "event" or (message.kind == "choice" and message.intent not in READ_CHOICES):
        return []
    asked = questions.get(message.asked) if message.asked else None
    if message.intent == SELLS and not (asked and asked.kind == "industry"):
        return []
    if message.intent == "skip_question":
        return [NewAnswer(asked.slot, "declined", message.text)] if asked else []
    intent = None if asked and asked.kind in YES_NO_KINDS and message.intent != "decline" else REFUSALS.get(message.intent)
    own_words = message.intent in OWN_WORDS
    known = {slot: tracker.slots[slot].get("value") for slot in questions if status_of(tracker, slot) == "known"}

    def read(slot: str | None, text: str = message.text) -> list[NewAnswer]:
        readings = read_message(text, questions, asked=slot, intent=intent, known=known, locale=message.lang)
        return [NewAnswer(one.slot, one.status, one.said, one.reading) for one in readings if own_words or not _unsure(one.reading)]

    found = read(message.asked)
    if asked and (asked.kind in YES_NO_KINDS or message.intent == "explain"):  # it is asked once more
        found = [answer for answer in found if answer.slot != asked.slot or answer.status != "unknown"]
    found = [answer for answer in found if questions[answer.slot].kind != "consent" or _is_meant(answer, message, read)]
    bare = [answer.slot for answer in found] == [message.asked] and _is_bare(message.text) and not tracker.slots.get("misses")
    if (not found or bare) and (message.intent == "correction" or (message.intent in OWN_WORDS and takes_back(message.text))):
        # "sorry, I meant 13k" corrects what was said last, not what is asked now
        found = _corrects_recent(partial(read, text=told_anew(message.text)), tracker) or found
    elif message.intent == "deny" and all(answer.status != "known" for answer in found):
        more = _corrects_recent(read, tracker)  # "no, in September" is more than a no
        found = [answer for answer in more if questions[answer.slot].kind not in YES_NO_KINDS] or found
    if not found and intent and asked and not asked.refusable and tracker.slots.get("explained") == asked.slot:
        found = [NewAnswer(asked.slot, "declined", message.text)]  # told why, the visitor still will not say
    if asked and asked.refusable and asked.kind not in YES_NO_KINDS and not found and _patience_is_over(message, tracker):
        found = [NewAnswer(asked.slot, "unknown", "")]
    if any(questions[answer.slot].kind == "consent" and _yes(answer.reading) for answer in found):
        named = {answer.slot for answer in found}
        found += [answer for answer in _held(tracker) if answer.slot not in named]
    return [answer for answer in found if _is_of_a_lead(answer, message, tracker, questions)]


def is_answer_alone(message: Message, questions: Questions) -> bool:
    """Whether a message holds answers and nothing beside them: "para enero" ends nothing, although "para" alone does."""
    left, answers = message.text, read_message(message.text, questions, asked=message.asked, locale=message.lang)
    for answer in answers:
        left = left.replace(answer.said, " ", 1) if answer.status == "known" else left
    return left != message.text and not set(re.findall(r"\w+", left.lower())) - JOINING


def events_in(message: Message, answers: Sequence[NewAnswer] = ()) -> list[str]:
    """What the visitor did, by the names that scoring.yml uses; what was read as an answer was no offer."""
    intents = dict.fromkeys([*([] if answers and message.intent == SELLS else [message.intent]), *message.beside])
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
    for slot in state.withheld:
        if said[slot].status == "declined" and status_of(tracker, slot) is None:  # a refusal needs no consent
            result.slots[slot] = dict(DECLINED)
            result.declined = True
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


def _is_meant(consent: NewAnswer, message: Message, read: Callable[[str | None, str], list[NewAnswer]]) -> bool:
    """Whether a yes or no is to the question of consent, and not to something else in the message: what is agreed to must be clear."""
    if message.intent in NO_YES:
        return not _yes(consent.reading)
    if message.intent not in OTHER_YES:
        return True
    opening = re.split(r"[,.!;\n]", message.text, maxsplit=1)[0]
    return any(
        answer.slot == consent.slot and len(opening.split()) < 3 and _yes(answer.reading) == _yes(consent.reading)
        for answer in read(message.asked, opening)
    )


def _is_of_a_lead(answer: NewAnswer, message: Message, tracker: Tracker, questions: Questions) -> bool:
    """Whether an answer may be kept: "we offer web design" is one when we asked for the industry, and of sellers only how to reach them."""
    if message.intent == SELLS:
        return answer.slot == message.asked and answer.status == "known"
    if tracker.slots.get("stopped") != NO_BUYER or restarts(message.intent, NO_BUYER):
        return True
    return bool(message.asked) and (questions[answer.slot].personal or questions[answer.slot].kind == "consent")


def _unsure(reading: Reading | None) -> bool:
    return reading is not None and reading.confidence < UNSURE


def _corrects_recent(read: Callable[[str | None], list[NewAnswer]], tracker: Tracker) -> list[NewAnswer]:
    for slot in tracker.slots.get("recent") or ():
        for answer in read(slot):
            if answer.slot == slot and answer.reading is not None and not _unsure(answer.reading):
                return [answer]
    return []


def _is_bare(text: str) -> bool:
    """Whether what is told anew is a mere figure, which may stand for anything: "no wait, 500"."""
    return re.fullmatch(r"[\d.,\s]+", told_anew(text)) is not None


def _patience_is_over(message: Message, tracker: Tracker) -> bool:
    return missed(message, ()) and not asks_something(message.text) and int(tracker.slots.get("misses") or 0) >= PATIENCE


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
        result.consent_declined = text_of(tracker, answered.slot) != "no"  # said once
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
            taken_back = state.consents.get("contact") is False  # otherwise only what was refused by itself is closed, and stays so
            refused = [
                slot
                for slot, q in questions.items()
                if q.kind == "consent" or (taken_back and q.personal and status_of(tracker, slot) == "declined")
            ]
            refused += [item["slot"] for item in newly_held]
            result.slots.update((slot, None) for slot in refused if tracker.slots.get(slot) is not None)
