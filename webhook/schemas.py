"""What clients may send: one strict schema per event; anything else is refused before it reaches a handler."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit, urlunsplit

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

MAX_TEXT = 4000
MAX_SEQ = 2**31 - 1
_LINE_ENDS = re.compile(r"[\t\r\n\x85\u2028\u2029]+")
_ENCODED = re.compile(r"=\?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def clean(text: str) -> str:
    """The text without control characters and outer space; half characters are refused, no database takes them."""
    if text.isprintable():  # neither is in it
        return text.strip()
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("the text holds half of a character") from None
    return _CONTROL.sub("", text).strip()


def clean_line(text: str) -> str:
    """The same as one line, for names and whatever may stand in the head of a mail: line ends are blanks, encoded words are broken up."""
    return clean(_ENCODED.sub("= ?", _LINE_ENDS.sub(" ", clean(text))))


def not_empty(text: str) -> str:
    """The text; nothing at all is refused."""
    if not text:
        raise ValueError("write something first")
    return text


def some_text(text: str) -> str:
    """Both, in one call for every line."""
    return not_empty(clean(text))


def page_address(url: str) -> str:
    """A page as it is kept: http(s) only, without query and fragment, which may hold personal data."""
    parts = urlsplit(clean(url))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("only http and https addresses")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def email_address(text: str) -> str:
    """The address in its usual spelling."""
    try:
        if _ENCODED.search(text):
            raise ValueError("this does not look like an e-mail address")
        return validate_email(clean(text), check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError("this does not look like an e-mail address") from None


Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(email_address)]
Text = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(some_text)]
Line = Annotated[str, StringConstraints(max_length=MAX_TEXT), AfterValidator(clean)]
Short = Annotated[str, StringConstraints(max_length=120), AfterValidator(clean_line)]
Title = Annotated[str, StringConstraints(max_length=4000), AfterValidator(lambda text: clean(text)[:300])]
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Seq = Annotated[int, Field(ge=0, le=MAX_SEQ)]
Url = Annotated[str, StringConstraints(max_length=2048), AfterValidator(page_address)]


class Event(BaseModel):
    """Strict types, no unknown fields, so that no client can name a room, a sender or a role."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class VisitorAuth(Event):
    """What a widget says when it connects."""

    v: Literal[1]
    site: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


class Page(Event):
    """A page the visitor looks at; in a join nothing of it can be wrong, because the chat must open anyway."""

    url: Annotated[str, StringConstraints(max_length=16_000)]
    title: Title = ""
    referrer: Annotated[str, StringConstraints(max_length=16_000)] = ""


class VisitorJoin(Event):
    """`join` of a visitor."""

    token: Annotated[str, StringConstraints(max_length=128)] | None
    last_seq: Seq
    page: Page | None = None
    lang: Annotated[str, StringConstraints(max_length=35), AfterValidator(clean)] | None = None


class Renew(Event):
    """`renew`: the token that the browser keeps."""

    token: Annotated[str, StringConstraints(max_length=128)]


class Identify(Event):
    """`identify`: what the site's server has signed."""

    token: Annotated[str, StringConstraints(max_length=4096)]


class Reset(Event):
    """`reset`: the token that this browser shall forget."""

    token: Annotated[str, StringConstraints(max_length=128)]


class Message(Event):
    """`message`."""

    client_msg_id: Id
    text: Text


class Choose(Event):
    """`choose`."""

    client_msg_id: Id
    choice_id: Id


class Contact(Event):
    """`contact`: without consent there is nothing to send. It names the words that were agreed to; older widgets send true and false."""

    client_msg_id: Id
    name: Short
    email: Email
    message: Line
    consent: Literal[True] | Text
    marketing: bool | Text | None = None


class Agree(Event):
    """`agree`: yes to the chat, to the words that were shown on this page."""

    text: Text
    page: Page | None


class Typing(Event):
    """`typing` of a visitor."""

    on: bool


class PageView(Event):
    """`page`."""

    url: Url
    title: Title


class Seen(Event):
    """`seen`."""

    seq: Seq


class Sync(Event):
    """`sync`."""

    last_seq: Seq


class Rate(Event):
    """`rate`."""

    client_msg_id: Id
    score: Annotated[int, Field(ge=1, le=5)]


class Withdraw(Event):
    """`withdraw`: consent to one purpose."""

    purpose: Id


class Nothing(Event):
    """An event without content."""


class Open(Event):
    """`open`."""

    conversation_id: Id
    last_seq: Seq


class OneConversation(Event):
    """`leave` and `accept`."""

    conversation_id: Id


class Reply(Event):
    """`reply`."""

    conversation_id: Id
    client_msg_id: Id
    text: Text
    epoch: Seq
    seen_seq: Seq


class Held(Event):
    """`hand_back` and `close`."""

    conversation_id: Id
    epoch: Seq


class AgentTyping(Event):
    """`typing` of an agent."""

    conversation_id: Id
    on: bool


class Available(Event):
    """`available`."""

    on: bool


class Correct(Event):
    """`correct`."""

    conversation_id: Id
    slot: Id
    text: Annotated[str, StringConstraints(max_length=500), AfterValidator(clean), AfterValidator(not_empty)]


class RasaMessage(BaseModel):
    """`user_uttered` of a Rasa widget; what it says beside the message is ignored."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    message: Text
    session_id: Annotated[str, StringConstraints(max_length=128)] | None = None
