"""The best library for a kind of answer, asked to read the same phrases: what somebody would use who had not our readers.

None of them is told that a phrase may be no answer; each is used as its documentation shows, with language and country where it
takes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

import phonenumbers
from babel.numbers import get_currency_symbol
from dateparser.search import search_dates
from email_validator import EmailNotValidError, validate_email
from nameparser import HumanName
from price_parser import Price
from text_to_num import alpha2digit

from handraise.bench.judging import TODAY
from leads.reading.cldr import cldr_codes

type Found = Mapping[str, Any] | None
type Library = Callable[[str, str, str | None], Found]


def price_parser(text: str, _lang: str, _country: str | None) -> Found:
    """A price out of a text of a page."""
    price = Price.fromstring(text)
    if price.amount is None:
        return None
    amount = float(price.amount)
    return {"min": amount, "max": amount, "currency": _code(price.currency), "period": None}


def _code(sign: str | None) -> str | None:
    if sign is None or sign in cldr_codes():
        return sign
    return next((code for code in ("USD", "EUR", "GBP", *sorted(cldr_codes())) if get_currency_symbol(code, "en") == sign), None)


def text2num(text: str, lang: str, _country: str | None) -> Found:
    """Number words to digits; the first number is taken."""
    digits = re.search(r"\d+", alpha2digit(text, lang) if lang in ("en", "de", "fr", "es", "pt", "it", "nl") else text)
    return {"min": int(digits[0]), "max": int(digits[0])} if digits else None


def dateparser(text: str, lang: str, _country: str | None) -> Found:
    """Dates in a text, relative ones too; the last is taken."""
    settings = {"RELATIVE_BASE": datetime.combine(TODAY, time()), "PREFER_DATES_FROM": "future"}
    found = search_dates(text, languages=[lang], settings=settings)
    return {"within_days": (found[-1][1].date() - TODAY).days} if found else None


def email_validator(text: str, _lang: str, _country: str | None) -> Found:
    """The first word that is an address."""
    for word in text.split():
        try:
            address = validate_email(word.strip("<>,;.!?()'\""), check_deliverability=False).normalized
        except EmailNotValidError:
            continue
        return {"address": address, "free": None, "hint": None}
    return None


def phone_matcher(text: str, _lang: str, country: str | None) -> Found:
    """The first valid number of the country."""
    for match in phonenumbers.PhoneNumberMatcher(text, country):
        return {"number": phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)}
    return None


def human_name(text: str, _lang: str, _country: str | None) -> Found:
    """The text taken apart as a name."""
    name = HumanName(text)
    name.capitalize()
    said = " ".join(part for part in (name.first, name.middle, name.last) if part)
    return {"name": said} if said else None


LIBRARIES: dict[str, tuple[str, Library]] = {
    "money": ("price-parser", price_parser),
    "headcount": ("text2num", text2num),
    "timeline": ("dateparser", dateparser),
    "email": ("email-validator", email_validator),
    "phone": ("phonenumbers", phone_matcher),
    "name": ("nameparser", human_name),
}
