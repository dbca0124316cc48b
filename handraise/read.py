"""`handraise read KIND`: read lines of text as answers to a question of one kind, as the bot would."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from handraise.steps import Failure
from leads.questions import Question
from leads.reading import Reading, read_answer

READ_KINDS = ("money", "headcount", "industry", "email", "phone", "name", "company", "region", "timeline")


class BadLine(Exception):
    """A line that looks like JSON and cannot be used; says which and why."""


@dataclass(frozen=True)
class Asked:
    """One text, and what is known about its writer."""

    text: str
    lang: str | None = None
    country: str | None = None


def question_of(kind: str) -> Question:
    """A question of this kind, as plain as can be."""
    return Question(slot=kind, kind=kind, label=kind)


def read(kind: str, asked: Asked, today: date | None = None) -> Reading | None:
    """What the bot would understand if it had asked for a ``kind``; None when it would ask again."""
    return read_answer(asked.text, question_of(kind), locale=asked.lang, country=asked.country, today=today)


def shape(reading: Reading | None) -> dict[str, Any] | None:
    """What is printed of it: value, confidence and the words that were matched."""
    if reading is None:
        return None
    return {"value": reading.value, "confidence": round(reading.confidence, 3), "matched": reading.said, "text": reading.text}


def asked_of(line: str, number: int, lang: str | None, country: str | None) -> Asked:
    """A line of text, or of JSON with ``text`` and perhaps ``lang`` and ``country``; what it does not say is as given.

    Raises:
        BadLine: it begins like a JSON object and is none with a text.
    """
    if not line.lstrip().startswith("{"):
        return Asked(line, lang, country)
    try:
        found = json.loads(line)
    except ValueError as error:
        raise BadLine(f"Line {number} begins like JSON, but is not: {error}.") from error
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise BadLine(f'Line {number} is JSON without a text: {{"text": "…"}}.')
    told = [found.get(name) or fallback for name, fallback in (("lang", lang), ("country", country))]
    if not all(one is None or isinstance(one, str) for one in told):
        raise BadLine(f"Line {number}: lang and country are texts, such as en and US.")
    return Asked(found["text"], *told)


def read_lines(
    kind: str, lines: Iterable[str], lang: str | None = None, country: str | None = None, today: date | None = None
) -> Iterator[dict[str, Any] | None]:
    """What is printed for each line: what was read, None, or an ``error`` for a line that cannot be used."""
    for number, line in enumerate(lines, 1):
        try:
            asked = asked_of(line.rstrip("\n"), number, lang, country)
        except BadLine as error:
            yield {"error": str(error)}
        else:
            yield shape(read(kind, asked, today))


def run(kind: str, lines: Iterable[str], lang: str | None, country: str | None, today: str | None) -> None:
    """The command; each line is printed as soon as it is read.

    Raises:
        Failure: no such kind, no such day, or a line could not be used.
    """
    if kind not in READ_KINDS:
        raise Failure(f"There is no kind {kind!r}.", f"Use one of {', '.join(READ_KINDS)}.")
    try:
        day = date.fromisoformat(today) if today else None
    except ValueError:
        raise Failure(f"{today!r} is not a day.", "Write it as 2026-11-21.") from None
    bad = 0
    for found in read_lines(kind, lines, lang, country, day):
        print(json.dumps(found, ensure_ascii=False), flush=True)
        bad += found is not None and "error" in found
    if bad:
        raise Failure(f"{bad} lines could not be used.", "Each has an error in its place above.")
