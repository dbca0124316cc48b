"""Phone numbers, in international form where the country is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import phonenumbers

from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, phrases

if TYPE_CHECKING:
    from leads.questions import Question

_RUN = re.compile(r"(?<![\w.,@/])(?:\+|00)?[ ]?\(?\d(?:[ ()./-]{0,2}\d){5,16}(?![\d@]|[.,]\d)")
_OTHER_NUMBER = re.compile(
    r"\b(?:order|tracking|invoice|ticket|customer|account|reference|case|serial|parcel) ?"
    r"(?:number|no\.?|nr\.?|id|#)?\W*(?:is)?\W*$"
)
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2}")


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Phone numbers; without a country or a word like "call" only numbers that begin with + or 00."""
    found = []
    for match in _RUN.finditer(message.low):
        digits = re.sub(r"\D", "", match[0])
        international = match[0].lstrip().startswith(("+", "00"))
        cue = bool(phrases("people", "phone_cues").search(message.low, max(0, match.start() - 40), match.end() + 20))
        if _DATE.fullmatch(match[0].strip()) or not 6 <= len(digits) <= 15 + 2 * international:
            continue
        if _OTHER_NUMBER.search(message.low[max(0, match.start() - 30) : match.start()]):
            continue
        if asked or cue or international:
            candidate = _candidate(message, match, digits, asked or cue)
            if candidate is not None:
                found.append(candidate)
    return found


def _candidate(message: Message, match: re.Match[str], digits: str, meant: bool) -> Candidate | None:
    raw = match[0].strip()
    said = message.said(*match.span())
    number = _parse("+" + raw[2:] if raw.startswith("00") else raw, message.country)
    if number is not None and phonenumbers.is_valid_number(number):
        text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
        value = {
            "number": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
            "country": phonenumbers.region_code_for_number(number),
        }
        return Candidate(Reading(value, text, said, 0.95), *match.span(), 3)
    if not meant or len(digits) < 6 or (len(digits) < 7 and not raw.startswith("0")):
        return None
    return Candidate(Reading({"number": ("+" if raw.startswith("+") else "") + digits, "country": None}, said, said, 0.6), *match.span(), 1)


def _parse(raw: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(raw, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        return None


def places(message: Message) -> list[tuple[int, int]]:
    """Where valid phone numbers of the visitor's country stand."""
    matcher = phonenumbers.PhoneNumberMatcher(message.text, (message.country or "").upper() or None)
    return [(match.start, match.end) for match in matcher]
