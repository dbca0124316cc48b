"""Leads as rows of a table that a spreadsheet can open without running anything."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from json import dumps
from typing import Any

_FORMULA_STARTS = frozenset("=+-@|%\t\r\n\0\u2212")
_UNSEEN = ("Zs", "Zl", "Zp", "Cf")  # categories of blanks, separators and format marks
_SINGLE = (
    "id",
    "conversation_id",
    "created_at",
    "updated_at",
    "stage",
    "stage_reason",
    "segment",
    "tier",
    "score",
    "fit",
    "engagement",
    "name",
    "email",
    "company",
)


def csv_row(lead: Mapping[str, Any]) -> dict[str, str]:
    """One exported lead as flat cells, ready for ``csv.DictWriter``: every question three times, then the receipt.

    All leads of one export have the same columns in the same order. Text is made harmless with :func:`safe_cell`.
    """
    row = {name: safe_cell(lead.get(name)) for name in _SINGLE}
    for answer in lead["answers"]:
        slot = answer["slot"]
        row[f"{slot}_status"] = safe_cell(answer["status"])
        row[f"{slot}_said"] = safe_cell(answer["said"])
        row[f"{slot}_read"] = safe_cell(answer["text"])
        row[f"{slot}_value"] = dumps(answer["value"], ensure_ascii=False, sort_keys=True) if answer["value"] is not None else ""
    receipt = lead.get("receipt") or {}
    lines = [f"{entry['points']:+d} {entry['sentence']}" for entry in receipt.get("entries", ())]
    row["receipt"] = safe_cell("; ".join(lines))
    row["rules_hash"] = safe_cell(receipt.get("rules_hash"))
    row["pages"] = safe_cell(" ".join(page["url"] for page in lead.get("pages", ())))
    return row


def safe_cell(value: object) -> str:
    """A value as a cell; what a spreadsheet would take for a formula gets a leading apostrophe.

    The first character counts also in its full-width and other forms, and behind blanks and marks that nobody sees.
    """
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, int | float):
        return text
    seen = next((sign for sign in text if unicodedata.category(sign) not in _UNSEEN), "")
    first = unicodedata.normalize("NFKC", seen)[:1]
    return f"'{text}" if text[:1] in _FORMULA_STARTS or first in _FORMULA_STARTS else text
