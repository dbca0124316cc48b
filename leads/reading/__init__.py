"""Reading answers out of what people write: pure, and total on any text."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import TYPE_CHECKING

from leads.reading.amounts import correction
from leads.reading.base import UNSURE, Reading, SlotReading
from leads.reading.corrections import leading_words
from leads.reading.message import MAX_CHARACTERS, any_of, fold, words
from leads.reading.several import read_all, read_one
from leads.reading.several import suggestions as suggestions_of

if TYPE_CHECKING:
    from leads.questions import Question, Questions

__all__ = ["UNSURE", "Reading", "SlotReading", "read_answer", "read_message", "suggestions", "takes_back", "warm"]


def read_message(
    text: str,
    questions: Questions,
    *,
    asked: str | None,
    intent: str | None = None,
    known: Container[str] = (),
    locale: str | None = None,
    country: str | None = None,
    today: date | None = None,
) -> list[SlotReading]:
    """Every answer in one message, asked for or volunteered, in the order of ``questions``.

    Args:
        text: any text; what is longer than a message may be is cut.
        questions: what can be answered.
        asked: the slot the bot asked for last.
        intent: ``decline`` or ``dont_know`` when the bot understood the message so.
        known: slots that have an answer; when it is a mapping to their values, a correction without a unit
            ("not 120, 20") finds the slot whose value is taken back.
        locale: the visitor's language, e.g. ``de``.
        country: two letters, e.g. ``DE``; settles ``$`` and phone numbers.
        today: the day from which spans of time are counted; the present one by default.
    """
    return read_all(text, questions, asked, intent, known, locale, country, today)


def suggestions(text: str, question: Question, *, locale: str | None = None) -> list[tuple[str, str]]:
    """Buttons for an answer that fits several values: titles, each with the text that chooses it; empty when it is clear or hopeless."""
    return suggestions_of(text[:MAX_CHARACTERS], question, locale)


def warm(questions: Questions) -> None:
    """Load the word lists of all kinds now, a second or two, and not in the first visitor's turn."""
    for slot in questions:
        read_message("we count puddles for about 40 euros next month", questions, asked=slot)
        read_message("puddles", questions, asked=slot)  # of no language, so that it is looked for in all of them


def takes_back(text: str) -> bool:
    """Whether words of the text take something back ("wait, 200", "no, I meant …")."""
    return correction().search(fold(text[:MAX_CHARACTERS])) is not None


def asks_something(text: str) -> bool:
    """Whether the text is a question: by its mark, or by how it begins ("do you take credit cards")."""
    low = fold(text[:MAX_CHARACTERS])
    return "?" in low or any_of(words("about", "asks")).match(low.lstrip(" \n,.!-\"'")) is not None


def told_anew(text: str) -> str:
    """The text without the words that lead another answer in ("hmm, actually more like …"); all of it when nothing would be left."""
    return text[leading_words(fold(text[:MAX_CHARACTERS])) :].strip() or text


def read_answer(
    text: str, question: Question, *, locale: str | None = None, country: str | None = None, today: date | None = None
) -> Reading | None:
    """The text read as the answer to this question; ``None`` when it does not hold one."""
    return read_one(text, question, locale, country, today)
