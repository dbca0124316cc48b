"""The stage of a lead: visitor, lead, MQL, SQL, and what people decide after that."""

from __future__ import annotations

STAGES = ("visitor", "lead", "MQL", "SQL", "won", "lost", "unqualified")
TIERS = ("cold", "warm", "hot")

_BY_PEOPLE = frozenset({"SQL", "won", "lost", "unqualified"})


def next_stage(stage: str, *, tier: str, known: bool, contact: bool, accepted: bool, mql_tier: str, mql_contact: bool) -> str:
    """The stage after something changed.

    Up to MQL a stage follows the facts, down as well when an answer was misread. Once a person has accepted the
    lead (SQL) or closed it, only people change it.

    Args:
        stage: the present stage.
        tier: the present tier.
        known: anything is known about the lead.
        contact: the lead can be reached outside the chat.
        accepted: an agent accepted a hand-off.
        mql_tier: from which tier on a lead is an MQL.
        mql_contact: whether an MQL must be reachable.
    """
    if stage in _BY_PEOPLE:
        return stage
    if accepted:
        return "SQL"
    qualified = TIERS.index(tier) >= TIERS.index(mql_tier) and (contact or not mql_contact)
    if qualified:
        return "MQL"
    return "lead" if known or contact else "visitor"
