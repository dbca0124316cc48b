"""A repair to how Rasa 3.6.21 finds out whether a domain is empty: once for a domain, not for every message.

Rasa writes out the whole domain, makes an empty one, writes that out too, and compares. Applied once by bot/repairs.py.
"""

from __future__ import annotations

from rasa.shared.core.domain import Domain

_KNOWN = "_is_empty_of_handraise"  # on the domain, which nothing fills once it is made
_rasas_own = Domain.is_empty


def repair() -> None:
    """Put the repair in place; a second call changes nothing."""
    Domain.is_empty = is_empty


def is_empty(self: Domain) -> bool:
    """As Rasa's."""
    known = self.__dict__.get(_KNOWN)
    if known is None:
        known = self.__dict__[_KNOWN] = _rasas_own(self)
    return known
