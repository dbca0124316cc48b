"""The kinds of answer a question can have, each with its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leads.reading import company, email, headcount, industry, money, name, phone, region, timeline, whole
from leads.reading.candidates import Candidate
from leads.reading.message import Message

if TYPE_CHECKING:
    from leads.questions import Question

type Suggester = Callable[[Message], list[tuple[str, str]]]
type Reader = Callable[[Message, Question, bool], list[Candidate]]


@dataclass(frozen=True)
class Kind:
    """A kind of answer.

    ``find`` gives the candidates in a message, told whether the question was asked. ``options`` are the extra lines its
    questions may have, ``personal`` is the default. ``suggest`` gives buttons (title, text) when an answer fits several values.
    """

    name: str
    find: Reader
    options: tuple[str, ...] = ()
    personal: bool = False
    suggest: Suggester | None = None


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("money", money.find),
        Kind("headcount", headcount.find),
        Kind("industry", industry.find, suggest=industry.suggest),
        Kind("timeline", timeline.find),
        Kind("name", name.find, personal=True),
        Kind("email", email.find, personal=True),
        Kind("phone", phone.find, personal=True),
        Kind("company", company.find),
        Kind("region", region.find),
        Kind("choice", whole.find_choice),
        Kind("text", whole.find_text),
        Kind("yes_no", whole.find_yes_no),
        Kind("consent", whole.find_yes_no, options=("purpose", "text", "version")),
    )
}
