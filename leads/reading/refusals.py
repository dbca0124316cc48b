"""Messages that are no answer: "I'd rather not say", "no idea yet", "why?"."""

from __future__ import annotations

import re
from functools import cache

from leads.reading.message import Message, alternatives, any_of, data, fold, phrases, words

_JOINED = re.compile(r"\b(?:but|aber|mais|pero)\s+$")


def refusal(message: Message) -> str | None:
    """``declined``, ``unknown``, ``question`` or ``None`` for a whole message."""
    bare = _simple(message.low)
    for form in (bare, _without_politeness(bare)):
        for status, key in (("declined", "declined"), ("unknown", "unknown"), ("question", "questions_back")):
            if form in _list(key):
                return status
    return None


def names(message: Message, kind: str) -> bool:
    """Whether a message names the subject of this kind of question."""
    subjects = data("refusals")["subjects"].get(kind)
    return bool(subjects) and any_of(map(fold, subjects)).search(message.low) is not None


def left_open(message: Message, kind: str) -> str | None:
    """``declined`` or ``unknown`` when a part of the message says so of the subject of this kind of question.

    ``withdrawn`` when the visitor takes back what was said about it.
    """
    subjects = data("refusals")["subjects"].get(kind)
    for match in any_of(map(fold, subjects)).finditer(message.low) if subjects else ():
        part = message.low[slice(*message.clause(match.start()))]
        if "?" in part:
            continue
        if phrases(
            "refusals", "taken_back", after=r"\s+(?:(?:about|what i said about|the|my|our|das|le|el)\s+)*" + re.escape(match[0])
        ).search(part):
            return "withdrawn"
        for status, key in (("declined", "kept_back"), ("unknown", "open")):
            if phrases("refusals", key).search(part):
                return status
    return None


def kept_address(message: Message, kind: str) -> tuple[int, int] | None:
    """Where a message says that the visitor gives no address of this kind: "no email" is no answer to another question."""
    if kind not in data("refusals")["addresses"]:
        return None
    named = phrases("refusals", "addresses", kind).finditer(message.low)
    for start, end in dict.fromkeys(message.clause(match.start()) for match in named):
        kept = None if "?" in message.low[start:end] else _kept_back(kind).match(message.low[start:end])
        if kept:
            joined = _JOINED.search(message.low, max(0, start - 8), start) if not kept.start("kept") else None
            return joined.start() if joined else start + kept.start("kept"), start + kept.end("kept")
    return None


@cache
def _kept_back(kind: str) -> re.Pattern[str]:
    def some(*keys: str) -> str:
        return f"(?:{alternatives(words('refusals', *keys))})"

    address, few = some("addresses", kind), r"\s+(?:\w+\s+){0,3}"
    bare = rf"(?:{some('opening')}\W+){{0,3}}{some('without')}\s*{address}(?=\s*(?:$|[^\w\s]|{some('closing')}))"
    told = rf"(?:(?!{some('agreeing')}).)*?(?:{some('not_giving')}{few}{address}|{address}{few}{some('given_not')})"
    return re.compile(rf"\W*(?:{some('agreeing')}\W+)?(?P<kept>(?:{bare}|{told})(?:\W+{some('closing')})*)", re.DOTALL)


def _simple(text: str) -> str:
    return re.sub(r"[\s,.!;:()\"-]+", " ", text.replace("?", "") if text.strip(" ?!.") else text).strip()


@cache
def _list(key: str) -> frozenset[str]:
    return frozenset(_simple(word) for word in words("refusals", key))


@cache
def _polite() -> re.Pattern[str]:
    names = alternatives(_simple(word) for word in words("refusals", "polite"))
    return re.compile(rf"^(?:{names})\s+|\s+(?:{names}|that|this|it|you|you that)$")


def _without_politeness(text: str) -> str:
    for _ in range(6):
        shorter = _polite().sub("", text)
        if shorter == text:
            break
        text = shorter
    return text
