"""What the HTTP API answers, as types: the description for integrators is made of them, and real answers are held against it."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Object = dict[str, Any]


class Done(TypedDict):
    """It was done."""

    ok: Literal[True]


class Me(TypedDict):
    """Who is signed in."""

    id: str
    name: str
    email: str
    role: str
    available: bool
    permissions: list[str]
    second_factor: bool
    must_set_up: bool
    must_name: bool


class SignedIn(TypedDict):
    """Who is signed in, and what to send as `X-CSRF-Token`; both null when a second factor has to be shown first."""

    me: Me | None
    csrf: str | None


class Ways(TypedDict):
    """How the sign-in provider is called, if there is one."""

    oidc: str | None


class LinkShown(TypedDict):
    """Whose link it is and what for."""

    kind: Literal["invite", "reset"]
    name: str
    email: str


class LinkMade(TypedDict):
    """A one-time link, shown this once."""

    address: str
    expires_at: str
    name: str
    email: str


class SessionRow(TypedDict):
    """A session of one's own; ``own`` is the one that asks."""

    begun: str
    seen: str
    browser: str
    own: bool


class Account(TypedDict):
    """One's own account."""

    password: bool
    second_factor: bool
    required: bool
    codes_left: int
    sessions: list[SessionRow]


class AccountShown(TypedDict):
    """One's own account."""

    account: Account


class FactorSetup(TypedDict):
    """The secret for an authenticator app, and the same as a picture (a data URL)."""

    secret: str
    picture: str


class Codes(TypedDict):
    """Recovery codes, shown this once."""

    codes: list[str]


class Ended(TypedDict):
    """How many sessions were ended."""

    ended: int


class Person(TypedDict):
    """Somebody with an account."""

    id: str
    name: str
    email: str
    role: str
    active: bool
    invited: bool
    second_factor: bool
    seen: str | None


class People(TypedDict):
    """Everybody with an account."""

    people: list[Person]


class TokenRow(TypedDict):
    """A token for programs, without what lets in."""

    id: str
    name: str
    hint: str
    scopes: list[str]
    made_by: str
    created_at: str
    expires_at: str | None
    last_used_at: str | None


class Tokens(TypedDict):
    """Every token for programs."""

    tokens: list[TokenRow]


class TokenMade(TypedDict):
    """A new token, shown this once."""

    token: str
    row: TokenRow


class Points(TypedDict):
    """One line of a receipt: the rule, its points, and the words they came from."""

    rule: str
    group: str
    points: float
    sentence: str
    understood: str
    said: str


class Receipt(TypedDict):
    """How a score came about."""

    entries: list[Points]
    score: float
    rules_hash: str
    scored_at: str


class AnswerRow(TypedDict):
    """One question and what is known; ``value`` depends on its kind."""

    slot: str
    label: str
    status: str
    said: str
    text: str
    value: Any
    confidence: float
    seq: int | None
    read_by: str | None


class PageSeen(TypedDict):
    """A page that the visitor looked at."""

    url: str
    title: str
    at: str


class HandoffRow(TypedDict):
    """The newest call for a person."""

    id: str
    reason: str
    state: str
    requested_at: str
    missed_at: str | None


class Lead(TypedDict):
    """A lead card; a list has it without ``receipt`` but with ``updated_at``."""

    id: str
    conversation_id: str
    name: str | None
    email: str | None
    company: str | None
    stage: str
    stage_reason: str
    segment: str | None
    tier: str
    score: float
    fit: float
    engagement: float
    answers: list[AnswerRow]
    pages: list[PageSeen]
    handoff: HandoffRow | None
    identity: Object | None
    consents: list[Object]
    receipt: NotRequired[Receipt]
    updated_at: NotRequired[str]


class LeadShown(TypedDict):
    """One lead."""

    lead: Lead


class LeadsPage(TypedDict):
    """A page of leads, newest change first."""

    leads: list[Lead]
    total: int
    page: int
    pages: int


class ConversationState(TypedDict):
    """Who holds a conversation."""

    conversation_id: str
    holder: Literal["bot", "queue", "agent", "closed"]
    epoch: int
    agent: Object | None
    waiting: bool
    last_seq: int
    closed: bool
    bot_online: bool


class EntryRow(TypedDict):
    """An entry of the log; `docs/protocol.md`, section 1."""

    seq: int
    kind: str
    author: Literal["visitor", "bot", "agent", "system"]
    name: str | None
    text: str
    client_msg_id: str | None
    choices: list[Object]
    data: Object
    at: str


class ConversationShown(TypedDict):
    """A conversation and its whole log."""

    state: ConversationState
    entries: list[EntryRow]


class AuditPage(TypedDict):
    """Rows of the audit log, newest first, what the accounts and tokens in them are called now, and whether there are more."""

    rows: list[Object]
    names: dict[str, str]
    more: bool


class AuditChain(TypedDict):
    """Whether every row of the audit log is as it was written; else the first that is not, and why. ``last`` is the newest hash."""

    whole: bool
    rows: int
    last: str
    broken: int | None
    reason: str


class BotsThere(TypedDict):
    """How many bots answer, of how many."""

    there: int
    all: int


class Health(TypedDict):
    """Whether the hub can do its work."""

    ok: bool
    database: bool
    bot: bool
    bots: BotsThere
    hints: bool
    hub: str
    hubs: int
    version: str


class ErrorBody(TypedDict):
    """What went wrong; ``id`` finds it in the hub's log, ``retry_after`` is in seconds."""

    code: str
    message: str
    id: str
    retry_after: NotRequired[float]
    data: NotRequired[Object]


class Failure(TypedDict):
    """The one shape of errors."""

    error: ErrorBody
