"""What the console and programs may send over HTTP: one strict schema for the body or the query of each route."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from webhook.schemas import Event, clean, clean_line, email_address, not_empty

Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
OneTimeCode = Annotated[str, StringConstraints(max_length=64), AfterValidator(clean)]
Role = Literal["agent", "marketer", "admin"]
Instant = Annotated[AwareDatetime, Field(strict=False)]
Sought = Annotated[str, AfterValidator(lambda text: clean(text)[:200])]


class Login(Event):
    """Body of `login`; ``code`` when the answer to the first try was `code_needed`."""

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(clean)]
    password: Password
    code: OneTimeCode = ""


class LinkToken(Event):
    """Body of `links/open`."""

    token: Annotated[str, StringConstraints(min_length=1, max_length=128)]


class LinkUse(LinkToken):
    """Body of `links/use`."""

    password: Password


class OldPassword(Event):
    """Body of `account/second-factor`; empty for an account without a password."""

    password: Annotated[str, StringConstraints(max_length=1024)]


class NewPassword(OldPassword):
    """Body of `account/password`."""

    new: Password


class NewName(Event):
    """Body of `account/name`."""

    name: Annotated[str, StringConstraints(max_length=120), AfterValidator(clean_line), AfterValidator(not_empty)]


class Code(Event):
    """A code of the second factor."""

    code: OneTimeCode


class Invitation(Event):
    """Body of `POST people`."""

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(email_address)]
    name: Annotated[str, StringConstraints(max_length=120), AfterValidator(clean), AfterValidator(not_empty)]
    role: Role


class RoleChange(Event):
    """Body of `people/{id}/role`."""

    role: Role


class ActiveChange(Event):
    """Body of `people/{id}/active`."""

    on: bool


class NewToken(Event):
    """Body of `POST tokens`; without ``days`` it does not run out."""

    name: Annotated[str, StringConstraints(max_length=120), AfterValidator(clean), AfterValidator(not_empty)]
    scopes: Annotated[list[Annotated[str, StringConstraints(max_length=64)]], Field(min_length=1, max_length=10)]
    days: Annotated[int, Field(ge=1, le=3650)] | None


class LeadsWanted(Event):
    """Query of `leads`."""

    tier: Literal["cold", "warm", "hot"] | None = None
    stage: Literal["visitor", "lead", "MQL", "SQL", "won", "lost", "unqualified"] | None = None
    q: Sought = ""
    page: Annotated[int, Field(ge=1, le=100_000, strict=False)] = 1


class ExportWanted(Event):
    """Query of `leads/export`."""

    format: Literal["csv", "jsonl"] = "jsonl"


class AuditSought(Event):
    """Which rows of the audit log; ``what`` is a verb or a kind of them (`leads/audit_kinds.py`)."""

    who: Sought = ""
    what: Sought = ""
    about: Sought = ""
    since: Instant | None = None
    until: Instant | None = None


class AuditWanted(AuditSought):
    """Query of `audit`; ``below`` is the id of a row, for those before it."""

    below: Annotated[int, Field(ge=0, le=999_999_999, strict=False)] | None = None


class AuditExportWanted(AuditSought):
    """Query of `audit/export`."""

    format: Literal["csv", "jsonl"] = "csv"
