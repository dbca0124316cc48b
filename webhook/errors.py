"""What can go wrong, with a code and words for people, and the one place that turns it into an answer."""

from __future__ import annotations

import logging
import traceback
from math import ceil
from secrets import token_hex
from typing import Any

from pydantic import ValidationError

from leads.database import DatabaseUnavailable

log = logging.getLogger(__name__)
refusals = logging.getLogger("webhook.refused")  # as many as somebody likes to provoke: `python -m webhook` writes down a few a minute

NAMELESS = "A client that sends no Origin is no browser: it can resume a chat with its token, but begin none."


class HubError(Exception):
    """Base of what the hub refuses on purpose; ``message`` is shown to people."""

    code = "internal"
    status = 500

    def __init__(self, message: str, *, retry_after: float | None = None, data: dict[str, Any] | None = None) -> None:
        self.message = message
        self.retry_after = retry_after
        self.data = data
        super().__init__(message)


class Invalid(HubError):
    """The request does not have the shape it must have."""

    code, status = "invalid", 400


class NoSuchMethod(Invalid):
    """The address is there, but not for this method."""

    status = 405


class TooSlow(Invalid):
    """The body did not arrive in time."""

    status = 408


class NotJoined(HubError):
    """An event came before the join."""

    code, status = "not_joined", 401


class ConsentNeeded(HubError):
    """The site asks for consent to chat, and this visitor has not given it, or has taken it back, or the words have changed."""

    code, status = "consent_needed", 403


class WordsChanged(HubError):
    """What the visitor agreed to in a form are not, or no longer, the site's words."""

    code, status = "words_changed", 409


class TooFast(HubError):
    """A limit was reached; ``retry_after`` says when to try again."""

    code, status = "too_fast", 429


class Conflict(HubError):
    """A known message id came with other content."""

    code, status = "conflict", 409


class ChoiceSpent(HubError):
    """The button was used before, or was never issued here."""

    code, status = "choice_spent", 409


class Unavailable(HubError):
    """Nothing was stored; the same request may be sent again after ``retry_after``."""

    code, status = "unavailable", 503


class Unauthorized(HubError):
    """No session, or one that has ended."""

    code, status = "unauthorized", 401


class ProviderAgain(HubError):
    """A code came without a sign-in at the provider before it, or too long after."""

    code, status = "provider_again", 401


class Forbidden(HubError):
    """The origin or the role may not do this."""

    code, status = "forbidden", 403


class StalePage(HubError):
    """The token of the page is missing or belongs to an earlier session; ``me`` tells the new one."""

    code, status = "stale_page", 403


class SecondFactorNeeded(HubError):
    """The role needs a second factor that is not set up yet."""

    code, status = "second_factor", 403


class NotFound(HubError):
    """There is no such conversation, lead or page."""

    code, status = "not_found", 404


class NotHere(HubError):
    """No chat that this page may show; the same for a site that there is not."""

    code, status = "not_here", 403


class Taken(HubError):
    """Another agent was faster; ``data.agent`` says who."""

    code, status = "taken", 409


class NotHolder(HubError):
    """The agent does not hold the conversation, or no longer under this epoch."""

    code, status = "not_holder", 409


class NewerLines(HubError):
    """The visitor wrote something the agent had not seen; ``data.entries`` has it."""

    code, status = "newer_lines", 409


class Closed(HubError):
    """The conversation is closed."""

    code, status = "closed", 409


class Unreadable(HubError):
    """An agent's correction could not be read as an answer to the question."""

    code, status = "unreadable", 422


class WrongCredentials(HubError):
    """E-mail or password is wrong; which of them is not said."""

    code, status = "wrong_credentials", 401


class CodeNeeded(HubError):
    """The password is right; a code of the second factor is missing."""

    code, status = "code_needed", 401


class WrongCode(HubError):
    """A code of the second factor is wrong, spent or too old."""

    code, status = "wrong_code", 422


class WrongPassword(HubError):
    """Somebody who is signed in did not know their own password."""

    code, status = "wrong_password", 422


class LinkSpent(HubError):
    """A one-time link was used, has run out, or never was one."""

    code, status = "link_spent", 410


class Locked(HubError):
    """Too many wrong passwords, codes, links or tokens; ``retry_after`` says when to try again."""

    code, status = "locked", 429


class TooLarge(HubError):
    """The body is larger than any body of ours."""

    code, status = "too_large", 413


def as_hub_error(error: Exception) -> HubError | None:
    """The domain error that ``error`` stands for, or None when it was not expected."""
    if isinstance(error, HubError):
        return error
    if isinstance(error, DatabaseUnavailable):
        return Unavailable("This could not be stored just now. Try again in a moment.", retry_after=2.0)
    if isinstance(error, ValidationError):
        return Invalid(explain(error))
    return None


def describe(error: Exception, where: str) -> dict[str, Any]:
    """The ``error`` object of docs/protocol.md, with an id that is in the log; an unexpected error gets a fixed text."""
    known, reference = as_hub_error(error), token_hex(4)
    if known is None:
        log.error("%s failed, id %s: %s\n%s", where, reference, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
        return {"code": "internal", "message": "Something went wrong on our side.", "id": reference}
    if isinstance(error, DatabaseUnavailable):
        log.warning("%s: the database did not take it, id %s: %s", where, reference, error)
    else:
        refusals.info("%s refused, id %s: %s", where, reference, known.code)
    shape: dict[str, Any] = {"code": known.code, "message": known.message, "id": reference}
    if known.retry_after is not None:
        shape["retry_after"] = ceil(known.retry_after * 10) / 10  # not a moment too early, or it is refused again
    if known.data is not None:
        shape["data"] = known.data
    return shape


def explain(error: ValidationError) -> str:
    """The first thing that is wrong, without the value, which may be personal, as may the name of a field that is none of ours."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "extra_forbidden":
        return "There is a field too many."
    name = ".".join(str(part) for part in first["loc"])
    return f"{name}: {first['msg']}." if name else f"{first['msg']}."
