"""The stage of a lead: visitor, lead, MQL, SQL, and what people decide after that."""

from __future__ import annotations

STAGES = ("visitor", "lead", "MQL", "SQL", "won", "lost", "unqualified")
TIERS = ("cold", "warm", "hot")

_LASTING = frozenset({"SQL", "won", "lost"})


def next_stage(
    stage: str,
    *,
    tier: str,
    known: bool,
    contact: bool,
    accepted: bool,
    mql_tier: str,
    mql_contact: bool,
    unqualified: bool = False,
    by_people: bool = False,
) -> str:
    """The stage after something changed.

    Up to MQL a stage follows the facts, down as well when an answer was misread, and so does "unqualified" when the rules said it.
    A qualified lead that a person has accepted is an SQL; a chat that somebody took for another reason is not. SQL, and what people
    decided, only people change.

    Args:
        stage: the present stage.
        tier: the present tier.
        known: anything is known about the lead.
        contact: the lead can be reached outside the chat.
        accepted: an agent accepted a hand-off.
        mql_tier: from which tier on a lead is an MQL.
        mql_contact: whether an MQL must be reachable.
        unqualified: a rule says that this cannot become a customer.
        by_people: somebody set the present stage.
    """
    if by_people or stage in _LASTING:
        return stage
    if unqualified:
        return "unqualified"
    if TIERS.index(tier) >= TIERS.index(mql_tier) and (contact or not mql_contact):
        return "SQL" if accepted else "MQL"
    return "lead" if known or contact else "visitor"
