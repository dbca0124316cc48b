"""Repairs to what Rasa 3.6.21 copies in a turn; applied once by bot/repairs.py.

1. Every copy of a tracker, and a turn makes a dozen, copies every slot of the domain by way of `copy.copy`, which takes apart and
   puts together what a plain copy of the slot's attributes does in a tenth of the time.
2. What the log would say at level DEBUG is copied deeply whether or not anybody reads it. Without DEBUG nothing is copied.
"""

from __future__ import annotations

import copy
import logging
from types import SimpleNamespace
from typing import Any

import rasa.core.processor
from rasa.shared.core.slots import Slot


def repair() -> None:
    """Put the repairs in place; a second call changes nothing."""
    Slot.__copy__ = copy_of
    if not logging.getLogger("rasa").isEnabledFor(logging.DEBUG):
        rasa.core.processor.copy = SimpleNamespace(copy=copy.copy, deepcopy=itself)


def copy_of(self: Slot) -> Slot:
    """A slot with the same attributes, as `copy.copy` makes it."""
    twin = self.__class__.__new__(self.__class__)
    twin.__dict__.update(self.__dict__)
    return twin


def itself(value: Any, *_: Any) -> Any:
    """In place of a deep copy that only the log would get."""
    return value
