"""Names of companies."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from leads.reading.asked_company import asked_company
from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, alternatives, fold, phrases, words

if TYPE_CHECKING:
    from leads.questions import Question

_MOST_LETTERS = 60
_BREAK = re.compile(
    r"[,;:!?\n()\"]|\.(?:\s|$)|\s[-\u2013\u2014]\s|"
    r"\b(?:and we|and i|and|und|et|y|but|in|we|which|who|where|with|i|is|are|as|based|from|looking|because|und wir)\b"
)


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """A company after words like "I work at" or with a legal form; the whole short answer when it was asked for."""
    if asked:
        company = asked_company(message)
        if company is None:
            return []
        reading = Reading(
            {"name": company.name}, company.name, message.said(company.start, company.end), 0.9 if company.weight > 2 else 0.75
        )
        return [Candidate(reading, company.start, company.end, 3, company.weight <= 1)]
    return [*_after_cue(message), *_legal(message), *_after_name(message)]


def _after_cue(message: Message) -> list[Candidate]:
    found = []
    for match in phrases("people", "company_cues", after=r"\s*:?\s+(?:(?:called|named)\s+)?").finditer(message.low):
        candidate = _named(message, match.end(), 0.85, 3)
        if candidate is not None:
            found.append(candidate)
    return found


@cache
def _form() -> re.Pattern[str]:
    return re.compile(rf"\s((?:{alternatives(words('people', 'legal_forms'))})(?:\s?& ?co\b\.?)?(?:\s?(?:kg|kgaa|ohg)\b)?)")


def _legal(message: Message) -> list[Candidate]:
    """Up to four capitalised words before "GmbH", "Inc." and the like; these forms are written in capitals."""
    found = []
    for match in _form().finditer(message.low):
        written = message.text[match.start(1) : match.end(1)]
        if not any(sign.isupper() for sign in written):
            continue
        before = re.search(
            r"((?:[A-Z0-9\u00c0-\u017f][\w&.'\u2019-]*|&|\+|und|and|of|de|für)\s?){1,5}$",
            message.text[max(0, match.start() - 60) : match.start()],
        )
        name = before[0].strip() if before else ""
        name = re.sub(r"^(?:We're|We|I'm|I|At|The|Our|From|Hi|Hello|Wir|Die|Der|Bei|and|of|und)\s+", "", name)
        if name and fold(name) not in words("people", "not_companies"):
            start = match.start() - len(name)
            text = f"{name} {written}"
            found.append(Candidate(Reading({"name": text}, text, message.said(start, match.end()), 0.9), start, match.end(), 4))
    return found


def _after_name(message: Message) -> list[Candidate]:
    """ "I'm Jane from Acme", "this is Jane at Acme"."""
    intro = re.compile(
        r"(?:\bi'm|\bi am|\bthis is|\bmy name is|\bit's|\bhier ist|\bich bin|\bje suis|\bsoy)"
        r"\s+[^\s,]+(?:\s+[^\s,]+){0,2}?,?\s+(?:from|at|with|von|bei|chez|de)\s+"
    )
    found = []
    for match in intro.finditer(message.low):
        person = message.text[match.start() : match.end()].split()
        if not any(word[:1].isupper() for word in person[-3:-1]) or fold(person[-2].strip(",")) in words("people", "not_names"):
            continue
        candidate = _named(message, match.end(), 0.75, 2)
        if candidate is not None:
            found.append(candidate)
    return found


def _named(message: Message, start: int, confidence: float, strength: int) -> Candidate | None:
    end = min(len(message.text), start + _MOST_LETTERS)
    stop = _BREAK.search(message.low, start, end)
    end = stop.start() if stop else end
    name = re.sub(r"\s+", " ", message.text[start:end]).strip(" .,'-")
    words_said = name.split()
    if not name or len(words_said) > 5 or not (name[0].isupper() or name[0].isdigit() or not name[0].isascii()):
        return None
    if fold(name) in words("people", "not_companies") or fold(words_said[0]) in {"a", "an", "my", "our", "this", "their"}:
        return None
    if name[0].isdigit() and fold(words_said[-1]) in words("headcount", "units"):
        return None  # "our company is 18 people"
    name = re.sub(r"^(?:The|the)\s+(?=[A-Z])", "", name)
    return Candidate(Reading({"name": name}, name, message.said(start, end), confidence), start, end, strength)
