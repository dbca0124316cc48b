"""Phone numbers, in international form where the country is known; `phonenumbers` says which digits are a number there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import phonenumbers

from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, alternatives, data, phrases, words
from leads.reading.spoken_digits import spoken_digits

if TYPE_CHECKING:
    from leads.questions import Question

_RUN = re.compile(r"(?<![\w.,@/])(?:\+|00)?[ ]?[(\[]?[ ]?\d(?:[ ()\[\]./-]{0,6}\d){5,16}(?![\d@]|[.,]\d|(?!e?xt?[ .\d])\w)")
_LETTER_ZERO = re.compile(r"(?<![a-z])o(?=\d{3})|(?<=\d)o(?=\d)")
_LINK = re.compile(r"wa\.me/\+?(\d{8,15})|tel:(\+?\d{6,15})")
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_OTHER_FORMS = re.compile(  # dates, addresses of machines
    rf"\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}(?: \d.*)?|\d{{4}}-\d{{2}}-\d{{2}}.*|{_BYTE}(?:\.{_BYTE}){{3}}"
)
_EXTENSION = re.compile(r"\s*(?:\bext|\bx|\bdurchwahl|\bposte|\bapp)\b")
_VAT = re.compile(r"(?:^|\W)(?:AT ?U|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK) ?$")
_PART = re.compile(r"[,;.\n/|]| (?:but|and|aber|und|mais|et|pero|y) ")
_LEAST, _MOST = 6, 15  # digits
_AS_TYPED = 0.45  # less than is sure: without its country nobody can call it


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Phone numbers; without a country or a word like "call" only numbers that begin with + or 00, and a 0 by themselves."""
    found = sorted([*_linked(message), *_written(message, asked), *_spoken(message)], key=lambda one: (one.start, -one.end))
    separate = [
        one for index, one in enumerate(found) if not any(other.start < one.end and one.start < other.end for other in found[:index])
    ]
    meant = [one for one in separate if not _of_others(message, one)]
    if not meant and asked:
        meant = _as_typed(message)
    if len(meant) == 1:
        return [_ended_anew(message, meant[0])]
    return _with_lines(message, meant) if meant else []


def _ended_anew(message: Message, candidate: Candidate) -> Candidate:
    """ "303 555 0112, no sorry 0121": its last digits are told again."""
    match = _tail().match(message.low, candidate.end)
    number = candidate.reading.value["number"]
    if match is None or not number.startswith("+") or match[1] == number[-len(match[1]) :]:
        return candidate
    other = _valid(number[: -len(match[1])] + match[1], None)
    return candidate if other is None else replace(_candidate(message, other, candidate.start, match.end()), denied=False)


@cache
def _tail() -> re.Pattern[str]:
    """Words that take back, and the digits that end the message or the sentence."""
    takes = alternatives(words("phone", "ends_anew"))
    return re.compile(rf"(?:[\s,.;:!-]+(?:{takes}))+[\s,:]*(\d{{2,5}})\s*(?:$|[.,!;\n])")


def places(message: Message) -> list[tuple[int, int]]:
    """Where valid phone numbers of the visitor's country stand."""
    return [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(message.text, _country(message))]


def _country(message: Message) -> str | None:
    return (message.country or "").upper() or None


def _spoken_in(message: Message, digits: str) -> str | None:
    """The country to which a number with its leading zero belongs most likely, by the visitor's language, where no country is known."""
    locale = (message.locale or "")[:2]
    country = data("phone")["by_language"].get(locale)
    return country if digits.startswith("0") or country in data("phone")["without_zero"] else None


def _linked(message: Message) -> Iterator[Candidate]:
    for match in _LINK.finditer(message.low):
        if number := _valid("+" + (match[1] or match[2]).lstrip("+"), None):
            yield _candidate(message, number, *match.span())


def _written(message: Message, asked: bool) -> Iterator[Candidate]:
    """Digits as people group them; longer ones first, so that a part of a number is no number."""
    low = _dash().sub(lambda said: "-" * len(said[0]), _LETTER_ZERO.sub("0", message.low))
    spans = [match.span() for match in _RUN.finditer(low)] + places(message)
    for start, end in sorted(set(spans), key=lambda span: span[0] - span[1]):
        raw = _EXTENSION.split(low[start:end])[0].strip()
        international = raw.startswith(("+", "00"))
        may_be = asked or international or _has_cue(message, start, end) or _is_all(message, start, end)
        if not may_be or _OTHER_FORMS.fullmatch(raw) or _is_reference(message, start):
            continue
        if number := _number(message, raw):
            yield _candidate(message, number, start, end)


@cache
def _dash() -> re.Pattern[str]:
    """ "617 dash 442 dash 9083"."""
    return re.compile(rf"(?<=\d) (?:{alternatives(words('phone', 'dash'))}) (?=\d)")


def _spoken(message: Message) -> Iterator[Candidate]:
    for said in spoken_digits(message):
        if number := _number(message, said.digits):
            yield _candidate(message, number, said.start, said.end)


def _number(message: Message, raw: str) -> phonenumbers.PhoneNumber | None:
    """The number that these digits are: in the visitor's country, or abroad."""
    digits = re.sub(r"[^\d+]", "", raw)
    if not _LEAST <= len(digits.lstrip("+")) <= _MOST + 2:
        return None
    abroad = phrases("phone", "plus").search(message.low) and not digits.startswith("0")
    number = _valid("+" + digits.lstrip("+"), None) if abroad else None
    number = number or _valid(digits, _country(message) or _spoken_in(message, digits))
    return number or (_valid("+" + digits[2:], None) if digits.startswith("00") else None)


def _valid(digits: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) or _is_fictional(number) else None


def _is_fictional(number: phonenumbers.PhoneNumber) -> bool:
    """Whether it is one of those that a country keeps for films and trials, which nobody can have."""
    patterns = data("phone")["fictional"].get(number.country_code, ())
    return any(re.fullmatch(pattern, str(number.national_number)) for pattern in patterns)


def _candidate(message: Message, number: phonenumbers.PhoneNumber, start: int, end: int) -> Candidate:
    value = {
        "number": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        "country": phonenumbers.region_code_for_number(number),
    }
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return Candidate(Reading(value, text, message.said(start, end), 0.95), start, end, 3, denied=_is_gone(message, start, end))


def _as_typed(message: Message) -> list[Candidate]:
    """All that was said is a number that cannot be checked, since the country is not known: better as typed than not at all."""
    found = list(_RUN.finditer(message.low))
    if len(found) != 1 or _country(message):
        return []
    start, end = found[0].span()
    raw, rest = found[0][0].strip(), message.low[:start] + " " + message.low[end:]
    beside = re.findall(r"[^\s.,:;!?()]+", phrases("phone", "cues").sub(" ", rest))
    if (
        "?" in rest
        or _OTHER_FORMS.fullmatch(raw)
        or len(re.sub(r"\D", "", raw)) < _LEAST + 1
        or not words("phone", "small").issuperset(beside)
    ):
        return []
    number = ("+" if raw.startswith("+") else "") + re.sub(r"\D", "", raw)
    return [Candidate(Reading({"number": number, "country": None}, raw, raw, _AS_TYPED), start, end)]


def _is_all(message: Message, start: int, end: int) -> bool:
    """Whether digits with a leading zero are the whole message: no sum is written so, and no other number is said by itself."""
    return message.low[start:end].lstrip(" ([").startswith("0") and not re.search(r"\w", message.low[:start] + message.low[end:])


def _has_cue(message: Message, start: int, end: int) -> bool:
    return phrases("phone", "cues").search(message.low, max(0, start - 40), end + 20) is not None


@cache
def _reference() -> re.Pattern[str]:
    names = alternatives(words("phone", "reference") | words("numbers", "reference") - words("phone", "not_reference")).replace(
        "(?![a-z0-9])", ""
    )
    number = r"(?:[ -]?(?:number|no|nr|id|idnr|nummer|n°)\.?)?\W*(?:is|was|ist|war|est|etait|es|era|at)?\W*(?:[a-z]{2,3}[ -]?)?"
    return re.compile(rf"(?:{names})[a-z]{{0,3}}{number}$|[a-z]{{2}}\d\d ?$")


def _is_reference(message: Message, start: int) -> bool:
    """Whether the digits name an order, a tax payer, a bank account or the like."""
    before = message.text[max(0, start - 4) : start]
    if _VAT.search(before) or _reference_after().match(message.low, start):
        return True
    return _reference().search(message.low[max(0, start - 40) : start]) is not None


@cache
def _reference_after() -> re.Pattern[str]:
    """ "… is our VAT number": what the digits are is said behind them."""
    names = alternatives(words("phone", "reference"))
    owners = r"(?:our|my|the|unsere|unser|meine|mein|die|der|notre|mon|ma|le|la|nuestro|nuestra|mi|el)"
    return re.compile(rf"[\d ./()+-]{{6,24}}\s*(?:is|was|ist|war|est|es|-|\()\s*(?:{owners}\s)?(?:{names})")


def _of_others(message: Message, candidate: Candidate) -> bool:
    start, end = message.sentence(candidate.start)
    asked = phrases("phone", "asked", after=r"\s*$").search(message.low[start : candidate.start])
    if asked and "?" in message.low[candidate.end : end]:
        return True
    if phrases("phone", "dialled", after=r"[^.;!?]{0,12}$").search(message.low[start : candidate.start]):
        return True
    return phrases("phone", "theirs").search(message.low[start : max(end, candidate.end)]) is not None


@cache
def _gone() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = alternatives(words("phone", "gone"))
    denials = alternatives(words("numbers", "not_this"))
    before = (
        rf"(?:{names}|{denials})(?:[^\w.;!?]*(?:number|one|nummer|numero|is|was|the|die|war|ist|est|etait|es|era|et)){{0,3}}[^\w.,;!?]*$"
    )
    return re.compile(before), re.compile(rf"\W{{0,3}}(?:[^\W\d]+['\w]*\W+){{0,3}}?(?:{names})")


def _is_gone(message: Message, start: int, end: int) -> bool:
    before, after = _gone()
    stop = message.clause(end)[1] + 24  # "…, that's the old one"
    return bool(before.search(message.low[max(0, start - 24) : start]) or after.match(message.low, end, stop))


def _with_lines(message: Message, found: list[Candidate]) -> list[Candidate]:
    """Of several numbers the one counts that somebody names in the end ("mobile please"), else the one that reaches them best."""
    lines = [_lines(message, found, index) for index in range(len(found))]
    asked_for = _named(message.low[found[-1].end :]) - (lines[-1] if len(message.low) - found[-1].end < 12 else set())
    preferred = data("phone")["preferred"]
    weighed = []
    for candidate, line in zip(found, lines, strict=True):
        best = min((preferred.index(name) for name in line if name in preferred), default=len(preferred) - 1)
        last = 10 if asked_for & line else 0
        avoided = 5 if line & {"fax", "house"} else 0
        weighed.append(replace(candidate, strength=20 + last - avoided - best))
    return weighed


def _lines(message: Message, found: list[Candidate], index: int) -> set[str]:
    """What is said of a number between it and its neighbours; a word behind it belongs to it when none stands before it."""
    candidate = found[index]
    start = found[index - 1].end if index else 0
    end = found[index + 1].start if index + 1 < len(found) else len(message.low)
    behind = _named(_PART.split(message.low[candidate.end : end])[0])
    before = _PART.split(message.low[start : candidate.start])[-1]
    return behind if re.match(r"\s*\(", message.low[candidate.end : end]) and behind else _named(before) or behind


def _named(text: str) -> set[str]:
    return {name for name in data("phone")["lines"] if phrases("phone", "lines", name).search(text)}
