"""Figures and number words in times: dates in figures ("15.12.", "3/10/27") and numbers up to a hundred in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice

from leads.reading.message import Message, data, fold

_MOST = 40  # dates looked at in one message
_ISO = re.compile(r"(?<!\d)(20\d\d)[/.-](\d{1,2})[/.-](\d{1,2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\w.,/-])(?!24/7)(?!9/5\b)(?<!room )(?<!zimmer )"
    r"(\d{1,2})(?:\s?([/.-])\s?(\d{1,2})\s?\2\s?(20\d\d|\d\d)|(\.)(\d{1,2})\.(?:\s?(20\d\d))?|/(\d{1,2}))(?![\d/-]|\.\d|[.,]?\d|\s?(?:h|uhr|am|pm)\b)"
)
_MONTH_YEAR = re.compile(r"(?<![\d/.-])(\d{1,2})[/.](20\d\d)(?!\d)")


@dataclass(frozen=True)
class Written:
    """A date in figures; ``day`` is None for a month and a year."""

    year: int | None
    month: int
    day: int | None


def written_dates(message: Message) -> Iterator[tuple[int, int, Written]]:
    """Dates in figures; the order of day and month is that of the country."""
    for match in islice(_ISO.finditer(message.low), _MOST):
        yield match.start(), match.end(), Written(int(match[1]), int(match[2]), int(match[3]))
    for match in islice(_MONTH_YEAR.finditer(message.low), _MOST):
        if 1 <= int(match[1]) <= 12:
            yield match.start(), match.end(), Written(int(match[2]), int(match[1]), None)
    first = (message.country or "").lower() in data("times")["month_first"]
    for match in islice(_NUMERIC.finditer(message.low), _MOST):
        one, other = int(match[1]), int(match[3] or match[6] or match[8])
        year = match[4] or match[7]
        day, month = (other, one) if first and match[2] != "." and not match[5] else (one, other)
        if month > 12 >= day:
            day, month = month, day
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield match.start(), match.end(), Written(_full(year), month, day)


def _full(year: str | None) -> int | None:
    return None if year is None else int(year) + (2000 if int(year) < 100 else 0)


def day_or_none(year: int, month: int, day: int) -> date | None:
    """The date, None when there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


@cache
def spelled_numbers() -> Mapping[str, float]:
    """Number words up to a hundred in our languages, folded."""
    units = {language: dict(names) for language, names in data("numbers")["units"].items()}
    found = {fold(word): float(value) for names in units.values() for word, value in names.items() if 0 < value < 100}
    for language, joints in (("en", (" {}", "-{}", "{}")), ("fr", (" {}", "-{}", " et {}")), ("es", (" y {}",)), ("de", ())):
        tens = {word: value for word, value in units[language].items() if 20 <= value < 100}
        small = {word: value for word, value in units[language].items() if 1 <= value < 20}
        for ten, base in tens.items():
            for word, value in small.items():
                if value < 10 or (language == "fr" and base in (60, 80)):
                    found |= {fold(ten + joint.format(word)): float(base + value) for joint in joints}
    tens = {word: value for word, value in units["de"].items() if 20 <= value < 100}
    small = {word: value for word, value in units["de"].items() if 1 <= value < 10}
    return found | {fold(f"{word}und{ten}"): float(base + value) for ten, base in tens.items() for word, value in small.items()}
