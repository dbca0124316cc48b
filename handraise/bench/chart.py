"""Small charts in text, and whether a line of values grows."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median

_BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH = 60


def spark(values: Sequence[float], width: int = WIDTH) -> str:
    """The values as a row of blocks, from the lowest to the highest of them."""
    if not values:
        return ""
    size = max(1, -(-len(values) // width))
    groups = [max(values[start : start + size]) for start in range(0, len(values), size)]
    low, high = min(groups), max(groups)
    if high == low:
        return _BLOCKS[0] * len(groups)
    return "".join(_BLOCKS[round((one - low) / (high - low) * (len(_BLOCKS) - 1))] for one in groups)


def slope(times: Sequence[float], values: Sequence[float]) -> float:
    """The least-squares slope of the values, per unit of time."""
    if len(values) < 2:
        return 0.0
    middle, level = fmean(times), fmean(values)
    spread = sum((time - middle) ** 2 for time in times)
    return sum((time - middle) * (value - level) for time, value in zip(times, values, strict=True)) / spread if spread else 0.0


def growth(values: Sequence[float]) -> float:
    """By how much the last third of the values is higher than the first third."""
    third = max(1, len(values) // 3)
    return median(values[-third:]) - median(values[:third]) if values else 0.0
