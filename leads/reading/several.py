"""Which part of a message answers which question."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from leads.reading.amounts import amounts
from leads.reading.base import Reading, SlotReading
from leads.reading.candidates import Candidate, best
from leads.reading.kinds import KINDS
from leads.reading.message import Message, any_of, fold, make_message
from leads.reading.refusals import refusal

if TYPE_CHECKING:
    from leads.questions import Question, Questions

_BY_INTENT = {"decline": "declined", "dont_know": "unknown"}
_COUNTING = ("money", "headcount")


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
    message = make_message(text, locale, country, today)
    refused = refusal(message)
    asked = asked if asked in questions else None
    meant = _corrected(message, questions, known) or asked
    found = _found(message, questions, meant, refused)
    readings = {slot: SlotReading(slot, "known", item.reading.said, item.reading) for slot, item in found.items()}
    if asked is not None and asked not in readings and questions[asked].refusable:
        status = _BY_INTENT.get(intent or "") or (refused if refused in ("declined", "unknown") else None)
        if status is not None and (not readings or refused):
            readings[asked] = SlotReading(asked, status, message.text.strip()[:500])
    return [readings[slot] for slot in questions if slot in readings]


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
        if winner is None or (slot != asked and not _meant(message, question, questions)):
            continue
        found[slot] = winner
        spans.append((winner.start, winner.end))
    if asked in found and found[asked].bare and _claimed(found, asked):
        del found[asked]
    return found


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


def _corrected(message: Message, questions: Questions, known: Container[str]) -> str | None:
    """The slot that "not 120, 20" corrects: the one with the value taken back, or the only number that is known."""
    taken_back = [amount for amount in amounts(message) if amount.denied]
    if not taken_back:
        return None
    counting = [slot for slot in questions if questions[slot].kind in _COUNTING and slot in known]
    if isinstance(known, Mapping):
        for slot in counting:
            if any(_same(known[slot], amount.middle) for amount in taken_back):
                return slot
    return counting[0] if len(counting) == 1 else None


def _same(value: Any, figure: float) -> bool:
    if not isinstance(value, Mapping):
        return False
    return any(value.get(end) is not None and abs(float(value[end]) - figure) < 0.5 for end in ("min", "max"))
