"""What goes into the lead store and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leads.asking import Asking
from leads.reading import Reading


@dataclass(frozen=True)
class NewAnswer:
    """An answer to keep; ``status`` is ``known`` (with a reading), ``declined`` or ``unknown``."""

    slot: str
    status: str
    said: str
    reading: Reading | None = None


@dataclass(frozen=True)
class NewConsent:
    """A yes or no to one purpose, with the words it was given to, their version and language, and the page on which it was given."""

    purpose: str
    given: bool
    text: str
    version: str = ""
    lang: str | None = None
    page: str | None = None


@dataclass(frozen=True)
class NewEvent:
    """Something the visitor did; ``source`` is that of the whole record unless it is set."""

    name: str
    source: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoredAnswer:
    """The newest answer to a question as it is in the database."""

    slot: str
    status: str
    said: str
    text: str
    value: dict[str, Any] | None
    confidence: float
    seq: int | None
    read_by: str
    at: datetime | None = None


@dataclass(frozen=True)
class LeadState:
    """What is stored about a lead.

    ``stored`` names the slots whose status or value this call changed, ``withheld`` those that were not kept because
    they are personal and the visitor has not agreed. ``became_hot`` and ``handoff_requested`` say what this call did.
    ``consents`` holds the newest yes or no by purpose. ``asking`` says which open questions are still worth asking.
    ``unqualified`` is the reason why this cannot become a customer, otherwise empty. ``wish`` is ``stopped`` (no more
    questions), ``deletion`` (nor to be kept), ``not_buying`` (wants to sell), ``support`` (has a problem) or ``None``.
    """

    lead_id: str
    conversation_id: str
    answers: dict[str, StoredAnswer]
    tier: str
    score: int
    stage: str
    became_hot: bool = False
    handoff_requested: bool = False
    stored: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    consents: Mapping[str, bool] = field(default_factory=dict)
    asking: Asking = field(default_factory=Asking)
    segment: str | None = None
    unqualified: str = ""
    wish: str | None = None
