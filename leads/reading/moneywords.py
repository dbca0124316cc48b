"""Sums in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PERIODS = {"once": "one-off"}


def describe(value: Mapping[str, Any], about: bool = False) -> str:
    """Money in plain words that read back to the same value: ``about 40k EUR a year``."""
    low, high = value["min"], value["max"]
    if low == high == 0:
        return "no budget"
    if about and (low is None or high is None):
        bound = describe({**value, "min": low, "max": high})
        return re.sub(r"^(at least|up to) ", r"\1 about ", bound)
    if low is not None and high is not None and low != high:
        # "1 to 10k" would read as 1k to 10k, so a small lower end keeps the upper one in full
        figure = f"{figure_text(low)} to {figure_text(high) if low >= 1e3 else _full(high)}"
    elif high is None:
        figure = f"at least {figure_text(low)}"
    else:
        figure = figure_text(high) if low is not None else f"up to {figure_text(high)}"
    period = value.get("period")
    parts = ["about" if about else "", figure, value.get("currency") or "", (_PERIODS.get(period) or f"a {period}") if period else ""]
    return " ".join(part for part in parts if part)


def figure_text(figure: float) -> str:
    """``40k``, ``1.5m``, ``1,250``, ``40,000.50``."""
    if figure >= 1e6 and figure % 1e4 == 0:
        return f"{figure / 1e6:.2f}".rstrip("0").rstrip(".") + "m"
    if (figure >= 1e4 and figure % 100 == 0) or (figure >= 1e3 and figure % 1e3 == 0):
        return f"{figure / 1e3:,.1f}".removesuffix(".0") + "k"
    return _full(figure)


def _full(figure: float) -> str:
    return f"{figure:,.0f}" if figure == int(figure) else f"{figure:,.2f}"
