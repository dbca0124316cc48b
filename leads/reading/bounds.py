"""Words beside an amount: "about", "at least", "no more than", "and not a cent more", "we can't go over", "not"."""

from __future__ import annotations

import re
from functools import cache

from leads.reading.message import Message, alternatives, data, fold, phrases, words

_ARTICLE = r"\s*:?\s*(?:(?:a|the|an|of|one|der|die|das|den|dem|un|une|el|la|le|les|los|las|des)\s+)?$"
_DENIAL_REACH = 60


@cache
def left() -> dict[str, re.Pattern[str]]:
    """What may stand before an amount, by its sign; group 1 is where it begins."""
    return {
        "about": phrases("numbers", "approximate", "before", after=_ARTICLE),
        "over": phrases("numbers", "over", after=_ARTICLE),
        "at_least": _bound("at_least", rf"(?:{_said_between()}){_ARTICLE}"),
        "at_most": _bound(
            "at_most", rf"(?:{_said_between()}|{_reference()}|'s|\s+(?:is|are|at|of|ist|sind|liegt bei|est|sont|es|son|'s))?{_ARTICLE}"
        ),
        "between": phrases("numbers", "between", after=_ARTICLE),
    }


def _bound(name: str, tail: str) -> re.Pattern[str]:
    return phrases("numbers", name, "before", after=tail)


@cache
def _reference() -> str:
    """What a bound may be before its figure is told: "no more than we pay now, 300"."""
    payers = alternatives(words("numbers", "referred_to"))
    return rf"\s(?:{payers})(?:\s[a-z']+){{0,5}},?(?:\s(?:which is|so|that's|also|donc|soit|que son|o sea))?"


@cache
def _said_between() -> str:
    """What may stand between a bound and its amount: "at most we could pay"."""
    return rf"(?:\s+(?:{alternatives(words('numbers', 'said_between'))})){{0,5}}"


@cache
def _verb() -> str:
    """What may stand between an amount and "maximum": "is our absolute"."""
    verbs, owners = (alternatives(words("numbers", "limits", key)) for key in ("verbs", "owners"))
    return rf"(?:(?:{verbs})\s+)?(?:(?:{owners})\s+){{0,2}}"


@cache
def right() -> dict[str, re.Pattern[str]]:
    """What may stand behind an amount, by its sign."""
    lead = r"[ ,(]{0,2}"
    return {
        "about": phrases("numbers", "approximate", "after", before=rf"(?:-?ish\b)|{lead}"),
        "at_least": phrases("numbers", "at_least", "after", before=lead),
        "at_most": phrases("numbers", "at_most", "after", before=rf"{lead}{_verb()}"),
    }


@cache
def no_more() -> re.Pattern[str]:
    """ "…, mehr ist nicht drin", "and not one cent over": the amount before it is the most."""
    then = r"(?![a-z])(?!\s(?:than|then|de|que|als|wie)\b)"
    return re.compile(rf"[ ,.;:(-]{{0,4}}(?:{'|'.join(map(fold, data('numbers')['no_more']))}){then}")


@cache
def _denying() -> re.Pattern[str]:
    contrast = r"(?!\b(?:but|aber|mais|pero|sondern|sino)\b)"
    return phrases("numbers", "denying", after=rf"(?:{contrast}[^.;!?0-9]){{0,40}}$")


@cache
def _denied_after() -> re.Pattern[str]:
    return phrases("numbers", "denied_after", before=r"[^.;!?0-9]{0,40}?")


@cache
def _anything() -> re.Pattern[str]:
    """ "Anything over 3k": a limit."""
    return phrases("numbers", "anything", after=r"\s*$")


def is_limit(message: Message, start: int, end: int) -> bool:
    """Whether a lower bound is a limit, because somebody says no to it: "we can't go over …"."""
    if any(mark in message.low[start:end] for mark in "+>"):
        return False
    before = message.low[max(0, start - _DENIAL_REACH) : start]
    if _anything().search(before) or _anything().match(message.low, start):
        return not phrases("numbers", "welcome", before=r"[^.;!?0-9]{0,12}?").match(message.low, end)
    return bool(_denying().search(before) or _denied_after().match(message.low, end) or _JUST_NO.match(message.low, end))


@cache
def _denial() -> re.Pattern[str]:
    denials = alternatives(fold(word) for word in data("numbers")["not_this"])
    return re.compile(rf"(?:{denials}|n't)\s*(?:(?:the|a|an|our|only|just|have|got|say|said|mean|meant|die|das|les|los|\"|')\s*)?[\"']?$")


_JUST_NO = re.compile(r"[ ,]+(?:no|nein|non|nope|nao)\s*(?:$|[.,;!])")  # "si cuesta más de 3000 no"
_AND_NOT = re.compile(r"(?:\d|\bmil|\bk),? (?:y |e )?(?:no|nao|non|ne)\s$")  # "30 mil, no 3 mil"


@cache
def _mistaken() -> re.Pattern[str]:
    """ "50 by mistake"."""
    return phrases("numbers", "mistaken", before=r"[^.;!?0-9]{0,20}?\s")


_NON = re.compile(r"\bnon (?:i |gli |le )?$")  # in French and Spanish it only takes back what was said before
_ASKED_AND_DENIED = re.compile(r"[^.;!?0-9]{0,20}\?+\s*(?:no|nope|nah|nein|ne|non|nee)\b(?! problem)")


def is_denied(message: Message, start: int, end: int) -> bool:
    """Whether an amount is said not to be so: "not 120", "20 a month? no."."""
    ahead = message.low[max(0, start - 30) : start]
    if _mistaken().match(message.low, end):
        return True
    italian = (message.locale or "").startswith("it") and _NON.search(ahead)
    return bool(italian or _denial().search(ahead) or _AND_NOT.search(ahead) or _ASKED_AND_DENIED.match(message.low, end))
