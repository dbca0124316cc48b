"""Numbers in a text: digits in any grouping, multipliers, and number words in four languages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice

from leads.reading.currencies import is_currency
from leads.reading.message import Message, alternatives, data, fold, words

_DIGITS = re.compile(
    r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*(?!\d)(?:[.,]\d{1,2}(?!\d))?"  # 40.000,50 · 1 200 000
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)(?:\.\d{1,2})?"  # 2,50,000
    r"|(?<!\d)\d+(?:[.,]\d{1,4}(?!\d))?"
)
_ODD = re.compile(  # digits that are no amount
    r"\S+@\S+|https?://\S+|www\.\S+"
    r"|(?<!\d)\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?!\d)|\d{4}-\d{2}-\d{2}"
    r"|(?<!\d)'\d{2}(?!\d)|\b\d{1,2}:\d{2}|\b\d{1,2} ?(?:am|pm|uhr|h\d{0,2})\b"
    r"|\b(?:24/7|24x7|24h|7j?/7|7/24|9/5|9-5|9 to 5|365 days)\b"
    r"|(?<!\d)\d{1,12}(?:[.,]\d{1,6})? ?(?:%|percent\b|per cent\b|prozent\b|pour ?cent\b|por ciento\b)"
    r"|\b\d{1,6}(?:st|nd|rd|th)\b|#\d+"
    r"|\b(?:iso(?:/iec)?|soc|din|fortune|office|microsoft|top"
    r"|art\.?|artikel|article|section|rfc|windows|step|level|pci dss|version)[ -]?\d[\d.]*"
    r"|\+\d{1,3}[ (.-]?\d[\d ().-]{5,}\d|(?<![\d.,])\b00\d[\d ().-]{6,}\d|(?<![\d.,])(?<!\d )\(?0\d{1,5}\)?[ ()/-]{0,2}\d[\d ()/-]{3,}\d"
    r"|(?<!\d)\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}(?!\d)"
)
_LETTERS_BEFORE = re.compile(r"[a-z_.$]+$")
_KILO_BEFORE = re.compile(r"(?<![a-z])(?:[tk]eur|[tk]€|[tk]usd|[tk]chf|m€|meur)\s?$")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,3})$")
_DASH_CENTS = re.compile(r"[,.]-{1,2}(?![\w])")  # "500,-"
_CLOCK = re.compile(r"(?:\b(?:at|until|till|by|from|after|before)|\d)\s$")
MAX_VALUE = 1e13
MOST = 32  # numbers looked at in one message; more is a table or an attack, not an answer


@dataclass(frozen=True)
class Number:
    """A number and its place; ``base`` is the value without ``factor``, ``weak`` words need a unit beside them."""

    start: int
    end: int
    base: float
    factor: float = 1.0
    weak: bool = False
    plain: bool = False  # digits only, no grouping, no multiplier

    @property
    def value(self) -> float:
        """Base times factor, free of binary dust."""
        return round(self.base * self.factor, 6)


@cache
def _scales() -> dict[str, float]:
    return {fold(str(word)): float(factor) for factor, names in data("numbers")["scales"].items() for word in names}


def is_scale(word: str) -> bool:
    """Whether a folded word only multiplies: "thousand" alone says too little."""
    return word in _scales()


@cache
def _scale_after() -> re.Pattern[str]:
    names = alternatives(_scales()).replace("(?<![a-z0-9])", "(?<![a-z])")  # "5mio"
    return re.compile(rf"(?: de |, (?=[a-z]+(?!\s*\d)(?:\W|$)))?[ -]?({names})")


@cache
def _attached() -> re.Pattern[str]:
    letters = "".join(data("numbers")["attached"])
    return re.compile(rf"([{letters}])(?=$|[^a-z0-9]|eur\b|usd\b|gbp\b|chf\b)")


@cache
def _before_currency() -> re.Pattern[str]:
    return re.compile(r" ?([kmtl])(?= ?(?:€|\$|£|₹|eur\b|usd\b|chf\b|gbp\b|inr\b))")


@cache
def _meant_otherwise() -> re.Pattern[str]:
    """Order and room numbers, sayings."""
    reference, idioms = alternatives(words("numbers", "reference") | words("numbers", "phones")), alternatives(words("numbers", "idioms"))
    named = r"(?: (?:number|no\.?|n°|nr\.?|nummer|code|id))?(?: (?:is|ist|est|es|gb|de|at|fr|es))?[ :=#]{0,3}"
    return re.compile(rf"(?:{reference}){named}\d[\d -]{{0,20}}|{idioms}")


def numbers(message: Message) -> list[Number]:
    """Every number that can be an amount, in order."""
    odd = [match.span() for pattern in (_ODD, _meant_otherwise()) for match in islice(pattern.finditer(message.low), 4 * MOST)]
    digits = (number for match in islice(_DIGITS.finditer(message.low), 2 * MOST) if (number := _digits(message, match)) is not None)
    found = [number for number in digits if not any(_overlap(number, *span) for span in odd)]
    taken = [*odd, *((number.start, number.end) for number in found)]
    found += [number for number in _spelled(message)[: 2 * MOST] if not any(_overlap(number, *span) for span in taken)]
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
    number = _multiply(message, number)
    return replace(number, base=_value(raw, number.factor))


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
        if match is None or (match[1] in ("th", "mm") and match.start() != number.end):
            break
        number = replace(number, end=match.end(), factor=number.factor * _scales()[match[1]], plain=False)
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


@cache
def _atoms() -> dict[str, float]:
    atoms = {fold(word).replace("-", " "): float(value) for names in data("numbers")["units"].values() for word, value in names.items()}
    for word, factor in _scales().items():
        if word.isalpha() and len(word) > 2:
            atoms.setdefault(word, factor)
    units = data("numbers")["units"]["en"]
    tens = {word: value for word, value in units.items() if 20 <= value < 100}
    glued = {f"{ten}{one}": tens[ten] + value for ten in tens for one, value in units.items() if 0 < value < 10}  # "thirtyfive"
    return {**glued, **atoms, "mil": 1000.0}


@cache
def _spelled_pattern() -> re.Pattern[str]:
    atom = "|".join(re.escape(word).replace(r"\ ", "[ -]") for word in sorted(_atoms(), key=lambda word: (-len(word), word)))
    german = "|".join(sorted(_german(), key=lambda word: (-len(word), word)))
    before = alternatives(fold(word) for word in data("numbers")["before_scale"])
    half, scales = alternatives(words("numbers", "and_a_half")), alternatives(_scales())
    return re.compile(
        rf"(?<![a-z0-9])(?:(?P<before>{before})[\s-]+(?=hundred|thousand|mil\b|mill|mile|billion|dozen|docena|dec|veint|trein|cincuen|grand|lakh|crore|cent|hundert|tausend|cien|quinz|vingt|trent|quarant|cinquant|soixant|dizain))?"
        rf"(?P<first>{atom}|(?:{german}|und){{2,12}})(?!(?!ish\b)[a-z0-9])"
        rf"(?P<rest>(?:[ -](?:and |et |y |und |de )?(?:{atom}|(?:{german}|und){{2,12}})(?![a-z0-9])){{0,8}})"
        rf"(?P<half> (?:{half})(?: (?P<scale>{scales}))?)?"
    )


@cache
def _german() -> dict[str, float]:
    units = {fold(word): float(value) for word, value in data("numbers")["units"]["de"].items() if word != "null"}
    return {**units, "hundert": 100.0, "tausend": 1000.0, "million": 1e6, "millionen": 1e6}


@cache
def _pieces() -> re.Pattern[str]:
    both = {**_german(), **_atoms(), "und": 0.0}  # "und" before "un"
    return re.compile("|".join(re.escape(word).replace(r"\ ", "[ -]") for word in sorted(both, key=lambda word: (-len(word), word))))


def _spelled(message: Message) -> list[Number]:
    found = []
    for match in _spelled_pattern().finditer(message.low):
        factor = data("numbers")["before_scale"].get(re.sub(r"\s+", " ", match["before"] or ""), 1)
        start = match.start("first") if factor == 1 and match["before"] in (None, "a", "an", "some") else match.start()
        *others, last = _split(message, start, match.start("first"), match.end("rest"), float(factor))
        found += [*others, _half(match, last) if match["half"] else _kilo(message, last)]
    return found


def _half(match: re.Match[str], number: Number) -> Number:
    """A half of what the number counts: of a thousand in "two and a half thousand", of a million in "un million et demi"."""
    factor = _scales()[match["scale"]] if match["scale"] else number.factor
    return Number(number.start, match.end(), number.base + 0.5, factor)


def _kilo(message: Message, number: Number) -> Number:
    """ "Fifty k"."""
    match = re.compile(r"[ -]?k(?![a-z0-9])").match(message.low, number.end)
    return replace(number, end=match.end(), factor=number.factor * 1000, weak=False) if match else number


def _split(message: Message, start: int, first: int, end: int, factor: float) -> list[Number]:
    """The numbers in a row of number words; "five ten" is two of them."""
    total, current, last = 0.0, 0.0, 0.0
    begun, stop, found = start, first, []
    scale, scaled, after = 0.0, first, first  # the last multiplier, its end, and where the words behind it begin
    atoms = {**_german(), **_atoms()}
    for piece in _pieces().finditer(message.low, first, end):
        if piece[0] == "und":
            continue
        value = atoms[piece[0].replace("-", " ")]
        if piece[0] == "mil" and (message.low[:stop].endswith(_english()) or _english_half().search(message.low[:stop][-24:])):
            value = 1e6  # "two mil", "half a mil"
        dozen = piece[0] in _dozens()
        if 0 < last < 10 and 20 <= value < 100 and _hundreds(message, begun, stop, piece.start()):
            current *= 100  # "three fifty"
        elif last and value < 100 and not dozen and not _continues(last, value, message.low[stop : piece.start()]):
            found.append(_word_number(message, begun, stop, (total + current) * factor, last))
            total, current, begun, factor = 0.0, 0.0, piece.start(), 1.0
        if value >= 1000 and value == scale and total:  # "tres mil y cinco mil"
            found.append(_word_number(message, begun, scaled, total * factor, scale))
            total, begun, factor = 0.0, after, 1.0
        if not current:
            after = piece.start()
        if value >= 1000:
            scale, scaled = value, piece.end()
            total, current = (total + (current or 1.0)) * value if value > total > 0 else total + (current or 1.0) * value, 0.0
        elif value == 100 or dozen:
            current = (current or 1.0) * value
        else:
            current += value
        last, stop = value, piece.end()
    return [*found, _word_number(message, begun, stop, (total + current) * factor, last)]


@cache
def _english() -> tuple[str, ...]:
    """Number words of English alone."""
    units = data("numbers")["units"]
    others = {fold(word) for language, names in units.items() if language != "en" for word in names}
    return tuple(fold(word) for word in units["en"] if fold(word) not in others)


def _hundreds(message: Message, start: int, end: int, follows: int) -> bool:
    """Whether a small English number before tens counts hundreds: "one thirty", but not "at three thirty" and not "one or twenty"."""
    before = message.low[max(0, start - 8) : start]
    return message.low[end:follows] in (" ", "-") and message.low[:end].endswith(_english()) and not _CLOCK.search(before)


@cache
def _english_half() -> re.Pattern[str]:
    return re.compile(r"\b(?:half|half an?|quarters?|quarter of an?|couple|couple of|few|an?)\s$")


@cache
def _dozens() -> frozenset[str]:
    return frozenset(word for word, factor in _scales().items() if factor == 12)


def _continues(last: float, value: float, between: str) -> bool:
    """Whether a small number word goes on with the one before ("twenty five", "soixante quinze", "fünfundzwanzig")."""
    if last >= 100 or (last in (60.0, 80.0) and value < 20) or (value == 0.5 and not between):
        return True
    return (last >= 20 and value < 10) or (last < 10 and value >= 20 and "und" in between)


def _word_number(message: Message, start: int, end: int, value: float, last: float) -> Number:
    weak = message.low[start:end] in words("numbers", "weak") and not (message.locale or "xx").startswith("es")
    factor = last if last >= 100 and value >= last else 1.0  # "forty to sixty thousand" shares its thousand
    return Number(start, end, value / factor, factor, weak=weak)
