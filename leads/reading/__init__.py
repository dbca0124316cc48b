"""Reading answers out of what people write: pure, and total on any text."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import TYPE_CHECKING

from leads.reading.base import Reading, SlotReading

if TYPE_CHECKING:
    from leads.questions import Question, Questions

__all__ = ["Reading", "SlotReading", "read_answer", "read_message"]


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
    """Every answer in one message, asked for or volunteered, in the order of ``questions``."""
    return []


def read_answer(
    text: str, question: Question, *, locale: str | None = None, country: str | None = None, today: date | None = None
) -> Reading | None:
    """The text read as the answer to this question; ``None`` when it does not hold one."""
    return None
