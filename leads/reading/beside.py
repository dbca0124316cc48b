"""Places that only tell where another one is or who somebody is: near it, at its border, in a name or a number, of its people. Pure."""

from __future__ import annotations

import re

from leads.reading.message import Message, phrases
from leads.reading.places import Place

_ARTICLE = r"\s+(?:(?:the|la|le|les|el|der|die|den|dem|l'|du|de la|to|zu|von|of|de|d'|con|mit|avec|with)\s*)*$"
_BEFORE, _BEHIND = 40, 24  # letters looked at


def without_neighbours(message: Message, found: list[Place]) -> list[Place]:
    """Without those that only say what is near ("Flensburg, close to Denmark"), where others remain."""
    kept = [place for place in found if not is_near(message, place)]
    return kept or found


def without_people(message: Message, found: list[Place]) -> list[Place]:
    """Without "a German team" where it is told where they work."""
    kept = [place for place in found if place.sort != "people"]
    told = any(phrases("regions", "based").search(message.low[max(0, place.start - _BEFORE) : place.start]) for place in kept)
    contrast = phrases("regions", "contrast").search(message.low) is not None
    return kept if kept and (told or contrast) else found


def is_near(message: Message, place: Place) -> bool:
    """Whether it is told for its nearness or its border."""
    before = message.low[max(0, place.start - _BEFORE) : place.start]
    behind = message.low[place.end : place.end + _BEHIND]
    if phrases("regions", "near", after=_ARTICLE).search(before):
        return True
    return (
        phrases("regions", "border", before=r"^[ -]").search(behind) is not None
        or phrases("regions", "border", after=_ARTICLE).search(before) is not None
    )


def in_number(message: Message, start: int, end: int) -> bool:
    """ "SKU US-4410", "Artikel CH-2207": letters of the number of a thing."""
    before = message.low[max(0, start - _BEFORE) : start]
    if phrases("regions", "numbered", after=r"[\s:.#]*(?:(?:no|nr|num|n|°|º)[\s.:#°º]*)*$").search(before):
        return True
    return end - start <= 3 and re.match(r"[-#/]?\d", message.low[end:]) is not None


def in_clause_elsewhere(message: Message, start: int, end: int, based: bool) -> bool:
    """Whether the words around a place tell of others or of what was sold, or of an office that is only wished for."""
    said = message.low[start:end]
    return phrases("regions", "wished").search(said) is not None or (not based and phrases("regions", "elsewhere").search(said) is not None)
