"""Sums of which something is not understood are asked about; the same sums without the sign are read."""

from __future__ import annotations

import pytest

from leads.questions import Question
from leads.reading import UNSURE, read_answer

BUDGET = Question(slot="budget", kind="money", label="Budget")


def sure_of(text: str, locale: str) -> bool:
    reading = read_answer(text, BUDGET, locale=locale)
    return reading is not None and reading.confidence >= UNSURE


@pytest.mark.parametrize(
    ("locale", "doubtful", "plain"),
    [
        ("en", "we aren't spending 10k on this", "we are spending 10k on this"),
        ("en", "I refuse to pay 2k for a chat", "I agree to pay 2k for a chat"),
        ("es", "no voy a pagar 3000 euros", "voy a pagar 3000 euros"),
        ("en", "5k sounds like madness", "5k sounds right"),
        ("fr", "5000 euros c'est abusif", "5000 euros c'est notre budget"),
        ("en", "£2k? Behave", "£2k? ok"),
        ("fr", "99 € c'est net ?", "99 € c'est possible ?"),
        ("en", "20k with 15% for the agency", "20k, 20% VAT included"),
        ("de", "30 Euro im Monat und das pro Nutzer", "30 Euro im Monat und das reicht"),
        ("en", "around forty. thousand. dollars.", "around forty thousand dollars."),
        ("en", "one or two k, or five, or ten", "one or two k"),
    ],
)
def test_what_is_not_understood_is_asked(locale: str, doubtful: str, plain: str) -> None:
    assert (sure_of(doubtful, locale), sure_of(plain, locale)) == (False, True)
