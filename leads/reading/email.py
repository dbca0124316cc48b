"""E-mail addresses, also as people spell them out, with a hint when one looks mistyped."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from email_validator import EmailNotValidError, validate_email

from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.message import Message, data, words

if TYPE_CHECKING:
    from leads.questions import Question

_ATOM = r"[^\s@,;:<>()\[\]\"'|]"
_PLAIN = re.compile(rf"({_ATOM}{{1,64}})@([^\s@,;:<>()\[\]\"'|/]{{1,255}})")
_SPACED = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})\s?@\s?((?:[\w-]{1,63}\s?\.\s?){1,4}[a-z]{2,24})(?!\w)")
_TOP = "com|net|org|de|fr|es|it|at|ch|nl|be|eu|io|co|uk|us|in|pl|se|no|dk|fi|pt|ie|ai|app|dev"
_SLIPPED = re.compile(rf"(?<![\w.+-])([\w.+-]{{1,64}})@([\w-]{{1,63}}[, ](?:{_TOP}))(?=$|[\s.!?,;])", re.IGNORECASE)
_AT = r"(?:\s*[\[({]\s*(?:at|ät|@|arobase|arroba|a)\s*[\])}]\s*|\s+(?:at|ät|@|arobase|arroba|klammeraffe)\s+)"
_DOT = r"(?:\s*[\[({]\s*(?:dot|punkt|point|punto|\.)\s*[\])}]\s*|\s+(?:dot|punkt|point|punto)\s+|\.)"
_SPELLED = re.compile(
    rf"(?<![\w.+-])([\w+-]{{1,40}}(?:{_DOT}[\w+-]{{1,40}}){{0,3}}){_AT}([\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,4}})(?!\w)"
)


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Valid addresses, in order; an address is a cue by itself."""
    found: dict[str, Candidate] = {}
    for pattern, sure in ((_PLAIN, 0.98), (_SPACED, 0.9), (_SPELLED, 0.85), (_SLIPPED, 0.6)):
        for match in pattern.finditer(message.text if pattern is _PLAIN else message.low):
            candidate = _candidate(message, match, sure)
            if candidate is not None:
                found.setdefault(candidate.reading.value["address"].lower(), candidate)
    return list(found.values())


def _candidate(message: Message, match: re.Match[str], sure: float) -> Candidate | None:
    local = re.sub(_DOT, ".", match[1])
    written = re.sub(r"[, ]", ".", match[2]) if match.re is _SLIPPED else match[2]
    domain = re.sub(r"\s", "", re.sub(_DOT, ".", written)).rstrip(".!?").lower()
    value = address(f"{local.lstrip('.')}@{domain}")
    if value is None:
        return None
    denied = bool(re.search(r"(?:\bnot|\bnicht|\bpas|instead of|statt)\s+$", message.low[max(0, match.start() - 15) : match.start()]))
    text = str(value["address"])
    return Candidate(Reading(value, text, message.said(*match.span()).rstrip(".!?"), sure), *match.span(), 3, False, denied)


def address(text: str) -> dict[str, Any] | None:
    """``{address, free, hint}``: normalised; ``free`` for a private mail service; ``hint`` what may have been meant."""
    try:
        checked = validate_email(text, check_deliverability=False, test_environment=True)
    except (EmailNotValidError, ValueError, IndexError):
        return None
    domain = checked.ascii_domain or checked.domain
    if "." not in domain:
        return None
    better = hint(domain)
    free = domain in words("people", "free_mail") or better in words("people", "free_mail")
    return {"address": checked.normalized, "free": free, "hint": f"{checked.local_part}@{better}" if better else None}


def hint(domain: str) -> str | None:
    """The domain that was probably meant, or ``None``."""
    names = data("people")
    if domain in names["typos"]:
        return str(names["typos"][domain])
    rest, _, ending = domain.rpartition(".")
    if ending in names["endings"]:
        return f"{rest}.{names['endings'][ending]}"
    return _near(domain) if domain not in words("people", "free_mail") else None


@cache
def _near_names() -> tuple[str, ...]:
    return ("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "protonmail.com", "googlemail.com")


def _near(domain: str) -> str | None:
    """One of the large services that differs by one swap, one missing or one extra letter."""
    for name in _near_names():
        if abs(len(name) - len(domain)) <= 1 and domain != name and _one_slip(domain, name):
            return name
    return None


def _one_slip(one: str, other: str) -> bool:
    if len(one) == len(other):
        wrong = [index for index, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
            return one[wrong[0]] == other[wrong[1]] and one[wrong[1]] == other[wrong[0]]
        return False
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return any(longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer)))
