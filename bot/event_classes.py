"""A repair to how Rasa 3.6.21 finds the class of an event: looked up by its name, not by walking over all classes for each event.

Every event that an action returns was looked for among all subclasses of all subclasses. Applied once by bot/repairs.py.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Text, Type

from rasa.shared.core.events import Event

_known: Dict[Text, Type[Event]] = {}
_rasas_own: List[Callable[..., Any]] = []


def repair() -> None:
    """Put the repair in place; a second call changes nothing."""
    if not _rasas_own:
        _rasas_own.append(Event.resolve_by_type)
        Event.resolve_by_type = staticmethod(resolve)


def resolve(type_name: Text, default: Optional[Type[Event]] = None) -> Optional[Type[Event]]:
    """As Rasa's: the class of the events with this name.

    Raises:
        ValueError: there is none, and no ``default``.
    """
    if type_name not in _known:
        found = _rasas_own[0](type_name, default)
        if found is None or found.type_name != type_name:
            return found  # a stand-in, or an event that Rasa passes over: not for the next caller
        _known[type_name] = found
    return _known[type_name]
