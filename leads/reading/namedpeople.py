"""Places of a message that name people or addresses: whatever their words mean elsewhere ("Frau Schneider", "muehle punkt de"). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from leads.reading.message import Message, alternatives, fold, phrases, words
from leads.reading.name_words import is_family, is_given, is_word

_MOST = 40
_BEFORE = 30  # characters before a name
_NAME = r"[^\W\d_][^\W\d_'-]*(?:['-][^\W\d_]+)*"
_PARTICLES = r"(?:(?:de la|de|du|del|di|da|dos|von der|von|van der|van|zur|zum|zu)\s+)?"
_PAIR = re.compile(rf"(?<![\w'-])({_NAME})\s+{_PARTICLES}({_NAME})(?![\w'-])", re.IGNORECASE)
_CONNECTED = re.compile(
    r"(?:\S{1,40} (?:at|arroba|arobase|chiocciola|apenstaartje) )?"
    r"(?:[a-z0-9-]{1,30} (?:bindestrich|minus|dash|hyphen|tiret|guion) ){0,3}"
    r"[a-z0-9-]{1,30} (?:punkt|dot|point|punto|ponto|punt) (?:com|de|fr|es|net|org|eu|io|co|ch|at|it|nl|pt|uk|us|br|mx)\b"
)
_INITIAL = re.compile(r"(?<![\w.])[A-Z]\. ?([A-Z\u00c0-\u00de][^\W\d_]+)(?![\w'-])")
_FIRM = re.compile(r"([A-Z\u00c0-\u00de][^\W\d_]+)\s+((?:& ?)?[A-Z\u00c0-\u00de][^\W\d_]+\.?)")
_TURNED = re.compile(r"([A-Z\u00c0-\u00de][\w'-]+), ?([A-Z\u00c0-\u00de][\w'-]+)\.?")
_SPELLED = re.compile(r"\S{1,40}\s?[(\[*{](?:at|arroba|arobase|chiocciola)[)\]*}]\s?\S{1,60}")


def people(message: Message) -> list[tuple[int, int]]:
    """Spans of names of people and of spelled addresses, in no order."""
    found = [match.span() for pattern in (_CONNECTED, _SPELLED) for match in islice(pattern.finditer(message.low), _MOST)]
    return [*found, *_titled(message), *_pairs(message), *_initials(message), *_firms(message), *_turned(message)]


@cache
def _title() -> re.Pattern[str]:
    titles = alternatives(words("whose", "honorifics"))
    return re.compile(rf"(?:{titles})\.?\s+(?:(?:dr|med|prof|dipl|ing)\.?\s+)*([a-z'-]{{2,30}})(?:\s+([a-z'-]{{2,30}}))?")


def _titled(message: Message) -> Iterator[tuple[int, int]]:
    """ "Frau Schneider", "Dr. med. Renate Holzapfel"."""
    for match in islice(_title().finditer(message.low), _MOST):
        two = match[2] and is_given(match[1]) and message.text[match.start(2)].isupper()
        yield match.start(1), match.end(2) if two else match.end(1)


def _pairs(message: Message) -> Iterator[tuple[int, int]]:
    """ "John Miller": a given name and a family name, both with capitals or alone."""
    alone = len(message.bare.split()) <= len(("given", "family"))
    for match in islice(_PAIR.finditer(message.text), _MOST):
        first, last = message.low[match.start(1) : match.end(1)], message.low[match.start(2) : match.end(2)]
        capitals = match[1][0].isupper() and match[2][0].isupper() and not (match[1] + match[2]).isupper()
        if not is_given(first) or not (capitals or alone):
            continue
        typed = capitals or not (is_word(first) and is_word(last))  # "almond orchard" is typed small and is no name
        if (is_family(last) and ((alone and typed) or not is_word(first))) or (capitals and _said_to_be(message, match.start())):
            yield match.span()


def _initials(message: Message) -> Iterator[tuple[int, int]]:
    """ "M. Boulanger", "J. Miller": a letter and a family name."""
    for match in islice(_INITIAL.finditer(message.text), _MOST):
        if is_family(message.low[match.start(1) : match.end(1)]):
            yield match.span(1)


def _firms(message: Message) -> Iterator[tuple[int, int]]:
    """ "Baker & Miller", "Farmer Holdings": family names that are all there is of a firm's."""
    names = _FIRM.fullmatch(message.text.strip())
    if names is None:
        return
    first, rest = fold(names[1]), fold(names[2]).rstrip(".")
    second = rest.removeprefix("&").strip()
    tail = rest in words("whose", "firm_tails") and is_family(first)
    if tail or (rest != second and (is_family(first) or is_family(second))):
        start = message.text.find(names[1])
        yield start, start + len(names[0])


def _turned(message: Message) -> Iterator[tuple[int, int]]:
    """ "Schulte-Herbrüggen, Anke", a whole message that is a name in parts."""
    parts = _TURNED.fullmatch(message.text.strip())
    if parts and is_given(fold(parts[2])) and (is_family(fold(parts[1])) or "-" in parts[1]):
        start = message.text.find(parts[1])
        yield start, start + len(parts[0])


def _said_to_be(message: Message, place: int) -> bool:
    """Whether words before a name say that it is one: "my name is"."""
    return phrases("whose", "name_cues", after=r"\s*(?:der |die |the )?$").search(message.low[max(0, place - _BEFORE) : place]) is not None
