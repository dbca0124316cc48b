"""Which part of a message answers which question."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from leads.reading.amounts import amounts
from leads.reading.base import UNSURE, Reading, SlotReading
from leads.reading.candidates import Candidate, best
from leads.reading.corrections import completed, corrected, inherited, leading_words
from leads.reading.kinds import KINDS
from leads.reading.message import Message, any_of, fold, make_message, phrases
from leads.reading.refusals import kept_address, left_open, names, refusal

if TYPE_CHECKING:
    from leads.questions import Question, Questions

_BY_INTENT = {"decline": "declined", "dont_know": "unknown"}
_WORDED = ("industry", "timeline", "name", "company", "region", "email", "consent", "yes_no")  # kinds that no sum can answer
_SHORT = 10  # words; a longer message is about more than a change
_LOOSE = (
    "money",
    "headcount",
    "industry",
    "timeline",
    "consent",
    "yes_no",
)  # while one of these is asked, a whole message may answer another of them


def read_one(text: str, question: Question, locale: str | None, country: str | None, today: date | None) -> Reading | None:
    """The best reading of a text as the answer to one question."""
    message = make_message(text, locale, country, today)
    if refusal(message) is not None and question.kind not in ("yes_no", "consent", "choice"):
        return None
    found = best(message, KINDS[question.kind].find(message, question, True))
    return found.reading if found else None


def read_all(
    text: str,
    questions: Questions,
    asked: str | None,
    intent: str | None,
    known: Container[str],
    locale: str | None,
    country: str | None,
    today: date | None,
) -> list[SlotReading]:
    """See :func:`leads.reading.read_message`."""
    whole = make_message(text, locale, country, today)
    spans = {slot: span for slot, question in questions.items() if (span := kept_address(whole, question.kind)) and question.refusable}
    if not spans:
        return _read_rest(whole, questions, asked, intent, known)
    kept = [SlotReading(slot, "declined", text[slice(*span)].strip()) for slot, span in spans.items() if slot not in known]
    rest = make_message(_blanked(whole.text, spans.values()), locale, country, today)
    said = _read_rest(rest, questions, asked, None, known) if re.search(r"\w", rest.text) else []
    return [*(one for one in kept if one.slot not in {other.slot for other in said}), *said]


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """``text`` without what was understood already; its length stays the same."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _read_rest(message: Message, questions: Questions, asked: str | None, intent: str | None, known: Container[str]) -> list[SlotReading]:
    refused = refusal(message)
    asked = asked if asked in questions else None
    meant = corrected(message, questions, known) or asked
    found = _found(message, questions, meant, refused) or _changed(message, questions, known) or _stray_sum(message, questions, asked)
    readings = {slot: SlotReading(slot, "known", item.reading.said, item.reading) for slot, item in found.items()}
    if all(item.reading.confidence < UNSURE for item in found.values()) and (completion := completed(message, questions, known)):
        return [completion]
    if meant in readings and meant in known:
        readings[meant] = inherited(readings[meant], questions[meant], known)
    status = (refused if refused in ("declined", "unknown") else None) or _BY_INTENT.get(intent or "")
    if asked is not None and status is not None:
        _refuse(message, questions, asked, status, known, readings, alone=refused is not None)
    _leave_open(message, questions, known, readings)
    return [readings[slot] for slot in questions if slot in readings]


def _refuse(
    message: Message, questions: Questions, asked: str, status: str, known: Container[str], readings: dict[str, SlotReading], *, alone: bool
) -> None:
    """Leave open what a refusal is about: the question that it names, otherwise the asked one; ``alone``: the message says no more."""
    slot = _named(message, questions, asked, known)
    if slot != asked:
        unsure = [one for one, reading in readings.items() if reading.reading is not None and reading.reading.confidence < UNSURE]
        for one in unsure:
            del readings[one]
    if slot not in readings and questions[slot].refusable and (not readings or alone):
        readings[slot] = SlotReading(slot, status, message.text.strip()[:500])


def _named(message: Message, questions: Questions, asked: str, known: Container[str]) -> str:
    """The open question whose subject a message names, the asked one first."""
    still_open = [slot for slot, question in questions.items() if slot not in known and question.refusable and not question.words]
    return next((slot for slot in (asked, *still_open) if names(message, questions[slot].kind)), asked)


def _leave_open(message: Message, questions: Questions, known: Container[str], readings: dict[str, SlotReading]) -> None:
    """Add the questions that a part of the message leaves open; what is known stays unless it is taken back."""
    for slot, question in questions.items():
        status = left_open(message, question.kind) if slot not in readings and question.refusable and not question.words else None
        if status == "withdrawn" or (status is not None and slot not in known):
            readings[slot] = SlotReading(slot, "unknown" if status == "unknown" else "declined", message.text.strip()[:500])


def _found(message: Message, questions: Questions, asked: str | None, refused: str | None) -> dict[str, Candidate]:
    """The winning candidate of each slot; no part of the message answers two questions."""
    order = sorted(questions, key=lambda slot: slot != asked)  # the asked one has the first claim on its kind
    taken: dict[str, list[tuple[int, int]]] = {}
    found: dict[str, Candidate] = {}
    for slot in order:
        question = questions[slot]
        if slot == asked and refused is not None and question.kind not in ("yes_no", "consent", "choice"):
            continue
        candidates = KINDS[question.kind].find(message, question, slot == asked)
        spans = taken.setdefault(question.kind, [])
        free = [item for item in candidates if not any(item.start < end and start < item.end for start, end in spans)]
        winner = best(message, free)
        if winner is None or (slot != asked and not _meant(message, question, questions)) or _guessed(message, question, winner):
            continue
        found[slot] = winner
        spans.append((winner.start, winner.end))
    if asked in found and found[asked].bare and _claimed(found, asked):
        del found[asked]
    answered = asked in found or (asked is not None and questions[asked].kind not in _LOOSE)
    return {slot: item for slot, item in found.items() if slot == asked or not (item.bare and answered)}


def suggestions(text: str, question: Question, locale: str | None) -> list[tuple[str, str]]:
    """See :func:`leads.reading.suggestions`."""
    suggest = KINDS[question.kind].suggest
    return suggest(make_message(text, locale, None, None)) if suggest else []


def _guessed(message: Message, question: Question, winner: Candidate) -> bool:
    """Whether several values fit as well: the visitor is asked which one is meant."""
    suggest = KINDS[question.kind].suggest
    return winner.reading.confidence < UNSURE and suggest is not None and bool(suggest(message))


def _changed(message: Message, questions: Questions, known: Container[str]) -> dict[str, Candidate]:
    """ "We moved to insurance actually": another answer to a question that is not open any more."""
    if "?" in message.text or len(message.text.split()) > _SHORT or not phrases("numbers", "changed").search(message.low):
        return {}
    for slot, question in questions.items():
        if slot in known and question.kind in ("industry", "timeline"):
            winner = best(message, KINDS[question.kind].find(message, question, True))
            if winner is not None and winner.reading.confidence >= UNSURE:
                return {slot: winner}
    return {}


def _stray_sum(message: Message, questions: Questions, asked: str | None) -> dict[str, Candidate]:
    """ "Ok 10k", when the industry is asked: nothing but money is told in thousands and without a word."""
    found = amounts(message)
    if asked is None or questions[asked].kind not in _WORDED or len(found) != 1 or found[0].last.plain:
        return {}
    if message.low[leading_words(message.low) :].strip(" .!,") != message.low[found[0].start : found[0].end].strip(" .!,"):
        return {}
    for slot, question in questions.items():
        if question.kind == "money":
            winner = best(message, KINDS["money"].find(message, question, True))
            return {slot: winner} if winner is not None and winner.reading.confidence >= UNSURE else {}
    return {}


def _meant(message: Message, question: Question, questions: Questions) -> bool:
    """Of several questions of a kind a volunteered value belongs to the one whose words are there, else to the first."""
    rivals = [other for other in questions.values() if other.kind == question.kind]
    if question.words:
        return bool(any_of(map(fold, question.words)).search(message.low))
    if any(other.words and any_of(map(fold, other.words)).search(message.low) for other in rivals):
        return False
    return rivals[0] is question or all(other.words for other in rivals if other is not question)


def _claimed(found: Mapping[str, Candidate], asked: str) -> bool:
    """Whether what only the question gave a meaning to has a clear meaning for another question."""
    mine = found[asked]
    return any(slot != asked and not other.bare and other.start < mine.end and mine.start < other.end for slot, other in found.items())
