"""Numbers in a text: digits in any grouping, multipliers, and number words in four languages."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import islice

from leads.reading.currencies import currency_after, currency_before, is_currency
from leads.reading.message import Message, alternatives, data, words
from leads.reading.scales import Number, scales
from leads.reading.spelled import spelled

_DIGITS = re.compile(
    r"\d{1,3}(?:([.,' _])\d{3})(?:\1\d{3})*(?!\d)(?:[.,]\d{1,2}(?!\d))?"  # 40.000,50 · 1 200 000
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d{1,2})?"  # 2,50,000
    r"|(?<!\d)\d+(?:[.,]\d{1,4}(?!\d))?"
)
_ODD = re.compile(  # digits that are no amount
    r"\S+@\S+|https?://\S+|www\.\S+"
    r"|(?<!\d)\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)|\d{4}-\d{2}-\d{2}"
    r"|(?<!\d)'\d{2}(?!\d)|\b\d{1,2}:\d{2}|\b(?:\d{1,2} ?(?:-|bis|to|a) ?)?\d{1,2} ?(?:am|pm|uhr|h\d{0,2})\b"
    r"|\b\d{1,3} out of \d{1,3} stars?\b"
    r"|\b(?:24/7|24x7|24h|7j?/7|7/24|9/5|9-5|9 to 5|365 days)\b"
    r"|(?<!\d)\d{1,12}(?:[.,]\d{1,6})? ?(?:%|percent\b|per cent\b|prozent\b|pour ?cent\b|por ciento\b)"
    r"|\b\d{1,6}(?:st|nd|rd|th)\b|\b(?:am|zum|vom|bis zum|den) \d{1,2}\.(?!\d)|#\d+|\b1099(?:s| (?:folks|contractors|guys))\b"
    r"|\b(?:iso(?:/iec)?|soc|din|fortune|office|microsoft|top"
    r"|art\.?|artikel|article|section|rfc|windows|step|level|pci dss|version)[ -]?\d[\d.]*"
    r"|\+\d{1,3}[ (.-]?\d[\d ().-]{5,}\d|(?<![\d.,])\b00\d[\d ().-]{6,}\d|(?<![\d.,])(?<!\d )\(?0\d{1,5}\)?[ ()/-]{0,2}\d[\d ()/-]{3,}\d"
    r"|(?<!\d)\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?!\d)"
)
_LISTED = re.compile(r"(?:^|[\s.:;,])(\d\))(?=\s?[a-z])")  # "1) does it work 2) when"
_LETTERS_BEFORE = re.compile(r"[a-z_.$]+$")
_KILO_BEFORE = re.compile(r"(?<![a-z])(?:[tk]eur|[tk]€|[tk]usd|[tk]chf|m€|meur)\s?$")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,3})$")
_DASH_CENTS = re.compile(r"[,.]-{1,2}(?![\w])")  # "500,-"
_HALF = 0.5
_MAXIMUM = re.compile(r"(?<=grand) max")  # "500, grand maximum 700" is no grand
MAX_VALUE = 1e13
MOST = 32  # numbers looked at in one message; more is a table or an attack, not an answer


@cache
def _scale_after() -> re.Pattern[str]:
    names = alternatives(scales()).replace("(?<![a-z0-9])", "(?<![a-z])")  # "5mio"
    return re.compile(rf"(?: de |[,.] (?=[a-z]+(?!\s*\d)(?:\W|$)))?[ -]?({names})")


@cache
def _attached() -> re.Pattern[str]:
    letters = "".join(data("numbers")["attached"])
    return re.compile(rf"([{letters}])(?=$|[^a-z0-9]|eur\b|usd\b|gbp\b|chf\b)")


@cache
def _before_currency() -> re.Pattern[str]:
    return re.compile(r" ?([kmtl])(?= ?(?:€|\$|£|₹|eur(?:os?)?\b|usd\b|chf\b|gbp\b|inr\b))")


@cache
def _meant_otherwise() -> re.Pattern[str]:
    """Order and room numbers, sayings."""
    reference, idioms = alternatives(words("numbers", "reference") | words("numbers", "phones")), alternatives(words("numbers", "idioms"))
    named = r"(?: (?:number|no\.?|n°|nr\.?|nummer|code|id))?(?: (?:is|ist|est|es|gb|de|at|fr|es))?[ :=#]{0,3}"
    return re.compile(rf"(?:{reference}){named}\d[\d -]{{0,20}}|{idioms}")


@cache
def _plans() -> re.Pattern[str]:
    return re.compile(alternatives(words("numbers", "plans")))


def _named_plans(message: Message) -> list[tuple[int, int]]:
    """Figures that things are called by, "401k"; beside a currency they are money like any other."""
    low = message.low
    places = [match.span() for match in islice(_plans().finditer(low), MOST)]
    return [place for place in places if not (currency_before().search(low[: place[0]][-20:]) or currency_after().match(low, place[1]))]


def numbers(message: Message) -> list[Number]:
    """Every number that can be an amount, in order."""
    odd = [match.span() for pattern in (_ODD, _meant_otherwise()) for match in islice(pattern.finditer(message.low), 4 * MOST)]
    odd += _named_plans(message)
    points = [match.span(1) for match in islice(_LISTED.finditer(message.low), MOST)]
    odd += points if len(points) > 1 else []
    digits = (number for match in islice(_DIGITS.finditer(message.low), 2 * MOST) if (number := _digits(message, match)) is not None)
    found = [number for number in digits if not any(_overlap(number, *span) for span in odd)]
    taken = [*odd, *((number.start, number.end) for number in found)]
    found += [number for number in spelled(message)[: 2 * MOST] if not any(_overlap(number, *span) for span in taken)]
    clear = [number for number in found if number.value <= MAX_VALUE]
    return _fractions(message, sorted(clear, key=lambda number: number.start)[:MOST])


@cache
def _spoken_point() -> re.Pattern[str]:
    return re.compile(rf" (?:{alternatives(words('numbers', 'point'))}) ")


def _fractions(message: Message, found: list[Number]) -> list[Number]:
    """ "One point two million" is one number."""
    joined: list[Number] = []
    for number in found:
        last = joined[-1] if joined else None
        if last and last.factor == 1 and 0 <= number.base < 100 and _spoken_point().fullmatch(message.low, last.end, number.start):
            digits = f"{number.base:.0f}"
            joined[-1] = Number(last.start, number.end, last.base + float(f"0.{digits}"), number.factor)
        else:
            joined.append(number)
    return joined


def _overlap(number: Number, start: int, end: int) -> bool:
    return number.start < end and start < number.end


def _digits(message: Message, match: re.Match[str]) -> Number | None:
    low = message.low
    if low[match.end() : match.end() + 1] == "/" and low[match.end() + 1 : match.end() + 2].isdigit() and len(match[0]) < 3:
        upper = re.compile(r"/(\d{2,3})(?![\d/])").match(low, match.end())  # "70/80 people", not "24/7"
        if upper is None or not _is_range(match[0].replace(",", "."), upper[1]):
            return None
    if (date := _SLASHED.search(low, max(0, match.start() - 4), match.end())) and not _is_range(date[1], date[2]):
        return None
    before = _LETTERS_BEFORE.search(low, max(0, match.start() - 6), match.start())
    if before and not _may_precede(before[0], message.country):
        return None
    raw = match[0]
    number = Number(match.start(), match.end(), 0.0, plain=raw.isdigit())
    if cents := _DASH_CENTS.match(low, number.end):
        number = replace(number, end=cents.end())
    half = _half_before_scale().match(low, number.end)
    number = _multiply(message, replace(number, end=half.end()) if half else number)
    return replace(number, base=_value(raw, number.factor) + _HALF * bool(half))


def _is_range(low: str, high: str) -> bool:
    """Whether two numbers with a slash between them are a range and no date: "70/80"."""
    return 10 <= float(low) < float(high) <= 2 * float(low)


def _may_precede(letters: str, country: str | None) -> bool:
    """Whether letters right before digits are a currency ("EUR50", "rs.500") and not part of a name ("B2B", "v2")."""
    letters = letters.rstrip(".") if letters.rstrip(".") else letters
    return not any(sign.isalpha() for sign in letters) or is_currency(letters, country)


def _value(raw: str, factor: float) -> float:
    """What digits with separators mean; a lone group of three is thousands unless millions follow."""
    marks = [sign for sign in raw if not sign.isdigit()]
    if not marks:
        return float(raw) if len(raw) < 16 else MAX_VALUE * 10
    last = marks[-1]
    whole, _, rest = raw.rpartition(last)
    lone = len(marks) == 1
    is_decimal = last in ".," and (
        len(rest) != 3 or whole in ("0", "") or (lone and factor >= 1e6) or (lone and last == "." and factor > 1)
    )
    if last in ".," and not lone and marks[-2] != last:
        is_decimal = True
    digits = re.sub(r"\D", "", whole)
    return float(f"{digits}.{rest}") if is_decimal else float(re.sub(r"\D", "", raw))


@cache
def _half_before_scale() -> re.Pattern[str]:
    """ "7 and a half thousand"."""
    halves = alternatives(words("numbers", "and_a_half"))
    return re.compile(rf" (?:{halves})(?= (?:{alternatives(word for word in scales() if len(word) > 1)}))")


def _multiply(message: Message, number: Number) -> Number:
    """Take in the multipliers behind a number: ``k``, ``m``, ``million``, ``hundred thousand``."""
    low, mil = message.low, _mil(message, number)
    if mil:
        return mil
    if match := _attached().match(low, number.end):
        return replace(number, end=match.end(), factor=number.factor * data("numbers")["attached"][match[1]], plain=False)
    if match := _before_currency().match(low, number.end):
        return replace(
            number,
            end=match.end(),
            factor=number.factor * {**data("numbers")["attached"], **data("numbers")["attached_before_currency"]}[match[1]],
            plain=False,
        )
    if match := _KILO_BEFORE.search(low, max(0, number.start - 6), number.start):
        return replace(number, factor=1e6 if match[0].startswith("m") else 1e3, plain=False)
    for _ in range(2):
        match = _scale_after().match(low, number.end)
        if match is None or (match[1] in ("th", "mm") and match.start() != number.end) or _MAXIMUM.match(low, match.end()):
            break
        number = replace(number, end=match.end(), factor=number.factor * scales()[match[1]], plain=False)
    return number


def _mil(message: Message, number: Number) -> Number | None:
    """``mil``: thousand in Spanish, million in English slang."""
    match = re.compile(r" ?mil(?![a-z0-9])").match(message.low, number.end)
    if match is None:
        return None
    spanish = (message.locale or "").startswith(("es", "pt")) or "r$" in message.low or bool(_spanish().search(message.low))
    english = (message.locale or "").startswith("en")
    whole = message.low[number.start : number.end].isdigit()
    thousand = whole and (spanish or (not english and float(message.low[number.start : number.end]) >= 20))
    return replace(number, end=match.end(), factor=1e3 if thousand else 1e6, plain=False)


@cache
def _spanish() -> re.Pattern[str]:
    return re.compile(alternatives(words("numbers", "spanish_signs")))
