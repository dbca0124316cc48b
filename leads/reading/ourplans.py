"""Sums that are prices of our plans: "your $99/month plan", "votre formule à 49 €"."""

from __future__ import annotations

from leads.reading.amounts import Amount
from leads.reading.message import Message, alternatives, phrases, words

_AHEAD = 30  # characters before a sum in which such a plan is named
_AT = r"(?:at|for|a|fur|zu|de|von|per|voor)"


def is_our_plan(message: Message, amount: Amount) -> bool:
    """ "Your $99/month plan is too steep": the price that the visitor read, not what he means to spend."""
    ahead = message.low[max(0, amount.start - _AHEAD) : amount.start]
    before = phrases("currencies", "our_plans", "before", after=r"\s*$").search(ahead)
    if before and phrases("currencies", "our_plans", "behind", before=r"[ -]{1,2}").match(message.low, amount.end):
        return True
    plan = alternatives(words("currencies", "our_plans", "behind"))
    return phrases("currencies", "our_plans", "before", after=rf" (?:{plan}) {_AT}\s*$").search(ahead) is not None
