"""E-mail addresses, also as people spell them out, with a hint when one looks mistyped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from leads.reading.base import Reading
from leads.reading.candidates import Candidate
from leads.reading.mailbox import address
from leads.reading.message import Message, alternatives, data, fold, phrases, words

if TYPE_CHECKING:
    from leads.questions import Question

_ATOM = r"(?:[^\s@,;:<>()\[\]\"'|*=]|(?<=\w)['\u2019](?=\w))"
_PLAIN = re.compile(rf"(?<![@\w])(?:mailto:/*)?({_ATOM}{{1,64}})@{{1,2}}(?!\S*:\S)([^\s@,;:<>()\[\]\"'|/*]{{1,255}})")
_SPACED = re.compile(r"(?<![\w.+-])([\w+-]{1,64}(?:\s?\.\s?[\w+-]{1,64}){0,4})\s?@\s?((?:[\w-]{1,63}\s?\.\s?){1,4}[a-z]{2,24})(?!\w)")
_TOP = "com|net|org|de|fr|es|it|at|ch|nl|be|eu|io|co|uk|us|in|pl|se|no|dk|fi|pt|ie|ai|app|dev"
_SLIPPED = re.compile(rf"(?<![\w.+-])([\w.+-]{{1,64}})@([\w-]{{1,63}}[, ](?:{_TOP}))(?=$|[\s.!?,;])", re.IGNORECASE)
_NEAR = 30  # characters on either side that say something about an address


def find(message: Message, question: Question, asked: bool) -> list[Candidate]:
    """Valid addresses, in order; an address is a cue by itself."""
    found: dict[str, Candidate] = {}
    for pattern, sure in ((_PLAIN, 0.98), (_SPACED, 0.9), (_spelled(), 0.85), (_one_word(), 0.8), (_SLIPPED, 0.6)):
        for match in pattern.finditer(message.text if pattern is _PLAIN else message.low):
            candidate = _candidate(message, match, sure)
            if candidate and not any(one.start < candidate.end and candidate.start < one.end for one in found.values()):
                found.setdefault(candidate.reading.value["address"].lower(), candidate)
    meant = [one for one in sorted(found.values(), key=lambda one: one.start) if not _of_others(message, one)]
    if len(meant) > 1:
        meant = [replace(one, denied=one.denied or _is_gone(message, one.start, one.end, "less")) for one in meant]
    return list(_ranked(message, meant))


@cache
def _sign(sign: str) -> str:
    """One of the signs in words, between blanks or in brackets, stars and the like."""
    names = "|".join(sorted((re.escape(fold(word)).replace(r"\ ", r"\s+") for word in data("email")["signs"][sign]), key=len, reverse=True))
    loud = r"\s*[\[({<*_-]+\s*"
    quiet = rf"|{re.escape(sign)}" if sign == "." else ""
    short = "|a" if sign == "@" else ""
    return rf"(?:{loud}(?:{names}|{re.escape(sign)}{short})\s*[\])}}>*_-]+\s*|\s+(?:{names})\s+{quiet})"


@cache
def _words() -> str:
    """Words of a name with signs between them: ``jane dot doe``, ``north dash wind``."""
    joints = "|".join(_sign(sign) for sign in (".", "_", "-", "+"))
    letters = r"[a-z](?:[ -][a-z]){1,20}(?![\w-])"  # "j o at", "p-l-u-m at"
    return rf"(?:{letters}|[\w+-]{{1,40}}(?:(?:{joints})[\w+-]{{1,40}}){{0,4}}(?:\s\d{{1,4}})?)"


@cache
def _spelled() -> re.Pattern[str]:
    dot, dash = _sign("."), _sign("-")
    label = rf"(?:{_apart()}|[\w-]{{1,63}}(?:{dash}[\w-]{{1,63}}){{0,3}})"
    return re.compile(rf"(?<![\w.+@-])({_words()}){_sign('@')}({label}(?:{dot}[\w-]{{1,63}}){{1,4}})(?![\w@])")


@cache
def _apart() -> str:
    """Services whose names people write in two words: "g mail", "hot mail"."""
    return alternatives(words("email", "apart"))


@cache
def _one_word() -> re.Pattern[str]:
    """ "hello at the green fork dot com, all one word"."""
    ending = rf"(?:{alternatives(words('email', 'one_word'))})"
    return re.compile(
        rf"(?<![\w.+@-])({_words()}){_sign('@')}((?:[\w-]+\s+){{1,4}}[\w-]+{_sign('.')}[\w-]{{2,24}})(?=.{{0,20}}(?:{ending}))"
    )


def _candidate(message: Message, match: re.Match[str], sure: float) -> Candidate | None:
    is_spelled = match.re in (_spelled(), _one_word())
    local = _joined(_letters(match[1])) if is_spelled else re.sub(r"\s", "", match[1])
    is_quiet = is_spelled and not re.search(r"[\[({<*_]", message.low[match.end(1) : match.start(2)])
    if is_quiet and (local in words("email", "not_mailboxes") or _is_a_word(local)):
        return None
    if is_quiet and _goes_on(message, match):
        return None
    written = re.sub(r"[, ]", ".", match[2]) if match.re is _SLIPPED else match[2]
    domain = re.sub(r"\.{2,}", ".", _joined(written) if is_spelled else re.sub(r"\s", "", written)).rstrip(".!?").lower()
    value = address(f"{local.lstrip('./')}@{domain}")
    if value is None:
        return None
    if value["hint"] and _is_meant(message, match.end(), value["hint"]):
        value = address(value["hint"]) or value
    reading = Reading(value, str(value["address"]), message.said(*match.span()).rstrip(".!?"), sure)
    return Candidate(reading, *match.span(), 3, False, _is_gone(message, *match.span()))


def _joined(spelled: str) -> str:
    """Signs in words become signs, what is left of blanks goes."""
    for sign in data("email")["signs"]:
        spelled = re.sub(_sign(sign), sign, spelled)
    return re.sub(r"\s", "", spelled)


def _letters(local: str) -> str:
    """Letters that were spelled one by one, joined: "p-l-u-m"."""
    return re.sub(r"[ -]", "", local) if re.fullmatch(r"[a-z](?:[ -][a-z])+", local) else local


def _goes_on(message: Message, match: re.Match[str]) -> bool:
    """Whether what looks like the end of a domain is a word of the sentence: "lunch at joes dot be there"."""
    ending = match[2].split()[-1].rpartition(".")[2]
    return ending in words("email", "words_too") and re.match(r"\s+[a-z]", message.low[match.end() :]) is not None


def _is_a_word(local: str) -> bool:
    return local in words("people", "not_names") and local not in words("email", "mailboxes")


def _is_meant(message: Message, end: int, better: str) -> bool:
    """ "bob@acme.con, I mean .com"."""
    domain = better.partition("@")[2]
    parts = alternatives({domain, domain.partition(".")[0], domain.rpartition(".")[2]})
    return re.search(rf"{alternatives(words('email', 'meant'))}\s*\.?{parts}", message.low[end : end + 60]) is not None


def _of_others(message: Message, candidate: Candidate) -> bool:
    if phrases("email", "silent", before=r"\W{1,3}").match(message.low, candidate.end):
        return True
    start, end = message.sentence(candidate.start)
    said = phrases("email", "spelling").sub(" ", message.low[start : max(end, candidate.end) + _NEAR])
    return phrases("email", "theirs").search(said) is not None


@cache
def _gone(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = alternatives(words("email", name))
    before = rf"(?:{names}|\bnot|\bnicht|\bpas|instead of|statt)[^.,;:!?@]{{0,16}}$"
    return re.compile(before), re.compile(rf"[^\w,]{{0,6}}(?:\w+[^\w,]+){{0,1}}?(?:{names})(?! school| fashioned)")


def _is_gone(message: Message, start: int, end: int, name: str = "gone") -> bool:
    before, after = _gone(name)
    if before.search(message.low[max(0, start - _NEAR) : start]):
        return True
    behind = after.match(message.low, end, end + _NEAR + 10)
    return behind is not None and not re.match(r"\W*\S+@", message.low[behind.end() :])  # "… and cc bob@acme.com" is said of the next


def _ranked(message: Message, found: list[Candidate]) -> Iterator[Candidate]:
    """Who goes on after one address and gives another means the later one; of two in a row the first is the better."""
    strength = 3
    chosen = next((index for index, word in enumerate(("first", "second")) if phrases("email", word).search(message.low)), None)
    for index, candidate in enumerate(found):
        before = message.low[found[index - 1].end if index else 0 : candidate.start]
        strength += 1 if index and len(re.findall(r"\w+", before)) >= 2 else 0
        worse = 5 if phrases("email", "second_choice").search(before) else 0
        behind = message.low[candidate.end : found[index + 1].start] if index + 1 < len(found) else ""
        worse += 5 if phrases("email", "dead").search(re.split(r"\b(?:if|wenn|falls|si)\b", behind)[0]) else 0
        better = 9 if chosen == index or before.rstrip().endswith("*") else 0
        yield replace(candidate, strength=strength + 10 + better - worse)
