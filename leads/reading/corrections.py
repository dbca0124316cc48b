"""Messages about an answer that was given before: "not 120, 20", "no, I meant 15k", "per month"."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import replace
from functools import cache
from math import log
from typing import TYPE_CHECKING, Any

from leads.reading.amounts import Amount, amounts, correction
from leads.reading.base import Reading, SlotReading
from leads.reading.currencies import code_of, currency_after, period_after, period_of
from leads.reading.message import Message, alternatives, words
from leads.reading.moneywords import describe

if TYPE_CHECKING:
    from leads.questions import Question, Questions

_COUNTING = ("money", "headcount")
_LARGE = 1000
_NO = re.compile(r"^\W*(?:no|nope|nein|non)\b")
_FURTHER = log(20)  # a corrected number that is more than twenty times another is none of its corrections


def corrected(message: Message, questions: Questions, known: Container[str]) -> str | None:
    """The slot whose number the message corrects, ``None`` when it corrects none or cannot be told.

    "Not 120, 20" corrects the one with the value taken back, or the only number that is known. "No, I meant 15k" the one
    whose value is nearest, for large numbers only: a small one may as well answer what is asked now.
    """
    found = amounts(message)
    counting = [slot for slot in questions if questions[slot].kind in _COUNTING and slot in known]
    if taken_back := [amount for amount in found if amount.denied]:
        if isinstance(known, Mapping):
            for slot in counting:
                if any(_same(known[slot], amount.middle) for amount in taken_back):
                    return slot
        return counting[0] if len(counting) == 1 else None
    if len(found) != 1 or not _large(found[0]) or not (correction().search(message.low) or _NO.search(message.low)):
        return None
    if not isinstance(known, Mapping):
        return None
    near = [(distance, slot) for slot in counting if (distance := _distance(known[slot], found[0].middle)) is not None]
    return min(near)[1] if near and min(near)[0] <= _FURTHER else None


def completed(message: Message, questions: Questions, known: Container[str]) -> SlotReading | None:
    """A known sum of money with the currency or the period that the message is about: "EUR", "per month, not per year"."""
    slot = next((slot for slot in questions if questions[slot].kind == "money" and slot in known), None)
    value = known[slot] if slot is not None and isinstance(known, Mapping) else None
    if slot is None or not isinstance(value, Mapping) or "min" not in value:
        return None
    start = leading_words(message.low)
    end = len(re.sub(r"[,;]?\s+(?:and\s+)?(?:not|nicht|pas|instead of|statt)\b.*$", "", message.low[start:].rstrip(" .!,"))) + start
    code, period, place = None, None, start
    if (match := currency_after().match(message.low, place, end)) and (code := code_of(message, match.start(1), match.end(1))):
        place = match.end()
    if match := period_after().match(message.low, place, end):
        period, place = period_of(match[match.lastindex or 0]), match.end()
    if place != end or (code is None and period is None) or period == "once" or _RELATIVE.search(message.low):
        return None
    new = {**value, "currency": code or value.get("currency"), "period": period or value.get("period")}
    return SlotReading(slot, "known", message.text.strip(), Reading(new, describe(new), message.text.strip(), 0.85))


def inherited(reading: SlotReading, question: Question, known: Container[str]) -> SlotReading:
    """A corrected sum keeps the currency and the period that were said before: "not 40k, 30k"."""
    before = known[question.slot] if isinstance(known, Mapping) else None
    if question.kind != "money" or reading.reading is None or not isinstance(before, Mapping):
        return reading
    value = dict(reading.reading.value)
    for part in ("currency", "period"):
        value[part] = value.get(part) or before.get(part)
    text = describe(value, reading.reading.text.startswith("about "))
    return replace(reading, reading=replace(reading.reading, value=value, text=text))


_RELATIVE = re.compile(r"\b(?:this|next|dieses|nachstes|cette|prochaine?|este|proximo)\b")


def leading_words(low: str) -> int:
    """Where the new answer begins in a folded text that leads it in: "hmm, actually more like …"."""
    match = _lead().match(low)
    return match.end() if match else 0


@cache
def _lead() -> re.Pattern[str]:
    names = alternatives(words("numbers", "correction") | words("numbers", "lead_in"))
    return re.compile(rf"\s*(?:(?:{names})[\s,:!.-]*)*")


def _large(amount: Amount) -> bool:
    bare = amount.currency is None and amount.period is None
    return bare and (not amount.last.plain or amount.middle >= _LARGE)


def _distance(value: Any, figure: float) -> float | None:
    if not isinstance(value, Mapping):
        return None
    ends = [float(value[end]) for end in ("min", "max") if value.get(end)]
    return abs(log(figure * len(ends) / sum(ends))) if ends and figure > 0 else None


def _same(value: Any, figure: float) -> bool:
    if not isinstance(value, Mapping):
        return False
    return any(value.get(end) is not None and abs(float(value[end]) - figure) < 0.5 for end in ("min", "max"))
