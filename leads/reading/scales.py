"""A number in a text, and the words that multiply one: "thousand", "Mio", "lakh"."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from leads.reading.message import data, fold


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
def scales() -> dict[str, float]:
    """What multiplies: the folded words with their factors."""
    return {fold(str(word)): float(factor) for factor, names in data("numbers")["scales"].items() for word in names}


def is_scale(word: str) -> bool:
    """Whether a folded word only multiplies: "thousand" alone says too little."""
    return word in scales()
