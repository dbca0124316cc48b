"""Names of places: countries, their people and their parts, cities and towns, postcodes and dialling codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import phonenumbers

from leads.reading.gazetteer import LONGEST, cities, division_codes, holders, key, known, other_cities, other_towns, people, regions, towns
from leads.reading.mailbox import one_slip
from leads.reading.message import Message, data, phrases, text_lines, words
from leads.reading.name_words import given_names

_MOST = 400  # words looked at
_LEAST_SLIP = 7  # letters of a name in which one slip is forgiven
_SHORT = 4  # words of a message that is no more than a place
_WORD = re.compile(r"[^\W\d_]+(?:[.'][^\W\d_]+)*\.?")
_POSTCODES = (
    ("GB", re.compile(r"\b(?:[a-z]{1,2}\d[a-z\d]? \d[a-z]{2})\b")),
    ("CA", re.compile(r"\b[a-z]\d[a-z][ -]?\d[a-z]\d\b")),
    ("NL", re.compile(r"\b[1-9]\d{3} [a-z]{2}\b(?=$|[ ,]+[a-z])")),
)
_LETTERED = re.compile(r"\b(d|a|ch|f|e|i|b|l|nl)-\d{4,5}\b")
_LETTERS = {"d": "DE", "a": "AT", "ch": "CH", "f": "FR", "e": "ES", "i": "IT", "b": "BE", "l": "LU", "nl": "NL"}
_ELIDED = ("d'", "l'")
_FIVE = re.compile(r"(?<![\d.,#-])\d{5}(?![\d.,%-]\d|\d)")
_FOUR = re.compile(r"(?<![\d.,#-])\d{4}(?![\d.,%-]\d|\d)")
_FIVE_DIGITS = {"DE", "FR", "ES", "US", "MX", "IT", "FI", "SE", "TR", "PL"}
_FOUR_DIGITS = {"AT", "CH", "BE", "DK", "NO", "AU", "NZ", "LU", "HU", "NL", "ZA", "LI"}
_COUNTRIES = {"de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH", "CA"), "es": ("ES", "MX", "AR", "CO", "CL", "PE", "CR")}
_BY_LANGUAGE = {"de": "DE", "fr": "FR", "es": "ES"}
_DEPARTMENT = re.compile(r"\b(?:dans le|le|departement|dept\.?) (0[1-9]|[1-8]\d|9[0-5]|97[1-6]|2a|2b)\b(?!\s*(?:[a-z]{3,}|[.,]?\d))")
_QUARTER = re.compile(r"\b(?:colonia|col\.|barrio|fraccionamiento)\s+(?!en\b|es\b|de\b|y\b)[^\W\d_]+")
_PAUSE = re.compile(r"\s*(?:$|,|\.|-|\(|(?:and|und|et|y|&)\s+[A-Z\u00c0-\u00de])")
_DIALLING = re.compile(r"(?<!\S)(?:\+|00)([1-9]\d{0,2})(?![\s/-]*\d)")


@dataclass(frozen=True)
class Place:
    """Something that is known to be a place: codes of countries, or the name of a larger region.

    ``sort`` is ``country``, ``region``, ``city``, ``town``, ``people`` or ``code``; ``guessed`` when a slip was forgiven.
    """

    start: int
    end: int
    countries: tuple[str, ...] = ()
    region: str = ""
    sort: str = "country"
    name: str = ""
    guessed: bool = False

    @property
    def is_city(self) -> bool:
        """Whether it may lie in another place that is named beside it."""
        return self.sort in ("city", "town")


def is_place(name: str) -> bool:
    """Whether a name is one of a country, a region or a city."""
    return key(name) in known() or key(name) in cities() or key(name) in regions()


def places(message: Message) -> Iterator[Place]:
    """All that may be a place, in order; the longest name at each word."""
    blocked = [match.span() for pattern in (phrases("regions", "not_places"), _QUARTER) for match in pattern.finditer(message.low)]
    said = [match for _, match in zip(range(_MOST), _WORD.finditer(message.low), strict=False)]
    taken = list(_numbered(message))
    index = 0
    while index < len(said):
        for count in range(min(LONGEST, len(said) - index), 0, -1):
            start, end = said[index].start(), said[index + count - 1].end()
            starts = () if _apart(message, said[index : index + count]) else (start, start + 2 * message.low.startswith(_ELIDED, start))
            found = next((place for one in starts if (place := _lookup(message, one, end, index, len(said)))), None)
            if found and not any(start < stop and begin < end for begin, stop in blocked):
                taken.append(_without_stop(message, found))
                index += count
                break
        else:
            index += 1
    yield from sorted(taken, key=lambda place: place.start)


def _without_stop(message: Message, place: Place) -> Place:
    """ "Hong Kong. …": the stop is not part of the name, but that of "D.C." is."""
    ends = message.low[place.start : place.end]
    return replace(place, end=place.end - 1) if ends.endswith(".") and "." not in ends[:-1] and len(ends) > _SHORT else place


def _apart(message: Message, row: list[re.Match[str]]) -> bool:
    return any(message.low[one.end() : other.start()].strip(" -,\u2019'") for one, other in pairwise(row))


def _lookup(message: Message, start: int, end: int, index: int, count: int) -> Place | None:
    raw, name = message.text[start:end], key(message.low[start:end])
    bare = name.rstrip(".")
    if region := regions().get(name) or regions().get(bare):
        return Place(start, end, region=region, sort="region", name=bare)
    codes = known().get(name) or known().get(bare) or known().get(name.replace(".", "")) or known().get(name.removesuffix("weit"))
    if name == "georgia" and (message.country or "").upper() == "US":
        codes = ("US",)
    if (
        codes
        and not _foreign(message, name)
        and (_is_meant(message, raw, name) or _is_short(message, start, raw) or (len(name) > 3 and _after_in(message, start)))
    ):
        return Place(start, end, codes, sort="city" if bare in cities() else "country", name=name)
    if bare in people() and _is_meant(message, raw, bare):
        return Place(start, end, people()[bare], sort="people", name=bare)
    small = bare in words("regions", "small_codes") and _stands_alone(message, start, end)
    if (raw.strip(".").isupper() or small) and (code := _by_code(message, start, end, raw.strip(".").upper(), count)):
        return Place(start, end, (code,), sort="code", name=name)
    here = _here(message)
    for sort, table, others in (("city", cities(), other_cities()), ("town", towns(), other_towns())):
        country = table.get(bare) if bare not in words("regions", "no_names") else None
        if country and (
            _is_meant(message, raw, bare) or _is_short(message, start, raw) or _is_seat(message, start)
            if sort == "city"
            else _is_town(message, start, raw, bare)
        ):
            held = (code for code in here if bare in others.get(code, ()))
            return Place(start, end, (country if country in here else next(held, country),), sort=sort, name=bare)
    return _misspelled(message, start, end, name, raw, count)


def _here(message: Message) -> tuple[str, ...]:
    """The visitor's country, or those of their language."""
    return (message.country.upper(),) if message.country else _COUNTRIES.get((message.locale or "")[:2], ())


def _foreign(message: Message, name: str) -> bool:
    """ "Island" is a country in German only."""
    languages = data("regions")["in_language"].get(name)
    return languages is not None and (message.locale or "en")[:2] not in languages


def _is_meant(message: Message, raw: str, name: str) -> bool:
    """Short and common words count in capitals only, or where they are all that is said."""
    if message.bare == name or name in words("regions", "small_letters") or raw.lower() == raw.upper():
        return True  # signs that have no capitals
    if len(name) <= 3:
        return raw.replace(".", "").isupper()
    if name in words("regions", "capital_only"):
        return raw[:1].isupper()
    return raw[:1].isupper() or message.text == message.text.lower() or len(name) > 5


def _is_short(message: Message, start: int, raw: str) -> bool:
    """ "In Zug", "Sitz ist Ulm", "Pau, France"."""
    said = bool(_after_in(message, start)) or re.search(r"\b(?:ist|is|est|es)\s+$", message.low[:start]) is not None
    return len(raw) == 3 and raw[:1].isupper() and (said or len(message.low.split()) <= _SHORT)


def _is_seat(message: Message, start: int) -> bool:
    """ "Queda en lima", in small letters."""
    return phrases("regions", "based", after=r"\s+$").search(message.low[max(0, start - 40) : start]) is not None


def _is_town(message: Message, start: int, raw: str, name: str) -> bool:
    """A small town: written like a name, and no other word; or after "in"."""
    before = message.text[:start].split()
    if before and (
        key(before[-1]) in given_names()
        or (
            before[-1][:1].isupper()
            and before[-1][-1] not in ",;:"
            and len(before) > 1
            and key(before[-1]) not in words("regions", "in_place")
        )
    ):
        return False  # a surname, a part of another name
    after_in, short = _after_in(message, start), len(message.low.split()) <= _SHORT
    if name in given_names() or name in _common():
        return bool(after_in) and raw[:1].isupper() and short
    if raw[:1].isupper():
        return bool(after_in) or short or _PAUSE.match(message.text, start + len(raw)) is not None
    return message.text == message.text.lower() and (after_in == "small" or message.bare == name) and len(name) > 4


def _after_in(message: Message, start: int) -> str:
    """``small`` when a word stands before it that has no other meaning than a place's, ``in`` when one that may."""
    before = message.low[max(0, start - 24) : start]
    article = r"\s+(?:the |la |le |el |der |den |dem |l')?$"
    if phrases("regions", "in_before_small", after=article).search(before):
        return "small"
    return "in" if phrases("regions", "in_place", after=article).search(before) else ""


@cache
def _common() -> frozenset[str]:
    return frozenset(text_lines("given_words")) | words("people", "not_names") | words("asked_name", "function_words")


def _by_code(message: Message, start: int, end: int, raw: str, count: int) -> str | None:
    """ "MN" in America, "Calgary AB", "Perth WA", "Chur GR": parts of a country by their letters, beside a city of it."""
    if (
        message.low[max(0, start - 1) : start] in ("#", "-", "@", ".")
        or message.low[end : end + 1] in ("-", "#")
        or message.low[end : end + 2][1:].isdigit()
    ):
        return None
    country = (message.country or "").upper()
    before = re.search(r"([^\W\d_][^\d_,(]*)[ ,(]+$", message.low[:start])
    held = holders(key(before[1])) if before else []
    fitting = [code for code in held if raw in division_codes().get(code, ())]
    if fitting:
        return country if country in fitting else fitting[0]
    for code in ("US", "CA", "AU"):
        if raw in division_codes()[code] and (country == code or (before is not None and held)):
            return code
    if raw == message.text.strip() and raw in data("regions")["sole_codes"] and not country:
        return "US"  # "TX", which is no country's code
    return raw if country == raw and len(raw) == 2 else None


def _stands_alone(message: Message, start: int, end: int) -> bool:
    """ "We're in tx, …" in small letters: after "in" and before a pause."""
    return bool(_after_in(message, start)) and re.match(r"\s*(?:$|[,.;!?)])", message.low[end:]) is not None and _is_american(message)


def _is_american(message: Message) -> bool:
    return (message.country or "US").upper() == "US" and (message.locale or "en")[:2] in ("en", "es")


def _numbered(message: Message) -> Iterator[Place]:
    """Postcodes, French departments and dialling codes."""
    low, country = message.low, (message.country or "").upper()
    for code, pattern in _POSTCODES:
        if (match := pattern.search(low)) and (code != "NL" or country == "NL" or message.text[match.start() : match.end()][-2:].isupper()):
            yield Place(*match.span(), (code,), sort="code")
            return
    if match := _LETTERED.search(low):
        yield Place(*match.span(), (_LETTERS[match[1]],), sort="code")
    elif (country in ("", "FR") and (message.locale or "")[:2] == "fr") and (match := _DEPARTMENT.search(low)):
        yield Place(*match.span(), ("FR",), sort="code")
    elif match := _DIALLING.search(low):
        code = phonenumbers.region_code_for_country_code(int(match[1]))
        if len(code) == 2 and code.isalpha() and code != "ZZ":
            yield Place(*match.span(), (code,), sort="code")
    elif len(low.split()) <= _SHORT:
        yield from _by_digits(message, country)


def _by_digits(message: Message, country: str) -> Iterator[Place]:
    """A bare postcode, in a short answer and by the visitor's country or language only."""
    five, four = _FIVE.search(message.low), _FOUR.search(message.low)
    here = country or _BY_LANGUAGE.get((message.locale or "")[:2], "")
    beside = five and re.fullmatch(r"(?:[^\W\d_][\w'.-]*[ ,]*)*\d{5}(?:[ ,]*[^\W\d_][\w'.-]*)*", message.bare)
    if five and beside and here in _FIVE_DIGITS:
        yield Place(*five.span(), (here,), sort="code")
    elif four and country in _FOUR_DIGITS and (message.bare == four[0] or re.match(r" [A-Z\u00c0-\u00de]", message.text[four.end() :])):
        yield Place(*four.span(), (country,), sort="code")


def _misspelled(message: Message, start: int, end: int, name: str, raw: str, count: int) -> Place | None:
    least = 5 if count == 1 else _LEAST_SLIP
    written = raw[:1].isupper() or message.text == message.text.lower()
    if len(name) < least or " " in name or count > _SHORT or not written or name in given_names() or name in _common():
        return None
    for one, codes in known().items():
        if len(one) >= least and one[0] == name[0] and one_slip(name, one):
            return Place(start, end, codes, name=one, guessed=True)
    for city, code in cities().items() if count <= 2 else ():
        if len(city) >= _LEAST_SLIP and city[0] == name[0] and one_slip(name, city):
            return Place(start, end, (code,), sort="city", name=city, guessed=True)
    return None
